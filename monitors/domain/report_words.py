"""What a report comes to, in sentences: for the top of the page and of the mail."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .reports import Figures
from .wording import duration, percent

NAMED = 3
"""How many of those that missed the target are named."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the services of a report did against its target."""

    target_percent: float
    total: Figures
    met: int
    missed: Sequence[tuple[str, float]]
    """Names, and by how many seconds each overspent its budget, the most first."""
    without_data: int


def summary(outcome: Outcome) -> list[str]:
    """Give some sentences; what there is nothing to say of is left out."""
    if not outcome.met + len(outcome.missed):
        return ["Nothing was seen of them in this range, so there are no figures."]
    return list(_sentences(outcome))


def target_label(target_percent: float) -> str:
    """Word a target as it was given: "99.9 %"."""
    return f"{target_percent:.10g} %"


def budget_label(left_s: float | None) -> str:
    """Word what is left of an error budget, in a cell of a table."""
    if left_s is None:
        return "no data"
    return f"{duration(left_s)} left" if left_s >= 0 else f"{_at_least_a_second(-left_s)} over"


def _sentences(outcome: Outcome) -> Iterator[str]:
    seen = outcome.met + len(outcome.missed)
    target = target_label(outcome.target_percent)
    if seen == 1:
        yield f"The service {'met' if outcome.met else 'missed'} the target of {target}."
    else:
        met = "All" if outcome.met == seen else f"{outcome.met or 'None'} of"
        yield f"{met} {seen} services met the target of {target}."
    if outcome.missed:
        yield f"Over the error budget: {_named(outcome.missed)}."
    yield _together(outcome.total, together=seen > 1)
    if outcome.total.left_out:
        left_out = outcome.total.left_out
        verb = "was" if left_out == 1 else "were"
        yield f"{_count(left_out, 'more incident')} {verb} reclassified, and left out."
    if outcome.without_data:
        yield f"Nothing was seen of {_count(outcome.without_data, 'service')}."


def _together(total: Figures, *, together: bool) -> str:
    who = "Together they were up" if together else "It was up"
    said = f"{who} {percent(total.uptime.percent)} of the time that was seen"
    if total.uptime.down_s:
        said += f" and down for {duration(total.uptime.down_s)}"
    said += f", with {_count(total.incidents, 'incident') if total.incidents else 'no incident'}"
    if total.mttr_s is not None:
        said += f"; recovery took {duration(total.mttr_s)}"
        said += " on average" if total.recoveries > 1 else ""
    return f"{said}."


def _named(missed: Sequence[tuple[str, float]]) -> str:
    names = [f"{name} (by {_at_least_a_second(over_s)})" for name, over_s in missed[:NAMED]]
    more = len(missed) - NAMED
    if more > 0:
        names.append(f"{more} more")
    return ", ".join(names)


def _at_least_a_second(seconds: float) -> str:
    return duration(seconds) if seconds >= 1 else "less than 1 s"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
