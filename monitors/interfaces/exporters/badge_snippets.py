"""What a badge is embedded with elsewhere."""

import re
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from monitors.domain.badges import Figure
from monitors.models import Badge

SHIELDS = "https://img.shields.io/endpoint?url="
_MEANS_SOMETHING = re.compile(r"([\\`*_\[\]<>!&])")
_ABOUT = {
    Figure.STATE: "State of",
    Figure.UPTIME: "Uptime of",
    Figure.RESPONSE: "Response time of",
}


@dataclass(frozen=True, slots=True)
class Snippet:
    id: str
    """Of the field that shows it; once on a page."""
    name: str
    text: str
    """To be copied; on a page it is escaped like any text."""


@dataclass(frozen=True, slots=True)
class Embedding:
    """One figure of a badge: how it looks, and what to copy."""

    figure: Figure
    alt: str
    path: str
    """Of the image, on this site."""
    snippets: tuple[Snippet, ...]


def embedding(badge: Badge, figure: Figure, path: str, address: str) -> Embedding:
    """Write all snippets of a figure; path and address are without the ending."""
    alt, image = f"{_ABOUT[figure]} {badge.name}", f"{address}.svg"
    plain = _MEANS_SOMETHING.sub(r"\\\1", alt)
    texts = {
        "Markdown": f"![{plain}]({image})",
        "HTML": f'<img src="{escape(image)}" alt="{escape(alt)}">',
        "shields.io": f"{SHIELDS}{quote(f'{address}.json', safe='')}",
    }
    snippets = (
        Snippet(f"snippet-{badge.pk}-{figure}-{number}", name, text)
        for number, (name, text) in enumerate(texts.items())
    )
    return Embedding(figure, alt, f"{path}.svg", tuple(snippets))
