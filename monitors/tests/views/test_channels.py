"""The pages of channels."""

from typing import Any

import pytest
from django.test import Client

from monitors.actions import channels
from monitors.interfaces.forms import chosen_services
from monitors.models import Channel, Message
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_channel, a_service
from monitors.tests.receiver import Receiver

pytestmark = pytest.mark.django_db

NEW = "/channels/new/"
SLACK = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
KEY = "TIiajkdnlazkcOXrIdevi7FQ"


def form(**changes: Any) -> dict[str, Any]:
    """Give what a browser sends of the form for e-mail."""
    filled = {
        "name": "Ops e-mail",
        "target": "ada@example.com\nbob@example.com",
        "enabled": "on",
        "events": ["down", "up"],
        "about": "all",
        "tags": "",
        "group_s": "30",
        "remind_every_s": "0",
        "escalate_after_s": "0",
        "quiet_from": "",
        "quiet_until": "",
        "time_zone": "UTC",
    }
    return filled | changes


def a_message(channel: Channel, **values: Any) -> Message:
    given = {
        "channel_name": channel.name,
        "event": "down",
        "event_id": f"msg_{Message.objects.count()}",
        "created_at": NOON,
        "attempts": 1,
    }
    return Message.objects.create(channel=channel, **(given | values))


def test_an_empty_list_offers_the_first_channel(signed_in: Client) -> None:
    page = signed_in.get("/channels/").content.decode()
    assert "Nobody is alerted yet" in page
    assert 'href="/channels/new/?kind=email"' in page


def test_every_kind_and_service_leads_to_its_form(signed_in: Client) -> None:
    page = signed_in.get(NEW).content.decode()
    offered = [part.partition('"')[0] for part in page.split('<a href="?kind=')[1:]]
    assert len(offered) > 20
    for query in offered:
        answer = signed_in.get(f"{NEW}?kind={query.replace('&amp;', '&')}")
        assert (answer.status_code, "<form" in answer.content.decode()) == (200, True)


@pytest.mark.parametrize("query", ["?kind=pigeon", "?kind=", "?service=slack", "?kind=%00"])
def test_what_is_no_kind_asks_which(signed_in: Client, query: str) -> None:
    assert "Via Apprise" in signed_in.get(NEW + query).content.decode()


def test_a_name_and_addresses_are_enough(signed_in: Client) -> None:
    given = {"name": "Ops", "target": "ada@example.com"}
    answer = signed_in.post(f"{NEW}?kind=email", given)
    channel = Channel.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/channels/{channel.pk}/")
    assert (channel.kind, channel.events, channel.enabled) == ("email", ["down", "up"], True)
    assert (channel.group_s, channel.time_zone) == (30, "UTC")


def test_everything_is_chosen_on_one_page(signed_in: Client) -> None:
    service = a_service()
    given = form(
        events=["down", "certificate"],
        about="some",
        tags="web, db",
        services=[service.pk],
        group_s="0",
        remind_every_s="3600",
        escalate_after_s="600",
        quiet_from="22:00",
        quiet_until="07:30",
        time_zone="Europe/Berlin",
        breaks_through=["monitor"],
    )
    shown = signed_in.post(f"{NEW}?kind=email", given, follow=True).content.decode()
    channel = Channel.objects.get()
    assert channel.target == "ada@example.com\nbob@example.com"
    assert channel.events == ["down", "certificate", "reminder"]
    assert [tag.name for tag in channel.tags.all()] == ["db", "web"]
    assert list(channel.services.all()) == [service]
    for words in ("22:00 to 07:30, Europe/Berlin", "every 1 h while down", "within 10 min"):
        assert words in shown


def test_the_secret_of_a_webhook_is_shown_once(signed_in: Client) -> None:
    given = form(name="Hook", target="https://hook.example/")
    shown = signed_in.post(f"{NEW}?kind=webhook", given)
    channel = Channel.objects.get()
    secret = str(channel.signing_secret)
    assert secret in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    for path in ("", "edit/", "delete/"):
        assert secret not in signed_in.get(f"/channels/{channel.pk}/{path}").content.decode()
    again = signed_in.post(f"/channels/{channel.pk}/rotate-secret/").content.decode()
    channel.refresh_from_db()
    assert (channel.previous_secret, str(channel.signing_secret) in again) == (secret, True)
    assert secret not in again


def test_only_a_webhook_gets_a_new_secret(signed_in: Client) -> None:
    channel = a_channel(kind="email", target="ada@example.com")
    shown = signed_in.post(f"/channels/{channel.pk}/rotate-secret/", follow=True)
    assert "Only webhooks have a signing secret." in shown.content.decode()


def test_a_service_of_apprise_asks_for_what_it_needs(signed_in: Client) -> None:
    path = f"{NEW}?kind=apprise&service=slack"
    assert 'name="service_webhook"' in signed_in.get(path).content.decode()
    given = form(name="Slack", service_webhook=SLACK)
    del given["target"]
    shown = signed_in.post(path, given, follow=True).content.decode()
    channel = Channel.objects.get()
    assert KEY in str(channel.target)
    edit = signed_in.get(f"/channels/{channel.pk}/edit/").content.decode()
    assert KEY not in shown + edit
    assert "slack://T...2/A...D/T...Q" in shown
    assert 'name="service_webhook"' in edit


@pytest.mark.parametrize(
    ("webhook", "sentence"),
    [
        ("", "This field is required."),
        ("https://discord.com/api/webhooks/1/2", "This does not look like what Slack gives out."),
        ("https://hooks.slack.com/", "This does not look like what Slack gives out."),
        ("nonsense", "This does not look like what Slack gives out."),
    ],
)
def test_what_does_not_fit_the_service_is_told(
    signed_in: Client, webhook: str, sentence: str
) -> None:
    given = form(service_webhook=webhook)
    answer = signed_in.post(f"{NEW}?kind=apprise&service=slack", given)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"service_webhook": [sentence]}


def test_a_secret_that_is_left_empty_stays(signed_in: Client) -> None:
    channel = a_channel("Slack", kind="apprise", target=SLACK)
    path = f"/channels/{channel.pk}/edit/"
    signed_in.post(path, form(name="Renamed", service_webhook=""))
    channel.refresh_from_db()
    assert (channel.name, channel.target) == ("Renamed", SLACK)
    other = SLACK.replace(KEY, "A" * 24)
    signed_in.post(path, form(name="Renamed", service_webhook=other))
    channel.refresh_from_db()
    assert "A" * 24 in str(channel.target)


def test_the_secret_part_of_a_webhook_is_not_shown_and_stays(signed_in: Client) -> None:
    target = "https://hook.example/x?token=s3cret"
    channel = a_channel(target=target)
    path = f"/channels/{channel.pk}/edit/"
    assert "s3cret" not in signed_in.get(path).content.decode()
    assert signed_in.post(path, form(target="")).status_code == 302
    channel.refresh_from_db()
    assert channel.target == target


def test_addresses_of_e_mail_are_shown_to_be_changed(signed_in: Client) -> None:
    channel = a_channel(kind="email", target="ada@example.com")
    page = signed_in.get(f"/channels/{channel.pk}/edit/").content.decode()
    assert ">\nada@example.com</textarea>" in page


def test_boxes_that_are_unticked_are_off(signed_in: Client) -> None:
    channel = a_channel(kind="email", target="ada@example.com", breaks_through=["down"])
    given = form(events=["up"])
    del given["enabled"]
    signed_in.post(f"/channels/{channel.pk}/edit/", given)
    channel.refresh_from_db()
    assert (channel.enabled, channel.events, channel.breaks_through) == (False, ["up"], [])


def test_about_all_forgets_what_was_chosen(signed_in: Client) -> None:
    service = a_service()
    channel = channels.create(
        {"name": "Mail", "kind": "email", "target": "ada@example.com"}, ["x"], [service.pk], NOON
    )
    given = form(about="all", tags="x", services=[service.pk])
    signed_in.post(f"/channels/{channel.pk}/edit/", given)
    assert (channel.tags.count(), channel.services.count()) == (0, 0)


def test_unticking_the_last_service_asks_what_it_is_about(signed_in: Client) -> None:
    answer = signed_in.post(f"{NEW}?kind=email", form(about="some"))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"about": ["Give a tag or choose a service."]}


def test_services_beyond_the_list_are_named(signed_in: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(chosen_services, "LISTED", 1)
    first, second, third = (a_service(name=f"S {number}") for number in range(3))
    page = signed_in.get(f"{NEW}?kind=email").content.decode()
    assert ("S 0" in page, "S 1" in page, 'name="others"' in page) == (True, False, True)
    given = form(about="some", services=[first.pk], others=f"S 1\n{third.url}\n")
    signed_in.post(f"{NEW}?kind=email", given)
    channel = Channel.objects.get()
    assert set(channel.services.all()) == {first, second, third}
    # What is chosen is in the list, wherever it stands by its name.
    assert "S 2" in signed_in.get(f"/channels/{channel.pk}/edit/").content.decode()
    wrong = signed_in.post(f"{NEW}?kind=email", form(name="B", about="some", others="nobody"))
    assert wrong.context["form"].errors["others"] == ["There is no service “nobody”."]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"target": "nobody"}, "target"),
        ({"target": ""}, "target"),
        ({"events": []}, "events"),
        ({"services": ["x"], "about": "some"}, "services"),
        ({"group_s": "x"}, "group_s"),
        ({"quiet_from": "22:00"}, "quiet_until"),
        ({"time_zone": "Mars"}, "time_zone"),
    ],
)
def test_an_error_stands_at_its_field(
    signed_in: Client, change: dict[str, Any], field: str
) -> None:
    answer = signed_in.post(f"{NEW}?kind=email", form(**change))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Channel.objects.exists()


def test_a_name_is_taken_once(signed_in: Client) -> None:
    a_channel("Ops e-mail")
    answer = signed_in.post(f"{NEW}?kind=email", form())
    assert answer.context["form"].errors == {"name": ["Another channel has this name."]}


def test_a_channel_is_disabled_and_enabled(signed_in: Client) -> None:
    channel = a_channel()
    path = f"/channels/{channel.pk}/switch/"
    off = signed_in.post(path, {"enabled": "off"}, follow=True).content.decode()
    assert ("Disabled: no alerts are sent." in off, Channel.objects.get().enabled) == (
        True,
        False,
    )
    signed_in.post(path, {"enabled": "on"})
    assert Channel.objects.get().enabled


def test_deleting_asks_first(signed_in: Client) -> None:
    channel = a_channel()
    path = f"/channels/{channel.pk}/delete/"
    assert "Delete Channel?" in signed_in.get(path).content.decode()
    assert Channel.objects.exists()
    assert signed_in.post(path)["Location"] == "/channels/"
    assert not Channel.objects.exists()


def test_the_list_says_how_the_last_message_went(signed_in: Client) -> None:
    good, bad, unused = a_channel("Good"), a_channel("Bad"), a_channel("Unused")
    a_message(good, delivered_at=NOON, answer="200 OK")
    a_message(bad, delivered_at=NOON, answer="200 OK")
    a_message(bad, answer="500: no luck", next_try_at=noon_plus(60))
    a_message(unused, attempts=0, next_try_at=noon_plus(60))
    rows = {row.channel.name: row for row in signed_in.get("/channels/").context["page"].channels}
    assert {name: (row.is_failing, row.waiting) for name, row in rows.items()} == {
        "Good": (False, 0),
        "Bad": (True, 1),
        "Unused": (False, 1),
    }
    page = signed_in.get("/channels/").content.decode()
    assert ("500: no luck" in page, "none yet" in page) == (True, True)


def test_a_channel_shows_every_attempt_with_its_answer(signed_in: Client) -> None:
    channel = a_channel()
    message = a_message(channel, attempts=2, answer="500: no luck", gave_up_at=noon_plus(9))
    for number, answer in enumerate(("connection refused", "500: no luck")):
        message.delivery_attempts.create(at=noon_plus(number), delivered=False, answer=answer)
    page = signed_in.get(f"/channels/{channel.pk}/").content.decode()
    for words in ("given up", "connection refused", "500: no luck", "2 attempts"):
        assert words in page


def test_a_channel_whose_service_was_deleted_says_that_it_is_for_none(signed_in: Client) -> None:
    channel = a_channel(orphaned=True)
    assert "no service" in signed_in.get(f"/channels/{channel.pk}/").content.decode()
    edit = signed_in.get(f"/channels/{channel.pk}/edit/").context["form"]
    assert edit.initial["about"] == "some"


def test_a_target_that_cannot_be_read_is_told_and_kept(
    signed_in: Client, user: Any, settings: Any
) -> None:
    channel = a_channel(kind="email", target="ada@example.com")
    key, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    signed_in.force_login(user)
    shown = signed_in.get(f"/channels/{channel.pk}/")
    assert "The stored target cannot be read: SECRET_KEY has changed." in shown.content.decode()
    edited = signed_in.post(f"/channels/{channel.pk}/edit/", form(name="Renamed", target=""))
    assert edited.status_code == 302
    settings.SECRET_KEY = key
    channel.refresh_from_db()
    assert (channel.name, channel.target) == ("Renamed", "ada@example.com")


def test_what_somebody_else_has_changed_meanwhile_is_told(signed_in: Client) -> None:
    channel = a_channel(kind="email", target="ada@example.com")
    path = f"/channels/{channel.pk}/edit/"
    seen = signed_in.get(path).context["form"].initial["seen"]
    channels.edit(channel.pk, {"group_s": 60, "target": "eve@example.com"}, ["web"], None, NOON)
    stale = signed_in.post(path, form(seen=seen))
    assert stale.status_code == 409
    told = list(map(str, stale.context["form"].non_field_errors()))
    assert told[0].startswith("Somebody else changed this channel while you edited it.")
    assert [sentence.partition(":")[0] for sentence in told[1:]] == [
        "E-mail addresses",
        "Group alerts within",
        "Tags",
    ]
    assert Channel.objects.get().group_s == 60
    again = stale.context["form"]["seen"].value()
    assert signed_in.post(path, form(seen=again)).status_code == 302
    assert Channel.objects.get().group_s == 30


def test_a_form_that_others_have_left_alone_is_saved(signed_in: Client) -> None:
    channel = a_channel(kind="email", target="ada@example.com")
    path = f"/channels/{channel.pk}/edit/"
    seen = signed_in.get(path).context["form"].initial["seen"]
    channels.rotate_secret(a_channel("Other").pk, NOON)
    assert signed_in.post(path, form(seen=seen)).status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_three_as_for_one(
    signed_in: Client, count: int, django_assert_num_queries: Any
) -> None:
    service = a_service()
    for number in range(count):
        settings = {"name": f"Mail {number}", "kind": "email", "target": "ada@example.com"}
        made = channels.create(settings, ["web"], [service.pk], NOON)
        a_message(made, delivered_at=NOON)
    with django_assert_num_queries(12):
        signed_in.get("/channels/")


def test_markup_is_shown_as_text(signed_in: Client) -> None:
    channel = a_channel("<script>alert(1)</script>")
    a_message(channel, answer="<script>alert(2)</script>")
    for path in ("/channels/", *(f"/channels/{channel.pk}/{p}" for p in ("", "edit/", "delete/"))):
        assert "<script>alert" not in signed_in.get(path).content.decode()


@pytest.mark.parametrize("path", ["", "edit/", "delete/"])
@pytest.mark.parametrize("number", ["999", "99999999999999999999999"])
def test_an_unknown_channel_is_not_found(signed_in: Client, path: str, number: str) -> None:
    assert signed_in.get(f"/channels/{number}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["switch", "rotate-secret"])
def test_what_changes_something_wants_post(signed_in: Client, path: str) -> None:
    channel = a_channel()
    assert signed_in.get(f"/channels/{channel.pk}/{path}/").status_code == 405
    assert signed_in.post(f"/channels/999/{path}/").status_code == 404


def test_a_test_shows_what_the_other_side_answers(signed_in: Client, hook: Receiver) -> None:
    channel = channels.create({"name": "H", "kind": "webhook", "target": hook.url}, [], [], NOON)
    shown = signed_in.post(f"/channels/{channel.pk}/test/", follow=True).content.decode()
    assert "Test delivered: 204 No Content" in shown
    assert [request.method for request in hook.received] == ["POST"]
    assert Message.objects.get().event == "test"


def test_a_test_that_does_not_arrive_says_why(signed_in: Client) -> None:
    settings = {"name": "H", "kind": "webhook", "target": "http://127.0.0.1:1/"}
    channel = channels.create(settings, [], [], NOON)
    shown = signed_in.post(f"/channels/{channel.pk}/test/", follow=True).content.decode()
    assert "Test not delivered: connection refused by 127.0.0.1 port 1" in shown


def test_a_test_of_e_mail_is_sent(signed_in: Client, mailoutbox: list[Any]) -> None:
    channel = a_channel(kind="email", target="ada@example.com")
    signed_in.post(f"/channels/{channel.pk}/test/")
    assert [mail.to for mail in mailoutbox] == [["ada@example.com"]]


@pytest.mark.usefixtures("no_place_left")
def test_tests_hold_few_threads_of_the_server(signed_in: Client, hook: Receiver) -> None:
    channel = channels.create({"name": "H", "kind": "webhook", "target": hook.url}, [], [], NOON)
    shown = signed_in.post(f"/channels/{channel.pk}/test/", follow=True).content.decode()
    assert ("try again in a few seconds" in shown, hook.received) == (True, [])


def test_a_service_says_who_will_be_told(signed_in: Client) -> None:
    service, other = a_service(tags=["web"]), a_service()
    settings = {"name": "Web team", "kind": "email", "target": "ada@example.com"}
    channels.create(settings, ["web"], [], NOON)
    page = signed_in.get(f"/services/{service.pk}/").content.decode()
    assert ("Web team" in page, "(down, recovered)" in page) == (True, True)
    page = signed_in.get(f"/services/{other.pk}/").content.decode()
    assert ("Web team" in page, "Nobody is alerted" in page) == (False, True)


def test_the_first_channel_is_offered_after_the_first_service(signed_in: Client) -> None:
    offer = "Nobody is alerted when a service goes down."
    assert offer not in signed_in.get("/").content.decode()
    service = {"name": "Shop", "url": "https://shop.example/"}
    added = signed_in.post("/services/add/", service, follow=True).content.decode()
    assert 'href="/channels/new/?kind=email"' in added
    assert offer in signed_in.get("/").content.decode()
    a_channel(enabled=False)
    assert offer not in signed_in.get("/").content.decode()
