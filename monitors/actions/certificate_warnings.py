"""Tells of certificates that expire soon: once for each certificate and number of days."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from monitors.domain.alerting import Event, Facts
from monitors.domain.certificates import expiry, fingerprint, passed
from monitors.domain.reasons import Reason
from monitors.domain.state import State
from monitors.models import Service

from . import alerts
from .bulk import update_many

BATCH = 1_000


class _Shown(NamedTuple):
    """A service and the certificate that it showed last."""

    pk: int
    name: str
    url: str
    expires_at: datetime
    issuer: str
    names: str
    warned: str


class _Warning(NamedTuple):
    shown: _Shown
    fingerprint: str
    days: int


def warn_next(after_id: int, days: Sequence[int], now: datetime) -> int | None:
    """Queue what is to be told of the next services; give the last one's id, None at the end.

    `days`: so many before the end somebody is told. Of several that have passed meanwhile only the
    smallest is.
    """
    shown = _near(after_id, days, now)
    warnings = [warning for one in shown if (warning := _warning(one, days, now)) is not None]
    if warnings:
        with transaction.atomic():
            update_many(
                Service,
                ("certificate_warned",),
                [(f"{one.fingerprint}:{one.days}", one.shown.pk) for one in warnings],
            )
            tags = alerts.tags_of([one.shown.pk for one in warnings])
            alerts.plan([_happening(one, tags.get(one.shown.pk, ()), now) for one in warnings], now)
    return shown[-1].pk if len(shown) == BATCH else None


def _near(after_id: int, days: Sequence[int], now: datetime) -> list[_Shown]:
    """Read what may have to be told, of services that are being checked.

    Of one that is down for another reason nobody knows which certificate it has by now.
    """
    if not days:
        return []
    is_known = ~Q(state=State.DOWN.value) | Q(last_reason=Reason.TLS.value)
    near = Service.objects.active().filter(
        is_known,
        pk__gt=after_id,
        certificate_expires_at__lte=now + timedelta(days=max(days)),
        fresh_until__gte=now,
        verify_tls=True,
        tls_expiry_warn_days__gt=0,
    )
    rows = near.order_by("pk").values_list(
        "pk",
        "name",
        "url",
        "certificate_expires_at",
        "certificate_issuer",
        "certificate_names",
        "certificate_warned",
    )
    return [
        _Shown(pk, name, url, expires_at, *others)
        for pk, name, url, expires_at, *others in rows[:BATCH]
        if expires_at is not None
    ]


def _warning(shown: _Shown, days: Sequence[int], now: datetime) -> _Warning | None:
    few = passed(shown.expires_at, days, now)
    if few is None:
        return None
    mark = fingerprint(shown.expires_at, shown.issuer, shown.names)
    warned_of, _, warned_at = shown.warned.partition(":")
    is_told = warned_of == mark and int(warned_at) <= few
    return None if is_told else _Warning(shown, mark, few)


def _happening(warning: _Warning, tags: tuple[str, ...], now: datetime) -> alerts.Happening:
    shown = warning.shown
    left = shown.expires_at - now
    return alerts.Happening(
        Event.CERTIFICATE,
        f"certificate:{shown.pk}:{warning.fingerprint}:{warning.days}",
        shown.pk,
        Facts(
            service_id=shown.pk,
            service_name=shown.name,
            service_url=shown.url,
            tags=tags,
            reason=Reason.TLS.value,
            message=f"certificate {expiry(shown.expires_at, now)}, issued by {shown.issuer}",
            number=left.days,
        ),
    )
