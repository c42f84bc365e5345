"""The links on top of every page."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def nav_link(context: dict[str, Any], name: str, label: str) -> SafeString:
    """Draw a link to a page by its name; it says so where that page, or one below it, is shown."""
    url = reverse(name)
    return format_html('<a href="{}"{}>{}</a>', url, _current(context, name, url), label)


def _current(context: dict[str, Any], name: str, url: str) -> SafeString | str:
    request = context.get("request")
    if request is None:
        return ""
    if request.path == url:
        return format_html(' aria-current="{}"', "page")
    below = f"{url}services/" if name == "dashboard" else url
    return format_html(' aria-current="{}"', "true") if request.path.startswith(below) else ""
