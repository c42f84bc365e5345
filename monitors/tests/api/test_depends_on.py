"""`depends_on` by the API."""

from typing import Any

import pytest
from django.test import Client

from monitors.models import Service
from monitors.tests.factories import a_service


def add(api: Client, **settings: Any) -> Any:
    body = {"name": "Shop", "url": "http://shop.example/"} | settings
    return api.post("/api/v1/services/", body, content_type="application/json")


def change(api: Client, service: Service, **settings: Any) -> Any:
    url = f"/api/v1/services/{service.pk}/"
    return api.patch(url, settings, content_type="application/json")


def test_ids_go_in_and_come_out(api: Client) -> None:
    router, switch = a_service(name="twin"), a_service(name="twin")
    made = add(api, depends_on=[switch.pk, router.pk, switch.pk])
    assert (made.status_code, made.json()["depends_on"]) == (201, [router.pk, switch.pk])
    shop = Service.objects.get(pk=made.json()["id"])
    revision = made.json()["revision"]
    # What is not spoken of stays.
    assert change(api, shop, name="Other").json()["depends_on"] == [router.pk, switch.pk]
    changed = change(api, shop, depends_on=[router.pk]).json()
    assert (changed["depends_on"], changed["revision"]) == ([router.pk], revision + 2)
    assert api.get("/api/v1/services/").json()[-1]["depends_on"] == [router.pk]
    nothing: list[list[int] | None] = [[], None]
    for empty in nothing:
        assert change(api, shop, depends_on=empty).json()["depends_on"] == []


@pytest.mark.parametrize(
    "given", [[10**6], [2**53 - 1], [2**63], [0], [-1], ["1"], [1.5], [True], "1", {"a": 1}, [None]]
)
def test_what_is_no_service_is_refused(api: Client, given: Any) -> None:
    answer = add(api, depends_on=given)
    assert answer.status_code == 422
    assert any(name.startswith("depends_on") for name in answer.json()["error"]["fields"])
    assert Service.objects.count() == 0


def test_more_than_twenty_are_refused(api: Client) -> None:
    ids = [a_service().pk for _ in range(21)]
    assert add(api, depends_on=ids).status_code == 422
    assert add(api, depends_on=ids[:20]).status_code == 201


def test_a_service_cannot_depend_on_itself(api: Client) -> None:
    service = a_service()
    answer = change(api, service, depends_on=[service.pk])
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"] == {"depends_on": "A service cannot depend on itself."}


def test_a_circle_is_refused_in_words(api: Client) -> None:
    core = a_service(name="core")
    switch = a_service(name="switch", depends_on=[core])
    shop = a_service(name="shop", depends_on=[switch])
    answer = change(api, core, depends_on=[shop.pk])
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"]["depends_on"] == (
        "That would be a circle: “shop” → “switch” → “core” depend on each other already."
    )
    assert list(core.depends_on.all()) == []
