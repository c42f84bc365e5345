"""Every path answers with and without the slash at its end, and never by a redirect."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from monitors.models import Service
from monitors.tests.factories import a_service

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
JSON = "application/json"


def routes() -> list[str]:
    """Give every path of the API without the slash at its end, as Django knows them."""
    patterns: list[Any] = get_resolver("monitors.urls").url_patterns
    (included,) = (pattern for pattern in patterns if str(pattern.pattern) == "api/v1/")
    found = {str(pattern.pattern).rstrip("/") for pattern in included.url_patterns}
    return sorted(re.sub(r"<int:\w+>", "1", f"/api/v1/{route}").rstrip("/") for route in found)


def test_the_paths_are_found_at_all() -> None:
    named = {"", "/services", "/services/1", "/services/1/status", "/docs", "/openapi.json"}
    assert {f"/api/v1{rest}" for rest in named} <= set(routes())


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("slash", ["", "/"])
def test_no_call_is_redirected(client: Client, method: str, slash: str) -> None:
    """Without a key 401, or 405, or 404: what both spellings answer is the same."""
    for route in routes():
        plain, other = (client.generic(method, f"{route}{end}", "{}", JSON) for end in (slash, "/"))
        wants_login = route.endswith("/docs")
        assert (plain.status_code == 302) is wants_login, (method, route)
        assert plain.status_code == other.status_code, (method, route)


@pytest.mark.parametrize("slash", ["", "/"])
def test_each_call_does_what_it_does(api: Client, slash: str) -> None:
    data = {"name": "A", "url": "http://a.example/"}
    made = api.post(f"/api/v1/services{slash}", data, JSON)
    assert made.status_code == 201
    path = f"/api/v1/services/{made.json()['id']}"
    assert api.get(f"/api/v1/services{slash}").json() == [made.json()]
    assert api.get(f"{path}{slash}").json()["name"] == "A"
    assert api.patch(f"{path}{slash}", {"name": "B"}, JSON).json()["name"] == "B"
    assert api.get(f"{path}/history{slash}").json() == []
    for figures in ("uptime", "response-times"):
        assert api.get(f"{path}/{figures}{slash}").status_code == 200
    assert api.delete(f"{path}{slash}").status_code == 204
    assert not Service.objects.exists()


def test_the_document_names_each_path_once(api: Client) -> None:
    named = api.get("/api/v1/openapi.json").json()["paths"]
    assert len({path.rstrip("/") for path in named}) == len(named)
    assert "/api/v1/services/" in named


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v1/services//"])
@pytest.mark.parametrize("method", METHODS)
def test_what_is_not_there_is_not_found_in_json(api: Client, method: str, path: str) -> None:
    answer = api.generic(method, path, "{}", JSON)
    assert (answer.status_code, answer["Content-Type"]) == (404, JSON)
    assert method == "HEAD" or json.loads(answer.content)["error"]["code"] == "not_found"


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_wrong_method_is_told_the_right_ones(api: Client, slash: str) -> None:
    answer = api.put(f"/api/v1/services/{a_service().pk}{slash}", "{}", JSON)
    assert answer.status_code == 405
    assert sorted(answer["Allow"].split(", ")) == ["DELETE", "GET", "PATCH"]


@pytest.mark.parametrize("path", ["/api/v1/openapi.json", "/api/v1/docs/"])
def test_the_document_is_only_read(api: Client, path: str) -> None:
    assert api.get(path).status_code == 200
    answer = api.post(path, "{}", JSON)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert answer.json()["error"]["code"] == "method_not_allowed"
