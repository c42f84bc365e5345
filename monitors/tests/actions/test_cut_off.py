"""That a checker is cut off is told once, and only where it lasted."""

import pytest

from monitors.actions import cut_off
from monitors.domain.alerting import Event, Fate
from monitors.models import Alert, Channel, Checker
from monitors.tests.clock import NOON, noon_plus

pytestmark = pytest.mark.django_db

WHY = "no canary answers"


@pytest.fixture
def checker() -> Checker:
    return Checker.objects.create(name="north", started_at=NOON, seen_at=NOON)


def a_channel(name: str, *events: Event, **settings: object) -> Channel:
    wanted = [event.value for event in events]
    return Channel.objects.create(
        name=name, kind="email", target="a@b.example", events=wanted, created_at=NOON, **settings
    )


def alerts() -> list[tuple[str, str, str]]:
    rows = Alert.objects.order_by("pk")
    return list(rows.values_list("channel_name", "fate", "about"))


def test_it_is_planned_once_for_each_channel_that_wants_to_know(checker: Checker) -> None:
    a_channel("both", Event.DOWN, Event.MONITOR)
    a_channel("services only", Event.DOWN)
    a_channel("off", Event.MONITOR, enabled=False)
    for seconds in (5, 7):
        cut_off.begin(checker.pk, NOON, WHY, noon_plus(seconds))
    about = f"monitor:{checker.pk}:2026-03-01T12:00:00+00:00"
    assert alerts() == [("both", "waiting", about)]
    alert = Alert.objects.get()
    assert alert.due_at == noon_plus(65)
    assert alert.told_facts().message == (
        "The checker north seems to be cut off: no canary answers. Nothing is judged meanwhile."
    )
    checker.refresh_from_db()
    assert (checker.cut_off_since, cut_off.since(checker.pk)) == (NOON, [NOON])


def test_what_is_soon_over_is_not_told(checker: Checker) -> None:
    a_channel("ops", Event.MONITOR)
    cut_off.begin(checker.pk, NOON, WHY, noon_plus(5))
    cut_off.end(checker.pk, noon_plus(50))
    assert [fate for _, fate, _ in alerts()] == ["over"]
    assert cut_off.since(checker.pk) == []


def test_the_end_is_told_where_the_beginning_was(checker: Checker) -> None:
    told, untold = a_channel("told", Event.MONITOR), a_channel("untold", Event.MONITOR)
    cut_off.begin(checker.pk, NOON, WHY, noon_plus(5))
    Alert.objects.filter(channel=told).update(fate=Fate.TOLD.value)
    cut_off.end(checker.pk, noon_plus(720))
    cut_off.end(checker.pk, noon_plus(721))
    assert Alert.objects.get(channel=untold).fate == Fate.OVER
    _, over = Alert.objects.filter(channel=told).order_by("pk")
    assert (over.fate, over.due_at, over.about[-5:]) == ("waiting", noon_plus(720), ":over")
    assert over.told_facts().message == (
        "The checker north is not cut off any more. It was for 12 min;"
        " no service is charged with that time."
    )


def test_it_may_be_cut_off_again(checker: Checker) -> None:
    a_channel("ops", Event.MONITOR)
    for seconds in (0, 1_000):
        cut_off.begin(checker.pk, noon_plus(seconds), WHY, noon_plus(seconds))
        Alert.objects.waiting().update(fate=Fate.TOLD.value)
        cut_off.end(checker.pk, noon_plus(seconds + 500))
    assert len(alerts()) == 4


def test_the_end_of_what_never_began_is_nothing(checker: Checker) -> None:
    a_channel("ops", Event.MONITOR)
    cut_off.end(checker.pk, NOON)
    assert alerts() == []
