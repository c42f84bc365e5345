import pytest

from monitors.actions.results import Finding, record
from monitors.domain.result import Status
from monitors.models import Service
from monitors.queries import history
from monitors.queries.history import HistoryFilter, history_page
from monitors.tests.clock import noon_plus
from monitors.tests.factories import a_result, a_service, checked

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setattr(history, "PAGE_SIZE", 3)
    made = a_service()
    # Two of the same moment, where time alone would lose one.
    seconds = [1, 2, 3, 3, 4, 5, 6]
    record([Finding(made.pk, a_result(at=noon_plus(s))) for s in seconds], noon_plus(7))
    return made


def seconds(page: history.HistoryPage) -> list[float]:
    return [(check.checked_at - noon_plus(0)).total_seconds() for check in page.checks]


def test_walking_to_the_end_and_back_shows_every_check_once(service: Service) -> None:
    pages = [history_page(service, HistoryFilter())]
    while cursor := pages[-1].older_cursor:
        pages.append(history_page(service, HistoryFilter(older_than=cursor)))
    assert [seconds(page) for page in pages] == [[6, 5, 4], [3, 3, 2], [1]]
    assert len({check.pk for page in pages for check in page.checks}) == 7
    back = [pages[-1]]
    while cursor := back[-1].newer_cursor:
        back.append(history_page(service, HistoryFilter(newer_than=cursor)))
    assert [seconds(page) for page in back] == [[1], [3, 3, 2], [6, 5, 4]]


def test_the_first_page_has_nothing_newer(service: Service) -> None:
    page = history_page(service, HistoryFilter())
    assert (page.newer_cursor, page.older_cursor is None) == (None, False)


def test_filters_by_result_and_time() -> None:
    up_down = checked(a_service(), Status.UP, Status.DOWN, Status.UP)
    down = history_page(up_down, HistoryFilter(status=Status.DOWN))
    assert seconds(down) == [120]
    middle = HistoryFilter(since=noon_plus(120), until=noon_plus(180))
    assert seconds(history_page(up_down, middle)) == [120]


def test_checks_of_others_are_not_shown() -> None:
    checked(a_service(), Status.UP)
    assert history_page(a_service(), HistoryFilter()).checks == []
