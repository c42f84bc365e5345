"""What the pages say of services that depend on others."""

import pytest
from pytest_django import DjangoAssertNumQueries

from monitors.domain.result import Status
from monitors.models import Service
from monitors.queries.dependencies import behind_each, causes_down, neighbours
from monitors.tests.clock import noon_plus
from monitors.tests.factories import a_service, checked

pytestmark = pytest.mark.django_db

NOW = noon_plus(70)


def down(**settings: object) -> Service:
    return checked(a_service(failures_before_down=1, **settings), Status.DOWN)


def test_the_root_is_named_and_not_what_is_down_behind_it() -> None:
    core = down(name="core")
    switch = down(name="switch", depends_on=[core])
    shop, other = down(name="shop", depends_on=[switch]), down(name="other")
    well = a_service(depends_on=[checked(a_service(), Status.UP)])
    found = causes_down([shop.pk, switch.pk, other.pk, core.pk, well.pk], NOW)
    assert found == {shop.pk: [(core.pk, "core")], switch.pk: [(core.pk, "core")]}


def test_several_roots_stand_by_name() -> None:
    roots = [down(name=name) for name in ("b", "a")]
    shop = a_service(depends_on=roots)
    assert [cause.name for cause in causes_down([shop.pk], NOW)[shop.pk]] == ["a", "b"]


def test_what_is_not_looked_at_any_more_is_not_down() -> None:
    shop = a_service(depends_on=[down()])
    assert causes_down([shop.pk], noon_plus(3_600)) == {}


def test_a_service_knows_its_neighbours() -> None:
    core = a_service(name="core")
    switch = a_service(name="switch", depends_on=[core])
    for number in range(12):
        a_service(name=f"shop {number:02}", depends_on=[switch])
    found = neighbours(switch)
    assert (found.depends_on, found.behind) == (((core.pk, "core"),), 12)
    assert [other.name for other in found.dependents] == [f"shop {n:02}" for n in range(10)]
    assert behind_each([core.pk, switch.pk]) == {core.pk: 13, switch.pk: 12}


def test_many_services_take_the_queries_of_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    root = down()
    for count in (1, 3):
        ids = [a_service(depends_on=[root]).pk for _ in range(count)]
        with django_assert_num_queries(3):
            assert len(causes_down(ids, NOW)) == count
