"""Every text colour on every surface it stands on: WCAG 2.2, 1.4.3, at least 4.5 : 1."""

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css").read_text()
COLOURS = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", TOKENS)
LIGHT = {name: light for name, light, _ in COLOURS}
DARK = {name: dark for name, _, dark in COLOURS}
SURFACES = ("paper", "surface", "sunken")
PAIRS = [
    *((ink, surface) for ink in ("ink", "ink-soft", "accent") for surface in SURFACES),
    ("accent-ink", "accent"),
    ("ink", "accent-soft"),
    *((state, "surface") for state in ("up", "degraded", "down", "unknown")),
    *((state, "paper") for state in ("up", "degraded", "down")),
    *((state, f"{state}-soft") for state in ("up", "degraded", "down", "unknown")),
    *(("ink", f"{state}-soft") for state in ("up", "degraded", "down")),
    *(("ink-soft", f"{state}-soft") for state in ("up", "degraded", "down")),
]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_every_colour_is_there_in_both_schemes() -> None:
    assert len(COLOURS) * 2 == TOKENS.count("#") > 0
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize(("ink", "surface"), PAIRS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(scheme: str, ink: str, surface: str) -> None:
    colours = LIGHT if scheme == "light" else DARK
    assert contrast(colours[ink], colours[surface]) >= 4.5


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_edges_of_fields_can_be_seen(scheme: str, surface: str) -> None:
    """WCAG 2.2, 1.4.11: at least 3 : 1."""
    colours = LIGHT if scheme == "light" else DARK
    assert contrast(colours["line-strong"], colours[surface]) >= 3
