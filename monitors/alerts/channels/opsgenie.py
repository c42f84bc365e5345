"""Closing alerts of Opsgenie and Jira Service Management by the name under which they were opened.

Apprise opens them; it closes only what the same process has opened, by ids that it keeps itself.
https://docs.opsgenie.com/docs/alert-api#close-alert
"""

import json
from typing import Any
from urllib.parse import quote

import httpx
from apprise.plugins import NotifyBase
from apprise.plugins.jira import JIRA_API_LOOKUP, NotifyJira
from apprise.plugins.opsgenie import OPSGENIE_API_LOOKUP, NotifyOpsgenie

from monitors.domain.alerting import Attempt

from .base import failed, in_short
from .posting import USER_AGENT, NotSent, post

TIMEOUT_S = 10.0
_ADDRESSES = {NotifyOpsgenie: OPSGENIE_API_LOOKUP, NotifyJira: JIRA_API_LOOKUP}


def is_meant(service: NotifyBase) -> bool:
    return type(service) in _ADDRESSES


async def close(service: Any, alias: str) -> Attempt:
    """Close an alert; one that is not there counts as closed, as the service itself has it."""
    address = _ADDRESSES[type(service)][service.region_name]
    request = httpx.Request(
        "POST",
        f"{address}/{quote(alias, safe='')}/close?identifierType=alias",
        headers={
            "User-Agent": USER_AGENT,
            "Content-Type": "application/json",
            "Authorization": f"GenieKey {service.apikey}",
        },
        content=json.dumps({"source": service.app_desc}),
    )
    try:
        posted = await post(request, TIMEOUT_S)
    except NotSent as not_sent:
        return failed(str(not_sent))
    answer = posted.answer.replace(service.apikey, "…")
    return Attempt(delivered=posted.is_success, answer=in_short(answer))
