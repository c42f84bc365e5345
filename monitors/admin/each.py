"""The actions of the site, done with every row that somebody has ticked."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.utils import timezone


def each(chosen: QuerySet[Any], act: Callable[[int, datetime], object]) -> int:
    """Act on those that nobody has deleted meanwhile, and give their number."""
    now = timezone.now()
    done = 0
    for pk in chosen.values_list("pk", flat=True):
        with suppress(ObjectDoesNotExist):
            act(pk, now)
            done += 1
    return done
