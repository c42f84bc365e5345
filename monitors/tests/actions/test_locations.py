"""Services that are checked from several places."""

from datetime import datetime, timedelta

import pytest

from monitors.actions import services
from monitors.actions.results import DueTime, Finding, record
from monitors.domain.result import Status
from monitors.models import DueCheck, Service, ServiceStatus
from monitors.tests.clock import noon_plus
from monitors.tests.factories import a_result, a_service

pytestmark = pytest.mark.django_db

UP, DOWN = Status.UP, Status.DOWN
PLACES = ("berlin", "oslo", "paris")


def a_watched_service(needed: int, failures: int = 1) -> Service:
    return a_service(
        locations=", ".join(PLACES), locations_before_down=needed, failures_before_down=failures
    )


def said(service: Service, begun_s: float = 0.1, /, **votes: Status) -> str:
    """Record what locations found at the beat that is due, one after the other; give the state.

    Each check begins so long after its due time, and a millisecond after the one before.
    """
    for number, (place, status) in enumerate(votes.items()):
        due = DueCheck.objects.get(service=service, location=place)
        at = due.due_at + timedelta(seconds=begun_s, milliseconds=number)
        finding = Finding(
            service.pk, a_result(status, at), DueTime(service.pk, place, due.due_at), place
        )
        record([finding], at)
    return Service.objects.get(pk=service.pk).state


def due_times(service: Service) -> set[datetime]:
    return set(DueCheck.objects.filter(service=service).values_list("due_at", flat=True))


def test_one_location_alone_does_not_make_it_down() -> None:
    service = a_watched_service(needed=2)
    assert said(service, berlin=UP, oslo=UP, paris=UP) == "UP"
    assert said(service, berlin=DOWN, oslo=UP, paris=UP) == "UP"
    assert said(service, berlin=DOWN, oslo=DOWN, paris=DOWN) == "DOWN"
    assert said(service, oslo=UP) == "DOWN"
    assert said(service, berlin=UP) == "UP"
    # As found, each with its place.
    stored = ServiceStatus.objects.order_by("checked_at").values_list("location", "status")
    assert list(stored)[3:6] == [("berlin", "DOWN"), ("oslo", "UP"), ("paris", "UP")]


def test_a_location_that_has_fallen_silent_does_not_count() -> None:
    service = a_watched_service(needed=2)
    said(service, berlin=UP, oslo=DOWN)
    assert said(service, 400, berlin=DOWN) == "UP"
    assert said(service, 400, oslo=DOWN) == "DOWN"


def test_too_few_opinions_are_no_verdict() -> None:
    service = a_watched_service(needed=2)
    assert said(service, berlin=DOWN) == "UNKNOWN"


def test_two_votes_of_one_beat_confirm_nothing() -> None:
    service = a_watched_service(needed=2, failures=2)
    said(service, berlin=UP, oslo=UP, paris=UP)
    (beat,) = due_times(service)
    assert said(service, berlin=DOWN, oslo=DOWN, paris=DOWN) == "UP"
    after = Service.objects.get(pk=service.pk)
    assert (after.streak, after.streak_since) == (1, beat + timedelta(seconds=0.101))
    # They look again together, and only what they agree on then is the second time.
    assert due_times(service) == {beat + timedelta(seconds=15.101)}
    assert said(service, berlin=DOWN) == "UP"
    assert said(service, oslo=DOWN) == "DOWN"
    assert Service.objects.get(pk=service.pk).state_since == beat + timedelta(seconds=0.101)


def test_a_blip_that_all_places_see_at_one_beat_costs_nothing() -> None:
    service = a_watched_service(needed=2, failures=2)
    said(service, berlin=UP, oslo=UP, paris=UP)
    said(service, berlin=DOWN, oslo=DOWN, paris=DOWN)
    assert said(service, berlin=UP, oslo=UP, paris=DOWN) == "UP"
    after = Service.objects.get(pk=service.pk)
    lived = list(after.periods.order_by("started_at").values_list("state", flat=True))
    assert (after.streak, lived) == (0, ["UNKNOWN", "UP"])


def test_recovery_takes_as_many_beats_as_it_is_to_take() -> None:
    service = a_watched_service(needed=2)
    Service.objects.filter(pk=service.pk).update(successes_before_up=2)
    said(service, berlin=DOWN, oslo=DOWN, paris=DOWN)
    assert said(service, berlin=UP, oslo=UP, paris=UP) == "DOWN"
    assert said(service, berlin=UP) == "DOWN"
    assert said(service, oslo=UP) == "UP"


def test_a_place_that_could_not_judge_has_no_vote() -> None:
    service = a_watched_service(needed=2)
    said(service, berlin=UP, oslo=UP, paris=UP)
    assert said(service, berlin=DOWN, oslo=Status.NOT_JUDGED) == "UP"
    assert said(service, paris=DOWN) == "DOWN"


def test_a_place_that_cannot_judge_calls_no_others() -> None:
    service = a_watched_service(needed=2)
    said(service, berlin=UP, oslo=UP, paris=UP)
    (beat,) = due_times(service)
    said(service, berlin=Status.NOT_JUDGED)
    others = DueCheck.objects.filter(service=service).exclude(location="berlin")
    assert set(others.values_list("due_at", flat=True)) == {beat}


def test_a_place_that_comes_back_votes_at_the_beat_of_its_check() -> None:
    service = a_watched_service(needed=2)
    said(service, berlin=UP, oslo=UP, paris=UP)
    for _ in range(9):
        said(service, berlin=UP, oslo=UP)
    away, now = sorted(due_times(service))
    assert now - away == timedelta(minutes=9)
    assert said(service, (now - away).total_seconds() + 0.1, paris=DOWN) == "UP"
    assert said(service, 0.4, oslo=DOWN) == "DOWN"


def test_a_clock_set_back_does_not_silence_the_places() -> None:
    service = a_watched_service(needed=2, failures=1)
    said(service, berlin=UP, oslo=UP)
    Service.objects.filter(pk=service.pk).update(agreed_beat_at=noon_plus(7_200))
    assert said(service, berlin=DOWN, oslo=DOWN) == "DOWN"


def test_a_check_on_request_is_no_opinion() -> None:
    service = a_watched_service(needed=1)
    said(service, berlin=UP)
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
    said(service, berlin=UP, oslo=UP, paris=UP)
    assert said(service, 0.012, berlin=DOWN) == "UP"
    # It began before the other did, and was written after it.
    assert said(service, 0.004, oslo=DOWN) == "DOWN"
    assert said(service, 0.002, paris=DOWN) == "DOWN"
    assert said(service, 0.012, berlin=DOWN) == "DOWN"
    assert said(service, 0.004, oslo=UP) == "DOWN"
    assert said(service, 0.002, paris=UP) == "UP"


def test_what_was_said_of_another_address_is_forgotten() -> None:
    service = a_watched_service(needed=1)
    assert said(service, berlin=DOWN, oslo=DOWN) == "DOWN"
    settings = {"url": "http://new.example/", "url_key": "http://new.example/"}
    services.edit(service.pk, settings, None, noon_plus(9))
    assert said(service, berlin=UP) == "UP"
    # And of the same address it is not.
    said(service, oslo=DOWN)
    now = Service.objects.get(pk=service.pk).seen_at
    assert now is not None
    services.edit(service.pk, {"name": "new"}, None, now + timedelta(seconds=5))
    assert said(service, berlin=UP) == "DOWN"


def test_one_failure_is_not_confirmed_by_what_other_places_find() -> None:
    service = a_watched_service(needed=1, failures=2)
    said(service, berlin=UP, oslo=UP, paris=UP)
    assert said(service, berlin=DOWN, oslo=UP, paris=UP) == "UP"
    assert Service.objects.get(pk=service.pk).streak == 1
    assert said(service, berlin=DOWN) == "DOWN"
