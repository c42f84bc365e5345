from typing import Any

import pytest
from django.test import Client

from monitors.actions import channels
from monitors.models import Channel
from monitors.tests.clock import NOON
from monitors.tests.factories import a_channel, a_service
from monitors.tests.receiver import Receiver

pytestmark = pytest.mark.django_db
JSON = "application/json"
PATH = "/api/v1/channels/"

WEBHOOK = {"name": "Hook", "kind": "webhook", "target": "https://hook.example/x"}
EMAIL = {"name": "Ops e-mail", "kind": "email", "target": "ada@example.com"}
SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"


def test_an_installation_without_channels_lists_none(api: Client) -> None:
    answer = api.get(PATH)
    assert (answer.status_code, answer.json()) == (200, [])


def test_a_channel_is_created_with_its_defaults(api: Client) -> None:
    answer = api.post(PATH, EMAIL, JSON)
    assert answer.status_code == 201, answer.content
    found = answer.json()
    assert found == {
        "id": Channel.objects.get().pk,
        **EMAIL,
        "tags": [],
        "services": [],
        "orphaned": False,
        "events": ["down", "up"],
        "enabled": True,
        "disabled_reason": "",
        "group_s": 30,
        "remind_every_s": 0,
        "escalate_after_s": 0,
        "quiet_from": None,
        "quiet_until": None,
        "time_zone": "UTC",
        "breaks_through": [],
        "previous_secret_until": None,
        "unreadable_secrets": [],
        "created_at": found["created_at"],
        "signing_secret": None,
    }


def test_every_setting_may_be_given(api: Client) -> None:
    given = EMAIL | {
        "tags": ["db", "web"],
        "services": [a_service().pk],
        "events": ["down", "up", "degraded", "certificate", "reminder", "flapping", "monitor"],
        "enabled": False,
        "group_s": 0,
        "remind_every_s": 3_600,
        "escalate_after_s": 600,
        "quiet_from": "22:00",
        "quiet_until": "07:30",
        "time_zone": "Europe/Berlin",
        "breaks_through": ["down"],
    }
    answer = api.post(PATH, given, JSON)
    assert answer.status_code == 201, answer.content
    assert {name: answer.json()[name] for name in given} == given


def test_the_signing_secret_of_a_webhook_is_told_once(api: Client) -> None:
    made = api.post(PATH, WEBHOOK, JSON).json()
    secret = str(Channel.objects.get().signing_secret)
    assert made["signing_secret"] == secret
    assert secret.startswith("whsec_")
    one = f"{PATH}{made['id']}/"
    for answer in (api.get(PATH), api.get(one), api.patch(one, {"group_s": 0}, JSON)):
        assert answer.status_code == 200
        assert b"signing_secret" not in answer.content
        assert secret.encode() not in answer.content


def test_the_signing_secret_is_rotated(api: Client) -> None:
    made = api.post(PATH, WEBHOOK, JSON).json()
    answer = api.post(f"{PATH}{made['id']}/rotate-secret")
    channel = Channel.objects.get()
    assert answer.json() == {"signing_secret": channel.signing_secret}
    assert channel.previous_secret == made["signing_secret"] != channel.signing_secret
    assert api.get(f"{PATH}{made['id']}/").json()["previous_secret_until"] is not None


def test_only_webhooks_have_one_to_rotate(api: Client) -> None:
    made = api.post(PATH, EMAIL, JSON).json()
    assert api.post(f"{PATH}{made['id']}/rotate-secret").status_code == 404


def test_a_target_comes_back_without_its_secrets(api: Client) -> None:
    made = api.post(PATH, {"name": "Slack", "kind": "apprise", "target": SLACK}, JSON)
    assert made.status_code == 201, made.content
    assert "TIiajkdnlazkcOXrIdevi7FQ" not in made.content.decode()
    assert made.json()["target"].startswith("slack://T...2/A...D/T...Q/")


def test_a_masked_target_that_is_sent_back_changes_nothing(api: Client) -> None:
    made = api.post(PATH, {"name": "Slack", "kind": "apprise", "target": SLACK}, JSON).json()
    answer = api.patch(f"{PATH}{made['id']}/", {"target": made["target"], "group_s": 5}, JSON)
    assert answer.status_code == 200
    channel = Channel.objects.get()
    assert (channel.target, channel.group_s) == (SLACK, 5)


def test_a_change_leaves_the_rest_as_it_is(api: Client) -> None:
    service = a_service()
    given = WEBHOOK | {"tags": ["web"], "services": [service.pk], "quiet_from": "22:00"}
    made = api.post(PATH, given | {"quiet_until": "06:00"}, JSON).json()
    del made["signing_secret"]
    one = f"{PATH}{made['id']}/"
    assert api.patch(one, {"name": "Renamed"}, JSON).json() == made | {"name": "Renamed"}
    assert api.patch(one, {"services": []}, JSON).json()["tags"] == ["web"]
    assert api.patch(one, {"tags": []}, JSON).json()["tags"] == []
    off = api.patch(one, {"enabled": False, "quiet_from": None, "quiet_until": None}, JSON).json()
    assert (off["enabled"], off["quiet_from"], off["quiet_until"]) == (False, None, None)
    assert Channel.objects.get().target == WEBHOOK["target"]


def test_a_name_that_is_taken_is_a_conflict(api: Client) -> None:
    a_channel("Hook")
    other = a_channel("Other")
    for answer in (
        api.post(PATH, WEBHOOK, JSON),
        api.patch(f"{PATH}{other.pk}/", {"name": "Hook"}, JSON),
    ):
        assert answer.status_code == 409
        assert answer.json()["error"]["fields"] == {"name": "Another channel has this name."}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"kind": "pigeon"}, "kind"),
        ({"target": ""}, "target"),
        ({"target": "nobody"}, "target"),
        ({"target": "ada@example.com, nobody"}, "target"),
        ({"target": "x" * 2_001}, "target"),
        ({"kind": "webhook", "target": "ftp://a.example/"}, "target"),
        ({"kind": "webhook", "target": "hook"}, "target"),
        ({"kind": "apprise", "target": "nothing://known"}, "target"),
        ({"kind": "apprise", "target": "slack://"}, "target"),
        ({"events": []}, "events"),
        ({"events": ["sideways"]}, "events"),
        ({"events": "down"}, "events"),
        ({"breaks_through": ["sideways"]}, "breaks_through"),
        ({"services": [999]}, "services"),
        ({"services": [0]}, "services"),
        ({"services": [2**63]}, "services"),
        ({"services": ["1"]}, "services"),
        ({"services": [1] * 501}, "services"),
        ({"tags": ["a,b"]}, "tags"),
        ({"tags": [" "]}, "tags"),
        ({"tags": ["x" * 51]}, "tags"),
        ({"tags": ["x"] * 21}, "tags"),
        ({"group_s": -1}, "group_s"),
        ({"group_s": 3_601}, "group_s"),
        ({"remind_every_s": 604_801}, "remind_every_s"),
        ({"escalate_after_s": 604_801}, "escalate_after_s"),
        ({"group_s": "30"}, "group_s"),
        ({"enabled": "yes"}, "enabled"),
        ({"quiet_from": "22:00"}, "quiet_until"),
        ({"quiet_until": "22:00"}, "quiet_from"),
        ({"quiet_from": "22:00", "quiet_until": "22:00"}, "quiet_until"),
        ({"quiet_from": "25:00", "quiet_until": "06:00"}, "quiet_from"),
        ({"quiet_from": "٢٢:00", "quiet_until": "06:00"}, "quiet_from"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_what_is_wrong_is_named(api: Client, change: dict[str, Any], field: str) -> None:
    answer = api.post(PATH, EMAIL | change, JSON)
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, [field])
    assert not Channel.objects.exists()


def test_the_kind_of_a_channel_stays(api: Client) -> None:
    answer = api.patch(f"{PATH}{a_channel().pk}/", {"kind": "email"}, JSON)
    assert answer.status_code == 422


def test_how_often_it_reminds_says_that_it_does(api: Client) -> None:
    made = api.post(PATH, EMAIL | {"remind_every_s": 900}, JSON).json()
    assert made["events"] == ["down", "up", "reminder"]


def test_a_channel_is_deleted(api: Client) -> None:
    one = f"{PATH}{a_channel().pk}/"
    assert api.delete(one).status_code == 204
    assert [api.delete(one).status_code, api.get(one).status_code] == [404, 404]
    assert api.patch(one, {"group_s": 0}, JSON).status_code == 404
    assert api.post(f"{one}rotate-secret").status_code == 404


def test_a_secret_that_cannot_be_read_is_named_and_kept(api: Client, settings: Any) -> None:
    made = channels.create(WEBHOOK, [], [], NOON)
    key, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    one = f"{PATH}{made.pk}/"
    told = api.get(one).json()
    assert (told["target"], told["unreadable_secrets"]) == ("", ["target", "signing_secret"])
    assert api.patch(one, {"group_s": 0}, JSON).status_code == 200
    settings.SECRET_KEY = key
    assert Channel.objects.get().target == WEBHOOK["target"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_takes_as_many_queries_for_three_as_for_one(
    api: Client, count: int, django_assert_num_queries: Any
) -> None:
    service = a_service()
    for number in range(count):
        channels.create(EMAIL | {"name": f"Mail {number}"}, ["web"], [service.pk], NOON)
    api.get(PATH)
    with django_assert_num_queries(4):  # the key, channels, tags, services
        found = api.get(PATH).json()
    assert [(one["tags"], one["services"]) for one in found] == [(["web"], [service.pk])] * count


def test_a_long_list_is_read_in_parts(api: Client) -> None:
    ids = [a_channel(f"Channel {number}").pk for number in range(4)]
    parts = [api.get(f"{PATH}?limit=2").json(), api.get(f"{PATH}?after={ids[1]}").json()]
    assert [[one["id"] for one in part] for part in parts] == [ids[:2], ids[2:]]


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", ""), ("post", ""), ("get", "1/"), ("patch", "1/"), ("delete", "1/")],
)
def test_without_a_key_nobody_gets_in(client: Client, method: str, path: str) -> None:
    a_channel()
    answer = getattr(client, method)(PATH + path, {}, content_type=JSON)
    assert answer.status_code == 401
    assert Channel.objects.count() == 1


def test_a_test_gives_the_answer_of_the_other_side(api: Client, hook: Receiver) -> None:
    good = api.post(PATH, WEBHOOK | {"target": hook.url}, JSON).json()
    answer = api.post(f"{PATH}{good['id']}/test")
    assert (answer.status_code, answer.json()) == (
        200,
        {"delivered": True, "answer": "204 No Content"},
    )
    refusing = {"name": "Bad", "target": "http://127.0.0.1:1/"}
    bad = api.post(PATH, WEBHOOK | refusing, JSON).json()
    answer = api.post(f"{PATH}{bad['id']}/test/")
    assert answer.status_code == 200
    assert answer.json()["delivered"] is False
    assert answer.json()["answer"].startswith("connection refused by 127.0.0.1 port 1")
    assert api.post(f"{PATH}999/test").status_code == 404


@pytest.mark.usefixtures("no_place_left")
def test_tests_hold_few_threads_of_the_server(api: Client, hook: Receiver) -> None:
    made = api.post(PATH, WEBHOOK | {"target": hook.url}, JSON).json()
    answer = api.post(f"{PATH}{made['id']}/test")
    assert (answer.status_code, answer["Retry-After"], hook.received) == (503, "2", [])
