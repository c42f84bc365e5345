"""Many rows of one table in one statement, without a model instance for each.

Several times a second and with hundreds of rows, what the ORM spends on instances and on turning
each column into what the database takes is most of what a check costs. PostgreSQL gets new rows
by COPY, which writes them to its log together, and changed ones as one JSON document, so that the
statement stays the same for any number of them; SQLite's executemany is quick as it is.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Field, Model

Row = Sequence[Any]


def insert_many(model: type[Model], columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows whose values stand in the order of `columns`; times are aware."""
    if not rows:
        return
    table = _table(model, columns)
    into = f"{table.name} ({', '.join(table.columns)})"
    if connection.vendor == "postgresql":
        _copy(f"COPY {into} FROM STDIN", rows)
    else:
        places = ", ".join(["%s"] * len(columns))
        _execute_each(f"INSERT INTO {into} VALUES ({places})", rows)  # noqa: S608 - see _table


def update_many(
    model: type[Model], columns: Sequence[str], rows: Sequence[Row], keys: Sequence[str] = ("id",)
) -> int:
    """Set the columns of each row; behind their values stand those of its keys.

    Gives how many rows there were with such keys. On PostgreSQL `xmin` may be one of them: the
    transaction that wrote the row last. Such rows are not held yet, and are locked in the order
    of the first key, as by everybody who locks several.
    """
    if not rows:
        return 0
    named = (*columns, *keys)
    table = _table(model, named)
    changed, known = table.columns[: len(columns)], table.columns[len(columns) :]
    if connection.vendor == "postgresql":
        pairs = ", ".join(f"{name} = found.{name}" for name in changed)
        where = " AND ".join(f"{table.name}.{name} = found.{name}" for name in known)
        found = table.locked_in_order(where, known[0]) if "xmin" in keys else table.recordset
        statement = f"UPDATE {table.name} SET {pairs} FROM {found} WHERE {where}"  # noqa: S608 - see _table
        return _execute(statement, named, rows)
    else:
        pairs = ", ".join(f"{name} = %s" for name in changed)
        where = " AND ".join(f"{name} = %s" for name in known)
        return _execute_each(f"UPDATE {table.name} SET {pairs} WHERE {where}", rows)  # noqa: S608 - see _table


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]

    @property
    def recordset(self) -> str:
        fields = ", ".join(f"{a} {b}" for a, b in zip(self.columns, self.types, strict=True))
        return f"json_to_recordset(%s::json) AS found ({fields})"

    def locked_in_order(self, where: str, first: str) -> str:
        """Without it the planner chooses in which order an update locks its rows."""
        return (
            f"(SELECT found.* FROM {self.recordset} JOIN {self.name} ON {where}"  # noqa: S608 - see _table
            f" ORDER BY found.{first} FOR NO KEY UPDATE OF {self.name}) AS found"
        )


def _table(model: type[Model], columns: Sequence[str]) -> _Table:
    """Give the names, of ours and in quotes, and the types that PostgreSQL knows them by."""
    quote = connection.ops.quote_name
    return _Table(
        quote(model._meta.db_table),
        tuple(quote(column) for column in columns),
        tuple(_type(model, column) for column in columns),
    )


def _type(model: type[Model], column: str) -> str:
    if column == "xmin":
        return "xid"
    field = model._meta.get_field(column.removesuffix("_id"))
    if not isinstance(field, Field):
        raise TypeError(f"{field} is not a column")
    return str(field.rel_db_type(connection) if field.primary_key else field.db_type(connection))


def _execute(statement: str, columns: Sequence[str], rows: Sequence[Row]) -> int:
    document = json.dumps(
        [dict(zip(columns, row, strict=True)) for row in rows], default=datetime.isoformat
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [document])
        return int(cursor.rowcount)


def _copy(statement: str, rows: Sequence[Row]) -> None:
    # What COPY raises comes past Django otherwise.
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _execute_each(statement: str, rows: Sequence[Row]) -> int:
    adapted = [
        [_as_text(value) if isinstance(value, datetime) else value for value in row] for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, adapted)
        return int(cursor.rowcount)


def _as_text(moment: datetime) -> str:
    """Write a time as Django does for SQLite: UTC, without its offset."""
    return moment.astimezone(UTC).isoformat(" ").removesuffix("+00:00")
