"""What anybody may open: a status page, its history, its feed, and its JSON.

Each is rendered once and given to everybody for a few seconds: a bad day brings many visitors, and
each of them must see a change within ten seconds.
"""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from monitors.interfaces.exporters import status_feed, statuspage_json
from monitors.interfaces.forms.month import month_of, read_month
from monitors.models import StatusPage
from monitors.queries.public_pages import latest_notices, notices_between, public_page

KEPT_S = 5.0
MOST_KEPT = 500


@dataclass(frozen=True, slots=True)
class _Answer:
    body: bytes
    content_type: str
    is_listed: bool
    made_s: float
    etag: str


_kept: dict[tuple[str, ...], _Answer] = {}
_making = threading.Lock()


def forget() -> None:
    """Render everything anew at the next request."""
    _kept.clear()


@login_not_required
@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    def page(found: StatusPage) -> tuple[str, str]:
        context = {"page": public_page(found, timezone.now()), "is_preview": not found.published}
        return render_to_string("monitors/public/show.html", context), "text/html; charset=utf-8"

    return _answer(request, slug, ("page",), page)


@login_not_required
@require_safe
def history(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    month = read_month(request.GET.get("month", ""), now)

    def page(found: StatusPage) -> tuple[str, str]:
        context = {
            "page": found,
            "month": month,
            "later": month.next if month != month_of(now) else None,
            "notices": notices_between(found, month.start, month.end),
            "zone": timezone.get_default_timezone_name(),
            "is_preview": not found.published,
        }
        return render_to_string("monitors/public/history.html", context), "text/html; charset=utf-8"

    return _answer(request, slug, ("history", month.name), page)


@login_not_required
@require_safe
def feed(request: HttpRequest, slug: str) -> HttpResponse:
    def page(found: StatusPage) -> tuple[str, str]:
        written = status_feed.atom(found, latest_notices(found), _address(request, slug))
        return written, "application/atom+xml; charset=utf-8"

    return _answer(request, slug, ("feed",), page)


@login_not_required
@require_safe
def as_json(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Answer as the public API of Atlassian Statuspage does (its version 2)."""

    def page(found: StatusPage) -> tuple[str, str]:
        shown = public_page(found, timezone.now())
        notices = latest_notices(found) if name == "incidents" else ()
        document = statuspage_json.document(name, shown, notices, _address(request, slug))
        return document, "application/json"

    answer = _answer(request, slug, ("json", name), page)
    # Scripts on other pages may read what everybody may.
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@login_not_required
@require_safe
def colours(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the accent colour as a style sheet: the pages allow no style within them."""

    def page(found: StatusPage) -> tuple[str, str]:
        accent = found.accent or "inherit"
        return f".public {{ --accent: {accent}; --accent-ink: #ffffff; }}\n", "text/css"

    return _answer(request, slug, ("colours",), page)


def _answer(
    request: HttpRequest,
    slug: str,
    what: tuple[str, ...],
    make: Callable[[StatusPage], tuple[str, str]],
) -> HttpResponse:
    key = (slug, *what, request.scheme or "", request.get_host())
    kept = _fresh(key)
    if kept is None:
        with _making:
            # Of many who come at once one renders, and the others take what it made.
            kept = _fresh(key) or _make(request, key, make)
    answer = HttpResponse(kept.body, content_type=kept.content_type)
    answer["ETag"] = kept.etag
    answer["Cache-Control"] = f"public, max-age={KEPT_S:.0f}" if kept.is_listed else "no-store"
    if not kept.is_listed:
        answer["X-Robots-Tag"] = "noindex"
    return get_conditional_response(request, etag=kept.etag, response=answer) or answer


def _fresh(key: tuple[str, ...]) -> _Answer | None:
    kept = _kept.get(key)
    return kept if kept is not None and time.monotonic() - kept.made_s < KEPT_S else None


def _make(
    request: HttpRequest,
    key: tuple[str, ...],
    make: Callable[[StatusPage], tuple[str, str]],
) -> _Answer:
    began_s = time.monotonic()
    page = get_object_or_404(StatusPage, slug=key[0])
    if not page.published and not request.user.is_authenticated:
        raise Http404
    text, content_type = make(page)
    body = text.encode()
    is_listed = page.published and page.visibility == "public"
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    made = _Answer(body, content_type, is_listed, began_s, etag)
    if page.published:
        if len(_kept) >= MOST_KEPT:
            forget()
        _kept[key] = made
    return made


def _address(request: HttpRequest, slug: str) -> str:
    return request.build_absolute_uri(reverse("public-page", args=[slug]))
