"""Servers that answer the wrong thing."""

from monitors.domain.reasons import Reason
from monitors.tests.zoo import Again, answer

from .animal import BIG, HEAD, down

CONTENT = [
    down(
        "keyword-missing",
        Reason.CONTENT,
        "does not contain “well”",
        "it begins with “Sign in to Wi-Fi”",
        spec={"keyword": "well"},
        says=[[answer(b"<html><title>Sign in</title> to Wi-Fi<script>x()</script>")]],
    ),
    down(
        "keyword-in-an-empty-body",
        Reason.CONTENT,
        "it is empty",
        spec={"keyword": "well"},
        says=[[answer(b"")]],
    ),
    down(
        "keyword-that-must-not-be",
        Reason.CONTENT,
        "contains “error”, which must not be there",
        spec={"keyword_absent": "error"},
        says=[[answer(b"an error happened")]],
    ),
    down(
        "not-json",
        Reason.CONTENT,
        "is not JSON; it begins with “oops”",
        spec={"json_path": "$.a"},
        says=[[answer(b"oops")]],
    ),
    down(
        "json-without-it",
        Reason.CONTENT,
        "$.b is missing",
        spec={"json_path": "$.b"},
        says=[[answer(b'{"a": 1}')]],
    ),
    down(
        "json-differs",
        Reason.CONTENT,
        "$.a is 1, expected == 2",
        spec={"json_path": "$.a", "json_expected": "2"},
        says=[[answer(b'{"a": 1}')]],
    ),
    down(
        "json-too-deep",
        Reason.CONTENT,
        "is not JSON",
        spec={"json_path": "$.a"},
        says=[[answer(b"[" * 200_000)]],
    ),
    down(
        "keyword-behind-the-limit",
        Reason.TOO_LARGE,
        "the first 1,048,576 bytes",
        spec={"keyword": "well", "timeout_s": 5.0},
        within_s=2,
        says=[[HEAD + b"\r\n", Again(BIG)]],
    ),
]
