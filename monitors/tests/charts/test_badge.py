"""A badge is one small image that any reader of XML takes."""

from xml.etree import ElementTree as ET

import pytest

from monitors.charts.badge import COLOURS, LABEL_COLOUR, svg
from monitors.domain.badges import Face, Value
from monitors.tests.test_contrast import contrast

SVG = "{http://www.w3.org/2000/svg}"


def drawn(label: str, words: str = "up") -> ET.Element:
    return ET.fromstring(svg(Face(label, Value(words, "up"))))  # noqa: S314 - our own


@pytest.mark.parametrize("colour", [LABEL_COLOUR, *COLOURS.values()])
def test_white_text_can_be_read_on_every_colour(colour: str) -> None:
    assert contrast(colour, "#ffffff") >= 4.5


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("Shop", "Shop"),
        ("<script>\"&'", "<script>\"&'"),
        ("]]>", "]]>"),
        ("two\nlines\x00\x08\x1f", "two lines"),
        ("half \ud800, none \ufffe\uffff", "half , none"),
        ("\u0641\u0627 \u4e2d\u6587 \U0001f600", "\u0641\u0627 \u4e2d\u6587 \U0001f600"),
        ("", ""),
    ],
)
def test_any_text_is_text_in_it(label: str, shown: str) -> None:
    image = drawn(label)
    assert image.findtext(f"{SVG}title") == image.get("aria-label") == f"{shown}: up"
    assert [text.text or "" for text in image.iter(f"{SVG}text")] == [shown, "up"]
    assert image.get("role") == "img"
    assert {element.tag.removeprefix(SVG) for element in image.iter()} == {
        "svg",
        "title",
        "path",
        "g",
        "text",
    }


def test_it_is_as_wide_as_its_texts() -> None:
    def width(label: str) -> int:
        return int(drawn(label).get("width", ""))

    narrow, usual, wide, broad = map(width, ("iiii", "aaaa", "WWWW", "\u4e2d\u4e2d\u4e2d\u4e2d"))
    assert narrow < usual < wide == broad
    assert width("e\u0301") == width("e")
