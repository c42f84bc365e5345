from monitors.domain.bands import Band, BandKind, bands
from monitors.domain.incidents import IncidentCause
from monitors.domain.state import State
from monitors.domain.uptime import Charge, Stretch
from monitors.tests.clock import NOON, noon_plus

UNKNOWN, PAUSED, DOWN, MAINTENANCE = BandKind


def shaded(
    stretches: list[tuple[State, float, float]],
    charges: list[tuple[IncidentCause, float, float]] | None = None,
    window: tuple[float, float] = (0, 100),
) -> list[tuple[BandKind, float, float]]:
    found = bands(
        [Stretch(state, noon_plus(start), noon_plus(end)) for state, start, end in stretches],
        [Charge(cause, noon_plus(start), noon_plus(end)) for cause, start, end in charges or ()],
        *map(noon_plus, window),
    )
    return [(band.kind, _seconds(band)[0], _seconds(band)[1]) for band in found]


def _seconds(band: Band) -> tuple[float, float]:
    return (band.start - NOON).total_seconds(), (band.end - NOON).total_seconds()


def test_what_is_well_is_not_shaded() -> None:
    assert shaded([(State.UP, -50, 60), (State.DEGRADED, 60, 100)]) == []


def test_an_outage_is_shaded_within_the_window() -> None:
    past = [(State.DOWN, -50.0, 10.0), (State.UP, 10, 90), (State.DOWN, 90, 150)]
    assert shaded(past) == [(DOWN, 0, 10), (DOWN, 90, 100)]


def test_what_nothing_covers_is_not_monitored() -> None:
    past = [(State.UP, 20.0, 40.0), (State.UNKNOWN, 40, 50), (State.PAUSED, 50, 60)]
    assert shaded(past) == [
        (UNKNOWN, 0, 20),
        (UNKNOWN, 40, 50),
        (UNKNOWN, 60, 100),
        (PAUSED, 50, 60),
    ]
    assert shaded([]) == [(UNKNOWN, 0, 100)]


def test_maintenance_is_shaded_over_what_was_seen_as_it_was_charged_last() -> None:
    past = [(State.DOWN, 0.0, 100.0)]
    planned = (IncidentCause.PLANNED, 10.0, 30.0)
    assert shaded(past, [planned]) == [(DOWN, 0, 100), (MAINTENANCE, 10, 30)]
    again = (IncidentCause.PLANNED, 30.0, 40.0)
    assert shaded(past, [planned, again])[1:] == [(MAINTENANCE, 10, 40)]
    but_a_fault = (IncidentCause.FAULT, 20.0, 30.0)
    assert shaded(past, [planned, but_a_fault])[1:] == [(MAINTENANCE, 10, 20)]


def test_a_window_of_no_length_has_no_bands() -> None:
    assert shaded([(State.DOWN, 0, 100)], window=(50, 50)) == []
    assert shaded([(State.DOWN, 0, 100)], window=(60, 50)) == []
