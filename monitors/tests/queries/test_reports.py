from typing import Any

import pytest

from monitors.actions import services
from monitors.domain.reports import Figures
from monitors.domain.result import Status
from monitors.domain.uptime import Uptime
from monitors.models import Exclusion, Incident, Service
from monitors.queries.reports import Report, Scope, uptime_report
from monitors.tests.clock import noon_plus
from monitors.tests.factories import a_service, checked

pytestmark = pytest.mark.django_db

UP, DOWN = Status.UP, Status.DOWN


def an_outage(**settings: Any) -> Service:
    """Make a service that is up from 60 to 120 s, down to 180 s, and up again."""
    return checked(a_service(failures_before_down=1, **settings), UP, DOWN, UP)


def report(scope: Scope | None = None, start: float = 60, end: float = 240) -> Report:
    return uptime_report(scope or Scope(), noon_plus(start), noon_plus(end), 99.9, noon_plus(240))


def names(scope: Scope) -> list[str]:
    return [line.name for line in report(scope).lines]


def test_the_figures_of_an_outage() -> None:
    service = an_outage(name="Shop", tags=["b", "a"])
    found = report()
    (line,) = found.lines
    assert (line.service_id, line.name, line.tags) == (service.pk, "Shop", ("a", "b"))
    assert line.figures == Figures(Uptime(up_s=120, down_s=60), 1, 0, 1, 60)
    assert found.total == line.figures
    assert (found.outcome().met, found.missed, found.without_data) == (0, [line], 0)


def test_before_and_after_there_is_nothing() -> None:
    an_outage()
    for start, end in ((-500, 0), (1_000, 2_000)):
        found = report(start=start, end=end)
        assert (found.total.uptime.percent, found.total.incidents, found.without_data) == (
            None,
            0,
            1,
        )


def test_what_is_still_down_does_not_reach_into_the_future() -> None:
    checked(a_service(failures_before_down=1), UP, DOWN)
    assert Incident.objects.open().count() == 1
    assert report(start=240, end=500).total == Figures(Uptime(unknown_s=260))
    assert report(start=230, end=500).total == Figures(Uptime(down_s=10, unknown_s=260), 1)


def test_what_was_reclassified_costs_nothing() -> None:
    service = an_outage()
    Exclusion.objects.create(
        service=service,
        started_at=noon_plus(120),
        ended_at=noon_plus(180),
        cause="planned",
        created_at=noon_plus(500),
    )
    found = report()
    assert found.total == Figures(Uptime(up_s=120, maintenance_s=60), 0, 1)
    assert (found.outcome().met, found.missed) == (1, [])


def test_paused_time_is_no_part_of_the_budget() -> None:
    service = an_outage()
    services.pause(service.pk, noon_plus(200))
    total = report().total
    assert (total.uptime.paused_s, total.budget_s(99.9)) == (40, 0.14)


def test_the_worst_are_named_first_and_all_stand_by_name() -> None:
    an_outage(name="Worse").refresh_from_db()
    checked(a_service(name="Well"), UP, UP)
    a_service(name="Unseen")
    checked(a_service(name="Worst", failures_before_down=1), DOWN, DOWN)
    found = report()
    assert [line.name for line in found.lines] == ["Unseen", "Well", "Worse", "Worst"]
    assert [line.name for line in found.worst_first] == ["Worst", "Worse", "Well", "Unseen"]
    assert [line.name for line in found.missed] == ["Worst", "Worse"]
    assert (found.outcome().met, found.without_data) == (1, 1)


def test_tags_and_numbers_add_up() -> None:
    first = a_service(name="First", tags=["shop"])
    a_service(name="Second", tags=["mail", "shop"])
    third = a_service(name="Third")
    assert names(Scope()) == ["First", "Second", "Third"]
    assert names(Scope(tags=("mail",))) == ["Second"]
    assert names(Scope(tags=("mail", "shop"))) == ["First", "Second"]
    assert names(Scope(services=(third.pk, first.pk))) == ["First", "Third"]
    assert names(Scope(tags=("mail",), services=(third.pk,))) == ["Second", "Third"]
    assert names(Scope(tags=("nothing",))) == []


def test_many_services_take_the_queries_of_one(django_assert_num_queries: Any) -> None:
    for count in (1, 2):
        for _ in range(count):
            an_outage(tags=["a", "b"])
        with django_assert_num_queries(6):
            found = report(Scope(tags=("a",)))
        assert found.total.uptime.down_s == 60 * len(found.lines)
