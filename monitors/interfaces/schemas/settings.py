"""What each setting of a service may be, in the document: read off the form that enforces it."""

from collections.abc import Iterator
from typing import Any, cast

from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms import CharField, ChoiceField
from django.forms import Field as FormField
from pydantic import BaseModel, ConfigDict, field_validator

from monitors.domain.tags import MAX_TAG_LENGTH, MAX_TAGS
from monitors.interfaces.forms.service import ServiceForm
from monitors.interfaces.forms.service_fields import COLUMNS, HELP
from monitors.models import Service

# Grammars that a person types in; the form parses them.
FORMATS = {
    "name": "single-line",
    "username": "single-line",
    "password": "single-line",
    "bearer_token": "single-line",
    "url": "uri",
    "expected_status": "status-codes",
    "ca_bundle": "pem",
    "client_certificate": "pem",
    "client_key": "pem",
    "pattern": "regex",
    "response_header": "header",
    "json_path": "json-path",
}
_ONE_LINE = r"^[^\u0000-\u001f\u007f-\u009f]*$"
_HEADERS = {
    "description": "Names and values; values are not given back.",
    "propertyNames": {"format": "header-name", "pattern": r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"},
    "additionalProperties": {"type": "string", "format": "header-value", "pattern": _ONE_LINE},
}
# What is written in the API as more than one text.
_SHAPES: dict[str, dict[str, Any]] = {
    "headers": _HEADERS,
    "secret_headers": _HEADERS,
    "locations": {
        "description": "Names of places that checkers stand in; none: any checker will do.",
        "items": {"type": "string", "format": "location"},
    },
    "depends_on": {"description": "Ids of services; alerts are held while one of them is DOWN."},
    "tags": {
        "description": "Words to find it by.",
        "items": {"type": "string", "maxLength": MAX_TAG_LENGTH, "pattern": r"^[^,\u0000]*$"},
        "maxItems": MAX_TAGS,
    },
}


class Settings(BaseModel):
    """A body of settings: values of the type that the document names, and none that it does not."""

    model_config = ConfigDict(strict=True, extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def whole(cls, value: Any) -> Any:
        """Take 60.0 for the whole number that it is in JSON."""
        return int(value) if isinstance(value, float) and value.is_integer() else value


def describe(schema: dict[str, Any]) -> None:
    """Put into a schema of settings what the form asks of each, and its help."""
    for name, field in ServiceForm().fields.items():
        if name in schema["properties"]:
            schema["properties"][name] = _described(name, field, schema["properties"][name])


def describe_new(schema: dict[str, Any]) -> None:
    """Do the same, and tell what a setting is where it is left out."""
    describe(schema)
    untouched = Service()
    for name in set(COLUMNS) & set(schema["properties"]) - set(schema["required"]):
        value = getattr(untouched, name)
        if value not in {"", None}:
            schema["properties"][name]["default"] = value


def _described(name: str, field: FormField, given: dict[str, Any]) -> dict[str, Any]:
    (shape,) = (one for one in given.get("anyOf", [given]) if one.get("type") != "null")
    shape = {word: told for word, told in shape.items() if word not in {"title", "default"}}
    shape |= dict(_limits(name, field))
    about = shape.pop("description", HELP.get(name))
    is_nullable = not field.required and shape["type"] != "boolean"
    told = {"anyOf": [shape, {"type": "null"}]} if is_nullable else shape
    return told | ({"description": about} if about else {})


def _limits(name: str, field: Any) -> Iterator[tuple[str, Any]]:
    if name in _SHAPES:
        yield from _SHAPES[name].items()
    elif isinstance(field, ChoiceField):
        choices = [choice for choice, _ in cast("Any", field.choices)]
        # The empty one means the default, which a setting that is asked for does not have.
        yield "enum", [choice for choice in choices if choice or not field.required]
    elif name in COLUMNS:
        yield from _range(Service._meta.get_field(name))
        if isinstance(field, CharField):
            yield from _length(field)
    if name in FORMATS:
        yield "format", FORMATS[name]


def _range(column: Any) -> Iterator[tuple[str, Any]]:
    for check in column.validators:
        if isinstance(check, MinValueValidator):
            yield "minimum", check.limit_value
        if isinstance(check, MaxValueValidator):
            yield "maximum", check.limit_value


def _length(field: CharField) -> Iterator[tuple[str, Any]]:
    if field.max_length is not None:
        yield "maxLength", field.max_length
    if field.required:
        yield "minLength", 1
