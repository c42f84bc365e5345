"""Which database, and how it is used: SQLite in the project's folder, or what a URL names."""

import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from .private import PrivateConnection

# A server that vanishes without a word (power, network) is noticed within 15 s, not after hours:
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-KEEPALIVES
_NOTICES_A_DEAD_SERVER = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}


def database(url: str, folder: Path) -> dict[str, Any]:
    """Give Django's settings of the database; raises ImproperlyConfigured for a wrong URL."""
    # The default never goes through a URL: a folder may be named "C#" or "100%41b".
    if not url:
        return _sqlite(folder / "db.sqlite3")
    scheme = url.partition(":")[0]
    if scheme == "sqlite":
        return _sqlite(_sqlite_path(url, folder))
    if scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL begins with postgres:// or sqlite:///, "
            f"not “{scheme[:20]}”; like postgres://user:password@host:5432/name."
        )
    try:
        found: dict[str, Any] = environ.Env.db_url_config(url)
        _ = urlsplit(url).port  # raises where it is no port number
    except (ValueError, KeyError):
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read; it looks like postgres://user:password@host:5432/name."
        ) from None
    return found | _postgresql(found)


def _sqlite_path(url: str, folder: Path) -> Path:
    """Give the file that a URL names; without a fourth slash it lies in the project's folder."""
    found = re.fullmatch(r"sqlite:///([^?#]*[^/?#])", url)
    if found is None:
        raise ImproperlyConfigured(
            "DATABASE_URL names a file as sqlite:///name.sqlite3 or sqlite:////full/path.sqlite3; "
            "# is written %23 and ? is written %3F."
        )
    path = unquote(found[1])
    # Each process would have a database of its own.
    if ":memory:" in path or path.startswith("file:"):
        raise ImproperlyConfigured(
            "DATABASE_URL names a database in memory, which dashboard and checker cannot share."
        )
    if "\0" in path:
        raise ImproperlyConfigured("DATABASE_URL names a file with a NUL in its name.")
    return folder / path


def _sqlite(path: Path) -> dict[str, Any]:
    # WAL lets pages read while the checker writes; an immediate transaction waits for the
    # write lock at its start instead of failing in the middle.
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "factory": PrivateConnection,
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA cache_size=-20000;"
                "PRAGMA temp_store=MEMORY;PRAGMA foreign_keys=ON;"
                # A page that is written again before it goes from the WAL into the file is
                # copied once: with services checked every minute, 40 MB hold about a minute.
                "PRAGMA wal_autocheckpoint=10000;"
            ),
        },
        "TEST": {"NAME": f"{path}.test"},
    }


def _postgresql(found: dict[str, Any]) -> dict[str, Any]:
    if not found["NAME"]:
        raise ImproperlyConfigured(
            "DATABASE_URL names no database; it looks like postgres://user:password@host:5432/name."
        )
    options = {**_NOTICES_A_DEAD_SERVER, **found.get("OPTIONS", {})}
    # A command holds one connection; many threads of a server share a pool.
    if Path(sys.argv[0]).name != "manage.py" and "pytest" not in sys.modules:
        options["pool"] = {"min_size": 0, "max_size": 16, "timeout": 10}
    return {"OPTIONS": options, "CONN_HEALTH_CHECKS": True}
