"""The first account of an installation."""

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils.crypto import salted_hmac


class AlreadySetUp(Exception):  # noqa: N818 - reads as what it is at every raise
    """An account exists."""

    def __str__(self) -> str:
        return "The first account has been made already; log in with it."


def setup_token() -> str:
    """Give the token that makes the first account.

    Derived from SECRET_KEY, so that every process knows it and none stores it; it is worth
    nothing once an account exists.
    """
    return salted_hmac("monitors.setup", "first account", algorithm="sha256").hexdigest()[:24]


def is_set_up() -> bool:
    return User.objects.exists()


def create_first_account(username: str, password: str) -> User:
    """Make the first account, with every right. Raises AlreadySetUp."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            # Two visitors at once: the second waits here and then finds an account. On SQLite
            # the immediate transaction does the same.
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE auth_user IN SHARE ROW EXCLUSIVE MODE")
        if is_set_up():
            raise AlreadySetUp
        return User.objects.create_superuser(username=username, password=password)
