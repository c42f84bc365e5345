"""The rows of a service, as the database holds them: taken before it is deleted, and put back.

What goes with a service is found from the models, so that a new one is not forgotten. Its log and
its summaries stay where they are until LogToDelete is done, and are not among the rows.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import CASCADE, SET_NULL, ForeignKey, Model, QuerySet

from monitors.models import Service

_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Relation:
    """How a table names the rows of another."""

    model: type[Model]
    column: str
    on_delete: Any


def take(service_id: int) -> str:
    """Give the rows that its deletion will delete, and which it will let name no service."""
    rows = {_label(Service): _select(Service, _key(Service), [service_id])}
    _take_below(Service, [service_id], rows)
    let_go: dict[str, list[int]] = {}
    for relation in relations(Service):
        if relation.on_delete is SET_NULL:
            rows_of: QuerySet[Model] = QuerySet(relation.model)
            named = rows_of.filter(**{relation.column: service_id})
            let_go[_label(relation.model)] = list(named.values_list("pk", flat=True))
    return json.dumps({"rows": rows, "let_go": let_go}, default=_as_text)


def put_back(text: str, service_id: int) -> None:
    """Write rows of before; what else they name that is gone now is left out, or named no more.

    Raises IntegrityError where another row has taken the place of one of them.
    """
    kept = json.loads(text)
    for label, rows in kept["rows"].items():
        _insert(apps.get_model(label), rows)
    for relation in relations(Service):
        if relation.on_delete is SET_NULL:
            let_go = kept["let_go"].get(_label(relation.model), ())
            left: QuerySet[Model] = QuerySet(relation.model).filter(pk__among=let_go)
            left.filter(**{relation.column: None}).update(**{relation.column: service_id})


def relations(model: type[Model]) -> Iterator[Relation]:
    """Give every column that names a row, those of the tables between two others too."""
    for field in model._meta.get_fields(include_hidden=True):
        if field.auto_created and not field.concrete and (field.one_to_many or field.one_to_one):
            key = field.field  # type: ignore[union-attr]
            yield Relation(field.related_model, key.column, field.on_delete)  # type: ignore[arg-type, union-attr]


def _take_below(model: type[Model], keys: Sequence[Any], rows: dict[str, list[_Row]]) -> None:
    """Add what is deleted along with rows, and along with that, in an order to put it back in."""
    for relation in relations(model):
        if relation.on_delete is CASCADE:
            found = _select(relation.model, relation.column, keys)
            rows.setdefault(_label(relation.model), []).extend(found)
            if any(relations(relation.model)):
                _take_below(relation.model, [row[_key(relation.model)] for row in found], rows)


def _label(model: type[Model]) -> str:
    return model._meta.label_lower


def _key(model: type[Model]) -> str:
    return str(model._meta.pk.column)


def _columns(model: type[Model]) -> list[str]:
    return [str(field.column) for field in model._meta.concrete_fields if not field.generated]


def _select(model: type[Model], column: str, keys: Sequence[Any]) -> list[_Row]:
    names = _columns(model)
    quote = connection.ops.quote_name
    listed = ", ".join(map(quote, names))
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        found = []
        for key in keys:
            # All names are of ours.
            cursor.execute(f"SELECT {listed} FROM {table} WHERE {quote(column)} = %s", [key])  # noqa: S608
            found += [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        return found


def _insert(model: type[Model], rows: Sequence[_Row]) -> None:
    rows = _without_what_is_gone(model, rows)
    if not rows:
        return
    names = _columns(model)
    quote = connection.ops.quote_name
    into = f"{quote(model._meta.db_table)} ({', '.join(map(quote, names))})"
    places = ", ".join(["%s"] * len(names))
    values = [[_as_stored(row.get(name)) for name in names] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {into} VALUES ({places})", values)  # noqa: S608 - as above


def _without_what_is_gone(model: type[Model], rows: Sequence[_Row]) -> list[_Row]:
    """Leave out rows that name what was deleted meanwhile; where they may name nothing, they do."""
    left = [dict(row) for row in rows]
    for field in model._meta.concrete_fields:
        if not isinstance(field, ForeignKey):
            continue
        named = {row[field.column] for row in left} - {None}
        others: QuerySet[Model] = QuerySet(field.remote_field.model).filter(pk__in=named)
        there = {None, *others.values_list("pk", flat=True)}
        if field.null:
            for row in left:
                row[field.column] = row[field.column] if row[field.column] in there else None
        else:
            left = [row for row in left if row[field.column] in there]
    return left


def _as_text(value: Any) -> str:
    # As Django writes times on SQLite, which compares them as texts; PostgreSQL reads any.
    return value.isoformat(" ") if isinstance(value, datetime) else str(value)


def _as_stored(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value
