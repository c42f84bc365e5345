"""How often Python looks for garbage that reference counts do not free."""

import gc

# A check makes hundreds of objects and leaves no cycles. As Python is set up, it would go through
# what a checker knows of its services again and again: a fifth of the CPU of a check with 50,000.
YOUNG, MIDDLE, OLD = 50_000, 20, 20


def collect_seldom() -> None:
    """Leave out what is loaded by now for ever, and look through the rest a seventieth as often.

    Source: https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
