from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from monitors.engine import claims
from monitors.models import Service
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_service


@pytest.mark.django_db
def test_the_longest_overdue_come_first_and_the_paused_never() -> None:
    late, later = a_service(now=noon_plus(-60)), a_service(now=noon_plus(-30))
    a_service(now=noon_plus(1))
    a_service(paused=True)
    taken = claims.take(10, NOON)
    assert [(claim.service_id, claim.due_at) for claim in taken] == [
        (late.pk, noon_plus(-60)),
        (later.pk, noon_plus(-30)),
    ]
    assert taken[0].spec == late.check_spec()


@pytest.mark.django_db
def test_a_limit_is_kept() -> None:
    for _ in range(3):
        a_service()
    assert [len(claims.take(2, NOON)) for _ in range(3)] == [2, 1, 0]


@pytest.mark.django_db
def test_a_lease_runs_out_after_the_check_would_have() -> None:
    a_service(timeout_s=5.0)
    assert len(claims.take(1, NOON)) == 1
    assert claims.take(1, noon_plus(14.9)) == []
    assert len(claims.take(1, noon_plus(15))) == 1


@pytest.mark.django_db
def test_what_is_given_back_is_due_at_once() -> None:
    service = a_service()
    claims.take(1, NOON)
    claims.release([service.pk])
    assert [claim.service_id for claim in claims.take(1, NOON)] == [service.pk]


@pytest.mark.django_db(transaction=True)
def test_checkers_side_by_side_share_the_work_and_take_nothing_twice() -> None:
    ids = {a_service().pk for _ in range(200)}

    def claim_all() -> list[int]:
        taken: list[int] = []
        try:
            while batch := claims.take(7, NOON + timedelta(seconds=1)):
                taken += [claim.service_id for claim in batch]
        finally:
            connection.close()
        return taken

    with ThreadPoolExecutor(4) as threads:
        shares = [future.result() for future in [threads.submit(claim_all) for _ in range(4)]]
    everything = [service_id for share in shares for service_id in share]
    assert sorted(everything) == sorted(ids)
    assert Service.objects.filter(lease_until=None).count() == 0
