"""A badge in the shape that the endpoint badge of shields.io reads (its schema version 1)."""

import json
from typing import Any

from monitors.charts.badge import COLOURS
from monitors.domain.badges import Face


def shields(face: Face) -> str:
    """Write a badge. While it is bad, whoever embeds it cannot give it a colour of their own."""
    document: dict[str, Any] = {
        "schemaVersion": 1,
        "label": face.label,
        "message": face.value.words,
        "color": COLOURS[face.value.kind].removeprefix("#"),
    }
    if face.value.kind == "down":
        document["isError"] = True
    return json.dumps(document)
