from datetime import timedelta

import pytest

from monitors.engine.claims import Claimer, Peer
from monitors.engine.presence import SILENT_AFTER, give_sign, peers, register, sign_off
from monitors.models import Checker, DueCheck
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_service

pytestmark = pytest.mark.django_db


def test_those_that_gave_a_sign_lately_are_peers() -> None:
    first = register("a", "", NOON)
    second = register("b", "berlin", noon_plus(5))
    stopped = register("c", "", noon_plus(5))
    sign_off(stopped, noon_plus(6))
    assert sorted(peers(noon_plus(7)), key=lambda peer: peer.id) == [
        Peer(first.id, ""),
        Peer(second.id, "berlin"),
    ]
    # Others take the share of a dead one well before its leases are all out and 15 s are over.
    assert peers(NOON + SILENT_AFTER) == [Peer(second.id, "berlin")]
    assert timedelta(seconds=15) > SILENT_AFTER


def test_a_checker_that_comes_back_under_its_name_frees_what_it_held() -> None:
    a_service()
    a_service()
    checker, other = register("a", "", NOON), register("b", "", NOON)
    assert len(Claimer(checker.id).take(1, NOON, NOON)) == 1
    assert len(Claimer(other.id).take(1, NOON, NOON)) == 1
    assert register("a", "oslo", noon_plus(1)).id == checker.id
    held = DueCheck.objects.filter(lease_until__isnull=False)
    assert list(held.values_list("holder", flat=True)) == [other.id]
    row = Checker.objects.get(pk=checker.id)
    assert (row.location, row.started_at, row.stopped_at) == ("oslo", noon_plus(1), None)


def test_a_checker_that_ended_in_order_says_so() -> None:
    checker = register("a", "", NOON)
    Checker.objects.update(in_flight=3, unwritten=2, checks_per_s=1.5)
    sign_off(checker, noon_plus(9))
    row = Checker.objects.get(pk=checker.id)
    assert (row.stopped_at, row.in_flight, row.unwritten, row.checks_per_s) == (
        noon_plus(9),
        0,
        0,
        0.0,
    )


def test_one_that_was_signed_off_by_another_of_its_name_is_known_again() -> None:
    old = register("a", "", NOON)
    new = register("a", "", noon_plus(1))
    sign_off(old, noon_plus(2))
    assert Checker.objects.get().stopped_at is None
    Checker.objects.update(stopped_at=noon_plus(2))
    give_sign(new, {"in_flight": 3}, noon_plus(5))
    row = Checker.objects.get()
    assert (row.pk, row.seen_at, row.stopped_at, row.in_flight) == (new.id, noon_plus(5), None, 3)


def test_one_that_was_forgotten_makes_itself_known_again() -> None:
    presence = register("a", "oslo", NOON)
    Checker.objects.all().delete()
    give_sign(presence, {"in_flight": 3}, noon_plus(5))
    row = Checker.objects.get()
    assert (row.pk, row.name, row.location, row.started_at) == (presence.id, "a", "oslo", NOON)


def test_one_whose_name_another_has_taken_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    presence = register("a", "", NOON)
    Checker.objects.all().delete()
    other = register("a", "", noon_plus(1))
    give_sign(presence, {"in_flight": 3}, noon_plus(5))
    assert Checker.objects.get().pk == other.id
    assert "Another checker has the name a now" in caplog.text
