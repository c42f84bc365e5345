import pytest
from django.test import Client

from monitors.domain.result import Status
from monitors.models import Service
from monitors.tests.factories import a_service, checked

pytestmark = pytest.mark.django_db
JSON = "application/json"


def test_an_installation_without_services_lists_none(api: Client) -> None:
    answer = api.get("/api/v1/services/")
    assert (answer.status_code, answer.json()) == (200, [])


def test_a_long_list_is_read_in_parts(api: Client) -> None:
    ids = [a_service().pk for _ in range(5)]

    def part(query: str) -> list[int]:
        return [service["id"] for service in api.get(f"/api/v1/services/{query}").json()]

    assert part("") == ids
    assert (part("?limit=2"), part(f"?limit=2&after={ids[1]}")) == (ids[:2], ids[2:4])
    assert part(f"?after={ids[4]}") == []


def test_the_list_says_of_each_service_what_it_says_of_itself(api: Client) -> None:
    checked(a_service(tags=["b", "a"], headers="X-A: 1"), Status.UP, Status.DOWN)
    a_service(tags=["b"], paused=True)
    a_service(locations="paris, oslo")
    listed = api.get("/api/v1/services/").json()
    assert [found["tags"] for found in listed] == [["a", "b"], ["b"], []]
    assert [found["next_check_at"] is None for found in listed] == [False, True, False]
    assert listed == [api.get(f"/api/v1/services/{found['id']}/").json() for found in listed]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "limit=x", "after=-1", f"after={2**63}"]
)
def test_a_part_of_the_list_that_cannot_be_is_refused(api: Client, query: str) -> None:
    answer = api.get(f"/api/v1/services/?{query}")
    assert answer.status_code == 422
    assert query.partition("=")[0] in answer.json()["error"]["fields"]


def test_a_service_is_created_with_its_defaults(api: Client) -> None:
    data = {"name": "Example Service", "url": "https://example.com"}
    answer = api.post("/api/v1/services/", data, JSON)
    assert answer.status_code == 201
    found = answer.json()
    service = Service.objects.get()
    assert {name: found[name] for name in ("id", "name", "url", "state", "paused", "tags")} == {
        "id": service.pk,
        "name": "Example Service",
        "url": "https://example.com",
        "state": "UNKNOWN",
        "paused": False,
        "tags": [],
    }
    defaults = {
        "method": "GET",
        "interval_s": 60,
        "timeout_s": 5.0,
        "expected_status": "200-299",
        "follow_redirects": True,
        "verify_tls": True,
        "degraded_after_ms": None,
        "failures_before_down": 2,
        "successes_before_up": 1,
        "retry_interval_s": 15,
        "tls_expiry_warn_days": 14,
    }
    assert {name: found[name] for name in defaults} == defaults


def test_every_setting_may_be_given(api: Client) -> None:
    given = {
        "name": "All of it",
        "url": "http://a.example/x",
        "method": "POST",
        "body": "{}",
        "username": "ada",
        "interval_s": 30,
        "timeout_s": 2.5,
        "expected_status": "200-299, 304",
        "follow_redirects": False,
        "verify_tls": False,
        "keyword": "ok",
        "keyword_absent": "error",
        "json_path": "$.status",
        "json_compare": "contains",
        "pattern": "o+k",
        "response_header": "X-Up: yes",
        "prefer_ipv6": True,
        "json_expected": "up",
        "json_match": "all",
        "degraded_after_ms": 800.0,
        "failures_before_down": 3,
        "successes_before_up": 2,
        "retry_interval_s": 5,
        "tls_expiry_warn_days": 30,
        "tags": ["blue", "red"],
        "paused": True,
    }
    secret = {
        "headers": {"X-Key": "abc"},
        "secret_headers": {"X-Secret": "s3cret"},
        "password": "pw-s3cret",
    }
    answer = api.post("/api/v1/services/", given | secret, JSON)
    assert answer.status_code == 201, answer.content
    assert {name: answer.json()[name] for name in given} == given
    service = Service.objects.get()
    assert (service.headers, service.secret_headers, service.password) == (
        "X-Key: abc",
        "X-Secret: s3cret",
        "pw-s3cret",
    )
    found = answer.json()
    assert (found["header_names"], found["secret_header_names"]) == (["X-Key"], ["X-Secret"])
    assert (found["has_password"], found["has_bearer_token"]) == (True, False)
    assert b"s3cret" not in answer.content


def test_an_address_that_is_there_already_is_a_conflict(api: Client) -> None:
    a_service(name="First", url="https://example.com/")
    data = {"name": "Second", "url": "HTTPS://EXAMPLE.com:443#x"}
    answer = api.post("/api/v1/services/", data, JSON)
    sentence = "“First” already monitors this URL."
    assert (answer.status_code, answer.json()) == (
        409,
        {"error": {"code": "conflict", "message": sentence, "fields": {"url": sentence}}},
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "example"}, "url"),
        ({"url": "ftp://example.com/"}, "url"),
        ({"url": ""}, "url"),
        ({"url": None}, "url"),
        ({"name": ""}, "name"),
        ({"name": "x" * 500}, "name"),
        ({"name": 5}, "name"),
        ({"interval_s": 0}, "interval_s"),
        ({"interval_s": 604_801}, "interval_s"),
        ({"interval_s": "often"}, "interval_s"),
        ({"timeout_s": 0.05}, "timeout_s"),
        ({"timeout_s": 60.5}, "timeout_s"),
        ({"expected_status": "2xx"}, "expected_status"),
        ({"json_path": "$["}, "json_path"),
        ({"json_path": "$[?@.a =~ /(/]"}, "json_path"),
        ({"json_path": "$[?@.a > 1e99999]"}, "json_path"),
        ({"json_path": "$..*[?count(@..*) > 1]"}, "json_path"),
        ({"json_path": "$.a", "json_match": "some"}, "json_match"),
        ({"json_path": "$.a", "json_compare": "<", "json_expected": "ten"}, "json_expected"),
        ({"method": "BREW"}, "method"),
        ({"headers": {"Bad name": "x"}}, "headers"),
        ({"tags": "red"}, "tags"),
        ({"tags": ["red", "a,b"]}, "tags"),
        ({"pattern": "("}, "pattern"),
        ({"ca_bundle": "no certificate"}, "ca_bundle"),
        ({"json_compare": "~"}, "json_compare"),
        ({"secret_headers": {"no good": "x"}}, "secret_headers"),
        ({"response_header": "no good"}, "response_header"),
        ({"username": "ada", "bearer_token": "t"}, "bearer_token"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_value_is_named_with_its_reason(
    api: Client, change: dict[str, object], field: str
) -> None:
    data = {"name": "A", "url": "http://a.example/"} | change
    answer = api.post("/api/v1/services/", data, JSON)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert (error["code"], list(error["fields"])) == ("invalid", [field])
    assert error["fields"][field]
    assert not Service.objects.exists()


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({}, "any"),
        ({"json_compare": "contains"}, "any"),
        ({"json_compare": "!="}, "all"),
        ({"json_compare": "<", "json_expected": "1"}, "all"),
        ({"json_compare": "!=", "json_match": "any"}, "any"),
        ({"json_compare": "!=", "json_match": None}, "all"),
    ],
)
def test_how_many_values_must_hold_is_told_where_nobody_chose(
    api: Client, given: dict[str, str | None], shown: str
) -> None:
    data = {"name": "A", "url": "http://a.example/", "json_path": "$.a", "json_expected": "x"}
    answer = api.post("/api/v1/services/", data | given, JSON)
    assert (answer.status_code, answer.json()["json_match"]) == (201, shown)


def test_a_missing_field_is_named(api: Client) -> None:
    answer = api.post("/api/v1/services/", {"name": "A"}, JSON)
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, ["url"])


def test_a_password_in_the_url_is_kept_out_of_sight(api: Client) -> None:
    data = {"name": "A", "url": "https://ada:s3cret@a.example/x"}
    answer = api.post("/api/v1/services/", data, JSON)
    assert answer.json()["url"] == "https://a.example/x"
    assert b"s3cret" not in answer.content
    service = Service.objects.get()
    assert (service.username, service.password) == ("ada", "s3cret")


def test_a_change_leaves_the_rest_alone(api: Client) -> None:
    service = a_service(
        name="Old", interval_s=30, username="ada", password="pw", tags=["kept"], verify_tls=False
    )
    answer = api.patch(f"/api/v1/services/{service.pk}/", {"name": "New"}, JSON)
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert (found["name"], found["interval_s"], found["tags"], found["verify_tls"]) == (
        "New",
        30,
        ["kept"],
        False,
    )
    service.refresh_from_db()
    assert (service.username, service.password) == ("ada", "pw")


def test_a_switch_can_be_turned_off_and_a_limit_taken_away(api: Client) -> None:
    service = a_service(degraded_after_ms=500.0, tags=["red"])
    change: dict[str, object] = {"follow_redirects": False, "degraded_after_ms": None, "tags": []}
    found = api.patch(f"/api/v1/services/{service.pk}/", change, JSON).json()
    assert {name: found[name] for name in change} == change


def test_pausing_by_the_api(api: Client) -> None:
    service = checked(a_service(), Status.UP)
    found = api.patch(f"/api/v1/services/{service.pk}/", {"paused": True}, JSON).json()
    assert (found["paused"], found["state"], found["next_check_at"]) == (True, "UNKNOWN", None)


def test_deleting(api: Client) -> None:
    service = a_service()
    answer = api.delete(f"/api/v1/services/{service.pk}/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert not Service.objects.exists()


def test_the_list_costs_the_same_number_of_queries_for_one_and_for_three(
    api: Client, django_assert_num_queries: object
) -> None:
    api.get("/api/v1/services/")  # notes the first use of the key
    for names in ([["a"]], [["b"], ["c"]]):
        for tags in names:
            checked(a_service(tags=tags), Status.UP)
        # The key, the services, their tags, their due times, what they depend on, maintenance.
        with django_assert_num_queries(6):  # type: ignore[operator]
            assert api.get("/api/v1/services/").status_code == 200


@pytest.mark.parametrize("field", ["headers", "secret_headers"])
@pytest.mark.parametrize(
    "given",
    [
        {"X-A": "a\r\nX-B: b"},
        {"X-A": "a\nb"},
        {"X-A\nX-B": "b"},
        {"X-A:X-B": "b"},
        {"Host": "a\r\n\r\nGET / HTTP/1.1"},
        {"Content-Length": "3"},
        {f"X-{number}": "a" for number in range(51)},
    ],
)
def test_a_header_that_would_be_two_is_refused(
    api: Client, field: str, given: dict[str, str]
) -> None:
    data = {"name": "A", "url": "http://a.example/", field: given}
    answer = api.post("/api/v1/services/", data, JSON)
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, [field])
    assert not Service.objects.exists()


def test_the_names_of_headers_hold_nothing_of_their_values(api: Client) -> None:
    secret = "a\u2028secret: \x85more"
    data = {"name": "A", "url": "http://a.example/", "secret_headers": {"X-A": secret}}
    answer = api.post("/api/v1/services/", data, JSON)
    assert answer.json()["secret_header_names"] == ["X-A"]
    assert Service.objects.get().check_spec().secret_headers == (("X-A", secret),)
