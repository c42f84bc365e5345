"""What a message says."""

import json
import re
from typing import Any

import pytest
from django.urls import resolve

from monitors.actions.signed_links import read_acknowledge_token
from monitors.alerts.rendering import MAX_LISTED, render
from monitors.domain.alerting import DIGEST, TEST, ChannelKind, Event, Facts
from monitors.tests.clock import NOON, noon_plus

from .messages import a_channel, a_message, add, down, up

pytestmark = pytest.mark.django_db

SITE = "https://uptime.example.com"


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL = SITE


def test_one_service_down_says_what_since_when_and_why() -> None:
    told = render(a_message("down", down(), channel=a_channel(name="Ops")), NOON)
    assert told.subject == "Shop 7 is down: connection refused by 192.0.2.7 port 443"
    start, _, acknowledge = told.text.partition("Acknowledge: ")
    assert start == (
        "Shop 7 is down\n"
        "\n"
        "Why: connection refused by 192.0.2.7 port 443\n"
        "Since: 2026-03-01 11:59:30 UTC\n"
        "Address: https://s7.example/\n"
        "Tags: prod, web\n"
        "\n"
        f"Details: {SITE}/incidents/107/\n"
    )
    link, _, foot = acknowledge.partition("\n")
    token = link.removeprefix(f"{SITE}/incidents/acknowledge/").removesuffix("/")
    assert read_acknowledge_token(token) == (107, "Ops")
    assert foot == "\nSent to the channel “Ops”."


def test_its_links_lead_to_pages_that_are_there() -> None:
    told = render(a_message("down", down(), channel=a_channel(name="Ops ☎ " + "x" * 190)), NOON)
    found = re.findall(rf"{SITE}(\S+)", told.text)
    assert [resolve(path).url_name for path in found] == [
        "incident-show",
        "incident-acknowledge-link",
    ]


def test_its_times_are_by_the_clocks_of_the_installation(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    assert "Since: 2026-03-01 12:59:30 CET" in render(a_message("down", down()), NOON).text


def test_without_an_address_of_the_site_there_are_no_links(settings: Any) -> None:
    settings.SITE_URL = ""
    channel = a_channel(ChannelKind.EMAIL, target="a@example.com")
    told = render(a_message("down", down(), channel=channel), NOON)
    assert "Details" not in told.text + told.html
    assert "Acknowledge" not in told.text + told.html
    assert told.payload["data"]["incident"]["url"] is None


@pytest.mark.parametrize(
    ("event", "facts", "subject"),
    [
        (Event.UP, up(), "Shop 7 is up again after 5 min"),
        (Event.UP, up(ending="paused"), "Shop 7 was paused after 5 min down"),
        (Event.UP, up(ending="edited"), "Shop 7 was given another address after 5 min down"),
        (Event.UP, up(ending="deleted"), "Shop 7 was deleted after 5 min down"),
        (Event.REMINDER, down(started_at=noon_plus(-7200)), "Shop 7 is still down after 2 h"),
        (
            Event.DEGRADED,
            down(message="200 OK after 900 ms, slower than 500 ms"),
            "Shop 7 is degraded: 200 OK after 900 ms, slower than 500 ms",
        ),
        (Event.CERTIFICATE, down(number=7), "The certificate of Shop 7 expires in 7 days"),
        (Event.CERTIFICATE, down(number=1), "The certificate of Shop 7 expires in 1 day"),
        (Event.CERTIFICATE, down(number=-1), "The certificate of Shop 7 has expired"),
        (Event.CERTIFICATE, down(number=0), "The certificate of Shop 7 expires within a day"),
        (
            Event.FLAPPING,
            down(number=5),
            "Shop 7 is flapping, down 5 times within a short while",
        ),
        (
            Event.MONITOR,
            Facts(message="none of the canary addresses answers"),
            "Trouble of the monitor itself: none of the canary addresses answers",
        ),
        (
            Event.MONITOR,
            Facts(started_at=noon_plus(-300), resolved_at=NOON, message="It was cut off."),
            "The monitor is well again: It was cut off.",
        ),
    ],
)
def test_each_event_has_its_words(event: Event, facts: Facts, subject: str) -> None:
    assert render(a_message(event, facts), NOON).subject == subject


def test_a_recovery_says_from_when_to_when_and_what_it_was() -> None:
    told = render(a_message("up", up(state="DEGRADED")), NOON)
    assert told.is_recovery
    assert told.text.startswith(
        "Shop 7 is up again after 5 min\n"
        "\n"
        "It was: connection refused by 192.0.2.7 port 443\n"
        "From: 2026-03-01 11:55:00 UTC\n"
        "Until: 2026-03-01 12:00:00 UTC\n"
        "Now: it answers, but it is degraded\n"
    )
    assert "Acknowledge" not in told.text


def test_several_are_one_list() -> None:
    told = render(a_message("down", *(down(number) for number in range(1, 13))), NOON)
    assert told.subject == "12 services are down: Shop 1, Shop 2, Shop 3 and 9 more"
    assert told.text.count("\n- Shop ") == 12
    assert f"Open incidents: {SITE}/incidents/?open=true" in told.text
    assert [service["id"] for service in told.payload["data"]["services"]] == [*range(1, 13)]


def test_outages_that_ended_in_different_ways_are_over() -> None:
    told = render(a_message("up", up(1), up(2, ending="paused")), NOON)
    assert told.subject == "2 outages are over: Shop 1, Shop 2"


def test_very_many_are_listed_in_full_only_for_programs() -> None:
    message = a_message("down", *(down(number) for number in range(1, MAX_LISTED + 101)))
    message.channel.kind = ChannelKind.EMAIL.value  # type: ignore[union-attr]
    told = render(message, NOON)
    assert told.text.count("\n- Shop ") == MAX_LISTED
    assert "\nand 100 more\n" in told.text
    assert told.html.count('<div class="alert down">') == MAX_LISTED
    assert "<p>and 100 more</p>" in told.html
    assert len(told.payload["data"]["services"]) == len(told.items) == MAX_LISTED + 100


def test_the_body_of_a_webhook() -> None:
    assert render(a_message("up", up()), noon_plus(600)).payload == {
        "type": "service.up",
        "version": 1,
        "timestamp": "2026-03-01T12:00:00.000Z",
        "data": {
            "message": "Shop 7 is up again after 5 min",
            "incident": {
                "id": 107,
                "started_at": "2026-03-01T11:55:00.000Z",
                "resolved_at": "2026-03-01T12:00:00.000Z",
                "duration_s": 300.0,
                "reason": "connect",
                "message": "connection refused by 192.0.2.7 port 443",
                "ending": "recovered",
                "url": f"{SITE}/incidents/107/",
            },
            "services": [
                {
                    "id": 7,
                    "name": "Shop 7",
                    "url": "https://s7.example/",
                    "tags": ["prod", "web"],
                    "event": "up",
                    "state": "UP",
                    "message": "connection refused by 192.0.2.7 port 443",
                    "incident": {
                        "id": 107,
                        "started_at": "2026-03-01T11:55:00.000Z",
                        "resolved_at": "2026-03-01T12:00:00.000Z",
                        "duration_s": 300.0,
                        "reason": "connect",
                        "message": "connection refused by 192.0.2.7 port 443",
                        "ending": "recovered",
                        "url": f"{SITE}/incidents/107/",
                    },
                }
            ],
        },
    }


def test_down_and_up_have_one_key_and_one_incident() -> None:
    fell, rose = (render(a_message(event, facts), NOON) for event, facts in BOTH)
    assert fell.incident_key == rose.incident_key == "incident-107"
    assert fell.payload["data"]["incident"]["id"] == rose.payload["data"]["incident"]["id"]
    assert fell.payload["data"]["incident"]["resolved_at"] is None


BOTH = (("down", down()), ("up", up()))


def test_every_attempt_says_the_same() -> None:
    message = a_message("down", down(), down(8))
    first, later = render(message, NOON), render(message, noon_plus(86_000))
    assert (first.subject, first.text, first.html) == (later.subject, later.text, later.html)
    assert first.payload == later.payload
    assert (later.timestamp, later.created_at) == (noon_plus(86_000), NOON)


def test_a_digest_counts_and_says_how_it_came_about() -> None:
    extra = {"standstill_s": 12_000, "told_late": True, "text": "Folded into one."}
    message = a_message(DIGEST, down(1), down(2), extra=extra)
    add(message, Event.UP, up(2), 2)
    told = render(message, NOON)
    assert told.subject == "Summary: 2 down, 1 recovered"
    assert told.text.startswith(
        "Summary: 2 down, 1 recovered\n"
        "\n"
        "Folded into one.\n"
        "The monitor stood still for 3 h 20 min: it saw nothing then, and sent nothing.\n"
        "This comes late: it could not be sent when it happened.\n"
        "\n"
        "- Shop 1 is down: connection refused by 192.0.2.7 port 443\n"
    )
    assert told.payload["type"] == "monitor.digest"
    assert [service["event"] for service in told.payload["data"]["services"]] == [
        "down",
        "down",
        "up",
    ]


def test_a_test_says_so() -> None:
    told = render(a_message(TEST, channel=a_channel(name="Ops")), NOON)
    assert told.subject == "Test of the channel “Ops”"
    assert told.payload["type"] == "monitor.test"
    assert told.payload["data"]["services"] == []


@pytest.mark.parametrize(
    "strange",
    [
        "x" * 10_000,
        "<script>alert(1)</script>",
        "{{ settings.SECRET_KEY }}{% now 'Y' %}",
        "Shop\r\nBcc: victim@example.com\r\n\r\nbody",
        "\u202egnihton si siht\u2066",
        "مرحبا بالعالم",
        '"}]}\\',
        "\x01\x1b[31m",
    ],
)
def test_whatever_a_name_holds_is_one_bounded_line_and_no_markup(strange: str) -> None:
    channel = a_channel(ChannelKind.EMAIL, target="a@example.com")
    facts = down(service_name=strange, message=strange, service_url=strange, tags=(strange,) * 40)
    told = render(a_message("down", facts, channel=channel), NOON)
    assert told.subject.isprintable()
    assert len(told.subject) <= 150
    assert all(line.isprintable() for line in told.text.split("\n"))
    assert len(told.text) < 8_000
    assert "<script>alert" not in told.html
    assert "Bcc:" not in [line[:4] for line in told.text.split("\n")]
    if strange.startswith("{{"):
        assert "{{ settings.SECRET_KEY }}" in told.text
    data = json.loads(json.dumps(told.payload))["data"]
    assert data["services"][0]["name"] == strange


def test_many_cost_one_query(django_assert_num_queries: Any) -> None:
    message = a_message("down", *(down(number) for number in range(1, 4)))
    with django_assert_num_queries(1):
        render(message, NOON)
