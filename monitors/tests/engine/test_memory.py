import gc
import weakref
from collections.abc import Iterator

import pytest

from monitors.engine.memory import collect_seldom


class _Cycle:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def _made_until_collected() -> int:
    """Make cycles until the first of them is freed, and give their number."""
    gc.collect()
    made = [_Cycle()]
    first = weakref.ref(made.pop())
    number = 1
    while first() is not None:
        _Cycle()
        number += 1
    return number


def test_garbage_is_looked_for_seldom_but_is_not_left() -> None:
    often = _made_until_collected()
    collect_seldom()
    assert _made_until_collected() > 20 * often


def test_what_is_loaded_is_looked_through_no_more() -> None:
    loaded = _Cycle()
    collect_seldom()
    assert not any(one is loaded for one in gc.get_objects())
