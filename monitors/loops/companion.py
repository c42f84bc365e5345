"""What runs beside the checks of a checker, without knowing of them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

NOBODY = 0
"""Holds rows for whoever goes round once: no checker has this id."""


@dataclass(frozen=True, slots=True)
class Berth:
    """What a checker gives to a loop beside it."""

    holder: int
    """The id of the checker, by which rows are held."""
    stop: asyncio.Event
    """Once it is set, the loop has a second and a half to end."""
    count: Callable[[], None]
    """Counts an error that nobody expected."""


Companion = Callable[[Berth], Awaitable[None]]
"""Runs until it is told to stop. After an unexpected error it is begun again."""
