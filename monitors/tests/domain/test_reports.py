"""The edges of a report: what has no data is no 100 %, and nothing counts twice or for nobody."""

from datetime import datetime, timedelta

import pytest

from monitors.domain.incidents import Ending, IncidentCause
from monitors.domain.reports import Figures, Outage, figures, total
from monitors.domain.uptime import Charge, Uptime
from monitors.tests.clock import NOON, noon_plus

FAULT, PLANNED = IncidentCause.FAULT, IncidentCause.PLANNED
HOUR = 3600


def outage(
    start: float,
    end: float | None,
    ending: Ending = Ending.RECOVERED,
    cause: IncidentCause = FAULT,
) -> Outage:
    resolved_at = None if end is None else noon_plus(end)
    return Outage(noon_plus(start), resolved_at, ending.value if resolved_at else "", cause)


def counted(
    *outages: Outage, charges: tuple[Charge, ...] = (), start: float = 0, end: float = HOUR
) -> tuple[int, int, float | None]:
    """Give how many incidents count, how many are left out, and the mean time to recovery."""
    found = figures(Uptime(), outages, charges, noon_plus(start), noon_plus(end))
    return found.incidents, found.left_out, found.mttr_s


def left(target: float, **seconds: float) -> float | None:
    return Figures(Uptime(**seconds)).budget_left_s(target)


@pytest.mark.parametrize(
    ("target", "seconds", "expected"),
    [
        # Nothing seen: no budget, whatever else the time was spent on.
        (99.9, {}, None),
        (99.9, {"unknown_s": 86_400}, None),
        (99.9, {"paused_s": 1_000, "maintenance_s": 2_000, "unknown_s": 3_000}, None),
        # Of what was seen a thousandth, and of nothing else.
        (99.9, {"up_s": 10_000}, 10),
        (99.9, {"up_s": 10_000, "unknown_s": 90_000, "paused_s": 5, "maintenance_s": 7}, 10),
        (99.9, {"up_s": 9_000, "degraded_s": 990, "down_s": 10}, 0),
        # Overspent.
        (99.9, {"up_s": 9_900, "down_s": 100}, -90),
        (99.9, {"down_s": 1_000}, -999),
        # Nothing may fail.
        (100, {"up_s": 10_000}, 0),
        (100, {"up_s": 10_000, "down_s": 0.000001}, -0.000001),
        # A month of the calendar, without the noise of floats.
        (99.9, {"up_s": 30 * 86_400.0}, 2_592),
        (99.95, {"up_s": 31 * 86_400.0}, 1_339.2),
        (99.999, {"up_s": 31 * 86_400.0}, 26.784),
        (50, {"up_s": 1, "down_s": 1}, 0),
    ],
)
def test_the_error_budget(target: float, seconds: dict[str, float], expected: float | None) -> None:
    assert left(target, **seconds) == expected


def test_what_is_left_at_a_target_of_100_is_no_negative_zero() -> None:
    assert str(left(100, up_s=10)) == "0.0"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], (0, 0, None)),
        ([outage(10, 40)], (1, 0, 30)),
        ([outage(10, 40), outage(50, 60)], (2, 0, 20)),
        # It began before the range: all of it is the time to recovery.
        ([outage(-100, 50)], (1, 0, 150)),
        # It recovers after the range, or not yet: it counts, and nothing has recovered.
        ([outage(10, HOUR + 1)], (1, 0, None)),
        ([outage(10, None)], (1, 0, None)),
        ([outage(-10, None)], (1, 0, None)),
        # Each recovery belongs to one of two ranges that meet.
        ([outage(-10, 0)], (0, 0, None)),
        ([outage(10, HOUR)], (1, 0, HOUR - 10)),
        ([outage(HOUR, HOUR + 5)], (0, 0, None)),
        ([outage(-50, -10)], (0, 0, None)),
        # Who pauses a service, changes its address or deletes it has not made it well.
        ([outage(10, 40, Ending.PAUSED)], (1, 0, None)),
        ([outage(10, 40, Ending.EDITED), outage(50, 70)], (2, 0, 20)),
        # Over within the same check.
        ([outage(10, 10)], (1, 0, 0)),
        ([outage(10, 10, cause=PLANNED)], (0, 1, None)),
    ],
)
def test_incidents_and_recoveries(
    found: list[Outage], expected: tuple[int, int, float | None]
) -> None:
    assert counted(*found) == expected


@pytest.mark.parametrize(
    ("charges", "expected"),
    [
        ([(PLANNED, 100, 400)], (0, 1, None)),
        ([(IncidentCause.MONITOR, 0, 250), (IncidentCause.EXCLUDED, 250, 900)], (0, 1, None)),
        # A part of it still counts, and so does the incident, all of it.
        ([(PLANNED, 100, 399)], (1, 0, 300)),
        # Taken back.
        ([(PLANNED, 100, 400), (FAULT, 100, 400)], (1, 0, 300)),
        ([(FAULT, 100, 400), (PLANNED, 0, HOUR)], (0, 1, None)),
    ],
)
def test_an_incident_counts_while_any_of_its_time_does(
    charges: list[tuple[IncidentCause, float, float]], expected: tuple[int, int, float | None]
) -> None:
    made = tuple(Charge(cause, noon_plus(start), noon_plus(end)) for cause, start, end in charges)
    # What was said of the whole incident last may be true of a part of it only.
    assert counted(outage(100, 400, cause=PLANNED), charges=made) == expected


def test_of_an_incident_only_what_lies_in_the_range_must_be_reclassified() -> None:
    planned = (Charge(PLANNED, noon_plus(0), noon_plus(50)),)
    assert counted(outage(-100, 50), charges=planned) == (0, 1, None)


def test_a_range_in_the_future_has_no_incidents() -> None:
    still_down = outage(-100, None)
    # The caller cuts the future off: what is left ends before it begins.
    assert counted(still_down, start=HOUR, end=0) == (0, 0, None)


def test_all_services_together() -> None:
    together = total(
        [
            Figures(Uptime(up_s=100, down_s=20), 2, 1, 1, 20),
            Figures(Uptime(degraded_s=60, unknown_s=0.1, paused_s=0.2), 0, 0, 0, 0),
            Figures(Uptime(up_s=20, maintenance_s=5, unknown_s=0.2), 1, 0, 3, 4),
        ]
    )
    assert together == Figures(
        Uptime(up_s=120, degraded_s=60, down_s=20, maintenance_s=5, paused_s=0.2, unknown_s=0.3),
        incidents=3,
        left_out=1,
        recoveries=4,
        recovery_s=24,
    )
    assert (together.uptime.percent, together.mttr_s) == (90, 6)


def test_of_no_services_nothing_is_known() -> None:
    none = total([])
    assert (none.uptime.percent, none.mttr_s, none.budget_left_s(99.9)) == (None, None, None)


def test_ten_thousand_charges_are_no_trouble() -> None:
    made = [
        Charge(PLANNED, NOON + timedelta(seconds=n), NOON + timedelta(seconds=n + 1))
        for n in range(10_000)
    ]
    end: datetime = noon_plus(10_000)
    assert figures(Uptime(), [outage(5, 9_990)] * 10, made, NOON, end).left_out == 10
