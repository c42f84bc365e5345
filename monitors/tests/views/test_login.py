"""Guessing passwords is slow, and says so; whoever only mistypes gets in."""

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.conf import settings as site
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import User
from django.db.models import F
from django.test import Client

from monitors.actions.api_keys import issue
from monitors.interfaces.login_attempts import ADDRESS_FACTOR
from monitors.tests.clock import NOON
from monitors.tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db

LIMIT = site.AXES_FAILURE_LIMIT
LOGIN, ADMIN = "/accounts/login/", "/admin/login/"
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture(autouse=True)
def _accounts(user: User) -> None:
    User.objects.create_superuser("bob", password=PASSWORD)


def attempt(
    name: str = "ada",
    password: str = "wrong",  # noqa: S107
    address: str = HOME,
    path: str = LOGIN,
    **headers: str,
) -> Any:
    client = Client(REMOTE_ADDR=address, headers=headers)
    return client.post(path, {"username": name, "password": password, "next": "/checkers/"})


def statuses(count: int, **given: Any) -> list[int]:
    return [attempt(**given).status_code for _ in range(count)]


def later(by: timedelta) -> None:
    """Let time pass, by setting what has been noted back."""
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - by)


def test_too_many_failures_are_told_in_words() -> None:
    assert statuses(LIMIT) == [200] * (LIMIT - 1) + [429]
    answer = attempt(password=PASSWORD)
    page = answer.content.decode()
    assert answer.status_code == 429
    assert "Too many failed attempts. Try again in 15 minutes." in page
    assert '<input type="hidden" name="next" value="/checkers/">' in page
    assert 890 <= int(answer["Retry-After"]) <= 900
    assert "no-store" in answer["Cache-Control"]


def test_fewer_failures_are_forgotten_once_the_password_is_right() -> None:
    for _ in range(3):
        assert statuses(LIMIT - 1) == [200] * (LIMIT - 1)
        assert attempt(password=PASSWORD)["Location"] == "/checkers/"


def test_who_waits_gets_in() -> None:
    statuses(LIMIT)
    later(timedelta(minutes=14))
    answer = attempt(password=PASSWORD)
    assert (answer.status_code, int(answer["Retry-After"]) <= 60) == (429, True)
    assert "Try again in 1 minute." in answer.content.decode()
    later(timedelta(minutes=1))
    assert attempt(password=PASSWORD).status_code == 302


def test_trying_on_does_not_make_it_longer() -> None:
    statuses(LIMIT)
    later(timedelta(minutes=14))
    assert statuses(LIMIT) == [429] * LIMIT
    later(timedelta(minutes=1))
    assert attempt(password=PASSWORD).status_code == 302


def test_nobody_keeps_an_account_out_from_elsewhere() -> None:
    statuses(LIMIT)
    assert attempt(password=PASSWORD, address=ELSEWHERE).status_code == 302


def test_an_address_that_fails_with_many_accounts_is_locked_for_all_of_them() -> None:
    tried = [attempt(name=f"n{number % 25}") for number in range(LIMIT * ADDRESS_FACTOR)]
    assert [answer.status_code for answer in tried] == [200] * (len(tried) - 1) + [429]
    answer = attempt(name="bob", password=PASSWORD)
    assert (answer.status_code, 890 <= int(answer["Retry-After"]) <= 900) == (429, True)
    assert attempt(name="bob", password=PASSWORD, address=ELSEWHERE).status_code == 302


def test_an_account_of_ones_own_buys_no_more_guesses() -> None:
    statuses(LIMIT - 1)
    assert attempt(name="bob", password=PASSWORD).status_code == 302
    assert attempt().status_code == 429


def test_another_browser_is_the_same_address() -> None:
    answers = [attempt(**{"User-Agent": f"browser {number}"}) for number in range(LIMIT)]
    assert answers[-1].status_code == 429


def test_the_admin_has_the_same_door() -> None:
    assert statuses(LIMIT, path=ADMIN)[-1] == 429
    answer = attempt(password=PASSWORD, path=ADMIN)
    assert "Too many failed attempts." in answer.content.decode()
    assert attempt(password=PASSWORD).status_code == 429


def test_keys_go_on_working() -> None:
    statuses(LIMIT)
    bearer = {"Authorization": f"Bearer {issue('k', NOON)}"}
    answer = Client(REMOTE_ADDR=HOME, headers=bearer).get("/api/v1/services/")
    assert answer.status_code == 200


def test_an_account_that_is_not_there_is_answered_like_one_that_is() -> None:
    User.objects.filter(username="bob").update(is_active=False)
    assert told("ada", "192.0.2.2") == told("bob", "192.0.2.3") == told("nobody", "192.0.2.4")


def told(name: str, address: str) -> list[tuple[int, str]]:
    answers = [attempt(name=name, address=address) for _ in range(LIMIT)]
    return [(found.status_code, found.context["form"].errors.as_text()) for found in answers]


class CountedHasher(PBKDF2PasswordHasher):
    """Counts how often a password is hashed: that is what takes time."""

    algorithm = "counted"
    iterations = 1_000
    hashed = 0

    def encode(self, *args: Any, **kwargs: Any) -> str:
        type(self).hashed += 1
        return super().encode(*args, **kwargs)


def test_a_failed_log_in_takes_as_long_for_every_name(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountedHasher"]
    User.objects.create_user("eve", password=PASSWORD)
    User.objects.create_user("off", password=PASSWORD, is_active=False)
    User.objects.create_user("without")
    took = []
    for name in ("eve", "off", "without", "nobody"):
        before = CountedHasher.hashed
        attempt(name=name)
        took.append(CountedHasher.hashed - before)
    assert took == [1, 1, 1, 1]


@pytest.mark.parametrize("claimed", ["203.0.113.{}", "203.0.113.{}, 127.0.0.1", "{}"])
def test_what_a_stranger_claims_to_be_counts_for_nothing(claimed: str) -> None:
    answers = [attempt(**{"X-Forwarded-For": claimed.format(n)}) for n in range(LIMIT)]
    assert answers[-1].status_code == 429


def test_behind_a_proxy_its_own_word_counts(settings: Any) -> None:
    settings.BEHIND_HTTPS_PROXY = True
    for number in range(LIMIT):
        answer = attempt(**{"X-Forwarded-For": f"203.0.113.{number}, {ELSEWHERE}"})
    assert answer.status_code == 429
    for client, status in ((ELSEWHERE, 429), (HOME, 302)):
        answer = attempt(password=PASSWORD, **{"X-Forwarded-For": client})
        assert answer.status_code == status


def test_a_changed_password_ends_other_sessions_and_not_this_one(user: User) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        client.post(LOGIN, {"username": "ada", "password": PASSWORD})
        assert client.get("/").status_code == 200
    new = "an even longer passphrase"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    here.post("/accounts/password/", form)
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)


def test_an_account_that_is_switched_off_is_out_at_once(user: User) -> None:
    client = Client()
    client.post(LOGIN, {"username": "ada", "password": PASSWORD})
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/").status_code == 302
