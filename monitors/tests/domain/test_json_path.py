"""JSON paths: what they find, what is refused, and that none takes long."""

import json
import time
from contextlib import suppress
from typing import Any

import jsonpath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.domain.json_path import parse_json_path
from monitors.domain.json_values import TooMuchWork, read_json
from monitors.domain.spec import BadSetting

PLENTY = 1_000_000
DOCUMENT = {
    "status": "up",
    "a b": {"c": [0, 1, 2, 3, 4]},
    "checks": [
        {"name": "db", "ok": True, "ms": 1.5, "tags": ["x", "y"]},
        {"name": "cache", "ok": False, "ms": 20, "tags": []},
        {"name": "queue", "ok": True, "ms": 3, "next": {"name": "db"}},
    ],
    "wanted": "queue",
    "none": None,
}
PATHS = [
    "$",
    "$.status",
    "status",
    "$['a b'].c",
    "$['a b'].c[1:3]",
    "$['a b'].c[::-1]",
    "$['a b'].c[-1]",
    "$['a b'].c[9]",
    "$['a b'].c[0, 2]",
    "$.checks[*].name",
    "$.checks.*.name",
    "$..name",
    "$..*",
    "$..[0]",
    "$.checks[?@.ok].name",
    "$.checks[?!@.next].name",
    "$.checks[?@.ok == true && @.ms < 2].name",
    "$.checks[?@.ok == false || @.ms >= 3].name",
    "$.checks[?@.name == $.wanted].ms",
    "$.checks[?@.tags[0] == 'x'].name",
    "$.checks[?length(@.name) > 2].name",
    "$.checks[?count(@.*) == 4].name",
    "$.checks[?value(@.next.name) == 'db'].name",
    "$.checks[?@.missing == @.neither].name",
    "$.checks[?@.name != 'db'].name",
    "$.checks[?@.name > 'c'].name",
    "$[?@ == null]",
    "$..[?@.name == 'db'].ok",
    "$.checks[?@.next == $.checks[2].next].name",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_path_finds_what_the_library_finds(path: str) -> None:
    found = parse_json_path(path).values(read_json(json.dumps(DOCUMENT)), PLENTY)
    assert found == jsonpath.findall(path, DOCUMENT)


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        (
            "$.[[",
            "a JSON path like $.status: expected a shorthand selector, at character 3.",
        ),
        ("$.a[", "is not a JSON path like $.status: unexpected end of query."),
        ("$[?@.a =~ /(/]", "regular expressions are not possible in it"),
        ("$[?@.a =~ /(a+)+$/]", "regular expressions are not possible in it"),
        ("$[?match(@.a, '(a+)+$')]", "function 'match' is not defined"),
        ("$[?search(@.a, '(a+)+$')]", "function 'search' is not defined"),
        ("$[?@.a > 1e99999]", "1e99999 is too large a number"),
        ("$[?@.a > -1.5e99999]", "-1.5e99999 is too large a number"),
        ("$[1e99999]", "is not a JSON path"),
        ("$..a..b", "“..” more than once"),
        ("$..*[?count(@..*) > 9999999]", "“..” inside of a filter"),
        ("$.*[?@[?@.a]]", "a filter inside of a filter"),
        ("$.a | $.b", "it is one path"),
        ("^.a", "it is one path"),
        ("$.~", "it may only have names, numbers, slices, * and filters"),
        ("$[?@.a in ['x']]", "a filter compares values"),
        ("$[?@.a contains 'x']", "filters do not know “contains”"),
        ("$[?" + "!" * 100 + "@.a]", "it is nested too deeply"),
        ("$[?" + "(" * 400 + "@.a", "is not a JSON path"),
        ("$.a\nb", "is not a JSON path"),
    ],
)
def test_what_is_no_path_for_a_check_is_refused_in_one_line(path: str, complaint: str) -> None:
    with pytest.raises(BadSetting) as refused:
        parse_json_path(path)
    sentence = str(refused.value)
    assert (complaint in sentence, "\n" in sentence, len(sentence) < 250) == (True, False, True)


PIECES = st.sampled_from(
    [
        *("$", "@", ".", "..", "[", "]", "?", "(", ")", "*", "'", '"', "a", "0", "-1", "1e99999"),
        *(":", ",", " ", "==", "=~", "/(/", "<", "&&", "||", "!", "length(", "count(", "~", "#"),
        *("^", "_", "\\", "\ud800", "\x00", "é", "null", "true", "00", "|", "&", "in", "not"),
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=100))
def test_any_text_is_a_path_or_refused(text: str) -> None:
    try:
        path = parse_json_path(text)
    except BadSetting:
        return
    assert isinstance(path.values(DOCUMENT, PLENTY), list)


@pytest.mark.parametrize(
    "path",
    [
        "$" + "[*, *]" * 60,
        "$..*" + "[?@.a == 1 || @.a == 2]" * 20,
        "$..[?count($.*) > 1]",
        "$..[" + ", ".join("?@.a" for _ in range(60)) + "]",
        "$[?@ == $]",
    ],
)
def test_the_work_of_a_path_is_bounded(path: str) -> None:
    document = read_json(b"[" + b"[1,1],[[1]]," * 80_000 + b"1]")
    began = time.process_time()
    with suppress(TooMuchWork):
        parse_json_path(path).values(document, PLENTY)
    assert time.process_time() - began < 2


def test_comparing_deep_values_is_work_too() -> None:
    deep: Any = 0
    for _ in range(300):
        deep = [deep, deep]
    with pytest.raises(TooMuchWork):
        parse_json_path("$[?@ == $[1]]").values([deep, deep], PLENTY)


def test_numbers_in_a_filter_are_exact() -> None:
    body = json.dumps([{"id": 12345678901234567890, "n": 1}, {"id": 12345678901234567891, "n": 2}])
    path = parse_json_path("$[?@.id == 12345678901234567891].n")
    assert [str(value) for value in path.values(read_json(body), PLENTY)] == ["2"]
