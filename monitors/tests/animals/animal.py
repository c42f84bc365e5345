"""What one server of the zoo is, and the words to describe it with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from monitors.domain.reasons import Reason
from monitors.domain.result import Status
from monitors.tests.zoo import Authorities, Script

TIMEOUT_S = 0.4
OVERTIME_S = 0.2
QUICK_S = 0.35
UP, DEGRADED, DOWN = Status.UP, Status.DEGRADED, Status.DOWN
HEAD = b"HTTP/1.1 200 OK\r\n"
ZIPPED = b"Content-Encoding: gzip"
BIG = b"x" * 65_536


@dataclass(frozen=True)
class Animal:
    """A server, what is asked of it, and what is to come out."""

    name: str
    scripts: Sequence[Script]
    status: Status
    reason: Reason
    words: tuple[str, ...]
    within_s: float = QUICK_S
    spec: dict[str, Any] = field(default_factory=dict)
    tls: Callable[[Authorities], Any] | None = None
    scheme: str = ""
    speaks_first: bool = False


def up(name: str, *scripts: Script, words: str = "200 OK", **more: Any) -> Animal:
    return Animal(name, list(scripts), UP, Reason.OK, (words,), **more)


def down(name: str, reason: Reason, *words: str, says: Any = (), **more: Any) -> Animal:
    scripts = says if isinstance(says, list) else [says]
    return Animal(name, scripts, DOWN, reason, words, **more)


def late(name: str, *words: str, says: Script, **more: Any) -> Animal:
    within_s = TIMEOUT_S + OVERTIME_S
    return down(
        name, Reason.TIMEOUT, "within 0.4 s", *words, says=[says], within_s=within_s, **more
    )
