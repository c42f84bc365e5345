"""Where the time of one check went, as bars one after the other."""

from dataclasses import dataclass

from monitors.domain.observation import Phases
from monitors.domain.wording import milliseconds

WIDTH = 100.0
_NAMES = (
    ("DNS", "dns_ms"),
    ("Connect", "connect_ms"),
    ("TLS", "tls_ms"),
    ("Wait", "wait_ms"),
    ("Transfer", "transfer_ms"),
)


@dataclass(frozen=True, slots=True)
class PhaseBar:
    name: str
    x: float
    width: float
    label: str
    """A dash where the phase did not happen."""


def waterfall(phases: Phases) -> tuple[PhaseBar, ...]:
    total = phases.total_ms
    bars: list[PhaseBar] = []
    spent = 0.0
    for name, attribute in _NAMES:
        value: float | None = getattr(phases, attribute)
        share = (value or 0.0) / total if total else 0.0
        x = spent / total if total else 0.0
        bars.append(
            PhaseBar(name, round(x * WIDTH, 2), round(share * WIDTH, 2), milliseconds(value))
        )
        spent += value or 0.0
    return tuple(bars)
