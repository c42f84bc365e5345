"""How the settings of a service stand on a page: in groups, with units and help."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

GROUPS = (
    ("Service", "", ("name", "url", "interval_s", "timeout_s")),
    (
        "Request",
        (
            "What is sent. Passwords, tokens, secret headers and the key of the client certificate "
            "are stored encrypted and never shown."
        ),
        (
            "method",
            "headers",
            "secret_headers",
            "body",
            "username",
            "password",
            "bearer_token",
            "client_certificate",
            "client_key",
            "forget_secrets",
            "prefer_ipv6",
        ),
    ),
    (
        "What counts as up",
        "A check passes when all of these hold.",
        (
            "expected_status",
            "follow_redirects",
            "verify_tls",
            "ca_bundle",
            "keyword",
            "keyword_absent",
            "pattern",
            "response_header",
            "json_path",
            "json_compare",
            "json_expected",
            "json_match",
            "degraded_after_ms",
            "tls_expiry_warn_days",
        ),
    ),
    (
        "Retries and confirmation",
        (
            "A single failure can be a fluke, so several in a row are needed. The very first check"
            " decides on its own."
        ),
        ("failures_before_down", "retry_interval_s", "successes_before_up"),
    ),
    (
        "Locations and retention",
        "Each checker runs with a location name: check_services --forever --location berlin.",
        ("locations", "locations_before_down", "retention_days"),
    ),
    ("Tags and dependencies", "", ("tags", "depends_on", "paused")),
)

# Fields of the form that are no columns.
EXTRA = ("tags", "depends_on", "forget_secrets")
# What somebody knew who filled the form in; `revision` itself is no field that can be typed.
HIDDEN = ("known_revision", "seen")
COLUMNS = [name for _, _, names in GROUPS for name in names if name not in EXTRA]
SECRETS = ("password", "bearer_token", "client_key", "secret_headers")

ALWAYS_SENT = {"name", "url", "method", "interval_s", "expected_status", "failures_before_down"}

KEPT = "Leave empty to keep the stored one."
TYPED = "What you entered is not shown again: enter it once more before you save."

# Where the column is not called what the page calls it.
LABELS = {
    "username": "Username",
    "ca_bundle": "Custom CA certificates",
    "keyword": "Body must contain",
    "keyword_absent": "Body must not contain",
    "pattern": "Body must match (regular expression)",
    "response_header": "Required response header",
    "json_match": "If several values are found",
    "degraded_after_ms": "Degraded when slower than",
    "retry_interval_s": "Retry interval",
    "locations": "Locations",
    "locations_before_down": "Down when reported by",
    "retention_days": "Keep history for",
}

UNITS = {
    "interval_s": "s",
    "timeout_s": "s",
    "retry_interval_s": "s",
    "degraded_after_ms": "ms",
    "tls_expiry_warn_days": "days",
    "failures_before_down": "in a row",
    "successes_before_up": "in a row",
    "locations_before_down": "locations",
    "retention_days": "days",
}

HELP = {
    "name": "Shown in lists and alerts.",
    "url": "An http or https address.",
    "timeout_s": "For the whole check, redirects and body included.",
    "headers": "One “Name: value” per line. Host also sets the TLS server name.",
    "expected_status": "Codes and ranges, like 200-299, 304.",
    "secret_headers": "Same format; stored encrypted, never shown.",
    "bearer_token": "Sent as “Authorization: Bearer …”.",
    "tls_expiry_warn_days": "0: no warning. Never warns while certificates are not verified.",
    "client_certificate": "PEM, for servers that require one (mTLS). Intermediates may follow it.",
    "client_key": "PEM, without a passphrase.",
    "forget_secrets": "The password, token, secret headers and client certificate.",
    "ca_bundle": "PEM, trusted in addition to the system's.",
    "pattern": "RE2 syntax, like (?i)status: (ok|fine).",
    "response_header": "Like “X-Cache”, or “Content-Type: json” for a text in its value.",
    "json_path": "Like $.status or $.checks[0].ok.",
    "json_expected": (
        "A number, true, false, null, a text with or without quotes, or an array or object as JSON."
        " 123 also equals the text “123”. Leave empty to check only that a value is there."
    ),
    "json_compare": (
        "“contains”: part of a text, an element of an array, or a name in an object."
        " < and > need a number on both sides."
    ),
    "json_match": "By default all must match for !=, < and >, and any for the others.",
    "tags": "Separated by commas.",
    "depends_on": (
        "One service per line: its name, its address or #number. While one of them is down, alerts"
        " of this one are held."
    ),
    "retry_interval_s": "Used until the failure is confirmed.",
    "locations": "Separated by commas, like berlin, oslo. Leave empty for any checker.",
    "locations_before_down": "At least this many.",
    "retention_days": "Leave empty for the site default.",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together on the page."""

    title: str
    description: str
    fields: list[BoundField]
    is_open: bool
    told: str = ""
    """What in it is set otherwise than by default, in a few words."""


class UnshownTextarea(forms.Textarea):
    """Takes text and never shows any, like a password field of many lines."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        del value
        return super().get_context(name, None, attrs)
