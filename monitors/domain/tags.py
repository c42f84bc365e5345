"""Words by which people group services."""

MAX_TAGS = 20
"""As many as one service has at most."""
MAX_TAG_LENGTH = 50

NO_TAG = ","
"""Stands for “without a tag” where a tag is chosen: none has a comma."""
