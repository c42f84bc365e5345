"""What badges say, and which there are."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.core.paginator import Paginator
from django.db.models import F

from monitors.domain.badges import (
    Figure,
    Subject,
    SubjectKind,
    Value,
    Wanted,
    response_value,
    state_value,
    uptime_value,
)
from monitors.domain.state import State
from monitors.domain.status_pages import part_state
from monitors.domain.uptime import together
from monitors.models import Badge, Service
from monitors.models.service import ServiceQuerySet

from .maintenance import covered
from .paging import Numbered
from .response_times import summary_of_many
from .uptime import uptimes_between

PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class BadgesPage(Numbered):
    badges: tuple[Badge, ...]
    number: int
    pages: int
    matching: int


class _Watched(NamedTuple):
    pk: int
    fresh_until: datetime | None


def badge_at(token: str) -> Badge | None:
    """Find the badge of an address that answers, in one query."""
    return Badge.objects.shown().with_subjects().filter(token=token).first()


def badges_page(subject: Subject | None, number: int) -> BadgesPage:
    """Give one page of all badges, or of those of one subject, newest first."""
    found = Badge.objects.with_subjects().order_by("-created_at", "-pk")
    pages = Paginator(found.of(subject) if subject else found, PER_PAGE)
    page = pages.get_page(number)
    return BadgesPage(tuple(page.object_list), page.number, pages.num_pages, pages.count)


def value_of(subject: Subject, wanted: Wanted, now: datetime) -> Value:
    """Work out a figure, in a number of queries that does not grow with the services."""
    services = _services_of(subject)
    if wanted.figure is Figure.STATE:
        return _state(services, now)
    if wanted.figure is Figure.UPTIME:
        return _uptime(services, wanted, now)
    ids = list(services.values_list("pk", flat=True))
    return response_value(summary_of_many(ids, now - wanted.length, now).median_ms)


def _services_of(subject: Subject) -> ServiceQuerySet:
    column = {
        SubjectKind.SERVICE: "pk",
        SubjectKind.TAG: "tags",
        SubjectKind.STATUS_PAGE: "components__page",
    }[subject.kind]
    return Service.objects.filter(**{column: subject.pk})


def _state(services: ServiceQuerySet, now: datetime) -> Value:
    states = dict(services.with_shown_state(now).values_list("pk", F("shown_state")))
    at_work = covered(states.keys(), now)
    return state_value(
        [part_state(State(state), in_maintenance=pk in at_work) for pk, state in states.items()]
    )


def _uptime(services: ServiceQuerySet, wanted: Wanted, now: datetime) -> Value:
    watched = [_Watched(*row) for row in services.values_list("pk", "fresh_until")]
    found = uptimes_between(watched, now - wanted.length, now, now)
    return uptime_value(together(found.values()), wanted.length, len(watched))
