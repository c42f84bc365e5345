from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from monitors.actions import maintenance
from monitors.actions.maintenance import Plan
from monitors.domain.maintenance import Schedule
from monitors.queries.maintenance import covered, planned_stretches
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_service

pytestmark = pytest.mark.django_db


def planned(starts_s: float, length_s: float = 100, **covers: Any) -> None:
    schedule = Schedule(noon_plus(starts_s), timedelta(seconds=length_s))
    given = {name: frozenset(value) for name, value in covers.items()}
    maintenance.create(Plan("Work", schedule, for_all=not given, **given), NOON, "")


def test_what_lasts_covers_from_its_start_to_before_its_end() -> None:
    service = a_service()
    planned(100)
    moments = {
        seconds: covered([service.pk], noon_plus(seconds)) for seconds in (99, 100, 199, 200)
    }
    assert moments == {99: set(), 100: {service.pk}, 199: {service.pk}, 200: set()}


def test_stretches_are_those_of_each_service() -> None:
    named, tagged, other = a_service(), a_service(tags=["a", "b"]), a_service()
    planned(100, tags={"a", "b"})
    planned(150, service_ids={named.pk, tagged.pk})
    planned(900)
    found = planned_stretches([named.pk, tagged.pk, other.pk], NOON, noon_plus(200))
    first, second = (noon_plus(100), noon_plus(200)), (noon_plus(150), noon_plus(250))
    assert found == {tagged.pk: [first, second], named.pk: [second]}
    assert planned_stretches([named.pk], noon_plus(250), noon_plus(900)) == {}


def test_many_services_and_windows_take_the_queries_of_one(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    ids = [a_service(tags=["a"]).pk for _ in range(3)]
    with django_assert_num_queries(1):
        assert covered(ids, noon_plus(150)) == set()
    for _ in range(2):
        planned(100, tags={"a"})
        planned(100, service_ids=set(ids))
        planned(100)
        for some in (ids[:1], ids):
            with django_assert_num_queries(4):
                assert covered(some, noon_plus(150)) == set(some)
            with django_assert_num_queries(4):
                assert set(planned_stretches(some, NOON, noon_plus(150))) == set(some)
