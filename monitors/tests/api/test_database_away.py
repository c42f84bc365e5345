"""While the database is locked or away the API says so, and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from monitors.models import Service, ServiceStatus
from monitors.tests.factories import a_service
from monitors.tests.local_server import LocalServer
from monitors.tests.locked import locked_database, unreachable_database

pytestmark = pytest.mark.django_db(transaction=True)
JSON = "application/json"
CALLS = [
    ("POST", "/api/v1/services/", '{"name": "B", "url": "http://b.example/"}'),
    ("PATCH", "/api/v1/services/{}/", '{"name": "B"}'),
    ("DELETE", "/api/v1/services/{}/", ""),
]


@pytest.fixture
def caller(api: Client) -> Client:
    api.get("/api/v1/services/")  # notes the first use of the key
    api.raise_request_exception = False
    return api


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_what_writes_is_unavailable_while_it_is_locked(
    caller: Client, method: str, path: str, body: str
) -> None:
    service = a_service(name="A")
    with locked_database():
        answer = caller.generic(method, path.format(service.pk), body, JSON)
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert answer.json() == {
        "error": {
            "code": "service_unavailable",
            "message": "The database is locked or away. Try again in a few seconds.",
            "fields": {},
        }
    }
    assert [service.name for service in Service.objects.all()] == ["A"]


def test_a_check_that_could_not_be_stored_says_what_it_found(
    caller: Client, target: LocalServer
) -> None:
    service = a_service(url=target.url, now=timezone.now())
    with locked_database():
        answer = caller.get(f"/api/v1/services/{service.pk}/status")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert answer.json()["error"] == {
        "code": "service_unavailable",
        "message": "Checked (UP, 200 OK), but the result could not be stored: "
        "the database is locked or away. Try again in a few seconds.",
        "fields": {},
    }
    assert not ServiceStatus.objects.exists()


def test_reading_goes_on_while_it_is_locked(caller: Client) -> None:
    a_service()
    with locked_database():
        assert len(caller.get("/api/v1/services/").json()) == 1


def test_the_button_says_it_too(caller: Client, user: User, target: LocalServer) -> None:
    caller.force_login(user)
    service = a_service(url=target.url, now=timezone.now())
    with locked_database():
        answer = caller.post(f"/services/{service.pk}/check/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    page = answer.content.decode()
    assert "Database unavailable" in page
    assert "Checked (UP, 200 OK), but the result could not be stored" in page


def test_a_database_that_cannot_be_reached_is_no_mistake_of_the_server(
    caller: Client, user: User
) -> None:
    caller.force_login(user)
    with unreachable_database():
        for path in ("/", "/accounts/login/", "/api/v1/services/"):
            answer = caller.get(path)
            assert (answer.status_code, answer["Retry-After"]) == (503, "10"), path
            assert ("html" in answer["Content-Type"]) is ("api" not in path)
    assert caller.get("/api/v1/services/").status_code == 200


@contextmanager
def tables_of_before() -> Iterator[None]:
    """Take a column away, and the word that its migration was run."""
    rows = MigrationRecorder.Migration.objects.filter(app="monitors")
    newest = rows.order_by("-name")[0]
    newest.delete()
    _rename("flapping_since", "not_there_yet")
    try:
        yield
    finally:
        _rename("not_there_yet", "flapping_since")
        MigrationRecorder.Migration.objects.create(app="monitors", name=newest.name)


def _rename(old: str, new: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE monitors_service RENAME COLUMN {old} TO {new}")


def test_tables_of_before_are_told_from_a_database_that_is_away(caller: Client, user: User) -> None:
    caller.force_login(user)
    service = a_service()
    with tables_of_before():
        for path in (f"/services/{service.pk}/", f"/api/v1/services/{service.pk}/"):
            answer = caller.get(path)
            assert answer.status_code == 503
            assert "tables are older than this program; run: python manage.py migrate" in (
                answer.content.decode()
            )
    assert caller.get(f"/services/{service.pk}/").status_code == 200


def test_a_statement_that_is_wrong_is_a_mistake_of_the_server(
    caller: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*_: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT no_such_column FROM monitors_service")

    monkeypatch.setattr("monitors.api.services.services.delete", wrong)
    assert caller.delete(f"/api/v1/services/{a_service().pk}/").status_code == 500
