"""The OpenAPI document says what a call takes, and every error that it may answer."""

from typing import Any

import pytest
from django.test import Client

from monitors.api import api as the_api
from monitors.domain.reasons import Reason
from monitors.domain.result import Status
from monitors.interfaces.forms.service import ServiceForm
from monitors.tests.factories import a_service

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def document(api: Client) -> dict[str, Any]:
    found: dict[str, Any] = api.get("/api/v1/openapi.json").json()
    return found


def calls(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [call for path in document["paths"].values() for call in path.values()]


def test_every_call_names_its_errors(document: dict[str, Any]) -> None:
    for call in calls(document):
        named = {int(status) for status in call["responses"]}
        assert {400, 401, 405, 503} <= named
        places = {parameter["in"] for parameter in call["parameters"]}
        assert (404 in named) is ("path" in places)
        assert (422 in named) is ("query" in places or "requestBody" in call)
        assert ({409, 413} <= named) is ("requestBody" in call)


def test_every_error_has_the_one_shape(document: dict[str, Any], api: Client) -> None:
    parts = document["components"]
    errors = {name for call in calls(document) for name in _errors(call)}
    assert errors == set(parts["responses"])
    for error in parts["responses"].values():
        assert error["content"][JSON]["schema"] == {"$ref": "#/components/schemas/ErrorOut"}
    shape = parts["schemas"]["ErrorDetail"]["properties"]
    assert list(shape) == list(api.get("/api/v1/services/9/").json()["error"])


def _errors(call: dict[str, Any]) -> list[str]:
    return [
        answer["$ref"].rpartition("/")[2]
        for answer in call["responses"].values()
        if "$ref" in answer
    ]


def test_every_call_asks_for_a_key(document: dict[str, Any]) -> None:
    (scheme,) = document["components"]["securitySchemes"]
    assert document["components"]["securitySchemes"][scheme] == {"type": "http", "scheme": "bearer"}
    assert all(call["security"] == [{scheme: []}] for call in calls(document))


def setting(name: str, schema: str = "ServiceIn") -> dict[str, Any]:
    found: dict[str, Any] = the_api.get_openapi_schema()["components"]["schemas"][schema]
    told: dict[str, Any] = found["properties"][name]
    return told


def test_a_setting_is_described_by_what_enforces_it() -> None:
    assert setting("interval_s") == {
        "type": "integer",
        "minimum": 1,
        "maximum": 604_800,
        "default": 60,
    }
    assert setting("timeout_s")["minimum"] == 0.1
    assert setting("json_compare")["enum"] == ["==", "!=", "<", ">", "contains"]
    assert setting("json_match")["anyOf"][0]["enum"] == ["", "any", "all"]
    assert (setting("name")["minLength"], setting("name")["maxLength"]) == (1, 200)
    assert setting("retention_days")["anyOf"][1] == {"type": "null"}
    assert "default" not in setting("interval_s", "ServicePatch")


@pytest.mark.parametrize("name", list(ServiceForm.base_fields))
def test_a_setting_takes_null_exactly_where_the_document_says(api: Client, name: str) -> None:
    known = the_api.get_openapi_schema()["components"]["schemas"]["ServicePatch"]["properties"]
    if name not in known:
        return
    takes_null = {"type": "null"} in known[name].get("anyOf", [])
    answer = api.patch(f"/api/v1/services/{a_service().pk}/", {name: None}, JSON)
    assert answer.status_code == (200 if takes_null else 422), answer.content


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"interval_s": "60"}, 422),
        ({"interval_s": True}, 422),
        ({"interval_s": 60.5}, 422),
        ({"interval_s": 60.0}, 200),
        ({"timeout_s": 5}, 200),
        ({"timeout_s": "5"}, 422),
        ({"paused": "yes"}, 422),
        ({"paused": 1}, 422),
        ({"name": 5}, 422),
        ({"tags": ["x"] * 21}, 422),
    ],
)
def test_values_have_the_type_of_the_document(
    api: Client, change: dict[str, Any], status: int
) -> None:
    answer = api.patch(f"/api/v1/services/{a_service().pk}/", change, JSON)
    assert answer.status_code == status, answer.content


def test_words_of_a_closed_list_are_listed() -> None:
    assert setting("status", "CheckOut")["enum"] == [status.value for status in Status]
    assert setting("reason", "CheckOut")["enum"] == [reason.value for reason in Reason]
    assert setting("state", "ServiceOut")["enum"] == ["UNKNOWN", "UP", "DEGRADED", "DOWN"]
