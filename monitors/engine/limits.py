"""What holds for every check of this installation, from its settings."""

from functools import cache

from django.conf import settings

from monitors.domain.spec import Limits


@cache
def limits() -> Limits:
    return Limits(
        body_bytes=settings.BODY_LIMIT_BYTES,
        refuse_private=settings.REFUSE_PRIVATE_ADDRESSES,
        allowed_networks=tuple(settings.ALLOWED_NETWORKS),
        keep_bodies=settings.KEEP_BODIES,
    )
