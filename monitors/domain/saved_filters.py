"""Filters of the list that a person keeps under a name."""

MAX_SAVED_FILTERS = 20
"""As many as one person has at most."""
MAX_FILTER_NAME_LENGTH = 50
MAX_QUERY_LENGTH = 500


class NotSaved(Exception):  # noqa: N818 - reads as what it is at every raise
    """A filter that cannot be kept; the text says why, to who wanted to."""
