"""A flat badge as SVG: a label, and beside it a value on its colour."""

import re
import unicodedata
from html import escape

from monitors.domain.badges import Face

HEIGHT = 20
_PADDING = 6
_RADIUS = 3
LABEL_COLOUR = "#3d433e"
# White text can be read on each of them (WCAG 2.2, 1.4.3).
COLOURS = {
    "up": "#1f7a4d",
    "degraded": "#8a5a00",
    "down": "#b3261e",
    "maintenance": "#1f5f7a",
    "unknown": "#5b616b",
    "plain": "#1f5f7a",
}
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# Rough widths in px of Verdana at 11 px; `textLength` makes any font fit them.
_NARROW, _SLIM, _SMALL, _CAPITAL, _BROAD = 3.4, 4.8, 6.9, 7.8, 10.8
_WIDTHS = {
    **dict.fromkeys("ijl|'", _NARROW),
    **dict.fromkeys(" .,:;!I()[]/-ft\u00b7", _SLIM),
    **dict.fromkeys("mwMW%@\u2026", _BROAD),
}


def svg(face: Face) -> str:
    """Draw a badge. Nothing in it needs a stylesheet, which no policy would allow."""
    label, words = _fit(face.label), _fit(face.value.words)
    left, right = _width(label) + 2 * _PADDING, _width(words) + 2 * _PADDING
    said = escape(f"{label}: {words}")
    edge, arc = HEIGHT - 2 * _RADIUS, f"{_RADIUS} {_RADIUS} 0 0 1"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{HEIGHT}" '
        f'role="img" aria-label="{said}"><title>{said}</title>'
        f'<path fill="{LABEL_COLOUR}" d="M{left} 0v{HEIGHT}H{_RADIUS}a{arc} -{_RADIUS} -{_RADIUS}'
        f'v-{edge}a{arc} {_RADIUS} -{_RADIUS}z"/>'
        f'<path fill="{COLOURS[face.value.kind]}" d="M{left} 0h{right - _RADIUS}a{arc} {_RADIUS} '
        f'{_RADIUS}v{edge}a{arc} -{_RADIUS} {_RADIUS}H{left}z"/>'
        '<g fill="#fff" text-anchor="middle" font-size="11" '
        'font-family="Verdana,DejaVu Sans,Geneva,sans-serif">'
        f"{_text(label, left / 2)}{_text(words, left + right / 2)}</g></svg>"
    )


def _text(text: str, middle: float) -> str:
    return (
        f'<text x="{middle:g}" y="14" textLength="{_width(text)}" '
        f'lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
    )


def _width(text: str) -> int:
    return round(sum(map(_width_of, text)))


def _width_of(character: str) -> float:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return _BROAD
    return _WIDTHS.get(character, _CAPITAL if character.isupper() else _SMALL)


def _fit(text: str) -> str:
    """Put on one line, without what XML cannot say."""
    return " ".join(_NO_XML.sub(" ", text).split())
