"""Where outside values come from: the environment, and a `.env` file beside manage.py.

Settings and gunicorn.conf.py read the same values by the same rules. `python -m
uptime_site.environment` prints the port, for `make run`.
"""

import io
import re
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from .addresses import binding

BASE_DIR = Path(__file__).resolve().parent.parent

# NAME=value, where a value without quotes ends before white space and a "#".
_LINE = re.compile(
    r"(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=(?:\s+(?!#))?"
    r"(?P<value>'[^']*'|\"(?:[^\"\\]|\\.)*\"|(?:\S+(?:\s+(?!#)\S+)*)?)"
    r"(?:\s+#.*)?\s*"
)
_PATH = re.compile(r"(?:[A-Za-z0-9._~-]+(?:/[A-Za-z0-9._~-]+)*)?")


class Environment(environ.Env):  # type: ignore[misc] # it is not typed
    """django-environ, which takes "$NAME" for the value of another variable.

    Where there is no such variable it would give the default without a word; but a random key may
    begin with "$", and means itself.
    """

    def get_value(self, var: str, cast: Any = None, **rest: Any) -> Any:
        given = self.ENVIRON.get(var, "")
        if given.startswith("$") and given.lstrip("$") not in self.ENVIRON:
            return self.parse_value(given, cast)
        return super().get_value(var, cast, **rest)


def plain_lines(text: str) -> str:
    """Give the lines of a `.env` file as django-environ reads them.

    It knows no space around "=", takes a comment behind a value for a part of it, and passes over
    what it cannot read; a setting that is passed over in silence is refused here.
    """
    lines = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise ImproperlyConfigured(f"Line {number} of .env is not NAME=value.")
        lines.append(f"{found['name']}={found['value']}")
    return "\n".join(lines)


def read(folder: Path) -> environ.Env:
    """Read `.env` of a folder; what the environment says goes before."""
    found = Environment()
    file = folder / ".env"
    if file.is_file():
        found.read_env(io.StringIO(plain_lines(_text(file))))
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ImproperlyConfigured(".env is not UTF-8 text.") from None
    except OSError as error:
        raise ImproperlyConfigured(f".env cannot be read: {error.strerror}.") from None


def whole_number(env: environ.Env, name: str, *, default: int, low: int, high: int) -> int:
    value = env.str(name, default="").strip() or str(default)
    if not value.isdecimal() or not low <= int(value) <= high:
        raise ImproperlyConfigured(f"{name} is a whole number from {low} to {high}, not “{value}”.")
    return int(value)


def port(env: environ.Env) -> int:
    return whole_number(env, "PORT", default=8000, low=1, high=65_535)


def bind(env: environ.Env) -> str:
    """Give where gunicorn listens, in its spelling."""
    return binding(env.str("BIND", default=""), port(env))


def base_path(env: environ.Env) -> str:
    """Give the path under which a proxy shows the dashboard, like "/uptime"; "" is the root."""
    value = (env.str("BASE_PATH", default="") or env.str("FORCE_SCRIPT_NAME", default="")).strip()
    path = value.strip("/")
    if not _PATH.fullmatch(path) or {".", ".."} & {*path.split("/")}:
        raise ImproperlyConfigured(f"BASE_PATH is a path like /uptime, not “{value}”.")
    return f"/{path}" if path else ""


if __name__ == "__main__":
    print(port(read(BASE_DIR)))  # noqa: T201 - what it is for
