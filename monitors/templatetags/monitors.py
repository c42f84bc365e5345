"""Filters and tags of the pages; formatting only."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from monitors.charts import phase_areas, uptime_days
from monitors.charts import recent_bar as bars
from monitors.charts import response_chart as chart
from monitors.charts.waterfall import waterfall as phase_bars
from monitors.domain import report_words, wording
from monitors.domain.alerting import ChannelKind
from monitors.domain.bands import BandKind
from monitors.domain.moments import written
from monitors.domain.observation import Phases
from monitors.domain.result import Status
from monitors.domain.state import State
from monitors.domain.uptime_days import Day
from monitors.models import Incident, ServiceStatus
from monitors.queries.deliveries import event_label as label_of_event
from monitors.queries.events import StateChange
from monitors.queries.response_chart import ResponseTimes
from monitors.queries.response_times import Slot

register = template.Library()

_MARKS = {
    "up": '<circle cx="8" cy="8" r="7" /><path d="M4.8 8.2 7 10.4l4.2-4.6" />',
    "degraded": '<path d="M8 2 14.6 13.8H1.4Z" /><path d="M8 6.4v3.2M8 11.8v.1" />',
    "down": '<path d="M5 1.5h6L14.5 5v6L11 14.5H5L1.5 11V5Zm.6 4.1 4.8 4.8m0-4.8-4.8 4.8" />',
    "maintenance": '<path d="M3 13 10 6M8.5 3.5a3 3 0 0 0 4 4" />',
    "unknown": '<circle cx="8" cy="8" r="6" stroke-dasharray="2.4 3.2" />',
}

register.filter("milliseconds", wording.milliseconds)
register.filter("duration", wording.duration)
register.filter("percent", wording.percent)
register.filter("rough_duration", wording.rough_duration)
register.filter("budget", report_words.budget_label)
register.filter("target", report_words.target_label)


@register.filter
def clock(at: datetime, zone: tzinfo) -> str:
    """Write a moment by the clocks of a place, whoever reads it."""
    return written(at.astimezone(zone), "dated")


@register.simple_tag
def moment(at: datetime, style: str = "full") -> SafeString:
    """Write a moment by the reader's clock: a script does where they have chosen none.

    style: as of `written`.
    """
    return format_html(
        '<time datetime="{}" data-style="{}" title="{}">{}</time>',
        wording.iso_utc(at),
        style,
        _utc(at),
        by_clock(at, style),
    )


@register.filter
def by_clock(at: datetime, style: str) -> str:
    """Write a moment by the clock of the page."""
    return written(_local(at), style, localtime().year)


def _utc(at: datetime) -> str:
    return f"{written(at.astimezone(UTC), 'full')} UTC"


@register.simple_tag
def site_moment(at: datetime) -> SafeString:
    """Write a moment by the clocks of the site, on a page without scripts that names its zone."""
    return format_html(
        '<time datetime="{}">{}</time>', wording.iso_utc(at), written(_local(at), "dated")
    )


@register.filter
def in_words(at: datetime, zone: str) -> str:
    """Write a month: "November 2026"."""
    return f"{at.astimezone(ZoneInfo(zone)):%B %Y}"


@register.simple_tag
def day_strip(days: Sequence[Day], name: str) -> SafeString:
    """Draw the uptime of days."""
    return SafeString(uptime_days.svg(days, name))


@register.simple_tag
def part_mark(kind: str) -> SafeString:
    """Draw the mark of a state: a shape of its own for each."""
    return SafeString(_MARKS.get(kind, _MARKS["unknown"]))


@register.simple_tag
def span_in(start: datetime, end: datetime, zone: str) -> str:
    """Write from when to when as clocks in a zone show it, and how far they are from UTC."""
    first, last = (at.astimezone(ZoneInfo(zone)) for at in (start, end))
    is_one_day = first.date() == last.date()
    begin, until = (f"{at:%a} {written(at, 'dated')}" for at in (first, last))
    if is_one_day:
        until = written(last, "time")
    offsets = dict.fromkeys(at.isoformat()[-6:] for at in (first, last))
    return f"{begin} \N{EN DASH} {until} (UTC{', then UTC'.join(offsets)})"


def _local(at: datetime) -> datetime:
    """Put a moment into the zone of the page; what has no day there stays in UTC."""
    try:
        return localtime(at)
    except OverflowError:
        return at.astimezone(UTC)


@register.simple_tag
def since(at: datetime, style: str = "since") -> SafeString:
    """Write a moment that a script counts from: what the server writes stays as it is.

    style: "since" is shown as how long it has lasted, "ago" as how long it lies back.
    """
    return format_html(
        '<time datetime="{}" data-style="{}">{}</time>',
        at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        style,
        by_clock(at, "minute"),
    )


@register.simple_tag
def ago(at: datetime, now: datetime) -> SafeString:
    """Write how long ago something was, with the moment itself as its title."""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        wording.iso_utc(at),
        _utc(at),
        wording.ago(at, now),
    )


@register.simple_tag
def span(start: datetime, end: datetime) -> str:
    return wording.duration((end - start).total_seconds())


@register.simple_tag
def channel_kind(kind: str) -> str:
    return ChannelKind(kind).label


@register.simple_tag
def state_badge(state: State | str, size: str = "") -> SafeString:
    return _badge(str(state), State(str(state)).label, size)


@register.simple_tag
def status_badge(status: Status | str, size: str = "") -> SafeString:
    """Draw the status of one check."""
    return _badge(str(status), Status(str(status)).label, size)


@lru_cache(maxsize=100)
def _badge(kind: str, label: str, size: str) -> SafeString:
    words = {"kind": kind.lower(), "label": label, "size": size}
    return render_to_string("components/state_badge.html", words)


@register.simple_tag
def incident_badge(incident: Incident, size: str = "") -> SafeString:
    if incident.resolved_at is not None:
        return _badge("up", "Resolved", size)
    if incident.acknowledged_at is not None:
        return _badge("down", "Acknowledged", size)
    return _badge("down", "Open", size)


@register.simple_tag
def change_badge(change: StateChange) -> SafeString:
    """Draw what happened to a service, with the mark of the state that began."""
    return _badge(change.state.value, change.label, "")


@register.simple_tag
def event_label(event: str) -> str:
    return label_of_event(event)


@register.simple_tag
def recent_bar(recent: str) -> SafeString:
    return SafeString(bars.svg(recent))


_BANDS = {
    BandKind.DOWN: "Outage",
    BandKind.MAINTENANCE: "Maintenance",
    BandKind.PAUSED: "Paused",
    BandKind.UNKNOWN: "Not monitored",
}


@register.inclusion_tag("components/response_chart.html")
def response_chart(response: ResponseTimes) -> dict[str, Any]:
    """Draw response times: each check, or median and 95th percentile of each step."""
    points = [_check_point(check) for check in reversed(response.checks)]
    points += [_slot_point(slot) for slot in response.slots]
    start, end = _local(response.start), _local(response.end)
    drawn = chart.response_chart(points, start, end, response.bands)
    return {
        "chart": drawn,
        "of": "stretch of time" if response.range else "check",
        "width": chart.WIDTH,
        "height": chart.HEIGHT,
        "legend": [(kind, _BANDS[BandKind(kind)]) for kind in drawn.kinds] if drawn else (),
    }


def _check_point(check: ServiceStatus) -> chart.ResponsePoint:
    status = Status(check.status)
    # Of one that failed the time says when it gave up.
    time = None if status is Status.DOWN else check.response_time_ms
    offset = _offset_min(check.checked_at)
    return chart.ResponsePoint(check.checked_at, status, time, offset_min=offset)


def _slot_point(slot: Slot) -> chart.ResponsePoint:
    found = slot.summary
    return chart.ResponsePoint(
        slot.starts_at,
        Status.DOWN if found.down == found.checks else Status.UP,
        found.median_ms,
        found.p95_ms,
        found.checks,
        found.down,
        _offset_min(slot.starts_at),
    )


def _offset_min(at: datetime) -> int:
    ahead = _local(at).utcoffset()
    return round(ahead.total_seconds() / 60) if ahead is not None else 0


@register.inclusion_tag("components/phase_areas.html")
def phase_chart(checks: Sequence[ServiceStatus]) -> dict[str, Any]:
    """Draw the phases of checks, which are given newest first."""
    of_each = [(check.checked_at, check.phases) for check in reversed(checks)]
    drawn = phase_areas.phase_areas(of_each, of_each[0][0], of_each[-1][0]) if of_each else None
    return {"chart": drawn, "width": phase_areas.WIDTH, "height": phase_areas.HEIGHT}


@register.inclusion_tag("components/waterfall.html")
def waterfall(phases: Phases) -> dict[str, Any]:
    return {"bars": phase_bars(phases)}
