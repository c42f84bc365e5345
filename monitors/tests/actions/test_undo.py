"""What is deleted can be had back whole for ten minutes, and then is gone for good."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from monitors.actions import kept_rows, retention, rollups, services, undo
from monitors.domain.incidents import Ending
from monitors.domain.result import Status
from monitors.domain.state import State
from monitors.models import (
    Badge,
    Channel,
    DailySummary,
    DeletedService,
    DueCheck,
    HourlySummary,
    HourToRedo,
    Incident,
    LogToDelete,
    MaintenanceWindow,
    Period,
    Service,
    ServiceSearch,
    ServiceStatus,
    StatusComponent,
    StatusNotice,
    StatusPage,
    Tag,
)
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_channel, a_service, checked

pytestmark = pytest.mark.django_db

LOG = "monitors.ServiceStatus service_id"
DELETED, BACK = noon_plus(1_000), noon_plus(1_300)


def rows_of(service: Service) -> dict[str, list[Any]]:
    """Give all that the database holds of a service, but where it stands."""
    moved = {"paused", "revision", "state", "state_since", "streak", "streak_since", "seen_at"}
    found: dict[str, list[Any]] = {"service": kept_rows._select(Service, "id", [service.pk])}
    for row in found["service"]:
        for name in (*moved, "fresh_until"):
            del row[name]
    for relation in kept_rows.relations(Service):
        if relation.model not in {Period, DueCheck, Incident}:
            label = f"{relation.model._meta.label} {relation.column}"
            found[label] = kept_rows._select(relation.model, relation.column, [service.pk])
    return found


def rich() -> Service:
    """Make a service that is named everywhere."""
    above = a_service(name="Router")
    service = a_service(
        name="Shop", tags=["web", "eu"], depends_on=[above], bearer_token="s3cret", keyword="“ü”"
    )
    below = a_service(name="Cart", depends_on=[service])
    checked(service, Status.UP, Status.DOWN, Status.DOWN, Status.UP, Status.DOWN, Status.DOWN)
    channel = a_channel()
    channel.services.set([service])
    page = StatusPage.objects.create(slug="shop", title="Shop", created_at=NOON)
    StatusComponent.objects.create(page=page, service=service, position=1)
    Badge.objects.create(token="t" * 22, service=service, created_at=NOON)
    assert below.depends_on.get() == service
    return service


def test_it_comes_back_with_all_that_went_and_was_paused_in_between() -> None:
    service = rich()
    before = rows_of(service)
    checks = ServiceStatus.objects.filter(service=service).count()
    services.delete(service.pk, DELETED)
    after = rows_of(service)
    assert {name for name in after if after[name] and name != "service"} == {LOG}
    assert Channel.objects.get().orphaned
    back = undo.undo_delete(service.pk, BACK)
    assert rows_of(back) == before
    assert back.bearer_token == "s3cret"
    assert (back.state, back.revision > service.revision) == (State.UNKNOWN, True)
    assert ServiceStatus.objects.filter(service=back).count() == checks
    assert not Channel.objects.get().orphaned
    last = Period.objects.filter(service=back).order_by("-started_at")[:3]
    assert list(last.values_list("state", "started_at", "ended_at")) == [
        ("UNKNOWN", BACK, None),
        ("PAUSED", DELETED, BACK),
        ("UNKNOWN", noon_plus(485), DELETED),
    ]
    assert list(DueCheck.objects.filter(service=back).values_list("due_at", flat=True)) == [BACK]
    assert not DeletedService.objects.exists()
    assert not LogToDelete.objects.exists()


def test_its_incidents_stay_closed_and_are_its_own_again() -> None:
    service = rich()
    services.delete(service.pk, DELETED)
    assert set(Incident.objects.values_list("service", flat=True)) == {None}
    undo.undo_delete(service.pk, BACK)
    endings = Incident.objects.filter(service=service).order_by("started_at")
    assert list(endings.values_list("ending", flat=True)) == [Ending.RECOVERED, Ending.DELETED]


def test_what_was_paused_stays_so() -> None:
    service = a_service()
    services.pause(service.pk, noon_plus(10))
    services.delete(service.pk, DELETED)
    assert undo.undo_delete(service.pk, BACK).state == State.PAUSED
    assert list(Period.objects.values_list("state", flat=True)) == ["UNKNOWN", "PAUSED"]
    assert not DueCheck.objects.exists()


def test_it_is_found_again_by_its_words() -> None:
    service = a_service(name="Shop")
    services.delete(service.pk, DELETED)
    assert not ServiceSearch.objects.exists()
    undo.undo_delete(service.pk, BACK)
    assert Service.objects.matching(["shop"]).exists()


@pytest.mark.parametrize(("after_s", "is_back"), [(599, True), (600, False)])
def test_after_ten_minutes_it_is_too_late(after_s: int, is_back: bool) -> None:
    service = a_service()
    services.delete(service.pk, NOON)
    if is_back:
        undo.undo_delete(service.pk, noon_plus(after_s))
    else:
        with pytest.raises(DeletedService.DoesNotExist):
            undo.undo_delete(service.pk, noon_plus(after_s))


def test_an_address_that_is_monitored_again_is_not_taken_away() -> None:
    service = a_service(url="http://a.example/")
    services.delete(service.pk, DELETED)
    a_service(url="http://a.example/")
    with pytest.raises(services.DuplicateTarget):
        undo.undo_delete(service.pk, BACK)
    assert DeletedService.objects.exists()


def test_what_else_was_deleted_meanwhile_is_left_out() -> None:
    service = rich()
    services.delete(service.pk, DELETED)
    for kind in (Tag, Channel, StatusPage):
        kind.objects.all().delete()
    services.delete(Service.objects.get(name="Router").pk, DELETED)
    back = undo.undo_delete(service.pk, BACK)
    assert (back.tags.count(), back.depends_on.count(), back.components.count()) == (0, 0, 0)
    assert [below.name for below in Service.objects.filter(depends_on=back)] == ["Cart"]


def test_two_that_depend_on_each_other_come_back_in_any_order() -> None:
    above = a_service(name="Above")
    below = a_service(name="Below", depends_on=[above])
    services.delete(above.pk, DELETED)
    services.delete(below.pk, DELETED)
    undo.undo_delete(below.pk, BACK)
    undo.undo_delete(above.pk, BACK)
    # The link went with the first of them; the second was not there when it came back.
    assert list(below.depends_on.all()) == [above]


def test_log_and_summaries_wait_until_it_is_too_late_and_then_go() -> None:
    service = checked(a_service(), *[Status.UP] * 3)
    rollups.fold(NOON, [service.pk])
    services.delete(service.pk, NOON)
    assert not retention.delete_left_log(noon_plus(600))
    assert (HourlySummary.objects.count(), DailySummary.objects.count()) == (1, 1)
    while retention.delete_left_log(noon_plus(661)):
        pass
    undo.forget_deleted(noon_plus(661))
    for kind in (HourlySummary, DailySummary, ServiceStatus, LogToDelete, DeletedService):
        assert not kind.objects.exists()


def test_an_hour_that_ended_meanwhile_is_summed_up_again() -> None:
    service = a_service()
    services.delete(service.pk, noon_plus(3_500))
    undo.undo_delete(service.pk, noon_plus(3_590))
    assert not HourToRedo.objects.exists()
    services.delete(service.pk, noon_plus(3_595))
    undo.undo_delete(service.pk, noon_plus(4_000))
    assert [redo.starts_at for redo in HourToRedo.objects.all()] == [NOON]


def test_no_secret_is_kept_in_the_open() -> None:
    service = rich()
    services.delete(service.pk, DELETED)
    assert "s3cret" not in DeletedService.objects.get().rows


def test_what_hangs_on_what_hangs_on_a_service_comes_back_too() -> None:
    service = rich()
    notice = StatusNotice.objects.create(
        page=StatusPage.objects.get(), title="Slow", started_at=NOON
    )
    notice.components.set(service.components.all())
    services.delete(service.pk, DELETED)
    undo.undo_delete(service.pk, BACK)
    assert [component.service for component in notice.components.all()] == [service]


def test_where_the_place_is_taken_all_stays_as_it_was() -> None:
    service = a_service()
    kept = kept_rows.take(service.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        kept_rows.put_back(kept, service.pk)
    assert connection.is_usable()
    assert MaintenanceWindow.objects.count() == 0
