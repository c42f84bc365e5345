"""Cells of the list of services, by hand: it has fifty rows, and is asked for again and again."""

from functools import lru_cache
from urllib.parse import quote

from django import template
from django.urls import get_script_prefix, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from monitors.domain import wording
from monitors.domain.state import State
from monitors.domain.uptime import Uptime
from monitors.queries.dashboard import CertificateLeft, ServiceRow

register = template.Library()


@register.simple_tag
def service_name(service: ServiceRow, within: str = "") -> SafeString:
    """Draw the name of a service and its tags.

    within: what the id begins with, where a service may be on the page twice.
    """
    return _service_name(within, service.id, service.name, service.tags, get_script_prefix())


@lru_cache(maxsize=20_000)
def _service_name(
    within: str, service_id: int, name: str, tags: tuple[str, ...], script_prefix: str
) -> SafeString:
    del script_prefix  # of which `reverse` knows
    return format_html(
        '<a id="{}service-{}" href="{}">{}</a>{}',
        within,
        service_id,
        reverse("service-show", args=[service_id]),
        name,
        format_html_join(
            "", ' <a class="tag" href="?tag={}">{}</a>', ((quote(t), t) for t in tags)
        ),
    )


@register.simple_tag
def row_state(service: ServiceRow) -> SafeString:
    """Draw the state of a service; one that fails and is not down yet is not simply up."""
    if service.failing_since is not None and service.state in {State.UP, State.DEGRADED}:
        count = f"failing {service.failures} of {service.failures_needed}"
        return format_html(
            '<span class="state state-degraded"><svg><use href="#mark-degraded"/></svg>'
            "<span>{}, <br>{}</span></span>",
            service.state.label,
            count,
        )
    return _state(service.state)


@lru_cache(maxsize=10)
def _state(state: State) -> SafeString:
    kind = state.value.lower()
    return format_html(
        '<span class="state state-{0}"><svg><use href="#mark-{0}"/></svg>{1}</span>',
        kind,
        state.label,
    )


@register.simple_tag
def uptime_cell(uptime: Uptime) -> SafeString:
    """Draw an uptime; where most of its window was not seen, it is pale, and says so."""
    if uptime.percent is None:
        return _cell("soft", "\N{EN DASH}")
    if uptime.unseen_s > uptime.seen_s:
        seen = f"of {wording.rough_duration(uptime.seen_s)} monitored"
        return _cell("soft", wording.percent(uptime.percent), seen)
    return _cell("", wording.percent(uptime.percent))


@register.simple_tag
def certificate_cell(certificate: CertificateLeft | None) -> SafeString:
    """Draw for how many days a certificate is good."""
    if certificate is None:
        return _cell("soft", "\N{EN DASH}")
    kind = "warns" if certificate.is_near or certificate.days < 0 else ""
    left = f"{certificate.days} d" if certificate.days >= 0 else "expired"
    return _cell(kind, left)


@lru_cache(maxsize=2_000)
def _cell(kind: str, text: str, title: str = "") -> SafeString:
    classed = format_html(' class="{}"', kind) if kind else ""
    titled = format_html(' title="{}"', title) if title else ""
    return format_html("<td{}{}>{}</td>", classed, titled, text)
