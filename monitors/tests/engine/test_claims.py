from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection

from monitors.actions import services
from monitors.domain.reasons import Failure, Fault
from monitors.domain.spec import CheckSpec
from monitors.engine.claims import (
    FORGET_AFTER,
    LEASE_S,
    LEFT_AFTER,
    Claim,
    Claimer,
    Peer,
    pull_forward,
)
from monitors.models import DueCheck, Service
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_service

ME, OTHER = 1, 2


def take(claimer: Claimer, limit: int = 10, now: datetime = NOON) -> list[Claim]:
    return claimer.take(limit, now, now)


@pytest.mark.django_db
def test_the_longest_overdue_come_first_and_the_paused_never() -> None:
    late, later = a_service(now=noon_plus(-60)), a_service(now=noon_plus(-30))
    a_service(now=noon_plus(1))
    a_service(paused=True)
    taken = take(Claimer(ME))
    assert [(claim.due.service_id, claim.due.at) for claim in taken] == [
        (late.pk, noon_plus(-60)),
        (later.pk, noon_plus(-30)),
    ]
    assert (taken[0].spec, taken[0].host) == (late.check_spec(), f"s{late.name.split()[1]}.example")


@pytest.mark.django_db
def test_what_falls_due_in_a_moment_is_taken_ahead() -> None:
    soon = a_service(now=noon_plus(0.5))
    a_service(now=noon_plus(2))
    taken = Claimer(ME).take(10, noon_plus(0.7), NOON)
    assert [claim.due.service_id for claim in taken] == [soon.pk]


@pytest.mark.django_db
def test_a_limit_is_kept() -> None:
    for _ in range(3):
        a_service()
    claimer = Claimer(ME)
    assert [len(take(claimer, 2)) for _ in range(3)] == [2, 1, 0]


@pytest.mark.django_db
def test_what_a_dead_checker_held_is_due_again_within_15_s() -> None:
    a_service()
    assert len(take(Claimer(ME))) == 1
    other = Claimer(OTHER)
    assert take(other, now=noon_plus(LEASE_S - 0.1)) == []
    assert len(take(other, now=noon_plus(LEASE_S))) == 1
    assert LEASE_S < 15


@pytest.mark.django_db
def test_a_renewed_lease_lasts_on_and_a_lost_one_is_not_taken_back() -> None:
    a_service()
    mine, other = Claimer(ME), Claimer(OTHER)
    (claim,) = take(mine)
    mine.renew([claim.due], noon_plus(10))
    assert take(other, now=noon_plus(10 + LEASE_S - 0.1)) == []
    assert len(take(other, now=noon_plus(10 + LEASE_S))) == 1
    mine.renew([claim.due], noon_plus(100))
    mine.release([claim.due])
    (row,) = DueCheck.objects.values_list("holder", "lease_until")
    assert row == (OTHER, noon_plus(10 + 2 * LEASE_S))


@pytest.mark.django_db
def test_what_is_given_back_is_due_at_once() -> None:
    service = a_service()
    claimer = Claimer(ME)
    claimer.release([claim.due for claim in take(claimer)])
    assert [claim.due.service_id for claim in take(Claimer(OTHER))] == [service.pk]


@pytest.mark.django_db
def test_an_edit_is_seen_at_the_next_claim(django_assert_num_queries: object) -> None:
    service = a_service()
    claimer = Claimer(ME)
    (before,) = take(claimer)
    claimer.release([before.due])
    # What has not changed is not read again: lock, update and the savepoint's two.
    with django_assert_num_queries(4):  # type: ignore[operator]
        (same,) = take(claimer)
    assert same.spec is before.spec
    services.edit(service.pk, {"url_key": service.url_key, "keyword": "ok"}, [], NOON)
    (after,) = take(claimer)
    assert before.spec == CheckSpec(service.url_key)
    assert after.spec == CheckSpec(service.url_key, keyword="ok")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("expected_status", "2xx", "not checked: “2xx” is not a status code or a range like"),
        ("headers", "no colon", "not checked: “no colon” is not a header like"),
        ("pattern", "(", "not checked: “(” is not a regular expression"),
        (
            "json_path",
            "$[?@.a =~ /(a+)+$/]",
            "not checked: “$[?@.a =~ /(a+)+$/]” cannot be used as",
        ),
        ("json_path", "$[?@.a > 1e99999]", "not checked: “$[?@.a > 1e99999]” cannot be used as"),
        ("json_compare", "~", "not checked: “~” is none of ==, !=, <, >, contains"),
    ],
)
def test_settings_that_cannot_be_read_stop_no_other_check(
    column: str, value: str, said: str
) -> None:
    broken, sound = a_service(), a_service()
    Service.objects.filter(pk=broken.pk).update(**{column: value})
    claims = {claim.due.service_id: claim.spec for claim in take(Claimer(ME))}
    assert claims[sound.pk] == CheckSpec(sound.url_key)
    failure = claims[broken.pk]
    assert isinstance(failure, Failure)
    assert failure.message.startswith(said)


@pytest.mark.django_db
def test_what_is_not_claimed_any_more_is_forgotten() -> None:
    gone, kept = a_service(), a_service()
    claimer = Claimer(ME)
    known = {claim.due.service_id: claim.spec for claim in take(claimer)}
    services.delete(gone.pk, NOON)
    for hours in (1, 2):
        later = NOON + hours * FORGET_AFTER
        # What is claimed all the while is remembered.
        assert [claim.spec is known[kept.pk] for claim in take(claimer, now=later)] == [True]
    assert claimer.knows() == {kept.pk}


@pytest.mark.django_db
def test_a_service_with_locations_is_checked_from_each_of_them() -> None:
    service = a_service(locations="berlin, oslo")
    anywhere = a_service()
    assert [claim.due.service_id for claim in take(Claimer(ME, "paris"))] == [anywhere.pk]
    for number, location in enumerate(("berlin", "oslo"), start=OTHER):
        assert [claim.due.service_id for claim in take(Claimer(number, location))] == [service.pk]


@pytest.mark.django_db
def test_checkers_that_have_met_take_a_share_each_and_later_what_another_left() -> None:
    ids = {a_service().pk for _ in range(9)}
    claimers = [Claimer(number) for number in (3, 5, 8)]
    for claimer in claimers:
        claimer.meet([Peer(number, "") for number in (8, 3, 5)])
    first, second = (take(claimer) for claimer in claimers[:2])
    assert (len(first), len(second)) == (3, 3)
    # The third does not come: what it should have taken is left a moment, and then is anybody's.
    almost = NOON + LEFT_AFTER - timedelta(milliseconds=1)
    assert take(claimers[0], now=almost) == []
    left = take(claimers[0], now=NOON + LEFT_AFTER)
    assert {claim.due.service_id for claim in first + second + left} == ids


@pytest.mark.django_db
def test_checkers_elsewhere_have_no_part_in_what_is_for_one_location() -> None:
    local = {a_service(locations="berlin").pk for _ in range(4)}
    anywhere = {a_service().pk for _ in range(4)}
    peers = [Peer(1, "berlin"), Peer(2, "oslo")]
    berlin, oslo = Claimer(1, "berlin"), Claimer(2, "oslo")
    for claimer in (berlin, oslo):
        claimer.meet(peers)
    taken = {claim.due.service_id for claim in take(berlin)}
    assert local < taken
    assert len(taken & anywhere) == 2
    assert taken | {claim.due.service_id for claim in take(oslo)} == local | anywhere


@pytest.mark.django_db
def test_after_the_clock_was_set_back_nothing_waits_for_it() -> None:
    beyond, soon = a_service(now=noon_plus(3_600), interval_s=60), a_service(now=noon_plus(50))
    DueCheck.objects.filter(service=beyond).update(lease_until=noon_plus(3_612))
    assert pull_forward(NOON) == 1
    assert dict(DueCheck.objects.values_list("service_id", "due_at")) == {
        beyond.pk: NOON,
        soon.pk: noon_plus(50),
    }
    assert [claim.due.service_id for claim in take(Claimer(ME))] == [beyond.pk]


@pytest.mark.django_db(transaction=True)
def test_checkers_side_by_side_share_the_work_and_take_nothing_twice() -> None:
    ids = {a_service().pk for _ in range(200)}

    def claim_all(number: int) -> list[int]:
        taken: list[int] = []
        claimer = Claimer(number)
        try:
            while batch := take(claimer, 7, noon_plus(1)):
                taken += [claim.due.service_id for claim in batch]
        finally:
            connection.close()
        return taken

    with ThreadPoolExecutor(4) as threads:
        shares = list(threads.map(claim_all, range(4)))
    everything = [service_id for share in shares for service_id in share]
    assert sorted(everything) == sorted(ids)
    assert DueCheck.objects.filter(lease_until=None).count() == 0


@pytest.mark.django_db
def test_what_only_this_place_can_check_comes_first() -> None:
    a_service(now=noon_plus(-60))
    local = a_service(locations="oslo", now=noon_plus(-1))
    assert [claim.due.service_id for claim in take(Claimer(ME, "oslo"), 1)] == [local.pk]


@pytest.mark.django_db
def test_what_was_set_aside_is_claimed_and_not_run_by_those_who_knew_it() -> None:
    service = a_service()
    claimer = Claimer(ME)
    (claim,) = take(claimer)
    services.set_aside(service.pk, revision=claim.revision)
    claimer.release([claim.due])
    (again,) = take(claimer)
    assert again.spec == Failure(Fault.SET_ASIDE)
