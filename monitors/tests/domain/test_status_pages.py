import pytest

from monitors.domain.spec import BadSetting
from monitors.domain.state import State
from monitors.domain.status_pages import (
    PartState,
    checked_accent,
    checked_slug,
    overall,
    part_state,
)

UP, SLOW, OUT = PartState.OPERATIONAL, PartState.DEGRADED, PartState.OUTAGE
WORK, UNKNOWN = PartState.MAINTENANCE, PartState.UNKNOWN


@pytest.mark.parametrize(
    ("states", "indicator", "words"),
    [
        ([], "minor", "No current data"),
        ([UNKNOWN], "minor", "No current data"),
        ([UP, UP], "none", "All systems operational"),
        ([UP, SLOW], "minor", "Degraded performance"),
        ([UP, SLOW, OUT], "major", "Partial outage"),
        ([OUT, OUT], "critical", "Major outage"),
        ([OUT, UNKNOWN], "critical", "Major outage"),
        ([OUT, WORK], "major", "Partial outage"),
        ([UP, WORK], "maintenance", "Maintenance in progress"),
        ([UP, UNKNOWN], "minor", "Some systems are not monitored at the moment"),
        ([WORK, UNKNOWN], "minor", "Some systems are not monitored at the moment"),
    ],
)
def test_the_whole_is_as_its_worst_part(
    states: list[PartState], indicator: str, words: str
) -> None:
    said = overall(states)
    assert (said.indicator, said.words) == (indicator, words)


@pytest.mark.parametrize(
    ("state", "in_maintenance", "shown"),
    [
        (State.UP, False, UP),
        (State.DEGRADED, False, SLOW),
        (State.DOWN, False, OUT),
        (State.DOWN, True, WORK),
        (State.PAUSED, False, UNKNOWN),
        (State.UNKNOWN, False, UNKNOWN),
    ],
)
def test_what_the_public_is_told(state: State, in_maintenance: bool, shown: PartState) -> None:
    assert part_state(state, in_maintenance=in_maintenance) is shown


@pytest.mark.parametrize("slug", ["a", "my-shop-2", " Shop ", "x" * 60])
def test_a_slug_is_small_and_plain(slug: str) -> None:
    assert checked_slug(slug) == slug.strip().lower()


@pytest.mark.parametrize("slug", ["", "-a", "a-", "a--b", "a b", "ü", "a/b", "a\nb", "x" * 61])
def test_what_is_no_slug(slug: str) -> None:
    with pytest.raises(BadSetting):
        checked_slug(slug)


@pytest.mark.parametrize(
    ("given", "kept"), [("", ""), ("#1F5F7A", "#1f5f7a"), (" #000000 ", "#000000")]
)
def test_a_colour_on_which_white_can_be_read(given: str, kept: str) -> None:
    assert checked_accent(given) == kept


@pytest.mark.parametrize("colour", ["red", "#fff", "#ffffff", "#777778", "#12345g", "#1f5f7a;}"])
def test_other_colours_are_refused(colour: str) -> None:
    with pytest.raises(BadSetting):
        checked_accent(colour)
