from typing import Any

import pytest
from django.test import Client

from monitors.domain.result import Status
from monitors.models import Service
from monitors.tests.clock import noon_plus
from monitors.tests.factories import a_service, checked

pytestmark = pytest.mark.django_db

WINDOW = {"from": noon_plus(60).isoformat(), "to": noon_plus(240).isoformat()}


@pytest.fixture
def shop() -> Service:
    service = a_service(
        name="Shop", url="http://shop.example/", tags=["eu"], failures_before_down=1
    )
    return checked(service, Status.UP, Status.DOWN, Status.UP)


def get(api: Client, **query: Any) -> Any:
    return api.get("/api/v1/reports/uptime", {**WINDOW, **query}).json()


def test_a_report(api: Client, shop: Service) -> None:
    figures = {
        "uptime_percent": 66.6666,
        "up_s": 120,
        "degraded_s": 0,
        "down_s": 60,
        "maintenance_s": 0,
        "paused_s": 0,
        "unknown_s": 0,
        "incidents": 1,
        "incidents_left_out": 0,
        "mttr_s": 60,
        "error_budget_s": 0.18,
        "error_budget_left_s": -59.82,
    }
    named = {"id": shop.pk, "name": "Shop", "url": "http://shop.example/", "tags": ["eu"]}
    assert get(api) == {
        "from": "2026-03-01T12:01:00Z",
        "to": "2026-03-01T12:04:00Z",
        "target": 99.9,
        "total": figures,
        "services": [named | figures],
    }
    assert get(api, target=50)["total"]["error_budget_left_s"] == 30


def test_where_nothing_is_known_it_is_null(api: Client) -> None:
    a_service()
    report = get(api)
    for found in (report["total"], *report["services"]):
        assert [
            found[name]
            for name in ("uptime_percent", "mttr_s", "error_budget_s", "error_budget_left_s")
        ] == [None] * 4


def test_by_default_the_last_thirty_days(api: Client) -> None:
    a_service()
    total = api.get("/api/v1/reports/uptime").json()["total"]
    assert total["unknown_s"] == 30 * 86_400


@pytest.mark.usefixtures("shop")
def test_tags_and_services_may_be_several(api: Client) -> None:
    mail = a_service(name="Mail", tags=["us"])
    a_service(name="Other")

    def names(**query: Any) -> list[str]:
        return [service["name"] for service in get(api, **query)["services"]]

    assert names() == ["Mail", "Other", "Shop"]
    assert names(tag="eu") == ["Shop"]
    assert names(tag=["eu", "us"]) == ["Mail", "Shop"]
    assert names(tag=["eu"], service=[mail.pk]) == ["Mail", "Shop"]
    assert names(tag="nobody's") == names(service=2**62) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": WINDOW["to"]}, "from"),
        ({"from": "2026-03-02T00:00:00Z"}, "from"),
        ({"from": "yesterday"}, "from"),
        ({"to": "9999-01-01T00:00:00Z"}, "to"),
        *(({"target": value}, "target") for value in ("0", "-1", "100.1", "nan", "inf", "much")),
        ({"tag": "x" * 51}, "tag"),
        ({"tag": ["x"] * 101}, "tag"),
        ({"service": "shop"}, "service"),
        ({"service": 0}, "service"),
        ({"service": 2**63}, "service"),
    ],
)
def test_what_makes_no_sense_is_named(api: Client, query: dict[str, Any], field: str) -> None:
    answer = api.get("/api/v1/reports/uptime", WINDOW | query)
    named = list(answer.json()["error"]["fields"])
    assert (answer.status_code, named) == (422, [field])


def test_it_asks_for_a_key(client: Client, db: None) -> None:
    del db
    assert client.get("/api/v1/reports/uptime").status_code == 401
