"""Every service that has a form makes a URL that Apprise understands."""

from contextlib import suppress
from typing import Any

import pytest

from monitors.alerts.channels import apprise
from monitors.alerts.channels.base import BadTarget
from monitors.interfaces.forms.apprise_services import (
    BY_NAME,
    SERVICES,
    AppriseService,
    known_service,
    service_url,
)

# What somebody has of each, made up in the shape that it really has.
EXAMPLES: dict[str, dict[str, str]] = {
    "slack": {
        "webhook": "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
    },
    "discord": {
        "webhook": "https://discord.com/api/webhooks/4176296324183162/JHZ7lQml277CDHmQKMHI8qBe7bk2"
    },
    "telegram": {"token": "123456789:abcdefg_hijklmnop", "chat": "-12315544"},
    "teams": {
        "webhook": "https://prod-00.westeurope.logic.azure.com:443/workflows/"
        "643e69f83c8944438d68119179a10a64/triggers/manual/paths/invoke?api-version=2016-06-01"
        "&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=KODuebWbDGYFr0z0eu-6Rj8aUKz7108W3wrNJZxFE5A"
    },
    "ntfy": {"server": "https://ntfy.example.com:8443/", "topic": "ops", "token": "tk_s3cr3tabc"},
    "gotify": {"server": "http://push.example.com:8080/gotify", "token": "AbCdEfGhIjKlMnO"},
    "pushover": {"user": "u" * 30, "token": "a" * 30},
    "pagerduty": {"key": "a1" * 16},
    "opsgenie": {"key": "eb243592-faa2-4ba2-a551-1afdf565c889", "region": "eu"},
    "matrix": {"server": "https://matrix.org", "token": "syt_s3cr3t", "room": "#ops:example.org"},
    "signal": {
        "server": "http://signal:8080",
        "sender": "+15551234567",
        "receiver": "+15557654321",
    },
    "mattermost": {"webhook": "https://mm.example.com/hooks/abcdefghijklmnopqrstuvwxyz"},
    "rocketchat": {"webhook": "https://chat.example.com/hooks/5f1a2b3c4d/aBcDeFgHiJkLmNoPqRsTu"},
    "googlechat": {
        "webhook": "https://chat.googleapis.com/v1/spaces/AAAAk6lGXyM/messages"
        "?key=AIzaSyDdI0hCZtE6vySjMm-WEfRq3CPzqKqqsHI&token=O7b1nyri_waOpLMSzbFILAGRzgtQofPW71fEEX"
    },
    "twilio": {
        "sid": "AC" + "a1" * 16,
        "token": "b2" * 16,
        "sender": "+15551234567",
        "receiver": "+15557654321",
    },
    "vonage": {
        "key": "a1b2c3d4",
        "secret": "abcdefgh12345678",
        "sender": "+15551234567",
        "receiver": "+15557654321",
    },
    "zulip": {"organization": "acme", "bot": "uptime", "token": "a1" * 16, "stream": "ops"},
    "pushbullet": {"token": "o.abcdefghi"},
    "homeassistant": {"server": "http://ha.example:8123", "token": "eyJ0.abc.def"},
    "splunk": {"key": "a1b2-c3d4", "route": "ops"},
    "webex": {"token": "Y2" * 40},
}


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_service_makes_a_url_that_is_sent_to(service: AppriseService) -> None:
    given = EXAMPLES[service.name]
    url = service_url(service, given)
    assert apprise.clean(url) == url
    assert known_service(url) is service
    shown = apprise.masked(url)
    secrets = [given[ask.name] for ask in service.asks if ask.is_secret]
    assert not any(secret.rpartition("/")[2] in shown for secret in secrets)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
@pytest.mark.parametrize("text", ["", " ", "/", "{}", "{0}", "%", "\\", "x" * 1_000, "é", "a b"])
def test_nonsense_is_told_or_taken_but_breaks_nothing(service: AppriseService, text: str) -> None:
    given = dict.fromkeys((ask.name for ask in service.asks), text)
    with suppress(BadTarget):
        assert known_service(service_url(service, given)) is service


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({"topic": "ops"}, "ntfys://ntfy.sh/ops"),
        ({"topic": "ops", "server": "ntfy.example.com"}, "ntfys://ntfy.example.com/ops"),
        ({"topic": "ops", "server": "http://10.0.0.7:80/x/"}, "ntfy://10.0.0.7/x/ops"),
        ({"topic": "ops", "token": "tk_a/b"}, "ntfys://tk_a%2Fb@ntfy.sh/ops"),
    ],
)
def test_a_server_of_ones_own_is_named_as_people_know_it(given: dict[str, Any], url: str) -> None:
    assert service_url(BY_NAME["ntfy"], given) == url


def test_what_is_of_another_service_is_refused() -> None:
    with pytest.raises(BadTarget, match="does not look like what Slack gives out"):
        service_url(BY_NAME["slack"], EXAMPLES["discord"])


def test_the_key_of_one_hook_is_asked_for() -> None:
    with pytest.raises(BadTarget, match="/hooks/"):
        service_url(BY_NAME["mattermost"], {"webhook": "https://mm.example.com/"})


def test_a_service_without_a_form_of_its_own_is_not_known() -> None:
    assert known_service("prowl://" + "a" * 40) is None
    assert known_service("nothing") is None
