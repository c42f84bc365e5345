"""Whatever a field of a call holds, the answer is of our making, and names the field."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitors.api import api as the_api
from monitors.domain.result import Status
from monitors.models import Channel
from monitors.tests import strange
from monitors.tests.factories import a_channel, a_service, checked

pytestmark = pytest.mark.django_db

# What a body needs, by a part of its path.
VALID: dict[str, dict[str, Any]] = {
    "/services/": {"name": "A", "url": "http://a.example/"},
    "/maintenance/": {
        "name": "A",
        "starts_at": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
        "duration_s": 60,
    },
    "/reclassify": {"cause": "planned", "reason": "work"},
    "/channels/{": {"name": "A", "target": "http://a.example/"},
    "/channels/": {"name": "A", "kind": "webhook", "target": "http://a.example/"},
}
# A check is sent out at each call; it takes no field.
SENDS_OUT = ("/status", "/test")
bounded = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass(frozen=True)
class Field:
    """A place in a call where a value can stand."""

    method: str
    path: str
    place: str
    name: str


@cache
def fields() -> list[Field]:
    """Give every field of every call, as the document has them: a new one is tested by existing."""
    document = the_api.get_openapi_schema()
    schemas = document["components"]["schemas"]
    found = []
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            if path.rstrip("/").endswith(SENDS_OUT):
                continue
            found += [
                Field(method, path, given["in"], given["name"]) for given in call["parameters"]
            ]
            if "requestBody" in call:
                schema = call["requestBody"]["content"]["application/json"]["schema"]
                named = schemas[schema["$ref"].rpartition("/")[2]]["properties"]
                found += [Field(method, path, "body", name) for name in named]
    return found


def test_the_fields_are_found_at_all() -> None:
    places = [(field.method, field.place, field.name) for field in fields()]
    assert {
        ("post", "body", "name"),
        ("patch", "body", "tags"),
        ("get", "query", "from"),
        ("get", "query", "before"),
        ("delete", "path", "service_id"),
        ("post", "body", "target"),
    } <= set(places)
    assert len(places) > 70


def send(api: Client, field: Field, value: Any, number: int) -> Any:
    """Send a value in a field; what else the path names has one number."""
    path, query = field.path, ""
    body = next((dict(body) for part, body in VALID.items() if part in path), {})
    if field.place == "path":
        text = quote(str(value).encode(errors="replace"), safe="")
        path = path.replace(f"{{{field.name}}}", text)
    elif field.place == "query":
        query = f"?{field.name}={quote(str(value).encode(errors='replace'))}"
    else:
        body |= {field.name: value}
    if "{channel_id}" in path and not Channel.objects.filter(pk=number).exists():
        a_channel(f"Channel {number}", pk=number)
    path = re.sub(r"\{\w+\}", str(number), path)
    return api.generic(field.method, f"{path}{query}", strange.as_json(body), "application/json")


def assert_ours(field: Field, answer: Any) -> None:
    assert answer.status_code in {200, 201, 204, 400, 404, 409, 422}, (field, answer.content)
    if answer.status_code == 422:
        named = set(answer.json()["error"]["fields"])
        # One setting may ask for another: a token for no user name, a value for a path.
        known = {other.name for other in fields()} | {"body"}
        assert named, field
        assert named <= known, field
        assert field.place == "body" or named == {field.name}


@pytest.mark.parametrize("value", [*strange.TEXTS[3:5], *strange.TIMES[:4], *strange.NUMBERS[4:7]])
def test_what_broke_others_breaks_no_field(api: Client, value: Any) -> None:
    service = checked(a_service(), Status.UP)
    for field in fields():
        if field.method != "delete":
            assert_ours(field, send(api, field, value, service.pk))


@bounded
@given(field=st.sampled_from(fields()), value=strange.value)
def test_no_value_of_any_field_is_a_mistake_of_the_server(
    api: Client, field: Field, value: Any
) -> None:
    service = a_service()
    assert_ours(field, send(api, field, value, service.pk))
    api.delete(f"/api/v1/services/{service.pk}/")


@pytest.mark.parametrize("value", [2**63, 10**40, "9" * 5_000, "-1", "1.0", "²", "\x00", "x"])
@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_a_number_of_no_service_is_not_found(api: Client, method: str, value: Any) -> None:
    field = Field(method, "/api/v1/services/{service_id}/", "path", "service_id")
    answer = send(api, field, value, 0)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
