"""What a service depends on, on the pages."""

from typing import Any

import pytest
from django.test import Client

from monitors.domain.result import Status
from monitors.interfaces.forms.service import ServiceForm, unchanged
from monitors.models import Service
from monitors.tests.factories import a_service, checked

pytestmark = pytest.mark.django_db


def save(client: Client, service: Service, text: str) -> Any:
    url = f"/services/{service.pk}/edit/"
    return client.post(url, unchanged(service) | {"depends_on": text})


def test_the_form_takes_names_addresses_and_numbers(signed_in: Client) -> None:
    router = a_service(name="Router")
    switch = a_service(url="http://switch.example/")
    core = a_service()
    shop = a_service()
    text = f" Router \r\n{switch.url}\r\n#{core.pk}\r\n\r\nRouter"
    assert save(signed_in, shop, text).status_code == 302
    assert set(shop.depends_on.all()) == {router, switch, core}
    form = ServiceForm(instance=shop)
    assert form.initial["depends_on"].splitlines() == ["Router", switch.name, core.name]
    # As it was opened it changes nothing.
    revision = Service.objects.get(pk=shop.pk).revision
    assert save(signed_in, shop, form.initial["depends_on"]).status_code == 302
    assert Service.objects.get(pk=shop.pk).revision == revision
    assert save(signed_in, shop, "").status_code == 302
    assert not shop.depends_on.exists()


def test_a_name_that_several_have_wants_a_number(signed_in: Client) -> None:
    twins = [a_service(name="twin") for _ in range(2)]
    shop = a_service()
    answer = save(signed_in, shop, "twin")
    told = f"give the number, of #{twins[0].pk}, #{twins[1].pk}."
    assert (answer.status_code, told in answer.text) == (422, True)
    assert save(signed_in, shop, f"#{twins[1].pk}").status_code == 302
    assert ServiceForm(instance=shop).initial["depends_on"] == f"#{twins[1].pk}"


@pytest.mark.parametrize("text", ["nobody", "#99999999", "#" + "9" * 30, "x" * 5_000, "\u202e<b>"])
def test_what_is_no_service_is_refused(signed_in: Client, text: str) -> None:
    answer = save(signed_in, a_service(), text)
    assert (answer.status_code, "There is no service" in answer.text) == (422, True)


def test_somebody_elses_change_is_told_by_name(signed_in: Client) -> None:
    shop, router = a_service(), a_service(name="Router")
    opened = ServiceForm(instance=shop)
    data = {name: opened.initial.get(name) or "" for name in opened.fields}
    assert save(signed_in, shop, "Router").status_code == 302
    answer = signed_in.post(f"/services/{shop.pk}/edit/", data | {"name": "Other"})
    assert (answer.status_code, "Depends on: now Router." in answer.text) == (409, True)
    assert list(shop.depends_on.all()) == [router]


def test_what_is_behind_a_dead_router_says_so(signed_in: Client) -> None:
    router = checked(a_service(name="Router <1>", failures_before_down=1), Status.DOWN)
    a_service(name="well", depends_on=[a_service()])
    shop = checked(a_service(depends_on=[router], failures_before_down=1), Status.DOWN)
    Service.objects.update(fresh_until=None)
    behind = f'behind <a href="/services/{router.pk}/">Router &lt;1&gt;</a>'
    assert signed_in.get("/").text.count(behind) == 1
    assert behind in signed_in.get(f"/services/{shop.pk}/").text
    page = signed_in.get(f"/services/{router.pk}/").text
    assert f'1 service: <a href="/services/{shop.pk}/">' in page
    assert "behind <a" not in page


def test_the_admin_sets_it_too(signed_in: Client) -> None:
    router, shop = a_service(name="Router"), a_service()
    data = unchanged(shop) | {"depends_on": "Router"}
    answer = signed_in.post(f"/admin/monitors/service/{shop.pk}/change/", data)
    assert (answer.status_code, list(shop.depends_on.all())) == (302, [router])
