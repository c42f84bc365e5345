from datetime import UTC, datetime, timedelta

import pytest

from monitors.domain.incidents import IncidentCause
from monitors.domain.result import Status
from monitors.domain.uptime import Uptime
from monitors.models import Exclusion, Service
from monitors.queries.dashboard import list_page
from monitors.queries.service_list import ListFilter
from monitors.queries.uptime import (
    LONGEST,
    UptimeRecord,
    lived,
    uptime_between,
    uptime_record,
    uptimes_between,
)
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_service, checked

pytestmark = pytest.mark.django_db

UP, DOWN = Status.UP, Status.DOWN


def excluded(
    service: Service, cause: str, start: float, end: float, made_at: float = 0
) -> Exclusion:
    return Exclusion.objects.create(
        service=service,
        started_at=noon_plus(start),
        ended_at=noon_plus(end),
        cause=cause,
        created_at=noon_plus(made_at),
    )


def an_outage() -> Service:
    """Make a service that is up from 60 to 120 s, down to 180 s, and up again."""
    return checked(a_service(failures_before_down=1), UP, DOWN, UP)


def test_what_was_reclassified_is_left_out_of_the_uptime() -> None:
    service, other = an_outage(), an_outage()
    window = (noon_plus(60), noon_plus(240), noon_plus(240))
    assert uptime_between(service, *window) == Uptime(up_s=120, down_s=60)
    excluded(service, "planned", 100, 150)
    assert uptime_between(service, *window) == Uptime(up_s=100, down_s=30, maintenance_s=50)
    assert uptime_between(other, *window) == Uptime(up_s=120, down_s=60)


def test_of_two_the_newer_counts_and_of_one_moment_the_later_number() -> None:
    service = an_outage()
    window = (noon_plus(60), noon_plus(240), noon_plus(240))
    excluded(service, "fault", 120, 180, made_at=500)
    excluded(service, "planned", 120, 180, made_at=400)
    assert uptime_between(service, *window).down_s == 60
    excluded(service, "monitor", 120, 180, made_at=500)
    assert uptime_between(service, *window) == Uptime(up_s=120, unknown_s=60)


def record_of(service: Service, now: datetime) -> UptimeRecord:
    return uptime_record(service, lived(service, now - LONGEST, now), now, UTC)


def test_every_figure_of_the_service_page_knows_it() -> None:
    service = an_outage()
    excluded(service, "excluded", 120, 180)
    record = record_of(service, noon_plus(240))
    assert [figure.uptime and figure.uptime.down_s for figure in record.figures] == [0, *[None] * 4]
    assert record.days[-1].uptime.down_s == 0


def test_a_young_service_is_told_by_what_was_watched_of_it() -> None:
    service = checked(a_service(), UP, UP, UP)
    record = record_of(service, noon_plus(130))
    day, week, *_ = record.figures
    assert (day.is_cut, day.watched_s, day.uptime) == (
        True,
        70,
        Uptime(up_s=70, unknown_s=60),
    )
    assert (week.is_cut, week.uptime) == (True, None)


def test_only_what_a_service_has_not_lived_through_is_left_out() -> None:
    service = checked(a_service(), UP, UP)
    a_week_old = record_of(service, NOON + timedelta(days=8))
    assert [
        (figure.is_cut, figure.uptime and round(figure.uptime.unknown_s / 86_400))
        for figure in a_week_old.figures
    ] == [(False, 1), (False, 7), (True, 8), (True, None), (True, None)]
    just_a_day = record_of(service, NOON + timedelta(days=1))
    assert [figure.is_cut for figure in just_a_day.figures] == [False, True, True, True, True]
    assert [figure.uptime is None for figure in just_a_day.figures] == [False, *[True] * 4]


@pytest.mark.parametrize("since", [timedelta(hours=23), timedelta(hours=25)])
def test_the_list_knows_it_however_long_nothing_has_changed(since: timedelta) -> None:
    service = checked(a_service(failures_before_down=1, interval_s=604_800), DOWN, every_s=0)
    now = NOON + since
    excluded(service, "planned", 23 * 3600 - 60, 23 * 3600 - 30)
    row = list_page(ListFilter(), now).services[0]
    assert row.uptimes[0].maintenance_s == 30
    assert row.uptimes[0] == uptime_between(service, now - timedelta(hours=24), now, now)


def test_many_services_take_the_queries_of_one(django_assert_num_queries: object) -> None:
    for count in (1, 3):
        services = [an_outage() for _ in range(count)]
        for service in services:
            for cause in IncidentCause:
                excluded(service, cause.value, 120, 180)
        with django_assert_num_queries(3):  # type: ignore[operator]
            found = uptimes_between(services, NOON, noon_plus(240), noon_plus(240))
        assert [uptime.down_s for uptime in found.values()] == [0] * count
