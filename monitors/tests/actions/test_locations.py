"""Services that are checked from several places."""

import pytest

from monitors.actions import services
from monitors.actions.results import DueTime, Finding, record
from monitors.domain.result import Status
from monitors.domain.schedule import next_beat
from monitors.models import DueCheck, Service, ServiceStatus
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_result, a_service

pytestmark = pytest.mark.django_db

UP, DOWN = Status.UP, Status.DOWN
PLACES = ("berlin", "oslo", "paris")


def a_watched_service(needed: int, failures: int = 1) -> Service:
    return a_service(
        locations=", ".join(PLACES), locations_before_down=needed, failures_before_down=failures
    )


def found(service: Service, seconds: float, **said: Status) -> str:
    """Record what locations found, one after the other; give the state that follows."""
    for number, (place, status) in enumerate(said.items()):
        at = noon_plus(seconds + number)
        due = DueCheck.objects.get(service=service, location=place)
        result = a_result(status, at)
        record([Finding(service.pk, result, DueTime(service.pk, place, due.due_at), place)], at)
    return Service.objects.get(pk=service.pk).state


def test_one_location_alone_does_not_make_it_down() -> None:
    service = a_watched_service(needed=2)
    assert found(service, 1, berlin=UP, oslo=UP, paris=UP) == "UP"
    assert found(service, 61, berlin=DOWN, oslo=UP, paris=UP) == "UP"
    assert found(service, 121, berlin=DOWN, oslo=DOWN) == "DOWN"
    assert found(service, 181, oslo=UP) == "DOWN"
    assert found(service, 182, berlin=UP) == "UP"
    # As found, each with its place.
    stored = ServiceStatus.objects.order_by("checked_at").values_list("location", "status")
    assert list(stored)[3:6] == [("berlin", "DOWN"), ("oslo", "UP"), ("paris", "UP")]


def test_a_location_that_has_fallen_silent_does_not_count() -> None:
    service = a_watched_service(needed=2)
    found(service, 1, berlin=UP, oslo=DOWN)
    # Both come back at one beat, wherever that lies.
    beat_s = (next_beat(service.pk, 60, noon_plus(400)) - NOON).total_seconds()
    assert found(service, beat_s + 1, berlin=DOWN) == "UP"
    assert found(service, beat_s + 9, oslo=DOWN) == "DOWN"


def test_too_few_opinions_are_no_verdict() -> None:
    service = a_watched_service(needed=2)
    assert found(service, 1, berlin=DOWN) == "UNKNOWN"


def test_two_votes_of_one_beat_confirm_nothing() -> None:
    service = a_watched_service(needed=2, failures=2)
    found(service, 1, berlin=UP, oslo=UP, paris=UP)
    assert found(service, 61, berlin=DOWN, oslo=DOWN, paris=DOWN) == "UP"
    assert Service.objects.get(pk=service.pk).streak == 1
    # They look again together, and only what they agree on then is the second time.
    since = Service.objects.get(pk=service.pk).streak_since
    assert since == noon_plus(62)
    assert set(DueCheck.objects.values_list("due_at", flat=True)) == {noon_plus(77)}
    assert found(service, 77, berlin=DOWN) == "UP"
    assert found(service, 78, oslo=DOWN) == "DOWN"
    assert Service.objects.get(pk=service.pk).state_since == noon_plus(62)


def test_a_blip_that_all_places_see_at_one_beat_costs_nothing() -> None:
    service = a_watched_service(needed=2, failures=2)
    found(service, 1, berlin=UP, oslo=UP, paris=UP)
    found(service, 61, berlin=DOWN, oslo=DOWN, paris=DOWN)
    assert found(service, 77, berlin=UP, oslo=UP, paris=DOWN) == "UP"
    after = Service.objects.get(pk=service.pk)
    assert (after.streak, list(after.periods.values_list("state", flat=True))) == (
        0,
        ["UNKNOWN", "UP"],
    )


def test_recovery_takes_as_many_beats_as_it_is_to_take() -> None:
    service = a_watched_service(needed=2)
    Service.objects.filter(pk=service.pk).update(successes_before_up=2)
    found(service, 1, berlin=DOWN, oslo=DOWN, paris=DOWN)
    assert found(service, 61, berlin=UP, oslo=UP, paris=UP) == "DOWN"
    assert found(service, 121, berlin=UP) == "DOWN"
    assert found(service, 122, oslo=UP) == "UP"


def test_a_place_that_could_not_judge_has_no_vote() -> None:
    service = a_watched_service(needed=2)
    found(service, 1, berlin=UP, oslo=UP, paris=UP)
    assert found(service, 61, berlin=DOWN, oslo=Status.NOT_JUDGED) == "UP"
    assert found(service, 63, paris=DOWN) == "DOWN"


def test_a_place_that_comes_back_votes_at_the_beat_of_its_check() -> None:
    service = a_watched_service(needed=2)
    found(service, 1, berlin=UP, oslo=UP, paris=UP)
    for minute in range(1, 10):
        found(service, 60 * minute + 5, berlin=UP, oslo=UP)
    # The due time that it answers is nine minutes old.
    beat_s = (next_beat(service.pk, 60, noon_plus(545)) - NOON).total_seconds()
    assert found(service, beat_s + 1, oslo=DOWN, paris=DOWN) == "DOWN"


def test_a_clock_set_back_does_not_silence_the_places() -> None:
    service = a_watched_service(needed=2, failures=1)
    found(service, 1, berlin=UP, oslo=UP)
    Service.objects.filter(pk=service.pk).update(agreed_beat_at=noon_plus(7_200))
    assert found(service, 61, berlin=DOWN, oslo=DOWN) == "DOWN"


def test_a_check_on_request_is_no_opinion() -> None:
    service = a_watched_service(needed=1)
    found(service, 1, berlin=UP)
    (row,) = record([Finding(service.pk, a_result(DOWN, noon_plus(5)))], noon_plus(5))
    assert row is not None
    after = Service.objects.get(pk=service.pk)
    assert (after.state, after.streak, after.last_status) == ("UP", 0, "DOWN")


def test_an_edit_of_the_places_moves_the_due_checks() -> None:
    service = a_watched_service(needed=1)
    settings = {"url_key": service.url_key, "locations": "oslo, rome"}
    services.edit(service.pk, settings, [], noon_plus(9))
    due = DueCheck.objects.filter(service=service).order_by("location")
    assert list(due.values_list("location", "due_at")) == [
        ("oslo", noon_plus(9)),
        ("rome", noon_plus(9)),
    ]


def test_places_are_heard_in_whatever_order_their_results_are_written() -> None:
    service = a_watched_service(needed=2)
    found(service, 1, berlin=UP, oslo=UP, paris=UP)
    assert found(service, 61.012, berlin=DOWN) == "UP"
    # It began before the other did, and was written after it.
    assert found(service, 61.004, oslo=DOWN, paris=DOWN) == "DOWN"
    assert found(service, 121.012, berlin=DOWN) == "DOWN"
    assert found(service, 121.004, oslo=UP) == "DOWN"
    assert found(service, 121.002, paris=UP) == "UP"


def test_what_was_said_of_another_address_is_forgotten() -> None:
    service = a_watched_service(needed=1)
    assert found(service, 1, berlin=DOWN, oslo=DOWN) == "DOWN"
    settings = {"url": "http://new.example/", "url_key": "http://new.example/"}
    services.edit(service.pk, settings, [], noon_plus(9))
    assert found(service, 10, berlin=UP) == "UP"
    # And of the same address it is not.
    found(service, 70, oslo=DOWN)
    services.edit(service.pk, {"name": "new", "url_key": "http://new.example/"}, [], noon_plus(75))
    assert found(service, 76, berlin=UP) == "DOWN"


def test_one_failure_is_not_confirmed_by_what_other_places_find() -> None:
    service = a_watched_service(needed=1, failures=2)
    found(service, 1, berlin=UP, oslo=UP, paris=UP)
    assert found(service, 61, berlin=DOWN, oslo=UP, paris=UP) == "UP"
    assert Service.objects.get(pk=service.pk).streak == 1
    assert found(service, 76, berlin=DOWN) == "DOWN"
