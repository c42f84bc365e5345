"""Tags as people type them: words with commas between them."""

from django.core.exceptions import ValidationError

from monitors.domain.tags import MAX_TAG_LENGTH, MAX_TAGS

MAX_TEXT_LENGTH = MAX_TAGS * (MAX_TAG_LENGTH + 2)


def read_tags(text: str) -> list[str]:
    """Give the tags, sorted. Raises ValidationError."""
    names = sorted({name.strip() for name in text.split(",")} - {""})
    if len(names) > MAX_TAGS:
        raise ValidationError(f"At most {MAX_TAGS} tags.", code="invalid")
    if any(len(name) > MAX_TAG_LENGTH for name in names):
        raise ValidationError(f"A tag has at most {MAX_TAG_LENGTH} characters.", code="invalid")
    return names
