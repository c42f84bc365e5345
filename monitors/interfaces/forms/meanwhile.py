"""What a form showed when it was opened, and what has become of it since.

A form carries a short keyed digest of every value that it showed, so that it can be told later
which of them somebody else has changed, without keeping or showing any.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.crypto import salted_hmac

from monitors.domain.wording import one_line

STALE = "stale"
CHANGED_MEANWHILE = (
    "Somebody else changed this service while you edited it. "
    "Look at what has changed, then save again."
)
CHANNEL_CHANGED = CHANGED_MEANWHILE.replace("service", "channel")
_DIGITS = 10
_MAX_SHOWN = 100
_EMPTY: tuple[Any, ...] = (None, "", [])


def seen(owner: object, values: Mapping[str, Any]) -> str:
    """Digest values, for `changed_since`: “name:3f… other:a0…”.

    `owner` tells whose they are: else two services with one password would show it.
    """
    return " ".join(f"{name}:{_digest(owner, name, value)}" for name, value in values.items())


def changed_since(text: str, owner: object, values: Mapping[str, Any]) -> list[str]:
    """Name the values that are no longer what `seen` digested into this text."""
    then = dict(part.partition(":")[::2] for part in text.split())
    return [
        name
        for name, value in values.items()
        if name in then and then[name] != _digest(owner, name, value)
    ]


def sentence(label: str, value: Any, unit: str, *, is_typed: bool) -> str:
    """Say what a value has become, and whether the form keeps what was typed instead."""
    kept = " You typed something else, which is kept." if is_typed else ""
    return f"{label}: now {told(value)}{f' {unit}' if unit else ''}.{kept}"


def secret_sentence(label: str, *, is_typed: bool) -> str:
    kept = " You typed one too, which is kept." if is_typed else ""
    return f"{label}: changed.{kept}"


def told(value: Any) -> str:
    """Say a value as a sentence has it: on, empty, “text”, 60."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if value in _EMPTY:
        return "empty"
    if isinstance(value, str):
        line = one_line(value[: 2 * _MAX_SHOWN])
        return f"“{line[:_MAX_SHOWN]}…”" if len(line) > _MAX_SHOWN else f"“{line}”"
    if isinstance(value, Iterable):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _digest(owner: object, name: str, value: Any) -> str:
    text = f"{owner} {name}={value!r}"
    return salted_hmac("monitors.seen", text, algorithm="sha256").hexdigest()[:_DIGITS]
