"""Every error in one shape, with the right status."""

import pytest
from django.test import Client

from monitors.actions import api_keys
from monitors.models import ApiKey
from monitors.tests.clock import NOON
from monitors.tests.factories import a_service

pytestmark = pytest.mark.django_db

PATHS = [
    ("GET", "/api/v1/services/"),
    ("POST", "/api/v1/services/"),
    ("GET", "/api/v1/services/1/"),
    ("PATCH", "/api/v1/services/1/"),
    ("DELETE", "/api/v1/services/1/"),
    ("GET", "/api/v1/services/1/status"),
    ("GET", "/api/v1/services/1/history"),
    ("GET", "/api/v1/openapi.json"),
]


def assert_error(answer: object, status: int, code: str) -> None:
    assert answer.status_code == status  # type: ignore[attr-defined]
    error = answer.json()["error"]  # type: ignore[attr-defined]
    assert (set(error), error["code"]) == ({"code", "message", "fields"}, code)
    assert error["message"]


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic YTpi", "Bearer "])
def test_without_a_valid_key_nothing_answers(
    client: Client, method: str, path: str, header: str | None
) -> None:
    headers = {"Authorization": header} if header is not None else {}
    answer = client.generic(method, path, "{}", "application/json", headers=headers)
    assert_error(answer, 401, "unauthorized")


def test_a_revoked_key_opens_nothing(api: Client) -> None:
    assert api.get("/api/v1/services/").status_code == 200
    api_keys.revoke(ApiKey.objects.get().pk, NOON)
    assert_error(api.get("/api/v1/services/"), 401, "unauthorized")


@pytest.mark.parametrize(("method", "path"), PATHS[2:-1])
@pytest.mark.parametrize("number", ["999", "99999999999999999999999"])
def test_an_unknown_id_is_not_found(api: Client, method: str, path: str, number: str) -> None:
    path = path.replace("services/1", f"services/{number}")
    assert_error(api.generic(method, path, "{}", "application/json"), 404, "not_found")


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1/services/x/"])
def test_an_unknown_path_is_not_found(api: Client, path: str) -> None:
    assert_error(api.get(path), 404, "not_found")


def test_a_wrong_method_is_told_the_right_ones(api: Client) -> None:
    answer = api.put("/api/v1/services/", "{}", "application/json")
    assert_error(answer, 405, "method_not_allowed")
    assert sorted(answer["Allow"].split(", ")) == ["GET", "POST"]


@pytest.mark.parametrize("body", ["{", "", "[1]", '"x"', "\xff"])
def test_a_body_that_is_no_json_object_is_refused(api: Client, body: str) -> None:
    answer = api.generic("POST", "/api/v1/services/", body, "application/json")
    assert answer.status_code in (400, 422)
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "limit=x", "before=yesterday", "before_id=0"]
)
def test_a_wrong_query_is_named(api: Client, query: str) -> None:
    service = a_service()
    answer = api.get(f"/api/v1/services/{service.pk}/history?{query}")
    assert_error(answer, 422, "invalid")
    assert list(answer.json()["error"]["fields"]) == [query.partition("=")[0]]


def test_the_shape_is_not_called_compressed_where_the_page_was(api: Client) -> None:
    answer = api.get("/api/v1/nothing", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer
    assert_error(answer, 404, "not_found")
