import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from monitors.actions.signed_links import acknowledge_token
from monitors.models import Incident
from monitors.tests.incidents import an_incident

pytestmark = pytest.mark.django_db


def link(incident: Incident, channel: str = "Ops") -> str:
    return f"/incidents/acknowledge/{acknowledge_token(incident.pk, channel)}/"


def test_following_the_link_changes_nothing_and_the_button_does(client: Client) -> None:
    incident = an_incident(service_name="Shop")
    path = link(incident)
    for method in ("get", "head"):
        assert getattr(client, method)(path).status_code == 200
    page = client.get(path).content.decode()
    assert "<h1>Shop is down</h1>" in page
    assert "Acknowledge</button>" in page
    incident.refresh_from_db()
    assert incident.acknowledged_at is None
    done = client.post(path, follow=True)
    assert (done.redirect_chain, done.status_code) == ([(path, 302)], 200)
    assert "<strong>Acknowledged</strong> by Ops" in done.content.decode()
    assert "Acknowledge</button>" not in done.content.decode()
    incident.refresh_from_db()
    assert incident.acknowledged_by == "Ops"


def test_a_second_press_keeps_the_first(client: Client) -> None:
    incident = an_incident()
    client.post(link(incident))
    client.post(link(incident, "Somebody else"))
    incident.refresh_from_db()
    assert incident.acknowledged_by == "Ops"
    assert incident.events.count() == 1


def test_the_button_works_in_a_browser_that_checks_for_forgery() -> None:
    strict = Client(enforce_csrf_checks=True)
    path = link(an_incident())
    assert strict.post(path).status_code == 403
    found = re.search(
        r'name="csrfmiddlewaretoken" value="(\w+)"', strict.get(path).content.decode()
    )
    assert found is not None
    assert strict.post(path, {"csrfmiddlewaretoken": found[1]}).status_code == 302
    assert Incident.objects.get().acknowledged_by == "Ops"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("token", ["x", "a:b", "W10:x", "%F0%9F%98%80", "x" * 5_000, "é:é"])
def test_a_link_that_was_changed_leads_nowhere_in_words(
    client: Client, method: str, token: str
) -> None:
    an_incident()
    answer = getattr(client, method)(f"/incidents/acknowledge/{token}/")
    assert answer.status_code == 404
    assert "This link does not work" in answer.content.decode()
    assert Incident.objects.get().acknowledged_at is None


def test_the_token_of_one_incident_is_not_that_of_another(client: Client) -> None:
    first, second = an_incident(), an_incident()
    payload = acknowledge_token(second.pk, "Ops").rpartition(":")[0]
    signature = acknowledge_token(first.pk, "Ops").rpartition(":")[2]
    assert client.post(f"/incidents/acknowledge/{payload}:{signature}/").status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_over_is_said_to_be_over(client: Client, method: str) -> None:
    incident = an_incident(service_name="Shop", end=90)
    answer = getattr(client, method)(link(incident))
    assert answer.status_code == 410
    assert "The incident on Shop is over" in answer.content.decode()
    assert "1 min 30 s" in answer.content.decode()
    incident.refresh_from_db()
    assert incident.acknowledged_at is None


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_incident_that_is_gone_is_said_to_be_gone(client: Client, method: str) -> None:
    incident = an_incident()
    path = link(incident)
    incident.delete()
    answer = getattr(client, method)(path)
    assert answer.status_code == 410
    assert "This link does not work" in answer.content.decode()


def test_nobody_keeps_the_page_or_learns_its_address(client: Client) -> None:
    for answer in (client.get(link(an_incident())), client.get("/incidents/acknowledge/x/")):
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        # None at all would have browsers send the form with no origin, which is refused.
        assert answer["Referrer-Policy"] == "same-origin"
        assert "://" not in re.sub(r"https?://testserver", "", answer.content.decode())


def test_other_methods_are_refused(client: Client) -> None:
    assert client.put(link(an_incident())).status_code == 405


def test_who_is_logged_in_sees_it_too(client: Client, user: User) -> None:
    client.force_login(user)
    assert client.get(link(an_incident())).status_code == 200
