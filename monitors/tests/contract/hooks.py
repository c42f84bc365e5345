"""What schemathesis needs to know of this API: how to write in the grammars of its settings."""

import os
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import schemathesis
from hypothesis import strategies as st

# Nothing but this server of the test may ever be checked.
TARGET = os.environ.get("TARGET_URL", "http://127.0.0.1:9/")

_line = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1)
_code = st.integers(100, 599).map(str)
_name = st.from_regex(r"[A-Za-z0-9-]{1,20}", fullmatch=True)

# The end of a window may be left out: its beginning lies in the past.
_moment = st.datetimes(datetime(1970, 1, 1), datetime(2025, 1, 1)).map(  # noqa: DTZ001
    "{:%Y-%m-%dT%H:%M:%SZ}".format
)

# One that is there.
INCIDENT = int(os.environ.get("INCIDENT_ID", "1"))

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")

_numbers = count()

FORMATS: dict[str, st.SearchStrategy[str]] = {
    "single-line": _line,
    "uri": st.from_regex(r"[a-z0-9/]{0,30}", fullmatch=True).map(TARGET.__add__),
    "status-codes": st.lists(_code, min_size=1, max_size=5).map(", ".join),
    "pem": st.just(""),
    "regex": st.sampled_from(["", "ok", "(?i)status: (ok|fine)", "^[a-z]+$"]),
    "header": _name.map("X-{}".format) | st.tuples(_name, _line).map(": ".join),
    "header-name": _name.map("X-{}".format),
    "header-value": st.from_regex(r"[!-~]{1,20}", fullmatch=True),
    "json-path": st.sampled_from(["$", "$.status", "$.checks[0].ok", "$[*].name", ""]),
    "date-time": _moment,
    "tag": st.from_regex(r"[a-z0-9]{1,20}", fullmatch=True),
    "channel-target": st.from_regex(r"[a-z0-9/]{0,30}", fullmatch=True).map(TARGET.__add__),
    "time-zone": st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu"]),
    "rrule": st.sampled_from(
        ["", "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,FR", "FREQ=MONTHLY;BYDAY=2TU"]
    ),
    "location": st.from_regex(r"[a-z0-9.-]{1,40}", fullmatch=True),
}
for kind, strategy in FORMATS.items():
    schemathesis.openapi.format(kind, strategy)


@schemathesis.hook
def before_call(context: Any, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:
    """Let what is meant to be accepted agree with itself: no schema of one value can say it of two.

    And with what is stored: a service that was given a token takes no user name.
    """
    del context, kwargs
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if "incident_id" in case.path_parameters:
        case.path_parameters["incident_id"] = INCIDENT
    if isinstance(case.body, dict) and "/maintenance/" in case.path:
        _plan_ahead(case.body)
    elif isinstance(case.body, dict) and "cause" in case.body:
        # A stretch that is made up lies outside of it.
        case.body = {name: case.body[name] for name in ("cause", "reason")}
    elif isinstance(case.body, dict):
        (_agree_on_a_channel if "/channels/" in case.path else _agree)(case.body)
    if "from" in case.query:
        _begin_before_end(case.query)


def _plan_ahead(window: dict[str, Any]) -> None:
    # No service is known by a number that is made up, and no rule may come before it is over.
    if "starts_at" in window:
        window["starts_at"] = TOMORROW
    for name in ("services", "duration_s"):
        if name in window:
            window[name] = {"services": [], "duration_s": 3_600}[name]


def _agree(settings: dict[str, Any]) -> None:
    # A conflict answers for all the rest: so no address twice, and no revision that is guessed.
    if "url" in settings:
        settings["url"] = f"{TARGET}{next(_numbers)}"
    settings.pop("revision", None)
    if settings.get("bearer_token"):
        settings["username"] = ""
    if settings.get("username"):
        settings["forget_secrets"] = True
    if not settings.get("json_path"):
        settings["json_expected"] = ""
    settings["locations_before_down"] = 1
    # A number that is made up is that of no service.
    settings["depends_on"] = []


def _agree_on_a_channel(settings: dict[str, Any]) -> None:
    # What a target is depends on the kind; services would have to be there.
    if "kind" in settings:
        settings["kind"] = "webhook"
    settings["services"] = []
    times = {"quiet_from": "22:00", "quiet_until": "06:00"}
    settings.update(times if settings.get("quiet_from") else dict.fromkeys(times))


def _begin_before_end(window: dict[str, Any]) -> None:
    # A moment that an answer told may lie ahead; without an end, the window ends now.
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    begins, ends = sorted((window["from"], window.get("to", now)), key=str)
    if begins == ends or ("to" not in window and begins == now):
        del window["from"]
    elif "to" in window:
        window |= {"from": begins, "to": ends}
