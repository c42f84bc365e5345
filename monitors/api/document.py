"""The OpenAPI document: to every call the errors that it may answer, by one rule for all."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import REF_TEMPLATE, OpenAPISchema

from monitors.interfaces.schemas.error import ErrorOut

DESCRIPTIONS = {
    400: "The request cannot be read: no JSON, not in UTF-8, or a field that stands twice.",
    401: "No valid API key.",
    404: "There is no such thing.",
    405: "The path does not take this method.",
    409: "It contradicts what is there already.",
    413: "The body is too large.",
    422: "Some fields are wrong: `fields` says which and why.",
    503: "The database is locked or away, or the server is busy; try again.",
}
HEADERS = {
    401: {"WWW-Authenticate": "Bearer"},
    405: {"Allow": "the methods that the path takes"},
    503: {"Retry-After": "seconds"},
}
EVERYWHERE = (400, 401, 405, 503)


class DocumentedAPI(NinjaAPI):
    """An API whose document names every error."""

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**given)
        _add_components(document["components"])
        for calls in document["paths"].values():
            for call in calls.values():
                for parameter in call["parameters"]:
                    parameter["schema"] = _without_null(parameter["schema"])
                call["responses"] |= {status: _reference(status) for status in _errors_of(call)}
        return document


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Leave out the null that an optional parameter has: in a query there is none to write."""
    shapes = [shape for shape in schema.get("anyOf", ()) if shape.get("type") != "null"]
    rest = {word: told for word, told in schema.items() if word != "anyOf"}
    return shapes[0] | rest if len(shapes) == 1 else schema


def _errors_of(call: dict[str, Any]) -> Iterator[int]:
    yield from EVERYWHERE
    places = {given["in"] for given in call["parameters"]}
    if "path" in places:
        yield 404
    if "query" in places:
        yield 422
    if "requestBody" in call:
        yield from (409, 413, 422)


def _add_components(components: dict[str, Any]) -> None:
    schema = ErrorOut.model_json_schema(ref_template=REF_TEMPLATE)
    components["schemas"] |= schema.pop("$defs") | {"ErrorOut": schema}
    components["responses"] = {
        _name(status): {
            "description": description,
            "headers": {
                name: {"description": text, "required": True, "schema": {"type": "string"}}
                for name, text in HEADERS.get(status, {}).items()
            },
            "content": {
                "application/json": {"schema": {"$ref": REF_TEMPLATE.format(model="ErrorOut")}}
            },
        }
        for status, description in DESCRIPTIONS.items()
    }


def _reference(status: int) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{_name(status)}"}


def _name(status: int) -> str:
    return HTTPStatus(status).name.title().replace("_", "")
