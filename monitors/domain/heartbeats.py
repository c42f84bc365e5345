"""The last few results of a service in one short text, kept with it for the list page."""

from dataclasses import dataclass

from .result import CheckResult, Status

KEPT = 40

_LETTER = {Status.UP: "U", Status.DEGRADED: "G", Status.DOWN: "D"}
_STATUS = {letter: status for status, letter in _LETTER.items()}


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """One of the recent results, as much of it as a bar shows."""

    status: Status
    response_time_ms: int | None


def append(text: str, result: CheckResult) -> str:
    """Add a result at the end and let the oldest beyond `KEPT` fall out."""
    time = "" if result.response_time_ms is None else str(round(result.response_time_ms))
    beats = [*text.split(), _LETTER[result.status] + time]
    return " ".join(beats[-KEPT:])


def read(text: str) -> tuple[Heartbeat, ...]:
    """Read them back, oldest first."""
    return tuple(
        Heartbeat(_STATUS[beat[0]], int(beat[1:]) if beat[1:] else None) for beat in text.split()
    )
