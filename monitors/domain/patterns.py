"""Regular expressions: RE2 in a size that bounds how long one may look at a body."""

from functools import lru_cache

import re2

from .spec import BadSetting
from .wording import one_line

# RE2 looks at every byte once, at worst with each of its instructions: 4 ns a byte and instruction.
MAX_INSTRUCTIONS = 3_000
# So it ends within some 15 s, whatever the body; others work meanwhile.
MOST_STEPS = 4_000_000_000


@lru_cache(maxsize=1_024)
def parse_pattern(text: str) -> "re2._Regexp":
    """Compile a regular expression with RE2, which cannot backtrack. Raises BadSetting."""
    shown = one_line(text[:40])
    try:
        pattern = re2.compile(text, _quiet())
    except re2.error as error:
        detail = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        raise BadSetting(f"“{shown}” is not a regular expression: {one_line(detail)}") from None
    except UnicodeError:
        raise BadSetting(f"“{shown}” is not a regular expression: it is not text") from None
    if pattern.programsize > MAX_INSTRUCTIONS:
        raise BadSetting(
            f"“{shown}” is too large a regular expression: let it repeat less, or use * or +."
        )
    return pattern


def steps(pattern: "re2._Regexp", size: int) -> int:
    """Give how many steps a search of so many bytes takes at worst."""
    return int(pattern.programsize) * size


def _quiet() -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    return options
