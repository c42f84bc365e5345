"""Collects the static files where they have changed since the last time."""

import fcntl
import hashlib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

_HERE = Path(__file__).resolve().parent


def collect_if_changed(folder: Path) -> bool:
    """Collect what is served into a folder, which also keeps what it was collected from.

    Tells whether there was anything to do. Of several programs that start at once one collects,
    and the others wait for it. Raises OSError where the folder cannot be written.
    """
    fingerprint, kept = _fingerprint(), folder / "collected_from"
    if _is(fingerprint, kept):
        return False
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _is(fingerprint, kept):
            return False
        # Not before all is there: what was broken off is done again.
        kept.unlink(missing_ok=True)
        call_command("collectstatic", interactive=False, verbosity=0)
        kept.write_text(fingerprint)
    return True


def _is(fingerprint: str, kept: Path) -> bool:
    return kept.is_file() and kept.read_text() == fingerprint


def _fingerprint() -> str:
    """Tell apart whatever would be collected differently."""
    digest = hashlib.sha256(f"{version('django')} {version('whitenoise')}".encode())
    for path in sorted(_sources()):
        state = path.stat()
        digest.update(f"\n{path} {state.st_size} {state.st_mtime_ns}".encode())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    # How they are collected is written here too.
    yield from _HERE.glob("*.py")
    for finder in get_finders():
        for path, storage in finder.list(None):
            yield Path(storage.path(path))
