import pytest
from django.contrib.auth.models import User
from django.test import Client

from monitors.actions.accounts import setup_token
from monitors.models import ApiKey
from monitors.tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def setup_form(**changes: str) -> dict[str, str]:
    form = {
        "token": setup_token(),
        "username": "ada",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    return form | changes


def test_the_first_visit_leads_to_the_set_up(client: Client) -> None:
    answer = client.get("/", follow=True)
    assert answer.redirect_chain == [("/accounts/login/?next=/", 302), ("/setup/", 302)]
    assert answer.status_code == 200


def test_the_token_makes_the_first_account_and_logs_it_in(client: Client) -> None:
    answer = client.post("/setup/", setup_form())
    assert (answer.status_code, answer["Location"]) == (302, "/")
    made = User.objects.get()
    assert (made.username, made.is_staff, made.is_superuser) == ("ada", True, True)
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"token": "guess"}, "token"),
        ({"token": ""}, "token"),
        ({"username": ""}, "username"),
        ({"password1": "12345", "password2": "12345"}, "password2"),
        ({"password2": "other"}, "password2"),
    ],
)
def test_a_stranger_gets_nothing(client: Client, change: dict[str, str], field: str) -> None:
    answer = client.post("/setup/", setup_form(**change))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not User.objects.exists()


def test_once_there_is_an_account_the_token_is_worth_nothing(client: Client, user: User) -> None:
    for answer in (client.get("/setup/"), client.post("/setup/", setup_form(username="eve"))):
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    assert User.objects.get() == user


def test_log_in_and_out(client: Client, user: User) -> None:
    wrong = client.post("/accounts/login/", {"username": "ada", "password": "wrong"})
    assert (wrong.status_code, bool(wrong.context["form"].errors)) == (200, True)
    right = client.post(
        "/accounts/login/?next=/services/add/", {"username": "ada", "password": PASSWORD}
    )
    assert right["Location"] == "/services/add/"
    assert client.get("/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/").status_code == 302


def test_log_in_leads_to_no_other_site(client: Client, user: User) -> None:
    form = {"username": "ada", "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post("/accounts/login/", form)["Location"] == "/"


def test_the_password_is_changed(signed_in: Client, user: User) -> None:
    new = "an even longer passphrase"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    answer = signed_in.post("/accounts/password/", form, follow=True)
    assert answer.redirect_chain == [("/accounts/password/done/", 302)]
    user.refresh_from_db()
    assert user.check_password(new)


def test_a_key_is_shown_once(signed_in: Client) -> None:
    made = signed_in.post("/accounts/keys/", {"name": "deploy"})
    key = made.context["new_key"]
    assert key in made.content.decode()
    again = signed_in.get("/accounts/keys/")
    assert key not in again.content.decode()
    assert "deploy" in again.content.decode()


def test_a_key_is_revoked(signed_in: Client, client: Client) -> None:
    key = signed_in.post("/accounts/keys/", {"name": "deploy"}).context["new_key"]
    bearer = {"Authorization": f"Bearer {key}"}
    assert client.get("/api/v1/services/", headers=bearer).status_code == 200
    signed_in.post(f"/accounts/keys/{ApiKey.objects.get().pk}/revoke/")
    assert client.get("/api/v1/services/", headers=bearer).status_code == 401


def test_a_key_needs_a_name(signed_in: Client) -> None:
    answer = signed_in.post("/accounts/keys/", {"name": " "})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["name"])
    assert not ApiKey.objects.exists()
