"""Values that nobody means, for tests that send them everywhere."""

import json
from typing import Any

from hypothesis import strategies as st

TEXTS = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff x",
    "\r\nX-Injected: 1",
    "\u202e\u2028\x85\ufeff\ufffe",
    "i❤ \U0001f468\u200d\U0001f469",
    "ß" * 70_000,
    "²",
    "٣",
    "1_000",
    "1e99999",
    "NaN",
    "$[?@.a =~ /(/]",
    "(" * 300,
    "http://[::1",
    "http://a.example:99999999999999999999/",
    "%00",
    "../../x",
    "'; DROP TABLE monitors_service; --",
)
TIMES = (
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59",
    "9000-12-31T23:59:59-23:59",
    "1970-01-01T00:00:00+23:59",
    "2026-02-30T00:00:00Z",
    "2026-01-01T24:00:00Z",
    "2026-01-01T00:00:60Z",
    "2026-01-01",
    "-1",
    "99999999999999999999",
)
NUMBERS = (0, -1, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**400, 0.1, -0.0, 1e308, float("inf"))

# Half surrogates too, which hypothesis leaves out by itself.
text = st.sampled_from(TEXTS + TIMES) | st.text(st.characters(categories=["L", "N", "C", "Z", "S"]))
number = st.sampled_from(NUMBERS) | st.integers() | st.floats()
value = st.recursive(
    st.none() | st.booleans() | number | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=5,
)


def as_json(body: Any) -> str:
    """Write JSON in ASCII, half surrogates as escapes; what JSON has no word for as Python does."""
    return json.dumps(body)
