"""The addresses of badges, open to whoever has one.

Each request asks for the badge by its address, so that one that is switched off is gone at once.
What it says is worked out once in a while and given to everybody.
"""

import hashlib
import threading
import time
from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from monitors.charts import badge as chart
from monitors.domain.badges import Face, Figure, Value, Wanted, usual_label
from monitors.domain.spec import BadSetting
from monitors.interfaces.exporters import badge_json
from monitors.interfaces.forms.badge import read_label, read_wanted
from monitors.models import Badge
from monitors.queries.badges import badge_at, value_of

STATE_KEPT_S = 15.0
FIGURE_KEPT_S = 60.0
MAX_AGE_S = 60
MOST_KEPT = 2_000
FORMATS = {
    "svg": (chart.svg, "image/svg+xml; charset=utf-8"),
    "json": (badge_json.shields, "application/json"),
}


@dataclass(frozen=True, slots=True)
class _Kept:
    value: Value
    until_s: float


_kept: dict[tuple[str, Wanted], _Kept] = {}
# Of many who come at once one works a figure out; those of other badges seldom wait for it.
_locks = tuple(threading.Lock() for _ in range(16))


def forget() -> None:
    """Work everything out anew at the next request."""
    _kept.clear()


@login_not_required
@require_safe
def show(request: HttpRequest, token: str, figure: Figure, ending: str) -> HttpResponse:
    badge = badge_at(token)
    if badge is None:
        return _nothing()
    try:
        wanted, label = read_wanted(figure, request.GET), read_label(request.GET)
    except BadSetting:
        return _nothing()
    label = label or usual_label(badge.name, wanted)
    write, content_type = FORMATS[ending]
    return _answer(request, write(Face(label, _value(badge, wanted))), content_type)


def _answer(request: HttpRequest, text: str, content_type: str) -> HttpResponse:
    answer = HttpResponse(text, content_type=content_type)
    answer["ETag"] = etag = f'"{hashlib.sha256(answer.content).hexdigest()[:20]}"'
    answer["Cache-Control"] = f"public, max-age={MAX_AGE_S}"
    answer["Access-Control-Allow-Origin"] = "*"
    return get_conditional_response(request, etag=etag, response=answer) or answer


def _nothing() -> HttpResponse:
    """Answer alike, whether there was never such an address or it is off."""
    answer = HttpResponseNotFound("There is no badge here.\n", content_type="text/plain")
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def _value(badge: Badge, wanted: Wanted) -> Value:
    key = (badge.token, wanted)
    value = _fresh(key)
    if value is None:
        with _locks[hash(key) % len(_locks)]:
            value = _fresh(key) or _work_out(badge, wanted)
    return value


def _fresh(key: tuple[str, Wanted]) -> Value | None:
    kept = _kept.get(key)
    return kept.value if kept is not None and time.monotonic() < kept.until_s else None


def _work_out(badge: Badge, wanted: Wanted) -> Value:
    kept_s = STATE_KEPT_S if wanted.figure is Figure.STATE else FIGURE_KEPT_S
    until_s = time.monotonic() + kept_s
    value = value_of(badge.subject, wanted, timezone.now())
    if len(_kept) >= MOST_KEPT:
        forget()
    _kept[badge.token, wanted] = _Kept(value, until_s)
    return value
