import pytest

from monitors.models import DueCheck, Service
from monitors.tests.factories import a_service

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [0, 1, 3])
def test_rows_are_found_among_so_many_numbers(count: int) -> None:
    services = [a_service(name=str(number)) for number in range(4)]
    ids = {service.pk for service in services[:count]}
    assert set(Service.objects.filter(pk__among=ids).values_list("pk", flat=True)) == ids
    due = DueCheck.objects.filter(service__among=ids)
    assert set(due.values_list("service_id", flat=True)) == ids


def test_what_is_not_among_them_is_found_by_excluding() -> None:
    service, other = a_service(name="a"), a_service(name="b")
    assert Service.objects.exclude(pk__among=[service.pk]).get() == other


def test_more_than_sqlite_takes_as_parameters_are_one() -> None:
    service = a_service()
    assert Service.objects.filter(pk__among=range(service.pk, service.pk + 50_000)).count() == 1
