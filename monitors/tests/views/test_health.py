from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from monitors.tests.factories import a_service

pytestmark = pytest.mark.django_db


def test_all_is_well_without_a_login(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_late_checks_are_no_health(client: Client) -> None:
    a_service(now=timezone.now() - timedelta(minutes=5))
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.content == b"checks are late: 1 overdue, by up to 5 minutes\n"


def test_a_silent_database_is_no_health(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_args: object) -> None:
        raise DatabaseError

    monkeypatch.setattr("monitors.queries.health.lateness", fails)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"the database does not answer\n")
