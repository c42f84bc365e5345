from datetime import timedelta
from typing import Any

import pytest

from monitors.actions import maintenance, occurrences, services
from monitors.actions.maintenance import Plan
from monitors.domain.maintenance import Schedule
from monitors.domain.result import Status
from monitors.domain.state import State
from monitors.models import Incident, Period, Service
from monitors.queries import state_changes
from monitors.queries.events import EventsPage, events_page
from monitors.queries.state_changes import EventFilter
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_service, checked
from monitors.tests.incidents import CHECKED

pytestmark = pytest.mark.django_db

UP, DEGRADED, DOWN = Status.UP, Status.DEGRADED, Status.DOWN


def page(now_s: float = 600, **wanted: Any) -> EventsPage:
    return events_page(EventFilter(**wanted), None, noon_plus(now_s))


def told(found: EventsPage) -> list[tuple[float, str, float | None]]:
    """Give the second of each change, its label and for how long its state lasted."""
    return [
        ((row.started_at - NOON).total_seconds(), row.label, row.lasted_s) for row in found.rows
    ]


def incidents_of(found: EventsPage) -> list[tuple[str, str, bool]]:
    return [
        (row.label, row.incident.message if row.incident else "", row.ends_incident)
        for row in found.rows
    ]


def walked(wanted: EventFilter) -> list[list[int]]:
    """Read page after page to the end."""
    found, after = [], None
    while True:
        part = state_changes.find(wanted, after)
        found.append(part.ids)
        after = part.next_place
        if after is None:
            return found


def flat(pages: list[list[int]]) -> list[int]:
    return [pk for ids in pages for pk in ids]


def periods_of(*made: Service) -> list[int]:
    own = Period.objects.filter(service__in=made).order_by("-started_at", "-id")
    return list(own.values_list("pk", flat=True))


def test_there_is_nothing_without_services() -> None:
    assert page() == EventsPage([], None, None)


def test_a_service_that_was_just_added_is_the_first_event() -> None:
    a_service(paused=True, now=noon_plus(1))
    a_service()
    assert told(page()) == [(1, "Added, paused", None), (0, "Added", None)]


def test_changes_come_newest_first_with_what_they_lasted() -> None:
    checked(a_service(failures_before_down=1), UP, DEGRADED, DOWN, UP)
    assert told(page(241)) == [
        (240, "Recovered", None),
        (180, "Down", 60),
        (120, "Degraded", 60),
        (60, "Up", 60),
        (0, "Added", 60),
    ]


def test_an_outage_begins_with_its_first_failed_check() -> None:
    checked(a_service(failures_before_down=2), UP, DOWN, DOWN)
    assert told(page(181))[0] == (120, "Down", None)


def test_an_outage_tells_its_incident_and_so_does_what_ends_it() -> None:
    checked(a_service(failures_before_down=1), UP, DOWN, DEGRADED, UP)
    assert incidents_of(page()) == [
        ("Recovered", "", False),
        ("Degraded", CHECKED, True),
        ("Down", CHECKED, False),
        ("Up", "", False),
        ("Added", "", False),
    ]


def test_each_outage_has_its_own_incident() -> None:
    service = checked(a_service(failures_before_down=1), DOWN, UP, DOWN)
    first, second = Incident.objects.order_by("started_at")
    assert [row.incident for row in page().rows] == [second, first, first, None]
    assert page(service=str(service.pk)).rows == page().rows


def test_an_incident_goes_on_while_nobody_looks() -> None:
    service = checked(a_service(failures_before_down=1), DOWN)
    checked_again = service.created_at + timedelta(hours=1)
    Service.objects.filter(pk=service.pk).update(created_at=checked_again)
    service.refresh_from_db()
    checked(service, UP)
    assert incidents_of(page(3_700)) == [
        ("Recovered", CHECKED, True),
        ("Unknown", CHECKED, False),
        ("Down", CHECKED, False),
        ("Added", "", False),
    ]


def test_pausing_ends_an_incident_and_resuming_begins_none() -> None:
    service = checked(a_service(failures_before_down=1), DOWN)
    services.pause(service.pk, noon_plus(90))
    services.resume(service.pk, noon_plus(100))
    assert incidents_of(page()) == [
        ("Resumed", "", False),
        ("Paused", CHECKED, True),
        ("Down", CHECKED, False),
        ("Added", "", False),
    ]


def test_an_outage_in_maintenance_has_no_incident_until_the_maintenance_is_over() -> None:
    service = a_service(failures_before_down=1)
    schedule = Schedule(NOON, timedelta(seconds=100))
    maintenance.create(
        Plan("Work", schedule, for_all=False, service_ids=frozenset({service.pk})), NOON, ""
    )
    checked(service, DOWN)
    assert incidents_of(page(70))[0] == ("Down", "", False)
    assert occurrences.follow_up_next(noon_plus(130))
    (down, _) = page(140).rows
    assert down.incident == Incident.objects.get()
    assert (down.started_at, down.incident.started_at) == (noon_plus(60), noon_plus(100))


def test_a_state_that_nobody_looks_at_any_more_is_not_said_to_last() -> None:
    service = checked(a_service(), UP)
    assert service.fresh_until is not None
    fresh_s = (service.fresh_until - NOON).total_seconds()
    assert told(page(fresh_s))[0] == (60, "Up", None)
    stale = page(fresh_s + 1).rows[0]
    assert (stale.lasted_s, stale.is_unseen) == (fresh_s - 60, True)
    services.pause(service.pk, noon_plus(fresh_s))
    assert page(9_999).rows[0].is_unseen is False


def test_the_events_of_a_deleted_service_go_with_it() -> None:
    service, other = checked(a_service(), DOWN, DOWN), a_service(now=noon_plus(9))
    services.delete(service.pk, noon_plus(200))
    assert [row.service_id for row in page().rows] == [other.pk]


def test_a_period_that_goes_while_it_is_read_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    service = a_service()
    gone = state_changes.Found([*periods_of(service), 999_999])
    monkeypatch.setattr("monitors.queries.events.find", lambda *_: gone)
    assert [row.service_id for row in page().rows] == [service.pk]


def test_filters() -> None:
    shop = checked(a_service(name="Shop of 7", tags=["web"]), UP, DEGRADED)
    wiki = checked(a_service(name="7", tags=["web", "inside"]), UP)
    found = {
        str(wanted): [(row.service_id, row.label) for row in page(**wanted).rows]
        for wanted in (
            {"state": State.DEGRADED},
            {"state": State.UP, "tag": "web"},
            {"service": "SHOP"},
            {"service": "example of shop"},
            {"service": str(shop.pk)},
            {"service": "7"},
            {"service": "shop", "tag": "inside"},
            {"tag": "nobody"},
            {"service": "9" * 18},
        )
    }
    up, added = [(s.pk, "Up") for s in (wiki, shop)], [(s.pk, "Added") for s in (wiki, shop)]
    of_shop = [(shop.pk, "Degraded"), up[1], added[1]]
    assert list(found.values()) == [
        [(shop.pk, "Degraded")],
        up,
        of_shop,
        of_shop,
        of_shop,
        [up[0], added[0]],
        [],
        [],
        [],
    ]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_changes, "PAGE_SIZE", 2)
    monkeypatch.setattr(state_changes, "LOOKED_THROUGH", 6)


def changes(*states: State, service: Service | None = None, every_s: int = 10) -> Service:
    """Make a service that was in some states one after the other."""
    service = service or a_service()
    Period.objects.filter(service=service).delete()
    for number, state in enumerate(states):
        ended_at = noon_plus(every_s * (number + 1)) if number + 1 < len(states) else None
        Period.objects.create(
            service=service,
            state=state.value,
            started_at=noon_plus(every_s * number),
            ended_at=ended_at,
        )
    return service


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_pages_have_every_change_once_although_many_are_of_one_moment(count: int) -> None:
    made = [changes(State.UNKNOWN, State.UP, State.DOWN) for _ in range(count)]
    made[0].tags.create(name="web")
    pages = walked(EventFilter())
    assert flat(pages) == periods_of(*made)
    assert {len(ids) for ids in pages[:-1]} <= {2}
    assert flat(walked(EventFilter(tag="web"))) == periods_of(made[0])
    assert flat(walked(EventFilter(service="service"))) == periods_of(*made)


@pytest.mark.usefixtures("small_pages")
def test_what_is_rare_is_found_further_back_without_a_gap() -> None:
    rare = [State.PAUSED, State.UNKNOWN]
    made = changes(*rare, *[State.UP, State.DOWN] * 10)
    wanted = EventFilter(state=State.PAUSED)
    first = events_page(wanted, None, noon_plus(999))
    assert (first.rows, first.looked_back_to) == ([], noon_plus(150))
    assert flat(walked(wanted)) == periods_of(made)[-1:]
    assert flat(walked(EventFilter(State.PAUSED, str(made.pk)))) == periods_of(made)[-1:]


@pytest.mark.usefixtures("small_pages")
def test_what_began_with_the_last_that_is_looked_at_is_neither_lost_nor_shown_twice() -> None:
    made = [changes(State.PAUSED, *[State.UP, State.DOWN] * 3) for _ in range(4)]
    paused = Period.objects.filter(state="PAUSED").order_by("-id")
    everywhere = list(paused.values_list("pk", flat=True))
    assert flat(walked(EventFilter(State.PAUSED))) == everywhere
    assert flat(walked(EventFilter(State.PAUSED, str(made[0].pk)))) == everywhere[-1:]


@pytest.mark.usefixtures("small_pages")
def test_a_few_services_are_found_however_much_others_changed_since() -> None:
    quiet = changes(State.UNKNOWN, State.UP)
    changes(*[State.UP, State.DOWN] * 20, every_s=100)
    found = state_changes.find(EventFilter(service=str(quiet.pk)), None)
    assert (found.ids, found.looked_back_to) == (periods_of(quiet), None)


@pytest.mark.usefixtures("small_pages")
def test_each_of_a_few_services_is_looked_through_no_further_than_all_of_them() -> None:
    for every_s in (10, 100):
        changes(State.PAUSED, *[State.UP, State.DOWN] * 4, every_s=every_s)
    wanted = EventFilter(State.PAUSED, service="example")
    # Each is looked through to its fourth newest: to 50 s, and to 500 s.
    assert state_changes.find(wanted, None).looked_back_to == noon_plus(500)
    paused = Period.objects.filter(state="PAUSED").order_by("-id")
    assert flat(walked(wanted)) == list(paused.values_list("pk", flat=True))


@pytest.mark.usefixtures("small_pages")
def test_for_no_service_nothing_is_looked_through() -> None:
    changes(*[State.UP, State.DOWN] * 4)
    assert state_changes.find(EventFilter(service="nobody"), None) == state_changes.Found([])


@pytest.mark.usefixtures("small_pages")
def test_a_change_between_two_pages_moves_nothing() -> None:
    made = changes(*[State.UP, State.DOWN] * 2)
    expected = periods_of(made)
    first = state_changes.find(EventFilter(), None)
    a_service(now=noon_plus(99))
    rest = state_changes.find(EventFilter(), first.next_place)
    assert first.ids + rest.ids == expected


def test_a_page_takes_the_same_queries_for_one_change_and_for_many(
    django_assert_num_queries: Any,
) -> None:
    for count in (1, 3):
        for _ in range(count):
            checked(a_service(failures_before_down=1, tags=["web"]), UP, DOWN, UP)
        # Their places; what is known of them; tags; incidents.
        with django_assert_num_queries(4):
            page()
        # And how far back to look, first of all for which services.
        with django_assert_num_queries(6):
            page(state=State.DOWN, service="example", tag="web")
