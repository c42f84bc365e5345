"""What a checker tells of itself between two signs of life."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Gauges:
    """Filled by the parts of a checker, read and begun anew at each sign of life."""

    in_flight: int = 0
    checks: int = 0
    late_ms: float = 0.0
    lag_ms: float = 0.0
    write_ms: float = 0.0
    errors: int = 0
    """Unexpected errors since the checker began; the log has each."""
    set_aside: int = 0
    """Results that could not be stored, since the checker began."""
    troubles: dict[str, str] = field(default_factory=dict)
    """By the part that has it: what keeps the checker from its work."""
    since_s: float = field(default_factory=time.monotonic)

    def checked(self, late_s: float) -> None:
        self.checks += 1
        self.late_ms = max(self.late_ms, late_s * 1_000)

    def lagged(self, lag_ms: float) -> None:
        self.lag_ms = max(self.lag_ms, lag_ms)

    def wrote(self, took_s: float) -> None:
        self.write_ms = max(self.write_ms, took_s * 1_000)

    def erred(self) -> None:
        self.errors += 1

    @property
    def checks_per_s(self) -> float:
        return self.checks / max(time.monotonic() - self.since_s, 1e-3)

    @property
    def trouble(self) -> str:
        return "; ".join(dict.fromkeys(self.troubles.values()))

    def begin_anew(self) -> None:
        """Forget what has been told; what lasts still does."""
        self.checks = 0
        self.late_ms = self.lag_ms = self.write_ms = 0.0
        self.since_s = time.monotonic()
