"""What the best known services ask for, and the Apprise URL that is made of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from monitors.alerts.channels.apprise_targets import checked, service_of
from monitors.alerts.channels.base import BadTarget
from monitors.domain.targets import BadTarget as BadAddress
from monitors.domain.targets import parse_target


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that a service needs to know."""

    name: str
    label: str
    help: str = ""
    is_secret: bool = False
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class AppriseService:
    """A service that Apprise reaches, as the form knows it."""

    name: str
    label: str
    plugin: str
    """Apprise's class, by which a stored URL is recognised."""
    asks: tuple[Ask, ...]
    url: Callable[[Mapping[str, str]], str]
    """Makes the URL of what was given. May raise BadAddress or BadTarget."""


def _filled(template: str) -> Callable[[Mapping[str, str]], str]:
    """Put what was given into the places of a URL, escaped."""
    return lambda given: template.format(
        **{name: quote(value, safe="") for name, value in given.items()}
    )


def _at(scheme: str, path: str, user: str = "") -> Callable[[Mapping[str, str]], str]:
    """Make a URL of a server of one's own, whose address is given as people know it."""

    def url(given: Mapping[str, str]) -> str:
        typed = given["server"] or "https://ntfy.sh"
        parts = urlsplit(parse_target(typed if "://" in typed else f"https://{typed}").key)
        secure = scheme + ("s" if parts.scheme == "https" else "")
        where = f"{_filled(user)(given)}{parts.netloc}{parts.path.rstrip('/')}"
        return f"{secure}://{where}{_filled(path)(given)}"

    return url


def _mattermost(given: Mapping[str, str]) -> str:
    """Make a URL of https://mattermost.example.com/hooks/KEY."""
    before, key = _hook(given)
    parts = urlsplit(before)
    secure = "mmosts" if parts.scheme == "https" else "mmost"
    return f"{secure}://{parts.netloc}{parts.path.rstrip('/')}/{key}"


def _rocket_chat(given: Mapping[str, str]) -> str:
    """Make a URL of https://chat.example.com/hooks/ID/TOKEN."""
    before, key = _hook(given)
    parts = urlsplit(before)
    secure = "rockets" if parts.scheme == "https" else "rocket"
    return f"{secure}://{key}@{parts.netloc}{parts.path.rstrip('/')}"


def _hook(given: Mapping[str, str]) -> tuple[str, str]:
    before, found, key = parse_target(given["webhook"]).key.partition("/hooks/")
    if not found or not key:
        raise BadTarget("The address of an incoming webhook has /hooks/ in it.")
    return before, key.partition("?")[0].rstrip("/")


def _ntfy(given: Mapping[str, str]) -> str:
    return _at("ntfy", "/{topic}", "{token}@" if given["token"] else "")(given)


def _matrix(given: Mapping[str, str]) -> str:
    return _at("matrix", "/{room}", "{token}@")(given)


def _webhook(help_text: str) -> tuple[Ask, ...]:
    return (Ask("webhook", "Incoming webhook URL", help_text, is_secret=True),)


def _as_given(given: Mapping[str, str]) -> str:
    return given["webhook"]


_SERVER = Ask("server", "Server", "Its address, like https://push.example.com.")
_FROM_TO = (
    Ask("sender", "From", "A phone number with its country code, like +15551234567."),
    Ask("receiver", "To", "A phone number with its country code."),
)


def _secret(name: str, label: str, help_text: str = "", *, is_optional: bool = False) -> Ask:
    return Ask(name, label, help_text, is_secret=True, is_optional=is_optional)


SERVICES = (
    AppriseService(
        "slack",
        "Slack",
        "NotifySlack",
        _webhook("In Slack: your app, Incoming Webhooks. Begins with https://hooks.slack.com/."),
        _as_given,
    ),
    AppriseService(
        "discord",
        "Discord",
        "NotifyDiscord",
        _webhook("In Discord: the channel's settings, Integrations, Webhooks."),
        _as_given,
    ),
    AppriseService(
        "telegram",
        "Telegram",
        "NotifyTelegram",
        (
            _secret("token", "Bot token", "From @BotFather, like 123456789:AbC…"),
            Ask("chat", "Chat id", "A number, or the name of a channel without its @."),
        ),
        lambda given: f"tgram://{given['token']}/{quote(given['chat'], safe='')}",
    ),
    AppriseService(
        "teams",
        "Microsoft Teams",
        "NotifyWorkflows",
        _webhook("Of a workflow in Power Automate: “When a Teams webhook request is received”."),
        _as_given,
    ),
    AppriseService(
        "ntfy",
        "ntfy",
        "NotifyNtfy",
        (
            Ask("server", "Server", "Empty: https://ntfy.sh.", is_optional=True),
            Ask("topic", "Topic"),
            _secret("token", "Access token", "Begins with tk_.", is_optional=True),
        ),
        _ntfy,
    ),
    AppriseService(
        "gotify",
        "Gotify",
        "NotifyGotify",
        (_SERVER, _secret("token", "Application token")),
        _at("gotify", "/{token}"),
    ),
    AppriseService(
        "pushover",
        "Pushover",
        "NotifyPushover",
        (_secret("user", "User key"), _secret("token", "API token of the application")),
        _filled("pover://{user}@{token}"),
    ),
    AppriseService(
        "pagerduty",
        "PagerDuty",
        "NotifyPagerDuty",
        (_secret("key", "Integration key", "Of an Events API v2 integration."),),
        # Apprise wants a second key, which that API does not ask for.
        _filled("pagerduty://{key}@{key}"),
    ),
    AppriseService(
        "opsgenie",
        "Opsgenie",
        "NotifyOpsgenie",
        (
            _secret("key", "API key", "Of an API integration."),
            Ask("region", "Region", "us or eu; empty: us.", is_optional=True),
        ),
        lambda given: _filled("opsgenie://{key}/?region={region}")(
            {**given, "region": given["region"] or "us"}
        ),
    ),
    AppriseService(
        "matrix",
        "Matrix",
        "NotifyMatrix",
        (
            Ask("server", "Homeserver", "Like https://matrix.org."),
            _secret("token", "Access token", "Of an account that is in the room."),
            Ask("room", "Room", "Like #ops:example.org or !id:example.org."),
        ),
        _matrix,
    ),
    AppriseService(
        "signal",
        "Signal",
        "NotifySignalAPI",
        (Ask("server", "Server", "Of signal-cli-rest-api, like http://signal:8080."), *_FROM_TO),
        _at("signal", "/{sender}/{receiver}"),
    ),
    AppriseService(
        "mattermost",
        "Mattermost",
        "NotifyMattermost",
        _webhook("Like https://mattermost.example.com/hooks/…"),
        _mattermost,
    ),
    AppriseService(
        "rocketchat",
        "Rocket.Chat",
        "NotifyRocketChat",
        _webhook("Like https://chat.example.com/hooks/…/…"),
        _rocket_chat,
    ),
    AppriseService(
        "googlechat",
        "Google Chat",
        "NotifyGoogleChat",
        _webhook("In the space: Apps & integrations, Webhooks."),
        _as_given,
    ),
    AppriseService(
        "twilio",
        "SMS by Twilio",
        "NotifyTwilio",
        (Ask("sid", "Account SID", "Begins with AC."), _secret("token", "Auth token"), *_FROM_TO),
        _filled("twilio://{sid}:{token}@{sender}/{receiver}"),
    ),
    AppriseService(
        "vonage",
        "SMS by Vonage",
        "NotifyVonage",
        (_secret("key", "API key"), _secret("secret", "API secret"), *_FROM_TO),
        _filled("vonage://{key}:{secret}@{sender}/{receiver}"),
    ),
    AppriseService(
        "zulip",
        "Zulip",
        "NotifyZulip",
        (
            Ask("organization", "Organization", "Of https://ORGANIZATION.zulipchat.com."),
            Ask("bot", "Bot name", "What stands before -bot@ in its address."),
            _secret("token", "API key of the bot"),
            Ask("stream", "Channel", "Its name, without spaces."),
        ),
        _filled("zulip://{bot}@{organization}/{token}/{stream}"),
    ),
    AppriseService(
        "pushbullet",
        "Pushbullet",
        "NotifyPushBullet",
        (_secret("token", "Access token"),),
        _filled("pbul://{token}"),
    ),
    AppriseService(
        "homeassistant",
        "Home Assistant",
        "NotifyHomeAssistant",
        (_SERVER, _secret("token", "Long-lived access token")),
        _at("hassio", "/{token}"),
    ),
    AppriseService(
        "splunk",
        "Splunk On-Call",
        "NotifySplunk",
        (_secret("key", "API key"), Ask("route", "Routing key")),
        _filled("splunk://{route}@{key}"),
    ),
    AppriseService(
        "webex",
        "Webex",
        "NotifyWebexTeams",
        (_secret("token", "Webhook token", "The last part of the incoming webhook's address."),),
        _filled("wxteams://{token}"),
    ),
)
BY_NAME = {service.name: service for service in SERVICES}


def known_service(url: str) -> AppriseService | None:
    """Recognise a service with its Apprise URL; None for those that have no form of their own."""
    try:
        plugin = type(service_of(url)).__name__
    except BadTarget:
        return None
    return next((service for service in SERVICES if service.plugin == plugin), None)


def service_url(service: AppriseService, given: Mapping[str, Any]) -> str:
    """Make the URL of a service. Raises BadTarget where it does not fit."""
    try:
        url = service.url(
            {ask.name: str(given.get(ask.name) or "").strip() for ask in service.asks}
        )
    except BadAddress as bad:
        raise BadTarget(str(bad)) from None
    if known_service(url) is not service:
        raise BadTarget(f"This does not look like what {service.label} gives out.")
    return checked(url)
