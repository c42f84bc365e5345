"""Reads and shows what a service depends on, a line each: a name, an address or “#12”."""

import re
from collections import Counter
from collections.abc import Collection, Sequence

from django.core.exceptions import ValidationError
from django.db.models import Q

from monitors.domain.dependencies import way
from monitors.models import Service
from monitors.queries.dependencies import Neighbour, neighbours_above, upwards

MAX_DEPENDENCIES = 20
_NUMBER = re.compile(r"#([0-9]{1,18})")


def named_dependencies(service: Service) -> list[Neighbour]:
    """Give what a service depends on, by name."""
    return neighbours_above(service) if service.pk else []


def as_lines_of(services: Collection[Neighbour]) -> str:
    """Give services as they are typed: by name where that says which, else by number."""
    if not services:
        return ""
    names = [neighbour.name for neighbour in services]
    times = Counter(Service.objects.filter(name__in=names).values_list("name", flat=True))
    return "\n".join(
        name if times[name] == 1 and not _NUMBER.fullmatch(name) else numbered(pk)
        for pk, name in services
    )


def numbered(service_id: int) -> str:
    return f"#{service_id}"


def parse_dependencies(text: str, service: Service) -> list[int]:
    """Find what a service is to depend on. Raises ValidationError with a sentence."""
    lines = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if len(lines) > MAX_DEPENDENCIES:
        raise ValidationError(f"At most {MAX_DEPENDENCIES} services.", code="invalid")
    ids = sorted(_found(lines))
    if service.pk is not None:
        _refuse_circles(ids, service.pk)
    return ids


def _found(lines: Sequence[str]) -> set[int]:
    numbers = {line: int(match[1]) for line in lines if (match := _NUMBER.fullmatch(line))}
    meant = Q(name__in=lines) | Q(url__in=lines) | Q(pk__in=numbers.values())
    # One line that means very many need not be read to its end.
    rows = list(Service.objects.filter(meant).order_by("pk").values_list("pk", "name", "url")[:500])
    found = set()
    for line in lines:
        if line in numbers:
            ids = [pk for pk, _, _ in rows if pk == numbers[line]]
        else:
            ids = [pk for pk, name, url in rows if line in {name, url}]
        if not ids:
            raise ValidationError(f"There is no service “{line[:80]}”.", code="invalid")
        if len(ids) > 1:
            some = ", ".join(map(numbered, ids[:5]))
            sentence = f"Several services are called “{line[:80]}”: give the number, of {some}."
            raise ValidationError(sentence, code="invalid")
        found.add(ids[0])
    return found


def _refuse_circles(ids: Sequence[int], own: int) -> None:
    if own in ids:
        raise ValidationError("A service cannot depend on itself.", code="invalid")
    edges = upwards(ids)
    for pk in ids:
        steps = way(pk, own, edges)
        if steps:
            names = dict(Service.objects.filter(pk__in=steps).values_list("pk", "name"))
            told = " → ".join(f"“{names.get(step, '')}”" for step in steps)
            raise ValidationError(
                f"That would be a circle: {told} depend on each other already.", code="invalid"
            )
