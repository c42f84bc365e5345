from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from monitors.actions import channels, services, stored_secrets
from monitors.models import Channel, Service
from monitors.models.fields import secret_fields
from monitors.tests.clock import NOON
from monitors.tests.conftest import PASSWORD
from monitors.tests.factories import a_service
from monitors.tests.stored_secrets import SECRETS, in_database, with_secrets

pytestmark = pytest.mark.django_db

COUNT = len(secret_fields(Service))


@pytest.fixture
def new_key(settings: Any) -> str:
    """Keep SECRET_KEY as a fallback from when the test calls `change_key`."""
    return str(settings.SECRET_KEY)


def change_key(settings: Any, *fallbacks: str) -> None:
    settings.SECRET_KEY_FALLBACKS = list(fallbacks)
    settings.SECRET_KEY = "the new one"


def test_after_a_rotation_the_old_key_is_not_needed(settings: Any, new_key: str) -> None:
    service = with_secrets()
    change_key(settings, new_key)
    done = stored_secrets.rotate()
    assert (done.rewritten, done.current, done.unreadable) == (len(SECRETS), 0, [])
    settings.SECRET_KEY_FALLBACKS = []
    found = Service.objects.get()
    assert {name: getattr(found, name) for name in SECRETS} == SECRETS
    assert found.revision == service.revision


def test_the_secrets_of_channels_are_rotated(settings: Any, new_key: str) -> None:
    given = {"name": "Hook", "kind": "webhook", "target": "https://hook.example/"}
    made = channels.create(given, [], [], NOON)
    channel = channels.rotate_secret(made.pk, NOON)
    change_key(settings, new_key)
    assert stored_secrets.rotate().rewritten == len(secret_fields(Channel)) == 3
    settings.SECRET_KEY_FALLBACKS = []
    found = Channel.objects.get()
    assert (found.target, found.signing_secret, found.previous_secret) == (
        channel.target,
        channel.signing_secret,
        channel.previous_secret,
    )


def test_what_is_under_the_first_key_is_left_alone(settings: Any, new_key: str) -> None:
    with_secrets()
    change_key(settings, new_key)
    stored_secrets.rotate()
    before = in_database()
    again = stored_secrets.rotate()
    assert (again.rewritten, again.current) == (0, len(SECRETS))
    assert in_database() == before


def test_all_services_are_gone_through(settings: Any, new_key: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(stored_secrets, "BATCH", 2)
    for number in range(5):
        a_service(bearer_token=f"t{number}")
        a_service()
    change_key(settings, new_key)
    assert stored_secrets.rotate().rewritten == 5


def test_what_no_key_opens_is_named_and_left_as_it_is(
    settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    service = a_service(username="ada", password="pw")
    before = Service.objects.filter(password__gt="").count()
    change_key(settings)
    with pytest.raises(CommandError, match=rf"^1 .*\(service {service.pk}: password\)"):
        call_command("rotate_secrets")
    assert capsys.readouterr().out.startswith("Re-encrypted 0 secrets; 0 were")
    assert Service.objects.filter(password__gt="").count() == before == 1


def test_a_secret_that_is_replaced_during_the_rotation_stays_replaced(
    settings: Any, new_key: str
) -> None:
    service = a_service(bearer_token="old")
    change_key(settings, new_key)
    done = stored_secrets.Rotation()
    for rows in stored_secrets._batches(Service, secret_fields(Service)):
        services.edit(service.pk, {"bearer_token": "newer"}, None, NOON)
        stored_secrets._rotate_row(Service, rows[0], done)
    assert (done.rewritten, Service.objects.get().bearer_token) == (0, "newer")


def test_sessions_go_on_under_a_new_key(
    settings: Any, new_key: str, client: Client, user: Any
) -> None:
    client.post("/accounts/login/", {"username": "ada", "password": PASSWORD})
    change_key(settings, new_key)
    assert client.get("/accounts/keys/").status_code == 200
    # From then on it is signed with the new key.
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get("/accounts/keys/").status_code == 200
