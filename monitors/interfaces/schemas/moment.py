"""A moment as the API takes it, in every query and body alike."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from monitors.interfaces.moments import usable


def _not_a_number(value: Any) -> Any:
    """Refuse what pydantic takes for seconds since 1970: "5" is more likely a slip."""
    if isinstance(value, str) and "-" not in value[1:]:
        raise ValueError("a moment looks like 2026-03-01T12:00:00Z")
    return value


Moment = Annotated[
    datetime,
    BeforeValidator(_not_a_number),
    AfterValidator(usable),
    # Of the years that are usable.
    Field(json_schema_extra={"pattern": "^(19[7-9][0-9]|[2-8][0-9]{3})-"}),
]
"""ISO 8601; without a zone it is read in that of the site."""
