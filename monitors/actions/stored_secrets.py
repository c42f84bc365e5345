"""Re-encrypt what is stored under a key of before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import models, transaction
from django.db.models import Q, QuerySet, TextField, Value

from monitors.models.fields import as_stored, secret_fields, with_the_first_key

BATCH = 200


@dataclass(slots=True)
class Rotation:
    """What has become of the stored secrets."""

    rewritten: int = 0
    current: int = 0
    """Under the first key already."""
    unreadable: list[str] = field(default_factory=list)
    """The row and the column of each that no key decrypts; it is left as it is."""


def rotate() -> Rotation:
    """Put every stored secret under SECRET_KEY; those of before are tried on each.

    Others may go on writing: a secret is replaced only where it still is what was read. No revision
    changes, for the values stay the same.
    """
    done = Rotation()
    for model in apps.get_app_config("monitors").get_models():
        names = secret_fields(model)
        if names:
            for rows in _batches(model, names):
                with transaction.atomic():
                    for row in rows:
                        _rotate_row(model, row, done)
    return done


def _batches(model: type[models.Model], names: tuple[str, ...]) -> Iterator[list[dict[str, Any]]]:
    """Give the rows that have secrets, by their keys, each secret as it is stored."""
    raw = {f"stored_{name}": as_stored(name) for name in names}
    any_stored = Q(*((f"{column}__gt", "") for column in raw), _connector=Q.OR)
    rows = QuerySet(model).annotate(**raw).filter(any_stored).order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last).values("pk", *raw)[:BATCH]):
        yield batch
        last = batch[-1]["pk"]


def _rotate_row(model: type[models.Model], row: Mapping[str, Any], done: Rotation) -> None:
    for column, stored in row.items():
        name = column.removeprefix("stored_")
        if column == "pk" or not stored:
            continue
        try:
            fresh = with_the_first_key(stored)
        except InvalidToken:
            done.unreadable.append(f"{model._meta.verbose_name} {row['pk']}: {name}")
            continue
        if fresh == stored:
            done.current += 1
            continue
        # Whoever has replaced it meanwhile has encrypted it with the first key.
        same = QuerySet(model).annotate(now=as_stored(name)).filter(pk=row["pk"], now=stored)
        done.rewritten += same.update(**{name: Value(fresh, TextField())})
