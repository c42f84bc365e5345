"""What is no JSON, or JSON that two readers would take for two things, is refused."""

import json

import pytest
from django.test import Client

from monitors.models import Service

pytestmark = pytest.mark.django_db
JSON = "application/json"
GIVEN = '"name": "A", "url": "http://a.example/"'


def refused(api: Client, body: bytes | str, content_type: str = JSON) -> tuple[int, list[str]]:
    answer = api.generic("POST", "/api/v1/services/", body, content_type)
    assert not Service.objects.exists()
    return answer.status_code, list(answer.json()["error"]["fields"])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"\xff",
        b"name=A&url=http://a.example/",
        f"{{{GIVEN}}}".encode("utf-16"),
        f'{{{GIVEN}, "body": "\xe9"}}'.encode("latin-1"),
        b"[" * 100_000,
        b'{"a":' * 5_000,
        f'{{{GIVEN}, "timeout_s": NaN}}'.encode(),
        f'{{{GIVEN}, "timeout_s": -Infinity}}'.encode(),
        f'{{{GIVEN}, "interval_s": {"9" * 5_000}}}'.encode(),
    ],
    ids=range(12),
)
def test_what_is_no_json(api: Client, body: bytes) -> None:
    status, fields = refused(api, body)
    assert (status, fields) == ((400, []) if body else (422, ["body"]))


@pytest.mark.parametrize("body", ["[1]", '"x"', "null", "5", "true"])
def test_what_is_no_object(api: Client, body: str) -> None:
    assert refused(api, body) == (422, ["body"])


def test_a_name_that_stands_twice(api: Client) -> None:
    assert refused(api, f'{{{GIVEN}, "name": "B"}}') == (400, ["name"])
    assert refused(api, f'{{{GIVEN}, "headers": {{"X-A": "1", "X-A": "2"}}}}') == (400, ["X-A"])


@pytest.mark.parametrize("text", ["\\u0000", "a\\ud800b", "\\udfff", "\\ude00\\ud83d"])
def test_text_that_cannot_be_stored_is_named_wherever_it_stands(api: Client, text: str) -> None:
    for field, value in {
        "name": f'"{text}"',
        "keyword": f'"{text}"',
        "headers": f'{{"X-A": "{text}"}}',
        "secret_headers": f'{{"{text}": "1"}}',
        "tags": f'["a", "{text}"]',
        "colour": f'[[{{"x": ["{text}"]}}]]',
    }.items():
        assert refused(api, f'{{"a": 1, "{field}": {value}}}') == (422, [field])
    assert refused(api, f'{{{GIVEN}, "{text}": 1}}')[0] == 422
    assert refused(api, f'["{text}"]') == (422, ["body"])


def test_whole_pairs_and_every_other_character_are_text(api: Client) -> None:
    name = "i\u2764 \U0001f468"
    body = json.dumps({"name": name, "url": "http://a.example/"})
    assert "\\ud83d\\udc68" in body
    answer = api.generic("POST", "/api/v1/services/", b"\xef\xbb\xbf" + body.encode(), JSON)
    assert (answer.status_code, answer.json()["name"]) == (201, name)


def test_a_body_that_is_too_large(api: Client) -> None:
    answer = api.generic("POST", "/api/v1/services/", b" " * 2_621_441, JSON)
    assert answer.status_code == 413
    assert answer.json()["error"]["message"] == "The body is larger than 2.5 MB."


@pytest.mark.parametrize("charset", ["utf-16", "hex", "raw_unicode_escape", "idna"])
def test_a_body_in_another_encoding(api: Client, charset: str) -> None:
    assert refused(api, f"{{{GIVEN}}}", f"{JSON}; charset={charset}") == (400, [])


def test_the_place_within_a_field_is_told(api: Client) -> None:
    body = {"name": "A", "url": "http://a.example/", "tags": ["a", 5]}
    error = api.post("/api/v1/services/", body, JSON).json()["error"]
    assert error["fields"] == {"tags": "1: Input should be a valid string"}
