"""Names that people give to services and keys: one line, in any script."""

import unicodedata

from .spec import BadSetting

# Control characters, lone surrogates, line and paragraph separators.
_NO_TEXT = {"Cc", "Cs", "Zl", "Zp"}
# Joiners and marks of direction, spaces, accents without a letter.
_UNSEEN = {"Cf", "Zs", "Mn"}
_END_OF_EMBEDDING, _END_OF_ISOLATE = "\u202c", "\u2069"
_BEGIN = dict.fromkeys("\u202a\u202b\u202d\u202e", _END_OF_EMBEDDING) | dict.fromkeys(
    "\u2066\u2067\u2068", _END_OF_ISOLATE
)


def checked_name(text: str) -> str:
    """Give a name back. Raises BadSetting.

    Characters that only shape others are text: scripts from Persian to Devanagari and most emoji
    are not written without them. Those that set a direction are too, as long as they end within
    the name, so that nothing beside it on a page or in a mail is turned round.
    """
    categories = set(map(unicodedata.category, text))
    if categories & _NO_TEXT:
        raise BadSetting("A name is one line, without control characters.")
    if categories <= _UNSEEN:
        raise BadSetting("A name needs a character that can be seen.")
    if _leaves_a_direction_open(text):
        raise BadSetting("A name ends every change of its direction of writing.")
    return text


def _leaves_a_direction_open(text: str) -> bool:
    """Tell whether what comes after the text would be affected by it (UAX 9, 3.3.2)."""
    open_ends: list[str] = []
    for character in text:
        if character in _BEGIN:
            open_ends.append(_BEGIN[character])
        elif character == _END_OF_ISOLATE and character in open_ends:
            # It ends the embeddings within it, too.
            while open_ends.pop() != character:
                pass
        elif open_ends and open_ends[-1] == character:
            open_ends.pop()
    return bool(open_ends)
