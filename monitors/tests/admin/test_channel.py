from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from monitors.actions import channels
from monitors.models import Channel
from monitors.tests.clock import NOON
from monitors.tests.factories import a_channel, a_service
from monitors.tests.views.test_channels import KEY, SLACK, form

pytestmark = pytest.mark.django_db

LIST = "/admin/monitors/channel/"


def act(client: Client, action: str, *chosen: Channel, **more: str) -> str:
    given = {"action": action, "_selected_action": [channel.pk for channel in chosen]} | more
    return client.post(LIST, given, follow=True).content.decode()


def test_a_channel_is_added_by_the_action_of_the_site(signed_in: Client) -> None:
    service = a_service()
    given = form(kind="webhook", target="https://hook.example/", about="some", tags="web")
    added = signed_in.post(f"{LIST}add/", given | {"services": [service.pk]}, follow=True)
    channel = Channel.objects.get()
    assert (channel.kind, channel.target) == ("webhook", "https://hook.example/")
    assert ([tag.name for tag in channel.tags.all()], channel.services.get()) == (["web"], service)
    secret = str(channel.signing_secret)
    assert secret.startswith("whsec_")
    assert secret not in added.content.decode()


def test_no_secret_is_shown_and_an_empty_one_stays(signed_in: Client) -> None:
    channel = a_channel("Slack", kind="apprise", target=SLACK)
    path = f"{LIST}{channel.pk}/change/"
    pages = signed_in.get(path).content.decode() + signed_in.get(LIST).content.decode()
    assert KEY not in pages
    assert signed_in.post(path, form(name="Renamed", target="")).status_code == 302
    channel.refresh_from_db()
    assert (channel.name, channel.target, channel.kind) == ("Renamed", SLACK, "apprise")


@pytest.mark.parametrize("change", [{"target": "nobody"}, {"events": []}, {"kind": "pigeon"}])
def test_the_rules_are_those_of_the_site(signed_in: Client, change: dict[str, Any]) -> None:
    answer = signed_in.post(f"{LIST}add/", form(kind="email") | change)
    assert list(answer.context["adminform"].form.errors) == list(change)
    assert not Channel.objects.exists()


def test_channels_are_disabled_enabled_and_deleted(signed_in: Client) -> None:
    one, other = a_channel("One"), a_channel("Other")
    assert "Disabled 2 channels." in act(signed_in, "disable", one, other)
    assert not Channel.objects.enabled().exists()
    assert "Enabled 1 channels." in act(signed_in, "enable", one)
    act(signed_in, "delete_selected", one, post="yes")
    assert Channel.objects.get() == other
    assert signed_in.post(f"{LIST}{other.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Channel.objects.exists()


def test_who_may_only_look_changes_nothing(settings: Any) -> None:
    made = User.objects.create_user("bob", is_staff=True)
    made.user_permissions.set(Permission.objects.filter(codename="view_channel"))
    client = Client()
    client.force_login(made)
    channel = channels.create({"name": "Slack", "kind": "apprise", "target": SLACK}, [], [], NOON)
    shown = client.get(f"{LIST}{channel.pk}/change/").content.decode()
    assert KEY not in shown
    act(client, "disable", channel)
    client.post(f"{LIST}{channel.pk}/change/", form(name="Renamed", target=""))
    channel.refresh_from_db()
    assert (channel.enabled, channel.name) == (True, "Slack")
