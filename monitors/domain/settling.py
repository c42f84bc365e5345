"""What becomes of an alert whose time has come."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .alerting import Fate, Hold

# A recovery waits until its outage has been told; so much later it is looked at again.
AGAIN_AFTER = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Outcome:
    fate: Fate
    hold: Hold = Hold.NOTHING
    """Why it waits on."""
    due_at: datetime | None = None
    """When to decide again, where that is not at once."""


TELL = Outcome(Fate.TOLD)


def of_news(
    *, before: Hold, hold: Hold, is_over: bool = False, is_cared_for: bool = False
) -> Outcome:
    """Decide on anything but a recovery; `before` is what it was found held by the last time.

    What began and ended while a channel was quiet is told with the rest of the night; what was
    over before its time had come, or while something else held it, is not worth a word.
    """
    if is_cared_for:
        return Outcome(Fate.NOT_TOLD)
    is_of_the_night = before is Hold.QUIET and hold in {Hold.QUIET, Hold.NOTHING}
    if is_over and not is_of_the_night:
        return Outcome(Fate.OVER)
    return TELL if hold is Hold.NOTHING else Outcome(Fate.WAITING, hold)


def of_recovery(
    outage: Outcome | None,
    *,
    hold: Hold,
    now: datetime,
    outage_next_try_at: datetime | None = None,
    is_told_with_it: bool = False,
) -> Outcome:
    """Decide on a recovery by what has become of the alert of its outage.

    It is told to whom the outage was told, and after it: not while the message of the outage is
    still on its way (`outage_next_try_at`).
    """
    if outage is None:
        return Outcome(Fate.NOT_TOLD)
    if outage.fate is not Fate.TOLD:
        return outage
    if is_told_with_it:
        return TELL
    if hold is not Hold.NOTHING:
        return Outcome(Fate.WAITING, hold)
    if outage_next_try_at is not None:
        return Outcome(Fate.WAITING, due_at=max(outage_next_try_at, now + AGAIN_AFTER))
    return TELL
