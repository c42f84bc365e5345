"""How the program says that it cannot start: in one line, without a traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError


@contextmanager
def one_line_errors(exit_status: int) -> Iterator[None]:
    """Turn a wrong setting or an unreachable database into one line on standard error."""
    try:
        yield
    except ImproperlyConfigured as error:
        _stop(f"Wrong setting: {error}", exit_status)
    except OperationalError as error:
        _stop(f"The database cannot be used: {_first_line(error)}", exit_status)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _stop(sentence: str, exit_status: int) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.exit(exit_status)
