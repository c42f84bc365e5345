"""Text for services that take some of it for markup, so that it is shown as it is."""

import re

_URL = re.compile(r"(https?://[^\s<>]+)")
_MARKUP = re.compile(r"([\\`*_~\[\]<>|#])")
_GROUPS = re.compile(r"@(?=(?:everyone|here|channel|all)\b)", re.IGNORECASE)


def without_mentions(text: str) -> str:
    """Let nobody be called by what stands in a name: an invisible space follows the @.

    Addresses like user@host stay, unless the host has the name of a group.
    """
    outside = re.sub(r"(?<![\w.+-])@(?=\w)", "@\u200b", text)
    return _GROUPS.sub("@\u200b", outside)


def escaped(text: str) -> str:
    """Escape whatever Markdown of any kind takes for markup; addresses stay addresses."""
    return "".join(
        f"<{part}>" if _URL.fullmatch(part) else _MARKUP.sub(r"\\\1", part)
        for part in _URL.split(text)
    )


def shortened(text: str, length: int) -> str:
    """Cut text to whole lines; the last one says that there was more."""
    if len(text) <= length:
        return text
    kept: list[str] = []
    left = length - len("\n…")
    for line in text.split("\n"):
        left -= len(line) + 1
        if left < 0:
            break
        kept.append(line)
    return "\n".join([*kept, "…"]) if kept else f"{text[: length - 1]}…"
