from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from time import sleep

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from monitors.actions import services
from monitors.actions.results import Finding, record
from monitors.domain import recent
from monitors.domain.observation import Phases
from monitors.domain.recent import RecentResult
from monitors.domain.result import Status
from monitors.domain.schedule import next_beat
from monitors.domain.state import State
from monitors.models import DueCheck, Period, Service, ServiceStatus
from monitors.queries.dashboard import list_page
from monitors.queries.response_times import summary_between
from monitors.queries.service_list import ListFilter
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_result, a_service, checked, scheduled

pytestmark = pytest.mark.django_db

UP, DEGRADED, DOWN = Status.UP, Status.DEGRADED, Status.DOWN


def periods(service: Service) -> list[tuple[str, float, float | None]]:
    """Give state, start and end of each period, in seconds after noon."""
    return [
        (
            period.state,
            (period.started_at - NOON).total_seconds(),
            (period.ended_at - NOON).total_seconds() if period.ended_at else None,
        )
        for period in Period.objects.filter(service=service).order_by("started_at")
    ]


def test_a_result_is_stored_as_found() -> None:
    service = a_service()
    phases = Phases(dns_ms=1, connect_ms=2, tls_ms=None, wait_ms=3, transfer_ms=4.5)
    result = a_result(UP, noon_plus(1), response_time_ms=10.5, status_code=204, phases=phases)
    (row,) = record([Finding(service.pk, result)], noon_plus(2))
    assert row is not None
    row.refresh_from_db()
    assert (row.checked_at, row.status, row.reason, row.message) == (
        noon_plus(1),
        "UP",
        "ok",
        "200 OK",
    )
    assert (row.response_time_ms, row.status_code, row.phases) == (10.5, 204, phases)


def test_periods_follow_the_confirmed_state() -> None:
    service = checked(a_service(failures_before_down=2), UP, DOWN, UP, DOWN, DOWN, UP)
    assert periods(service) == [
        ("UNKNOWN", 0, 60),
        ("UP", 60, 240),
        ("DOWN", 240, 360),
        ("UP", 360, None),
    ]
    assert (service.state, service.state_since) == ("UP", noon_plus(360))


def test_first_result_at_the_moment_of_creation_leaves_no_empty_period() -> None:
    service = a_service()
    record([Finding(service.pk, a_result(UP, NOON))], NOON)
    assert periods(service) == [("UP", 0, None)]


def test_a_gap_is_unknown() -> None:
    service = checked(a_service(interval_s=60, timeout_s=5), UP)
    late = noon_plus(1_000)
    record([Finding(service.pk, a_result(UP, late))], late)
    assert periods(service) == [
        ("UNKNOWN", 0, 60),
        ("UP", 60, 185),
        ("UNKNOWN", 185, 1_000),
        ("UP", 1_000, None),
    ]


def test_a_check_that_takes_longer_than_two_intervals_leaves_no_gap() -> None:
    """Each begins when the one before has ended, and at its end the next is still under way."""
    service = a_service(interval_s=1, timeout_s=5, failures_before_down=2)
    hung = Phases(connect_ms=1, wait_ms=4_999)
    for start in (0, 6, 12):
        found = a_result(DOWN, noon_plus(start), phases=hung)
        record([Finding(service.pk, found)], noon_plus(start + 5))
        (row,) = list_page(ListFilter(), noon_plus(start + 11)).services
        assert row.state is State.DOWN
    assert periods(service) == [("DOWN", 0, None)]
    (row,) = list_page(ListFilter(), noon_plus(12 + 5 + 2 + 5 + 1)).services
    assert row.state is State.UNKNOWN


def test_results_of_one_batch_are_taken_in_order_of_time() -> None:
    service = checked(a_service(failures_before_down=2), UP)
    batch = [
        Finding(service.pk, a_result(DOWN, noon_plus(90))),
        Finding(service.pk, a_result(DOWN, noon_plus(75))),
    ]
    rows = record(batch, noon_plus(91))
    assert [row and row.checked_at for row in rows] == [noon_plus(90), noon_plus(75)]
    assert periods(service)[-1] == ("DOWN", 75, None)


def test_many_services_that_go_down_at_once_take_no_more_statements_than_few() -> None:
    def statements(count: int) -> int:
        fallen = [checked(a_service(failures_before_down=1), UP) for _ in range(count)]
        batch = [scheduled(service, a_result(DOWN, noon_plus(90))) for service in fallen]
        with CaptureQueriesContext(connection) as queries:
            record(batch, noon_plus(91))
        assert all(periods(service)[-1] == ("DOWN", 90, None) for service in fallen)
        return len(queries)

    assert statements(20) == statements(2)


def test_a_late_result_is_logged_and_moves_nothing() -> None:
    service = checked(a_service(failures_before_down=1), UP, UP)
    record([Finding(service.pk, a_result(DOWN, noon_plus(30)))], noon_plus(121))
    after = Service.objects.get(pk=service.pk)
    assert ServiceStatus.objects.of(service).count() == 3
    assert (after.state, after.last_status, after.recent) == ("UP", "UP", service.recent)


def test_results_of_a_deleted_service_are_dropped_and_the_others_kept() -> None:
    gone, kept = a_service(), a_service()
    batch = [Finding(service.pk, a_result(UP, noon_plus(1))) for service in (gone, kept)]
    services.delete(gone.pk, noon_plus(1))
    rows = record(batch, noon_plus(2))
    assert [row and row.service_id for row in rows] == [None, kept.pk]


def test_a_scheduled_result_ends_the_lease_and_keeps_the_beat() -> None:
    service = a_service(interval_s=60)
    DueCheck.objects.update(lease_until=noon_plus(15))
    record([scheduled(service, a_result(UP, noon_plus(1)))], noon_plus(2))
    first = DueCheck.objects.get(service=service)
    assert first.lease_until is None
    assert noon_plus(2) < first.due_at <= noon_plus(62)
    done = first.due_at + timedelta(seconds=3)
    record([scheduled(service, a_result(UP, first.due_at))], done)
    second = DueCheck.objects.get(service=service)
    assert (second.due_at - first.due_at).total_seconds() == pytest.approx(60, abs=1e-4)


def test_a_due_time_is_answered_once() -> None:
    service = a_service()
    twice = [scheduled(service, a_result(UP, noon_plus(seconds))) for seconds in (1, 2)]
    for finding in twice:
        record([finding], noon_plus(3))
    assert [row.checked_at for row in ServiceStatus.objects.all()] == [noon_plus(1)]


def test_a_result_of_settings_before_an_edit_is_dropped() -> None:
    service = a_service()
    asked = scheduled(service, a_result(DOWN, noon_plus(1)))
    settings = {"name": "new", "url_key": service.url_key}
    services.edit(service.pk, settings, [], noon_plus(2))
    record([asked], noon_plus(3))
    assert not ServiceStatus.objects.exists()
    assert DueCheck.objects.get(service=service).due_at == noon_plus(2)


def test_an_unconfirmed_failure_is_checked_again_soon() -> None:
    service = a_service(interval_s=3_600, retry_interval_s=15, failures_before_down=2)
    due_at = []
    for seconds, status in ((0, UP), (10, DOWN), (25, DOWN)):
        at = noon_plus(seconds)
        record([scheduled(service, a_result(status, at))], at)
        due_at.append(Service.objects.get(pk=service.pk).next_check_at)
    # Unless its beat comes sooner still.
    assert due_at[1] == min(noon_plus(25), next_beat(service.pk, 3_600, noon_plus(10)))
    assert due_at[2] == next_beat(service.pk, 3_600, noon_plus(25))


def test_what_was_not_judged_is_logged_and_tried_again_soon_and_changes_nothing() -> None:
    service = checked(a_service(interval_s=600, failures_before_down=2), UP)
    due = DueCheck.objects.get(service=service)
    result = a_result(Status.NOT_JUDGED, noon_plus(700))
    record([scheduled(service, result)], noon_plus(700))
    after = Service.objects.get(pk=service.pk)
    assert (after.state, after.streak, after.fresh_until) == ("UP", 0, service.fresh_until)
    assert (after.last_status, after.last_message) == ("UNKNOWN", result.message)
    (newest, *_) = ServiceStatus.objects.of(service)
    assert (newest.status, newest.reason, newest.response_time_ms) == ("UNKNOWN", "internal", None)
    due.refresh_from_db()
    again = min(noon_plus(715), next_beat(service.pk, 600, noon_plus(700)))
    assert (due.due_at, due.lease_until) == (again, None)


def test_a_service_that_cannot_be_judged_for_long_is_unknown() -> None:
    service = checked(a_service(), UP, *[Status.NOT_JUDGED] * 3, DOWN)
    assert periods(service) == [
        ("UNKNOWN", 0, 60),
        ("UP", 60, 185),
        ("UNKNOWN", 185, 300),
        ("DOWN", 300, None),
    ]


def test_what_was_not_judged_is_in_no_summary() -> None:
    service = checked(a_service(), UP, Status.NOT_JUDGED, DOWN)
    found = summary_between(service, NOON, noon_plus(600))
    assert (found.checks, found.up, found.down, found.timed) == (2, 1, 1, 1)


def test_a_check_that_was_asked_with_settings_of_before_an_edit_changes_nothing() -> None:
    service = checked(a_service(failures_before_down=1), UP)
    asked = service.revision
    services.edit(service.pk, {"url_key": service.url_key, "keyword": "x"}, [], noon_plus(70))
    before = Service.objects.get(pk=service.pk)
    due = list(DueCheck.objects.values())
    finding = Finding(service.pk, a_result(DOWN, noon_plus(75)), revision=asked)
    (row,) = record([finding], noon_plus(76))
    # Whoever waits for it sees what was found.
    assert row is not None
    after = Service.objects.get(pk=service.pk)
    assert (after.state, after.last_status, after.recent) == ("UP", "UP", before.recent)
    assert list(DueCheck.objects.values()) == due
    record([Finding(service.pk, a_result(DOWN, noon_plus(77)), revision=after.revision)], NOON)
    assert Service.objects.get(pk=service.pk).state == "DOWN"


def test_a_check_on_request_leaves_the_schedule_alone() -> None:
    service = checked(a_service(interval_s=3_600), UP)
    DueCheck.objects.update(lease_until=noon_plus(100))
    record([Finding(service.pk, a_result(UP, noon_plus(90)))], noon_plus(90))
    after = DueCheck.objects.get(service=service)
    assert (after.due_at, after.lease_until) == (service.next_check_at, noon_plus(100))


def test_a_failure_on_request_is_confirmed_soon() -> None:
    service = checked(a_service(interval_s=3_600, retry_interval_s=20), UP)
    record([Finding(service.pk, a_result(DOWN, noon_plus(90)))], noon_plus(90))
    beat = next_beat(service.pk, 3_600, noon_plus(60))
    assert Service.objects.get(pk=service.pk).next_check_at == min(noon_plus(110), beat)


def test_a_paused_service_is_checked_on_request_and_stays_paused() -> None:
    service = a_service(paused=True)
    record([Finding(service.pk, a_result(DOWN, noon_plus(5)))], noon_plus(5))
    after = Service.objects.get(pk=service.pk)
    assert (after.state, after.last_status, after.next_check_at) == ("PAUSED", "DOWN", None)
    assert periods(service) == [("PAUSED", 0, None)]


def test_nothing_is_written_when_a_part_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    service = a_service()

    def fails(*_args: object) -> None:
        raise IntegrityError

    monkeypatch.setattr("monitors.actions.results.update_many", fails)
    with pytest.raises(IntegrityError):
        record([Finding(service.pk, a_result(UP, noon_plus(1)))], noon_plus(1))
    assert not ServiceStatus.objects.exists()
    assert periods(service) == [("UNKNOWN", 0, None)]


def test_a_batch_costs_the_same_number_of_queries_whatever_its_size(
    django_assert_num_queries: object,
) -> None:
    many = [checked(a_service(), UP) for _ in range(20)]
    for batch in (many[:2], many):
        at = noon_plus(160 if batch is many else 100)
        findings = [scheduled(service, a_result(UP, at)) for service in batch]
        # Lock and read, see what is still open, insert the log, update the services, set the due
        # times: one each, and the savepoint's two.
        with django_assert_num_queries(7):  # type: ignore[operator]
            record(findings, at)


def test_state_of_the_last_check_is_kept_with_the_service() -> None:
    service = checked(a_service(), UP, DEGRADED)
    assert (service.last_checked_at, service.last_status, service.last_reason) == (
        noon_plus(120),
        "DEGRADED",
        "slow",
    )
    assert service.last_message == "200 OK after 900 ms, slower than 500 ms"
    assert service.last_response_time_ms == 12.5
    assert recent.read(service.recent) == (
        RecentResult(Status.UP, 13),
        RecentResult(Status.DEGRADED, 13),
    )
    assert service.state == State.DEGRADED


def test_a_due_time_is_answered_once_within_a_batch_too() -> None:
    service = checked(a_service(failures_before_down=2), UP)
    twice = [scheduled(service, a_result(DOWN, noon_plus(second))) for second in (90, 91)]
    record(twice, noon_plus(92))
    after = Service.objects.get(pk=service.pk)
    assert (after.state, after.streak, ServiceStatus.objects.count()) == ("UP", 1, 2)


def test_a_retry_after_a_long_check_is_due_now_and_not_in_the_past() -> None:
    service = a_service(interval_s=604_800, retry_interval_s=15, failures_before_down=2)
    record([scheduled(service, a_result(UP, NOON))], NOON)
    record([scheduled(service, a_result(DOWN, noon_plus(10)))], noon_plus(70))
    assert Service.objects.get(pk=service.pk).next_check_at == noon_plus(70)


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_waits_for_a_service_holds_no_later_one() -> None:
    first, second, *_others = [a_service() for _ in range(250)]
    # Rewritten, so that the table gives it behind the other.
    Service.objects.filter(pk=first.pk).update(name="rewritten")

    def write() -> None:
        try:
            _read_the_whole_table()
            record([scheduled(service, a_result(UP, NOON)) for service in (first, second)], NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with services.locked(first.pk):
            writing = threads.submit(write)
            _wait_for_one_that_waits()
            assert Service.objects.select_for_update(nowait=True).filter(pk=second.pk).exists()
        writing.result(timeout=10)
    assert ServiceStatus.objects.count() == 2


def _read_the_whole_table() -> None:
    """As PostgreSQL's planner does for many results of a few thousand services."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE monitors_service")
            cursor.execute("SET enable_nestloop = off; SET enable_mergejoin = off")


def _wait_for_one_that_waits() -> None:
    """On SQLite whoever would write waits for whoever does."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    for _ in range(500 if connection.vendor == "postgresql" else 0):
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            if cursor.fetchone() == (1,):
                return
        sleep(0.01)


@pytest.mark.django_db(transaction=True)
def test_writers_of_one_service_lose_nothing_to_each_other() -> None:
    watched = [a_service(interval_s=604_800) for _ in range(3)]
    moments = count(1)

    def on_schedule() -> None:
        at = noon_plus(next(moments))
        # Due again at once, so that every result answers a due time that is open.
        DueCheck.objects.update(due_at=at)
        record([scheduled(service, a_result(UP, at)) for service in watched], at)

    def on_request() -> None:
        at = noon_plus(next(moments))
        record([Finding(service.pk, a_result(DOWN, at)) for service in watched], at)

    def edit() -> None:
        for service in watched:
            settings = {"name": f"new {next(moments)}", "url_key": service.url_key}
            services.edit(service.pk, settings, [], noon_plus(next(moments)))

    def again_and_again(work: Callable[[], None]) -> None:
        try:
            for _ in range(25):
                work()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(again_and_again, (on_schedule, on_request, edit)))
    for service in Service.objects.all():
        newest = service.checks.order_by("-checked_at")[0]
        assert (service.last_checked_at, service.last_status) == (
            newest.checked_at,
            newest.status,
        )
        assert service.checks.filter(status="DOWN").count() == 25
        now_open = service.periods.get(ended_at=None)
        assert (now_open.state, now_open.started_at) == (service.state, service.state_since)
