"""Issue, revoke and recognise API keys."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import User

from monitors.models import ApiKey

PREFIX_LENGTH = 12
# Last use is told to the minute, so that a busy script costs no write a call.
USE_NOTED_EVERY = timedelta(minutes=1)


def issue(name: str, now: datetime, owner: User | None = None) -> str:
    """Make a key and give it, this once; only its hash is kept.

    It ends with its owner's account; without an owner only when it is revoked.
    """
    key = f"up_{secrets.token_urlsafe(32)}"
    ApiKey.objects.create(
        name=name, owner=owner, prefix=key[:PREFIX_LENGTH], key_hash=_hash(key), created_at=now
    )
    return key


def revoke(key_id: int, now: datetime) -> ApiKey:
    """End a key at once. Raises ApiKey.DoesNotExist."""
    key = ApiKey.objects.get(pk=key_id)
    if key.revoked_at is None:
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])
    return key


def recognise(text: str, now: datetime) -> ApiKey | None:
    """Give the key that a caller presents, and note its use; None where it opens nothing."""
    key = ApiKey.objects.that_open().filter(key_hash=_hash(text)).first()
    if key is not None and (key.last_used_at is None or now - key.last_used_at >= USE_NOTED_EVERY):
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


def _hash(key: str) -> str:
    # The key is 256 random bits: nothing to guess, so a plain hash is enough.
    return hashlib.sha256(key.encode()).hexdigest()
