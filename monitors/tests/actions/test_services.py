import time

import pytest
from django.db import IntegrityError, transaction

from monitors.actions import retention, services
from monitors.actions.bulk import insert_many
from monitors.domain.result import Status
from monitors.domain.targets import parse_target
from monitors.models import Period, Service, ServiceStatus, Tag
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_result, a_service, checked

from .test_results import periods

pytestmark = pytest.mark.django_db


def settings_of(service: Service, **changes: object) -> dict[str, object]:
    url = str(changes.pop("url", service.url))
    names = ("name", "interval_s", "timeout_s", "paused")
    kept = {name: getattr(service, name) for name in names}
    return kept | {"url": url, "url_key": parse_target(url).key} | changes


def test_a_new_service_is_unknown_and_due_at_once() -> None:
    service = a_service(tags=["b", "a"])
    service.refresh_from_db()
    assert (service.state, service.state_since, service.next_check_at) == ("UNKNOWN", NOON, NOON)
    assert periods(service) == [("UNKNOWN", 0, None)]
    assert [tag.name for tag in service.tags.all()] == ["a", "b"]


def test_a_service_may_begin_paused() -> None:
    service = a_service(paused=True)
    assert (service.state, service.next_check_at) == ("PAUSED", None)
    assert periods(service) == [("PAUSED", 0, None)]


@pytest.mark.parametrize(
    "url", ["HTTP://A.example", "http://a.example:80/", "http://a.example/#top", "http://a.example"]
)
def test_an_address_is_added_only_once(url: str) -> None:
    a_service(url="http://a.example/")
    with pytest.raises(services.DuplicateTarget):
        a_service(url=url)
    assert Service.objects.count() == 1


def test_pause_and_resume_are_periods_of_their_own() -> None:
    service = checked(a_service(), Status.UP)
    services.pause(service.pk, noon_plus(100))
    services.pause(service.pk, noon_plus(110))
    paused = Service.objects.get(pk=service.pk)
    assert (paused.paused, paused.state, paused.next_check_at) == (True, "PAUSED", None)
    services.resume(service.pk, noon_plus(200))
    resumed = Service.objects.get(pk=service.pk)
    assert (resumed.paused, resumed.state, resumed.next_check_at) == (
        False,
        "UNKNOWN",
        noon_plus(200),
    )
    assert periods(service) == [
        ("UNKNOWN", 0, 60),
        ("UP", 60, 100),
        ("PAUSED", 100, 200),
        ("UNKNOWN", 200, None),
    ]


def test_pausing_what_nobody_watched_leaves_the_gap_unknown() -> None:
    service = checked(a_service(interval_s=60, timeout_s=5), Status.UP)
    services.pause(service.pk, noon_plus(1_000))
    assert periods(service)[-3:] == [
        ("UP", 60, 185),
        ("UNKNOWN", 185, 1_000),
        ("PAUSED", 1_000, None),
    ]


def test_an_edited_service_is_due_at_once_and_keeps_its_state() -> None:
    service = checked(a_service(interval_s=3_600), Status.UP)
    services.edit(service.pk, settings_of(service, name="New", interval_s=10), ["x"], noon_plus(90))
    after = Service.objects.get(pk=service.pk)
    assert (after.name, after.interval_s, after.state) == ("New", 10, "UP")
    assert (after.next_check_at, after.fresh_until) == (noon_plus(90), noon_plus(60 + 2 * 10 + 5))
    assert [tag.name for tag in after.tags.all()] == ["x"]


def test_another_address_is_another_thing_to_know() -> None:
    service = checked(a_service(), Status.UP)
    services.edit(service.pk, settings_of(service, url="http://other.example/"), [], noon_plus(90))
    assert Service.objects.get(pk=service.pk).state == "UNKNOWN"
    assert periods(service)[-1] == ("UNKNOWN", 90, None)


def test_editing_into_an_address_that_is_there_is_refused() -> None:
    a_service(url="http://a.example/")
    service = a_service(url="http://b.example/")
    with pytest.raises(services.DuplicateTarget):
        services.edit(service.pk, settings_of(service, url="http://A.example"), [], noon_plus(1))
    assert Service.objects.get(pk=service.pk).url == "http://b.example/"


def test_delete_takes_the_history_along_and_frees_the_address() -> None:
    service = checked(a_service(tags=["kept"]), Status.UP)
    services.delete(service.pk, noon_plus(900))
    assert (Service.objects.count(), Period.objects.count(), Tag.objects.count()) == (0, 0, 1)
    assert a_service(url=service.url).pk > service.pk
    with pytest.raises(Service.DoesNotExist):
        services.delete(service.pk, noon_plus(901))


def test_a_long_log_makes_no_delete_slow() -> None:
    service = a_service()
    values = ServiceStatus.logged(service.pk, a_result(), "")
    insert_many(ServiceStatus, ServiceStatus.LOGGED, [values] * 200_000)
    began = time.monotonic()
    services.delete(service.pk, noon_plus(900))
    assert time.monotonic() - began < 0.5
    assert ServiceStatus.objects.count() == 200_000


def test_a_service_never_inherits_the_log_of_a_deleted_one() -> None:
    """Where ids are counted anew from those that are left, as when SQLite remakes a table."""
    old = checked(a_service(), Status.UP)
    services.delete(old.pk, noon_plus(900))
    new = checked(a_service(pk=old.pk, now=noon_plus(1_000)), Status.UP)
    while retention.delete_left_log(noon_plus(2_000)):
        pass
    (kept,) = ServiceStatus.objects.values_list("service_id", "checked_at")
    assert kept == (new.pk, noon_plus(1_060))


@pytest.mark.parametrize(
    "values",
    [
        {"interval_s": 0},
        {"interval_s": 604_801},
        {"timeout_s": 0},
        {"timeout_s": 61},
        {"retry_interval_s": 0},
        {"failures_before_down": 0},
        {"name": ""},
        {"paused": True},
        {"state": "PAUSED"},
    ],
)
def test_the_database_itself_refuses_nonsense(values: dict[str, object]) -> None:
    service = a_service()
    with pytest.raises(IntegrityError), transaction.atomic():
        Service.objects.filter(pk=service.pk).update(**values)


def test_the_database_allows_one_open_period() -> None:
    service = a_service()
    with pytest.raises(IntegrityError), transaction.atomic():
        Period.objects.create(service=service, state="UP", started_at=noon_plus(1))


def test_what_froze_a_checker_is_set_aside_until_it_is_changed_or_resumed() -> None:
    service = a_service()
    services.set_aside(service.pk, revision=service.revision)
    service.refresh_from_db()
    assert service.is_set_aside
    assert not services.edit(service.pk, {"interval_s": 30}, None, NOON).is_set_aside
    services.set_aside(service.pk, revision=service.revision + 1)
    services.pause(service.pk, NOON)
    assert not services.resume(service.pk, NOON).is_set_aside


def test_settings_that_have_changed_since_are_not_set_aside() -> None:
    service = a_service()
    revision = service.revision
    services.edit(service.pk, {"interval_s": 30}, None, NOON)
    services.set_aside(service.pk, revision=revision)
    service.refresh_from_db()
    assert not service.is_set_aside
