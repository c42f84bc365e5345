"""What only the owner of this installation may read: the secret key, and the database file."""

import contextlib
import os
import secrets
import sqlite3
import stat
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

KEY_LENGTH, KEY_CHARACTERS = 32, 8
_OWNER_ONLY = 0o600
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def secret_key(given: str, folder: Path) -> str:
    """Take SECRET_KEY, or the key of this installation: made once, kept beside manage.py."""
    if given:
        return _strong(given, "SECRET_KEY")
    kept = folder / ".secret_key"
    try:
        if not kept.exists():
            _keep(secrets.token_urlsafe(50), kept)
        _refuse_shared(kept)
        return _strong(kept.read_text().strip(), str(kept))
    except OSError as error:
        raise ImproperlyConfigured(
            f"SECRET_KEY is not set, and {kept} cannot be used: {error.strerror}."
        ) from None


def keep_private(path: Path) -> None:
    """Take a file of ours away from group and others; one that is not there is passed over."""
    with contextlib.suppress(OSError):
        found = path.stat()
        if found.st_mode & _OTHERS and found.st_uid == os.geteuid():
            path.chmod(_OWNER_ONLY)


class PrivateConnection(sqlite3.Connection):
    """A connection that leaves the database file to its owner, who stores secrets in it.

    SQLite would make it as the umask says; the files beside it (-wal, -shm) take its mode over:
    https://www.sqlite.org/src/doc/trunk/src/os_unix.c (findCreateFileMode).
    """

    def __init__(self, database: str, *args: Any, **kwargs: Any) -> None:
        path = Path(database)
        # What is wrong with the path, SQLite says better.
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ONLY))
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            keep_private(path.with_name(name))
        super().__init__(database, *args, **kwargs)


def _keep(key: str, kept: Path) -> None:
    # Written aside and linked into place, so that of two processes that start together one wins
    # and neither reads half a key.
    fresh = kept.with_name(f".secret_key.{os.getpid()}")
    fresh.touch(mode=_OWNER_ONLY)
    try:
        fresh.write_text(key)
        os.link(fresh, kept)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _refuse_shared(kept: Path) -> None:
    """Mend the mode where the file is ours; a group may be let in by whoever owns it."""
    keep_private(kept)
    if kept.stat().st_mode & stat.S_IRWXO:
        raise ImproperlyConfigured(f"{kept} is open to every user of this machine: chmod o= it.")


def _strong(key: str, source: str) -> str:
    if len(key) < KEY_LENGTH or len(set(key)) < KEY_CHARACTERS:
        raise ImproperlyConfigured(
            f"{source} is too easy to guess: it needs {KEY_LENGTH} characters or more, "
            f"{KEY_CHARACTERS} of them different."
        )
    return key
