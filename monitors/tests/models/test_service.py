"""Rows as an earlier release, an import or a hand left them."""

from typing import Any

import pytest

from monitors.domain.spec import BadSetting, Hits
from monitors.models import Service


@pytest.mark.parametrize(
    "stored",
    [
        {"json_path": "$[?@.a =~ /(a+)+$/]"},
        {"json_path": "$[?@.a =~ /(/]"},
        {"json_path": "$..*[?count(@..*) > 9999999]"},
        {"json_path": "$[?@.a > 1e99999]"},
        {"json_path": "$["},
        {"json_compare": "~"},
        {"json_match": "few"},
        {"pattern": "("},
        {"pattern": "((a|b|ab|ba){1,100}){1,9}z"},
        {"expected_status": "2xx"},
        {"headers": "no colon"},
    ],
    ids=str,
)
def test_settings_that_cannot_be_read_raise_one_error(stored: dict[str, Any]) -> None:
    with pytest.raises(BadSetting):
        Service(
            name="A", url="http://a.example/", url_key="http://a.example/", **stored
        ).check_spec()


@pytest.mark.parametrize(("stored", "match"), [("", None), ("any", Hits.ANY), ("all", Hits.ALL)])
def test_a_match_that_nobody_chose_is_none(stored: str, match: Hits | None) -> None:
    assert Service(json_match=stored).check_spec().json_match is match
