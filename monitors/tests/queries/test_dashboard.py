from datetime import timedelta
from itertools import chain

import pytest

from monitors.actions.results import Finding, record
from monitors.domain.result import CheckResult, Status
from monitors.domain.state import State
from monitors.engine.presence import register
from monitors.models import DueCheck, Service
from monitors.queries import service_list
from monitors.queries.checkers import Backlog, backlog
from monitors.queries.dashboard import list_page
from monitors.queries.service_list import ListFilter
from monitors.queries.service_order import Sort
from monitors.queries.uptime import uptime_between
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_result, a_service, checked, scheduled

pytestmark = pytest.mark.django_db

UP, DEGRADED, DOWN = Status.UP, Status.DEGRADED, Status.DOWN
SOON = noon_plus(61)


def names(wanted: ListFilter = ListFilter()) -> list[str]:  # noqa: B008 - frozen
    return [row.name for row in list_page(wanted, SOON).services]


def one_of_each() -> None:
    checked(a_service(name="up", tags=["web"]), UP)
    checked(a_service(name="down", tags=["web", "db"]), DOWN)
    checked(a_service(name="slow"), DEGRADED)
    a_service(name="new")
    a_service(name="resting", paused=True)


def test_worst_first() -> None:
    one_of_each()
    assert names() == ["down", "slow", "new", "up", "resting"]


def test_counts_are_of_all_services_whatever_the_filter() -> None:
    one_of_each()
    page = list_page(ListFilter(state=State.DOWN), SOON)
    assert [(entry.state.value, entry.count) for entry in page.counts] == [
        ("DOWN", 1),
        ("DEGRADED", 1),
        ("UNKNOWN", 1),
        ("UP", 1),
        ("PAUSED", 1),
    ]
    assert (page.total, page.matching, [row.name for row in page.services]) == (5, 1, ["down"])


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (ListFilter(words=("ow",)), ["down", "slow"]),
        (ListFilter(words=("ow", "d")), ["down"]),
        (ListFilter(tag="web"), ["down", "up"]),
        (ListFilter(tag="none"), []),
        (ListFilter(state=State.PAUSED), ["resting"]),
        (ListFilter(sort=Sort.NAME), ["down", "new", "resting", "slow", "up"]),
        (ListFilter(sort=Sort.NEWEST), ["resting", "new", "slow", "down", "up"]),
    ],
)
def test_filters_and_orders(wanted: ListFilter, found: list[str]) -> None:
    one_of_each()
    assert names(wanted) == found


@pytest.mark.parametrize("is_reversed", [False, True])
@pytest.mark.parametrize("sort", Sort)
def test_every_order_is_paged_from_both_ends(
    monkeypatch: pytest.MonkeyPatch, sort: Sort, *, is_reversed: bool
) -> None:
    one_of_each()
    whole = names(ListFilter(sort=sort, is_reversed=is_reversed))
    monkeypatch.setattr(service_list, "PAGE_SIZE", 1)
    monkeypatch.setattr(service_list, "READ_AHEAD", 1)
    assert [
        *chain(
            *(names(ListFilter(sort=sort, is_reversed=is_reversed, page=n)) for n in range(1, 6))
        )
    ] == whole


def test_slowest_first_puts_those_without_a_time_last() -> None:
    one_of_each()
    assert names(ListFilter(sort=Sort.SLOWEST))[:2] == ["up", "slow"]


def test_nothing_is_up_on_stale_data() -> None:
    checked(a_service(interval_s=60, timeout_s=5), UP)
    fresh, stale = (list_page(ListFilter(), noon_plus(s)) for s in (185, 186))
    assert (fresh.services[0].state, stale.services[0].state) == (State.UP, State.UNKNOWN)
    assert stale.services[0].since == noon_plus(185)
    assert {entry.state: entry.count for entry in stale.counts}[State.UNKNOWN] == 1
    assert list_page(ListFilter(state=State.UP), noon_plus(186)).matching == 0


@pytest.mark.parametrize(
    ("result", "is_scheduled"),
    [
        # It was looked at and not judged: what was known before is as old as it was.
        (a_result(Status.NOT_JUDGED, noon_plus(300)), True),
        # It waited long for the database.
        (a_result(UP, noon_plus(100)), True),
        (a_result(UP, noon_plus(100)), False),
    ],
)
def test_what_is_stale_although_it_is_not_overdue_is_not_up(
    result: CheckResult, *, is_scheduled: bool
) -> None:
    service = checked(a_service(), UP)
    finding = scheduled(service, result) if is_scheduled else Finding(service.pk, result)
    record([finding], noon_plus(300))
    DueCheck.objects.filter(due_at__lt=noon_plus(300)).update(due_at=noon_plus(315))
    page = list_page(ListFilter(), noon_plus(301))
    assert page.services[0].state is State.UNKNOWN
    assert {entry.state: entry.count for entry in page.counts}[State.UNKNOWN] == 1


def test_an_unconfirmed_failure_is_said() -> None:
    service = checked(a_service(failures_before_down=3), UP, DOWN, DOWN)
    (row,) = list_page(ListFilter(), noon_plus(181)).services
    assert (row.state, row.failing_since, row.failures, row.failures_needed) == (
        State.UP,
        noon_plus(120),
        2,
        3,
    )
    assert service.state == "UP"


def test_pages_stay_in_range() -> None:
    for _ in range(51):
        a_service()
    first, second, beyond = (list_page(ListFilter(page=number), NOON) for number in (1, 2, 99))
    assert (len(first.services), first.previous_number, first.next_number) == (50, None, 2)
    assert (len(second.services), second.previous_number, second.next_number) == (1, 1, None)
    assert beyond.services == second.services


def test_the_list_takes_the_same_queries_for_one_and_for_many(
    django_assert_num_queries: object,
) -> None:
    for count in (1, 20):
        for _ in range(count):
            checked(a_service(tags=["a", "b"]), UP)
        # How many, is one overdue, the worst of them, which to show, these, their tags, all tags,
        # uptime, maintenance, what of it was reclassified, open incidents, who is in maintenance.
        with django_assert_num_queries(12):  # type: ignore[operator]
            list_page(ListFilter(), SOON)


def test_the_backlog_is_read_from_due_times() -> None:
    a_service()
    a_service(paused=True)
    assert backlog(noon_plus(0)) == Backlog(0, 0, 0.0)
    assert backlog(noon_plus(30)) == Backlog(1, 0, 30.0)
    assert backlog(noon_plus(90)) == Backlog(1, 1, 90.0)
    DueCheck.objects.update(lease_until=noon_plus(120))
    assert backlog(noon_plus(90)) == Backlog(0, 0, 0.0)
    # It has taken it, and does not get to it.
    assert backlog(noon_plus(110)) == Backlog(1, 1, 110.0)


def test_a_location_without_a_checker_is_named() -> None:
    a_service(locations="oslo, paris")
    late = noon_plus(90)
    assert backlog(late).unmanned == ()  # nobody checks at all
    for name, location in (("one", ""), ("two", "oslo")):
        register(name, location, late)
    assert backlog(late).unmanned == ("paris",)
    assert backlog(noon_plus(10)).unmanned == ()  # not late yet


@pytest.mark.parametrize("read_ahead", [1, 3, 200])
def test_pages_go_on_where_the_one_before_ended(
    monkeypatch: pytest.MonkeyPatch, read_ahead: int
) -> None:
    """Whatever is read in parts: what is in trouble, what is calm, what is paused."""
    monkeypatch.setattr(service_list, "PAGE_SIZE", 2)
    monkeypatch.setattr(service_list, "READ_AHEAD", read_ahead)
    checked(a_service(name="c up"), UP)
    checked(a_service(name="b up"), UP)
    checked(a_service(name="wavers", failures_before_down=3), UP, DOWN)
    checked(a_service(name="down"), DOWN)
    checked(a_service(name="stale"), UP)
    lapsed = SOON - timedelta(seconds=1)
    Service.objects.filter(name="stale").update(fresh_until=lapsed, may_lapse=True)
    for name in ("a rests", "z rests"):
        a_service(name=name, paused=True)
    pages = [names(ListFilter(page=number)) for number in (1, 2, 3, 4)]
    assert pages == [["down", "stale"], ["wavers", "b up"], ["c up", "a rests"], ["z rests"]]
    everything = list_page(ListFilter(), SOON)
    counts = {entry.state: entry.count for entry in everything.counts}
    assert (counts[State.UP], counts[State.UNKNOWN], counts[State.PAUSED]) == (3, 1, 2)


@pytest.mark.parametrize("since_hours", [1, 23, 25])
def test_the_uptime_of_a_day_is_that_of_the_service(since_hours: int) -> None:
    """Read from its periods or, where it has not changed since, from itself."""
    service = checked(a_service(), UP)
    now = NOON + timedelta(hours=since_hours)
    (row,) = list_page(ListFilter(), now).services
    starts = [now - timedelta(hours=24), now - timedelta(days=30)]
    assert [*row.uptimes] == [uptime_between(service, start, now, now) for start in starts]
    assert row.uptimes[0].unknown_s > 0


def test_what_is_searched_for_is_paged_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_list, "PAGE_SIZE", 2)
    for name in ("web a", "web b", "web c", "db"):
        a_service(name=name, tags=["all"])
    for wanted in ({"words": ("web",)}, {"tag": "all", "words": ("web",)}):
        found = [list_page(ListFilter(page=number, **wanted), SOON) for number in (1, 2, 9)]
        assert [page.matching for page in found] == [3, 3, 3]
        assert [page.number for page in found] == [1, 2, 2]
        assert [[row.name for row in page.services] for page in found] == [
            ["web a", "web b"],
            ["web c"],
            ["web c"],
        ]
    nothing = list_page(ListFilter(words=("none",), page=3), SOON)
    assert (nothing.matching, nothing.number, nothing.pages) == (0, 1, 1)


@pytest.mark.parametrize("read_ahead", [1, 3, 200])
@pytest.mark.parametrize("state", State)
def test_a_list_of_one_state_holds_what_is_shown_in_it(
    monkeypatch: pytest.MonkeyPatch, state: State, read_ahead: int
) -> None:
    monkeypatch.setattr(service_list, "READ_AHEAD", read_ahead)
    one_of_each()
    stale = checked(a_service(name="stale"), DOWN)
    Service.objects.filter(pk=stale.pk).update(fresh_until=SOON - timedelta(seconds=1))
    everything = list_page(ListFilter(), SOON)
    page = list_page(ListFilter(state=state), SOON)
    assert page.services == [row for row in everything.services if row.state is state]
    assert page.matching == len(page.services)


def test_lowest_uptime_comes_first_and_what_nobody_saw_counts_as_never_down() -> None:
    checked(a_service(name="worst"), DOWN, DOWN, DOWN)
    checked(a_service(name="once"), DOWN, UP, UP)
    checked(a_service(name="never"), UP, UP, UP)
    a_service(name="new")
    now = noon_plus(200)
    for sort in (Sort.UPTIME_DAY, Sort.UPTIME_MONTH):
        page = list_page(ListFilter(sort=sort), now)
        assert [row.name for row in page.services] == ["worst", "once", "never", "new"]
        page = list_page(ListFilter(sort=sort, words=("n",), is_reversed=True), now)
        assert [row.name for row in page.services] == ["never", "new", "once"]
    later = noon_plus(0) + timedelta(hours=30)
    Service.objects.filter(name="once").update(fresh_until=later)
    page = list_page(ListFilter(sort=Sort.UPTIME_DAY, state=State.UP), later)
    assert [row.name for row in page.services] == ["once"]


@pytest.mark.parametrize(
    ("sort", "field", "first"),
    [
        (Sort.SLOWEST, "last_response_time_ms", ["b", "a"]),
        (Sort.CERTIFICATE, "certificate_expires_at", ["a", "b"]),
    ],
)
def test_what_has_no_value_is_last_whichever_way(sort: Sort, field: str, first: list[str]) -> None:
    for number, name in enumerate(("a", "b", "none")):
        service = a_service(name=name)
        value = {"last_response_time_ms": number, "certificate_expires_at": noon_plus(number)}
        if name != "none":
            Service.objects.filter(pk=service.pk).update(**{field: value[field]})
    assert names(ListFilter(sort=sort)) == [*first, "none"]
    assert names(ListFilter(sort=sort, is_reversed=True)) == [*first[::-1], "none"]


def test_what_changed_last_comes_first() -> None:
    for number, name in enumerate(("long ago", "just now")):
        service = a_service(name=name)
        Service.objects.filter(pk=service.pk).update(state_since=noon_plus(number))
    assert names(ListFilter(sort=Sort.CHANGED)) == ["just now", "long ago"]
    assert names(ListFilter(sort=Sort.CHANGED, is_reversed=True)) == ["long ago", "just now"]


def test_a_search_is_counted_by_state() -> None:
    one_of_each()
    page = list_page(ListFilter(words=("ow",), state=State.DOWN), SOON)
    found = {entry.state.value: entry.count for entry in page.counts if entry.count}
    assert (found, page.counted, page.total) == ({"DOWN": 1, "DEGRADED": 1}, 2, 5)
    tagged = list_page(ListFilter(tag="web", state=State.PAUSED), SOON)
    assert {entry.state.value: entry.count for entry in tagged.counts if entry.count} == {
        "DOWN": 1,
        "UP": 1,
    }
    assert tagged.down == 1


def test_days_of_a_certificate_are_whole_and_warn_where_a_check_does() -> None:
    service = checked(a_service(url="https://a.example/", tls_expiry_warn_days=14), UP)
    for left, shown in (
        (timedelta(days=30, hours=5), (30, False)),
        (timedelta(days=14), (14, True)),
        (timedelta(hours=5), (0, True)),
        (timedelta(hours=-5), (-1, True)),
    ):
        Service.objects.filter(pk=service.pk).update(certificate_expires_at=SOON + left)
        (row,) = list_page(ListFilter(), SOON).services
        assert row.certificate is not None
        assert (row.certificate.days, row.certificate.is_near) == shown
