"""Whether failures tell of their targets, or of the network of the checker itself."""

from dataclasses import dataclass, field
from datetime import datetime

from .reasons import Failure, Fault, Reason
from .result import CheckResult, Status
from .verdict import not_judged

# What a network that is down looks like. Whoever sends a status or a body is reached.
_BY_NETWORK = {Reason.TIMEOUT, Reason.DNS, Reason.CONNECT, Reason.TLS, Reason.PROTOCOL}
# The longest timeout of a check, and some time to write it.
_REMEMBERED_S = 70


@dataclass(frozen=True, slots=True)
class Heard:
    """Which canaries answered."""

    any: bool
    by_name: bool | None
    """Of those whose host has to be looked up; None where there are none, or none was awaited."""

    @property
    def all_is_well(self) -> bool:
        return self.any and self.by_name is not False

    @property
    def trouble(self) -> str:
        """What is wrong, in words; empty where nothing is."""
        if not self.any:
            return "no canary answers"
        return "no canary is found by its name" if self.by_name is False else ""


NOBODY = Heard(any=False, by_name=None)


def is_doubtful(result: CheckResult) -> bool:
    """Tell of a failure that a dead network of our own would look like."""
    return result.status is Status.DOWN and result.reason in _BY_NETWORK


def is_by_name(result: CheckResult) -> bool:
    """Tell of a doubtful failure that its host was not found."""
    timed_out = result.reason is Reason.TIMEOUT and result.phases.connect_ms is None
    return result.reason is Reason.DNS or timed_out


def in_the_light_of(heard: Heard, result: CheckResult) -> CheckResult:
    """Give a doubtful failure as it stands after the canaries were asked."""
    if not heard.any:
        fault = Fault.CUT_OFF
    elif heard.by_name is False and is_by_name(result):
        fault = Fault.NAMES_CUT_OFF
    else:
        return result
    failure = Failure(fault, {"otherwise": result.message})
    return not_judged(failure, result.checked_at, result.loop_lag_ms)


@dataclass(slots=True)
class Lately:
    """How many checks were answered and how many failed, by the second in which they ended."""

    _seconds: dict[int, list[int]] = field(default_factory=dict)

    def take(self, result: CheckResult, *, fails: bool) -> None:
        second = int(result.ended_at.timestamp())
        counts = self._seconds.get(second)
        if counts is None:
            counts = self._seconds[second] = [0, 0]
            self._forget_before(second - _REMEMBERED_S)
        counts[fails] += 1

    def most_fail(self, since: datetime) -> bool:
        """Tell whether more than half of the checks that ended since then have failed."""
        first = int(since.timestamp())
        ended = [counts for second, counts in self._seconds.items() if second >= first]
        answered = sum(counts[0] for counts in ended)
        return sum(counts[1] for counts in ended) > answered

    def most_answer(self, since: datetime) -> bool:
        """Tell whether at least half of them were answered; not where there were none."""
        first = int(since.timestamp())
        answered = any(counts[0] for second, counts in self._seconds.items() if second >= first)
        return answered and not self.most_fail(since)

    def _forget_before(self, first: int) -> None:
        for second in [second for second in self._seconds if second < first]:
            del self._seconds[second]
