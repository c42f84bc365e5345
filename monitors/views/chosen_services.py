"""Which services were chosen on the list, and the way back to it."""

from collections.abc import Collection

from django.http import QueryDict
from django.utils import timezone

from monitors.interfaces.forms.filters import list_filter, read_id
from monitors.queries.service_list import matching_ids

MAX_BACK = 2_000


def wanted_ids(data: QueryDict) -> Collection[int]:
    """Give the services by number: all that a filter leaves, or those that were picked."""
    if data.get("scope") == "all":
        wanted = list_filter({name: data.get(f"of-{name}", "") for name in ("q", "state", "tag")})
        return matching_ids(wanted, timezone.now())
    picked = [*data.getlist("pick"), *data.get("ids", "").split(",")]
    return {number for text in picked if (number := read_id(text)) is not None}


def back_to(text: str) -> str:
    """Give the query of the list that was left, as one of ours."""
    query = QueryDict(text[:MAX_BACK], mutable=True)
    for name in ("select", "page"):
        query.pop(name, None)
    return query.urlencode()


def counted(count: int) -> str:
    return "1 service" if count == 1 else f"{count} services"
