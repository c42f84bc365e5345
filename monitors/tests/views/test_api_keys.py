"""Keys have owners, and end with them."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from monitors.actions.api_keys import issue
from monitors.models import ApiKey
from monitors.tests.clock import NOON
from monitors.tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob() -> User:
    return User.objects.create_user("bob", password=PASSWORD)


def opens(key: str) -> dict[str, int]:
    bearer = {"Authorization": f"Bearer {key}"}
    paths = ("/api/v1/services/", "/metrics", "/api/v1/openapi.json")
    return {path: Client().get(path, headers=bearer).status_code for path in paths}


ALL = {"/api/v1/services/": 200, "/metrics": 200, "/api/v1/openapi.json": 200}


def test_a_key_made_on_the_page_belongs_to_whoever_made_it(signed_in: Client, user: User) -> None:
    signed_in.post("/accounts/keys/", {"name": "deploy"})
    assert ApiKey.objects.get().owner == user
    assert "<td" in (page := signed_in.get("/accounts/keys/").content.decode())
    assert ">ada</td>" in page


def test_a_key_opens_nothing_while_its_owners_account_is_off(bob: User) -> None:
    key = issue("deploy", NOON, bob)
    assert opens(key) == ALL
    User.objects.update(is_active=False)
    assert set(opens(key).values()) <= {401, 302}
    User.objects.update(is_active=True)
    assert opens(key) == ALL


def test_a_key_goes_with_its_owners_account(bob: User) -> None:
    key, other = issue("deploy", NOON, bob), issue("other", NOON)
    bob.delete()
    assert set(opens(key).values()) <= {401, 302}
    assert opens(other) == ALL


def test_a_key_made_on_the_console_needs_no_account(capsys: Any) -> None:
    call_command("create_api_key", "deploy")
    key = capsys.readouterr().out
    assert opens(key.strip()) == ALL
    assert (key.count("\n"), ApiKey.objects.get().owner) == (1, None)


def test_a_key_made_on_the_console_may_have_an_owner(bob: User, capsys: Any) -> None:
    call_command("create_api_key", "deploy", "--owner", "bob")
    assert ApiKey.objects.get().owner == bob
    assert opens(capsys.readouterr().out.strip()) == ALL


@pytest.mark.parametrize("name", ["eve", "off"])
def test_an_owner_must_be_able_to_log_in(name: str) -> None:
    User.objects.create_user("off", is_active=False)
    with pytest.raises(CommandError, match=f"^There is no active account “{name}”.$"):
        call_command("create_api_key", "deploy", "--owner", name)
    assert not ApiKey.objects.exists()


def test_the_page_costs_as_much_for_three_keys_as_for_one(
    signed_in: Client, user: User, bob: User, django_assert_num_queries: Any
) -> None:
    for owners in ([user], [bob, None]):
        for owner in owners:
            issue("k", NOON, owner)
        # Session, account, keys, and what waits to be checked.
        with django_assert_num_queries(5):
            signed_in.get("/accounts/keys/")
