"""Fixtures that many tests share."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from monitors.actions import api_keys
from monitors.engine.check_now import AT_ONCE, place

from .clock import NOON
from .installation import Installation, migrated_database
from .local_server import LocalServer, local_server
from .receiver import Receiver, receiver

PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    # The real hash is slow on purpose; what is tested here is not the hash.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def target() -> Iterator[LocalServer]:
    """Run a web server of this machine to check."""
    with local_server() as server:
        yield server


@pytest.fixture
def hook() -> Iterator[Receiver]:
    """Run a server of this machine to post to."""
    with receiver() as server:
        yield server


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_superuser("ada", password=PASSWORD)


@pytest.fixture
def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


@pytest.fixture
def api(client: Client, db: None) -> Client:
    """Give a client that sends a valid API key."""
    key = api_keys.issue("tests", NOON)
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return client


@pytest.fixture
def installation() -> Iterator[Installation]:
    """Set up a whole installation of its own: a migrated database, and processes on it."""
    with migrated_database() as url, Installation.on(url) as made:
        yield made


@pytest.fixture
def no_place_left() -> Iterator[None]:
    """Have so many checks on request under way in this process that no other is begun."""
    with ExitStack() as taken:
        for _ in range(AT_ONCE):
            taken.enter_context(place())
        yield
