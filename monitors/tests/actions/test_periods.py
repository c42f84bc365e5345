"""The life of a service is covered by its periods, without gap or overlap, whatever happens."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from monitors.actions import services
from monitors.actions.results import Finding, record
from monitors.domain.result import Status
from monitors.domain.state import State
from monitors.models import Incident, Period, Service, ServiceStatus
from monitors.queries.dashboard import shown_state
from monitors.queries.service_list import overview
from monitors.queries.uptime import uptime_between
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_result, a_service, scheduled

STATUSES = st.sampled_from(list(Status))
SECONDS = st.floats(0, 400).map(lambda seconds: round(seconds, 3))


def assert_covered(service: Service) -> None:
    periods = list(Period.objects.filter(service=service).order_by("started_at"))
    assert periods[0].started_at == service.created_at
    for before, after in pairwise(periods):
        assert before.ended_at == after.started_at
    assert [period.ended_at for period in periods].count(None) == 1
    now = Service.objects.get(pk=service.pk)
    last = periods[-1]
    assert (last.ended_at, last.state, last.started_at) == (None, now.state, now.state_since)


class Life(RuleBasedStateMachine):
    """Results early and late, pauses, edits, gaps, clocks that jump, transactions that fail."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = NOON
        self.service = a_service(interval_s=60, timeout_s=5, now=NOON)

    def teardown(self) -> None:
        services.delete(self.service.pk, self.now)

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(hours=st.sampled_from([-1, 1]))
    def clock_jumps(self, hours: int) -> None:
        self.now = max(NOON, self.now + timedelta(hours=hours))

    @rule(statuses=st.lists(STATUSES, min_size=1, max_size=5), age=SECONDS, beats=st.booleans())
    def results_arrive(self, statuses: list[Status], age: float, beats: bool) -> None:
        began = self.now - timedelta(seconds=age)
        results = [
            a_result(status, began + timedelta(seconds=n)) for n, status in enumerate(statuses)
        ]
        findings = [
            scheduled(self.service, result) if beats else Finding(self.service.pk, result)
            for result in results
        ]
        record(findings[::-1], self.now)

    @rule(status=STATUSES)
    def a_transaction_fails(self, status: Status) -> None:
        with transaction.atomic():
            record([Finding(self.service.pk, a_result(status, self.now))], self.now)
            transaction.set_rollback(True)

    @rule()
    def pause(self) -> None:
        services.pause(self.service.pk, self.now)

    @rule()
    def resume(self) -> None:
        services.resume(self.service.pk, self.now)

    @rule(interval_s=st.integers(1, 300), failures=st.integers(1, 4), moves=st.booleans())
    def edit(self, interval_s: int, failures: int, moves: bool) -> None:
        service = Service.objects.get(pk=self.service.pk)
        key = f"http://moved-{service.pk}-{interval_s}.example/" if moves else service.url_key
        changed = {"interval_s": interval_s, "failures_before_down": failures, "url_key": key}
        services.edit(service.pk, changed | {"paused": service.paused}, [], self.now)

    @invariant()
    def life_is_covered(self) -> None:
        assert_covered(self.service)

    @invariant()
    def an_incident_is_open_while_it_is_down(self) -> None:
        """And over time in which nobody looked, but no further."""
        state = Service.objects.get(pk=self.service.pk).state
        is_open = Incident.objects.open().filter(service=self.service).exists()
        assert is_open or state != State.DOWN.value
        assert not is_open or state in {State.DOWN.value, State.UNKNOWN.value}

    @invariant()
    def the_list_counts_what_is_shown(self) -> None:
        """Although it looks only where something may have gone stale."""
        service = Service.objects.get(pk=self.service.pk)
        for later_s in (2.5, 90, 1_000):
            at = self.now + timedelta(seconds=later_s)
            assert overview(at).count(shown_state(service, at)) == 1

    @invariant()
    def seconds_add_up(self) -> None:
        service = Service.objects.get(pk=self.service.pk)
        start, end = NOON - timedelta(hours=1), self.now + timedelta(hours=1)
        found = uptime_between(service, start, end, self.now)
        parts = (found.up_s, found.degraded_s, found.down_s, found.paused_s, found.unknown_s)
        assert sum(parts) == pytest.approx((end - start).total_seconds(), abs=1e-3)


@pytest.mark.django_db
def test_periods_cover_a_life_whatever_happens() -> None:
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=60,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
@given(statuses=st.lists(STATUSES, max_size=40), failures=st.integers(1, 4), good=st.integers(1, 3))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_down_time_begins_at_the_first_of_the_failures_that_confirmed_it(
    statuses: list[Status], failures: int, good: int
) -> None:
    service = a_service(failures_before_down=failures, successes_before_up=good)
    for number, status in enumerate(statuses, start=1):
        at = noon_plus(60 * number)
        record([Finding(service.pk, a_result(status, at))], at)
    for period in Period.objects.filter(service=service, state=State.DOWN.value):
        judged = ServiceStatus.objects.filter(service=service).exclude(status="UNKNOWN")
        log = judged.filter(checked_at__gte=period.started_at)
        first = list(log.order_by("checked_at")[:failures])
        # Or ended: a period may be of no length.
        before = Period.objects.filter(service=service, ended_at=period.started_at).first()
        begins_unknown = before is None or before.state == State.UNKNOWN.value
        expected = 1 if begins_unknown else failures
        assert [check.status for check in first[:expected]] == ["DOWN"] * expected
        if not begins_unknown:
            earlier = judged.filter(checked_at__lt=period.started_at).order_by("-checked_at")
            assert [check.status for check in earlier[:1] if check.status == "DOWN"] == []


@pytest.mark.django_db(transaction=True)
def test_two_writers_at_once_leave_one_story() -> None:
    service = a_service(failures_before_down=1)
    dice = random.Random(7)

    def write(writer: int) -> None:
        try:
            for number in range(25):
                at = noon_plus(number * 60 + writer)
                status = dice.choice(list(Status))
                record([Finding(service.pk, a_result(status, at))], at)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as writers:
        for done in [writers.submit(write, writer) for writer in range(3)]:
            done.result()
    assert ServiceStatus.objects.count() == 75
    assert_covered(service)


@pytest.mark.django_db
def test_postgresql_itself_refuses_an_overlap() -> None:
    service = a_service()
    overlapping = Period(
        service=service, state="UP", started_at=noon_plus(5), ended_at=noon_plus(9)
    )
    if connection.vendor == "postgresql":
        with pytest.raises(IntegrityError, match="period_no_overlap"), transaction.atomic():
            overlapping.save()
    else:
        overlapping.save()
        with pytest.raises(AssertionError):
            assert_covered(service)
