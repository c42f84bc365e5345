"""What is done to many at once is what would be done to each of them."""

from collections.abc import Callable

import pytest

from monitors.actions import many_services, services
from monitors.domain.result import Status
from monitors.domain.state import State
from monitors.domain.tags import MAX_TAGS
from monitors.models import DueCheck, Incident, Period, Service
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_service, checked

pytestmark = pytest.mark.django_db

SETTINGS = {"paused", "revision", "state", "state_since", "streak", "streak_since", "seen_at"}


def story_of(service: Service) -> object:
    """Give all that a pause or its end leaves behind, but numbers and names."""
    now = Service.objects.get(pk=service.pk)
    periods = Period.objects.filter(service=service).order_by("started_at", "id")
    incidents = Incident.objects.filter(service=service)
    return (
        {name: getattr(now, name) for name in (*SETTINGS, "fresh_until")},
        list(periods.values_list("state", "started_at", "ended_at")),
        list(incidents.values_list("started_at", "resolved_at", "ending")),
        list(DueCheck.objects.filter(service=service).values_list("location", "due_at", "holder")),
    )


def unchecked(name: str) -> Service:
    return a_service(name=name)


def well(name: str) -> Service:
    return checked(a_service(name=name), Status.UP)


def down(name: str) -> Service:
    return checked(
        a_service(name=name), Status.UP, Status.DOWN, Status.DOWN, Status.DOWN, every_s=60
    )


def of_two_places(name: str) -> Service:
    return a_service(name=name, locations="ams, fra")


@pytest.mark.parametrize("kind", [unchecked, well, down, of_two_places])
@pytest.mark.parametrize("after_s", [200, 100_000], ids=["fresh", "stale"])
def test_a_pause_and_its_end_leave_what_single_ones_leave(
    kind: Callable[[str], Service], after_s: int
) -> None:
    one, other, untouched = kind("One"), kind("Other"), kind("Untouched")
    before = story_of(untouched)
    services.pause(one.pk, noon_plus(after_s))
    assert many_services.pause([other.pk, one.pk], noon_plus(after_s)) == 1
    assert story_of(one) == story_of(other)
    services.resume(one.pk, noon_plus(after_s + 60))
    assert many_services.resume([other.pk, one.pk], noon_plus(after_s + 60)) == 1
    assert story_of(one) == story_of(other)
    assert story_of(untouched) == before


def test_more_than_a_chunk_is_done_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many_services, "CHUNK", 2)
    ids = [a_service(name=f"S {n}").pk for n in range(5)]
    assert many_services.pause(ids, NOON) == 5
    assert set(Service.objects.values_list("state", flat=True)) == {State.PAUSED.value}


def test_a_tag_is_given_once_and_not_to_what_has_no_room() -> None:
    tagged = a_service(name="Tagged", tags=["web"])
    full = a_service(name="Full", tags=[f"t{n}" for n in range(MAX_TAGS)])
    bare = a_service(name="Bare")
    before = dict(Service.objects.values_list("pk", "revision"))
    assert many_services.add_tag([tagged.pk, full.pk, bare.pk, 999], "web") == 1
    assert Service.objects.filter(tags__name="web").count() == 2
    after = dict(Service.objects.values_list("pk", "revision"))
    assert [pk for pk in before if after[pk] != before[pk]] == [bare.pk]


def test_a_tag_is_taken_off_and_stays_for_others() -> None:
    first, second = (
        a_service(name="First", tags=["web", "eu"]),
        a_service(name="Second", tags=["web"]),
    )
    assert many_services.remove_tag([first.pk], "web") == 1
    assert [tag.name for tag in first.tags.all()] == ["eu"]
    assert [tag.name for tag in second.tags.all()] == ["web"]


def test_of_those_to_be_deleted_some_may_be_gone() -> None:
    first, second = a_service(name="First"), a_service(name="Second")
    assert many_services.delete([first.pk, 999], NOON) == 1
    assert list(Service.objects.all()) == [second]
