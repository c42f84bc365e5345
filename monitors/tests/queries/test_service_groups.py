import pytest

from monitors.domain.result import Status
from monitors.domain.state import State
from monitors.domain.tags import NO_TAG
from monitors.models import Tag
from monitors.queries import service_groups, service_list
from monitors.queries.dashboard import ListPage, ShownGroup, grouped_page, list_page
from monitors.queries.service_groups import WITHOUT_TAG
from monitors.queries.service_list import ListFilter
from monitors.queries.service_order import Sort
from monitors.tests.clock import noon_plus
from monitors.tests.factories import a_service, checked

pytestmark = pytest.mark.django_db

UP, DEGRADED, DOWN = Status.UP, Status.DEGRADED, Status.DOWN
SOON = noon_plus(61)


def page_of(wanted: ListFilter = ListFilter(), *asked: str) -> ListPage:  # noqa: B008 - frozen
    ids = set(Tag.objects.filter(name__in=asked).values_list("pk", flat=True))
    return grouped_page(wanted, ids | {WITHOUT_TAG} if NO_TAG in asked else ids, SOON)


def names(shown: ShownGroup) -> list[str] | None:
    return None if shown.services is None else [row.name for row in shown.services]


def listing(page: ListPage) -> dict[str, list[str] | None]:
    return {shown.of.name: names(shown) for shown in page.groups}


def some_of_each() -> None:
    checked(a_service(name="up", tags=["web"]), UP)
    checked(a_service(name="down", tags=["web", "db"]), DOWN)
    checked(a_service(name="slow", tags=["Cache"]), DEGRADED)
    checked(a_service(name="fine", tags=["calm"]), UP)
    a_service(name="resting", tags=["calm", "asleep"], paused=True)
    checked(a_service(name="alone"), DOWN)


def test_the_worst_group_comes_first_then_by_name_and_what_has_no_tag_last() -> None:
    some_of_each()
    assert listing(page_of()) == {
        "db": ["down"],
        "web": ["down", "up"],
        "Cache": ["slow"],
        "calm": None,
        "asleep": None,
        "No tag": ["alone"],
    }


def test_a_heading_tells_the_worst_state_and_counts() -> None:
    some_of_each()
    told = {
        shown.of.name: (shown.of.state, shown.of.total, shown.of.not_up)
        for shown in page_of().groups
    }
    assert told == {
        "db": (State.DOWN, 1, 1),
        "web": (State.DOWN, 2, 1),
        "Cache": (State.DEGRADED, 1, 1),
        # What is paused is so on purpose.
        "calm": (State.UP, 2, 0),
        "asleep": (State.PAUSED, 1, 0),
        "No tag": (State.DOWN, 1, 1),
    }


def test_what_nobody_has_looked_at_lately_is_not_up() -> None:
    checked(a_service(tags=["web"]), UP)
    (shown,) = grouped_page(ListFilter(), (), noon_plus(3_600)).groups
    assert (shown.of.state, shown.of.not_up) == (State.UNKNOWN, 1)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (ListFilter(words=("ow",)), {"db": ["down"], "web": ["down"], "Cache": ["slow"]}),
        (ListFilter(state=State.DOWN), {"db": ["down"], "web": ["down"], "No tag": ["alone"]}),
        # What is under another tag too is not drawn twice.
        (ListFilter(tag="web"), {"web": ["down", "up"]}),
        (ListFilter(tag="calm"), {"calm": ["fine", "resting"]}),
        (ListFilter(tag="web", state=State.UP), {"web": ["up"]}),
        (ListFilter(tag=NO_TAG), {"No tag": ["alone"]}),
        (ListFilter(tag="none"), {}),
    ],
)
def test_filters_narrow_groups(wanted: ListFilter, found: dict[str, list[str]]) -> None:
    some_of_each()
    assert listing(page_of(wanted)) == found


def test_counts_above_count_each_service_once() -> None:
    some_of_each()
    assert page_of().counts == list_page(ListFilter(), SOON).counts
    wanted = ListFilter(words=("ow",))
    assert page_of(wanted).counts == list_page(wanted, SOON).counts


def test_those_without_a_tag_are_a_filter_of_the_list_too() -> None:
    some_of_each()
    page = list_page(ListFilter(tag=NO_TAG), SOON)
    assert ([row.name for row in page.services], page.counted) == (["alone"], 1)


def test_a_calm_group_shows_its_services_once_it_is_asked_for() -> None:
    some_of_each()
    shown = listing(page_of(ListFilter(), "calm", "web"))
    assert (shown["calm"], shown["asleep"]) == (["fine", "resting"], None)
    assert listing(grouped_page(ListFilter(), {-1, 10**18}, SOON)) == listing(page_of())


@pytest.mark.parametrize("is_reversed", [False, True])
@pytest.mark.parametrize("sort", Sort)
def test_a_group_begins_as_the_list_of_its_tag_does(
    monkeypatch: pytest.MonkeyPatch, sort: Sort, *, is_reversed: bool
) -> None:
    some_of_each()
    for name, result in (("quick", UP), ("gone", DOWN), ("bare", DOWN)):
        checked(a_service(name=name, tags=[] if name == "bare" else ["web"]), result)
    monkeypatch.setattr(service_list, "PAGE_SIZE", 3)
    monkeypatch.setattr(service_groups, "ROWS_OF_A_GROUP", 3)
    order = ListFilter(sort=sort, is_reversed=is_reversed)
    for shown in page_of(order, "web", "calm", NO_TAG).groups:
        if shown.services is not None:
            wanted = ListFilter(tag=shown.of.tag, sort=sort, is_reversed=is_reversed)
            assert names(shown) == [row.name for row in list_page(wanted, SOON).services]
            assert shown.of.is_cut is (shown.of.total > 3)


def test_no_more_groups_are_open_than_are_drawn_in_a_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service_groups, "OPEN_AT_FIRST", 1)
    monkeypatch.setattr(service_groups, "MOST_OPEN", 2)
    some_of_each()
    assert [name for name, rows in listing(page_of()).items() if rows] == ["db"]
    every = ("calm", "asleep", "Cache")
    opened = [name for name, rows in listing(page_of(ListFilter(), *every)).items() if rows]
    assert opened == ["Cache", "calm"]


def test_groups_are_paged_and_pages_stay_in_range(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_groups, "GROUPS_ON_A_PAGE", 4)
    some_of_each()
    pages = [page_of(ListFilter(page=number)) for number in (1, 2, 99)]
    assert [[*listing(page)] for page in pages] == [
        ["db", "web", "Cache", "calm"],
        ["asleep", "No tag"],
        ["asleep", "No tag"],
    ]
    assert (pages[0].matching, pages[0].pages, pages[2].number) == (6, 2, 2)


def test_groups_take_the_same_queries_for_few_and_for_many(
    django_assert_num_queries: object,
) -> None:
    for count in (1, 20):
        for number in range(count):
            checked(a_service(tags=[f"a{number}", "b"]), UP)
            checked(a_service(tags=[f"c{number}"]), DOWN)
        # As many as the list, and one more: groups, and what is first in them, in place of a page;
        # what those that are down are behind.
        with django_assert_num_queries(15):  # type: ignore[operator]
            page_of(ListFilter(), "b")
