"""URLs of Apprise: which of them may be used, and what is secret in them."""

import re
import sys
from typing import Any
from urllib.parse import unquote

from apprise import Apprise, AppriseAsset, AppriseAttachment, NotifyFormat, OverflowMode
from apprise.manager_plugins import NotificationManager
from apprise.plugins import NotifyBase, url_to_dict

from monitors.models.channel import MAX_TARGET_LENGTH

from .base import BadTarget, in_short

# Of one call to one service, in seconds.
SERVICE_TIMEOUT_S = 20.0
_SOCKET_TIMEOUT_S = 8.0
# What of a service names an alert, so that it is found again when it is over.
_KEYS = ("dedup", "entity_id", "alias")
# These speak over connections of their own, or read keys from files of this machine.
_REFUSED = {"nostr", "vapid"}
_SHORTEST_SECRET = 4
# They show Markdown, whatever the text is said to be.
_RENDERS = {"discord", "fluxer", "guilded", "mmost", "revolt", "zulip"}

_ASSET = AppriseAsset(
    app_id="Uptime Site",
    app_desc="Uptime Site",
    app_url="",
    # Nothing is fetched from elsewhere when a message is looked at.
    image_url_mask=False,
    image_url_logo="",
    http_redirects=False,
    async_mode=False,
    allow_templates=False,
    storage_mode="memory",
    service_timeout=SERVICE_TIMEOUT_S,
)


def service_of(target: str, **settings: str) -> NotifyBase:
    """Give what sends to a URL, with further settings than it has. Raises BadTarget."""
    given = url_to_dict(target, secure_logging=True)
    if not given:
        raise BadTarget(_unread(target))
    plugin = NotificationManager()[given["schema"]]
    _check_class(plugin)
    try:
        service = Apprise.instantiate(
            {**settings, **given}, asset=_ASSET, suppress_exceptions=False
        )
    except Exception as error:  # each service raises what it likes
        raise BadTarget(_not_usable(plugin, str(error))) from error
    if service is None:
        raise BadTarget(_not_usable(plugin, ""))
    _make_harmless(service)
    return service


def checked(target: str) -> str:
    """Give a URL as it is stored. Raises BadTarget."""
    typed = target.strip()
    if not typed:
        raise BadTarget("Enter the address, like slack://TokenA/TokenB/TokenC/#channel.")
    if len(typed) > MAX_TARGET_LENGTH:
        raise BadTarget(f"This address is longer than {MAX_TARGET_LENGTH:,} characters.")
    if not typed.isprintable():
        raise BadTarget("An address has no line breaks or control characters in it.")
    service_of(typed)
    return typed


def masked_url(target: str) -> str:
    """Give a URL without what is secret in it; only its scheme where nobody can tell."""
    try:
        return str(service_of(target).url(privacy=True)).partition("?")[0]
    except BadTarget:
        return f"{target.partition('://')[0][:20]}://…"


def without_secrets(said: str, target: str, service: NotifyBase) -> str:
    """Take whatever stands in a URL, but for its host, out of what was said about it."""
    rest = target.partition("://")[2]
    pieces = {piece for text in (rest, unquote(rest)) for piece in re.split(r"[/:@?&=+,#\s]", text)}
    pieces -= {str(getattr(service, "host", "") or ""), "https", "http"}
    for piece in sorted(pieces, key=len, reverse=True):
        if len(piece) >= _SHORTEST_SECRET:
            said = said.replace(piece, "…")
    return said


def name_of(service: Any) -> str:
    return str(service.service_name or "the service")


def schemes_of(service: Any) -> set[str]:
    given = (service.protocol, service.secure_protocol)
    return {scheme for one in given if one for scheme in ([one] if isinstance(one, str) else one)}


def key_of(service: NotifyBase) -> str | None:
    """Give the parameter that names an alert, where a service keeps alerts until they are over."""
    arguments: dict[str, Any] = service.template_args
    keeps = "map" in (arguments.get("action") or {}).get("values", ())
    return next((key for key in _KEYS if key in arguments), None) if keeps else None


def shows_markdown(service: NotifyBase) -> bool:
    return bool(service.notify_format == NotifyFormat.MARKDOWN or schemes_of(service) & _RENDERS)


def body_format_of(service: NotifyBase) -> NotifyFormat:
    """Give as what text with Markdown escaped is handed to a service that shows it."""
    takes_it = service.notify_format == NotifyFormat.MARKDOWN
    return NotifyFormat.MARKDOWN if takes_it else NotifyFormat.TEXT


def _unread(target: str) -> str:
    scheme, found, _ = target.partition("://")
    if not found:
        return "Begin the address with the service, like slack:// or tgram://."
    if scheme.lower() not in NotificationManager():
        return f"“{in_short(scheme, 20)}” is no service that is known."
    return _not_usable(NotificationManager()[scheme.lower()], "")


def _not_usable(plugin: type[NotifyBase], why: str) -> str:
    reason = f": {in_short(why, 200)}" if why else "; look at how it is written"
    return f"This is not a complete address of {plugin.service_name}{reason}"


def _check_class(plugin: type[NotifyBase]) -> None:
    """Refuse what does not send by requests, whose connections are guarded. Raises BadTarget."""
    modules = (vars(sys.modules[each.__module__]) for each in plugin.__mro__)
    by_http = any("requests" in names for names in modules)
    if not by_http or schemes_of(plugin) & _REFUSED or not plugin.enabled:
        raise BadTarget(f"{plugin.service_name} cannot be used: only what is sent over HTTP can.")


def _make_harmless(service: NotifyBase) -> None:
    """Take from a service what its URL may have asked for. Raises BadTarget."""
    attached = (value for value in vars(service).values() if isinstance(value, AppriseAttachment))
    if any(len(files) for files in attached):
        raise BadTarget("An address cannot name files of this machine, as templates and keys.")
    service.redirects = False
    service.overflow_mode = OverflowMode.TRUNCATE
    service.socket_connect_timeout = min(service.socket_connect_timeout, _SOCKET_TIMEOUT_S)
    service.socket_read_timeout = min(service.socket_read_timeout, _SOCKET_TIMEOUT_S)
