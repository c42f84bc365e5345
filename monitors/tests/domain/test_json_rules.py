"""How the JSON of an answer is compared with what a person typed."""

import time

import pytest

from monitors.domain.observation import Observation, Phases, Response
from monitors.domain.reasons import Reason
from monitors.domain.result import Status
from monitors.domain.spec import CheckSpec, Comparison, Hits
from monitors.domain.verdict import judge
from monitors.tests.clock import NOON

EQUAL, DIFFERENT, LESS, MORE, CONTAINS = Comparison


def verdict(
    body: bytes,
    expected: str = "",
    compare: Comparison = EQUAL,
    path: str = "$.a",
    match: Hits | None = None,
) -> tuple[Reason, str]:
    spec = CheckSpec(
        "http://a.example/",
        json_path=path,
        json_compare=compare,
        json_expected=expected,
        json_match=match,
    )
    response = Response(200, "OK", (), body, body_complete=True)
    result = judge(spec, Observation(NOON, Phases(wait_ms=1), response))
    assert (result.status is Status.UP) is (result.reason is Reason.OK)
    return result.reason, result.message


def is_up(value: str, expected: str, compare: Comparison = EQUAL) -> bool:
    return verdict(f'{{"a": {value}}}'.encode(), expected, compare) == (Reason.OK, "200 OK")


@pytest.mark.parametrize(
    ("value", "expected", "same"),
    [
        # Texts: as typed, with or without quotes.
        ('"up"', "up", True),
        ('"up"', '"up"', True),
        ('"up"', "UP", False),
        ('"é"', "é", True),
        (r'"\u00e9"', "é", True),
        ('""', '""', True),
        ('" "', '" "', True),
        # What looks like something else is still the text.
        ('"123"', "123", True),
        ('"true"', "true", True),
        ('"null"', "null", True),
        ('"[1]"', "[1]", True),
        ('"1.10"', "1.10", True),
        ('"1.10"', "1.1", False),
        ('"1e2"', "100", False),
        # Numbers, exactly, however they are written.
        ("1", "1.0", True),
        ("1.0", "1", True),
        ("100", "1e2", True),
        ("-0", "0", True),
        ("0.1", ".1", True),
        ("5", "+5", True),
        ("5", "05", True),
        ("5", "5.", True),
        ("5", '"5"', False),
        ("0.1", "0.10000000000000001", False),
        ("12345678901234567890", "12345678901234567890", True),
        ("12345678901234567890", "12345678901234567891", False),
        ("9007199254740993", "9007199254740992", False),
        ("9007199254740993", "9007199254740993.0", True),
        ("1e400", "1e400", True),
        ("1e400", "1e401", False),
        ("1e400", "inf", False),
        # Words.
        ("true", "true", True),
        ("true", "True", False),
        ("true", "1", False),
        ("1", "true", False),
        ("false", "0", False),
        ("null", "null", True),
        ("null", "None", False),
        ("null", '""', False),
        # Arrays and objects.
        ("[1, 2]", "[1,2]", True),
        ("[1,2]", "[1, 2]", True),
        ("[1, 2]", "[2, 1]", False),
        ("[1]", "[true]", False),
        ("[1]", "[1.0]", True),
        ('{"x": 1, "y": [null]}', '{"y":[null],"x":1}', True),
        ('{"x": 1}', '{"x": 1, "y": 2}', False),
        ("[]", "[]", True),
        ("{}", "[]", False),
    ],
)
def test_equal_is_equal_as_json(value: str, expected: str, same: bool) -> None:
    assert is_up(value, expected) is same
    assert is_up(value, expected, DIFFERENT) is not same


@pytest.mark.parametrize(
    ("value", "compare", "expected", "holds"),
    [
        ("9", LESS, "10", True),
        ("10", LESS, "10", False),
        ("12345678901234567890", LESS, "12345678901234567891", True),
        ("10.5", MORE, "10", True),
        ("9", MORE, "10", False),
        ("1e400", MORE, "10", True),
        # Only where the JSON has a number.
        ('"9"', LESS, "10", False),
        ('"9"', MORE, "1", False),
        ("true", MORE, "0", False),
        ("null", LESS, "1", False),
        ("9", LESS, "ten", False),
        ("[1]", LESS, "[2]", False),
    ],
)
def test_an_order_needs_numbers(
    value: str, compare: Comparison, expected: str, holds: bool
) -> None:
    assert is_up(value, expected, compare) is holds


@pytest.mark.parametrize(
    ("value", "expected", "holds"),
    [
        ('"well"', "ell", True),
        ('"well"', '"ell"', True),
        ('"well"', "ill", False),
        ('"say \\"hi\\""', '"hi"', True),
        ('["é"]', "é", True),
        ('["é"]', '"é"', True),
        ('["well"]', "ell", False),
        ("[10, 20]", "1", False),
        ("[10, 20]", "20.0", True),
        ("[[1], 2]", "[1]", True),
        ("[true]", "1", False),
        ('["1"]', "1", True),
        ("[]", "null", False),
        ('{"status": "up"}', "status", True),
        ('{"status": "up"}', '"status"', True),
        ('{"status": "up"}', "up", False),
        ("123", "2", False),
        ("null", "null", False),
    ],
)
def test_contains_is_a_part_of_a_text_an_element_or_a_name(
    value: str, expected: str, holds: bool
) -> None:
    assert is_up(value, expected, CONTAINS) is holds


ONE_DOWN = b'[{"s": "up", "n": 1}, {"s": "down", "n": 9}]'


@pytest.mark.parametrize(
    ("path", "compare", "expected", "by_default", "any_of_them", "all_of_them"),
    [
        ("$[*].s", EQUAL, "up", True, True, False),
        ("$[*].s", DIFFERENT, "down", False, True, False),
        ("$[*].s", DIFFERENT, "gone", True, True, True),
        ("$[*].n", LESS, "5", False, True, False),
        ("$[*].n", MORE, "5", False, True, False),
        ("$[*].n", MORE, "0", True, True, True),
        ("$[*].s", CONTAINS, "ow", True, True, False),
        ("$[*].s", CONTAINS, "x", False, False, False),
    ],
)
def test_of_several_values_any_or_all_must_hold(
    path: str,
    compare: Comparison,
    expected: str,
    by_default: bool,
    any_of_them: bool,
    all_of_them: bool,
) -> None:
    found = [
        verdict(ONE_DOWN, expected, compare, path, match)[0] is Reason.OK
        for match in (None, Hits.ANY, Hits.ALL)
    ]
    assert found == [by_default, any_of_them, all_of_them]


def test_the_message_shows_the_value_that_is_wrong_as_json() -> None:
    sentences = [
        verdict(b'{"a": "1.10"}', "1.1")[1],
        verdict(ONE_DOWN, "down", DIFFERENT, "$[*].s")[1],
        verdict(ONE_DOWN, "x", EQUAL, "$[*].s")[1],
        verdict('{"a": [1.50, "é", null]}'.encode(), "[1]")[1],
    ]
    assert sentences == [
        '200 OK, but $.a is "1.10", expected == 1.1',
        '200 OK, but $[*].s is "down" (number 2 of 2 values), expected != down',
        '200 OK, but $[*].s is "up" (first of 2 values), expected == x',
        '200 OK, but $.a is [1.50, "é", null], expected == [1]',
    ]


def test_a_path_that_cannot_be_read_says_nothing_about_the_body() -> None:
    spec = CheckSpec("http://a.example/", json_path="$[?@.a =~ /(a+)+$/]")
    response = Response(200, "OK", (), b"[]", body_complete=True)
    result = judge(spec, Observation(NOON, Phases(wait_ms=1), response))
    assert (result.status, result.reason) == (Status.NOT_JUDGED, Reason.INTERNAL)


@pytest.mark.parametrize("match", [None, Hits.ANY, Hits.ALL])
@pytest.mark.parametrize("compare", [EQUAL, DIFFERENT])
def test_where_nothing_stands_nothing_holds(match: Hits | None, compare: Comparison) -> None:
    found = verdict(b'{"a": []}', "x", compare, "$.a[*]", match)
    assert found == (Reason.CONTENT, "200 OK, but $.a[*] is missing from the JSON body")


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1} x',
        b"{'a': 1}",
        b'{"a": 1e99999999999999999999}',
        b"",
    ],
)
def test_what_is_not_json(body: bytes) -> None:
    reason, message = verdict(body)
    assert (reason, "the body is not JSON" in message) == (Reason.CONTENT, True)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # Of a name that comes twice the last counts.
        (b'{"a": 1, "a": 2}', "2"),
        (b'{"a": 5, "b": ' + b"9" * 100_000 + b"}", "5"),
        (b'{"a": ' + b"9" * 400 + b"}", "9" * 400),
    ],
    ids=["twice", "huge beside", "huge"],
)
def test_odd_json_is_json(body: bytes, expected: str) -> None:
    assert verdict(body, expected) == (Reason.OK, "200 OK")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_json_may_be_in_any_utf(encoding: str) -> None:
    assert verdict('{"a": "grüße"}'.encode(encoding), "grüße") == (Reason.OK, "200 OK")


@pytest.mark.parametrize(
    ("body", "path", "sentence"),
    [
        (b"[" + b"1," * 5_000_000 + b"1]", "$[0]", "the JSON is larger than the 8 MiB it may have"),
        (
            b"[" * 100 + b"1" + b"]" * 100,
            "$" + "[*, *]" * 60,
            "takes more work on this body than a check may do: be more exact",
        ),
        (
            b"[" + b"[1]," * 200_000 + b"1]",
            "$..*[?@.a == 1 || @.b == 2 || @.c == 3 || @.d == 4]",
            "takes more work on this body than a check may do: be more exact",
        ),
    ],
    ids=["large", "paths", "filters"],
)
def test_the_work_is_bounded_and_the_end_of_it_is_said(
    body: bytes, path: str, sentence: str
) -> None:
    began = time.process_time()
    reason, message = verdict(body, path=path)
    took_s = time.process_time() - began
    assert (reason, sentence in message, took_s < 2) == (Reason.TOO_LARGE, True, True)


@pytest.mark.parametrize(
    ("body", "path", "compare"),
    [
        (
            b'{"a": [' + b"1," * 400_000 + b"1]}",
            "$[" + ",".join(["'a'"] * 100) + "]",
            Comparison.CONTAINS,
        ),
        (
            b'{"a": ['
            + b'{"s": 1},' * 20_000
            + b'{}], "s": "'
            + b"x" * 400_000
            + b'y", "t": "'
            + b"x" * 400_000
            + b'z"}',
            "$.a[?$.s < $.t && $.s < $.t && $.s < $.t && $.s < $.t]",
            Comparison.EQUAL,
        ),
    ],
    ids=["contains", "long texts"],
)
def test_comparing_is_work_too(body: bytes, path: str, compare: Comparison) -> None:
    began = time.process_time()
    reason, message = verdict(body, path=path, compare=compare, expected="no such thing")
    took_s = time.process_time() - began
    assert reason is Reason.TOO_LARGE
    assert "takes more work on this body than a check may do" in message
    assert took_s < 2


def test_json_that_is_nested_too_deeply_says_so() -> None:
    reason, message = verdict(b"[" * 1_000_000)
    assert (reason, message) == (
        Reason.CONTENT,
        "200 OK, but the body is not JSON that can be read: it is nested too deeply",
    )


@pytest.mark.parametrize("path", ["$..a", "$..*", "$..[?@.a == 1]", "$[*]", "$[?@.a > 1].b"])
def test_an_ordinary_path_has_work_enough_for_a_large_body(path: str) -> None:
    body = b"[" + b'{"a": 1, "name": "one of many", "b": [2]}, ' * 20_000 + b'{"a": 2, "b": 3}]'
    assert verdict(body, path=path) == (Reason.OK, "200 OK")
