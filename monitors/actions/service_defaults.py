"""Choose what new services begin with."""

from collections.abc import Mapping
from typing import Any

from monitors.models import ServiceDefaults


def keep(values: Mapping[str, Any]) -> None:
    """Keep settings in place of those of before; services that are there stay as they are."""
    ServiceDefaults.objects.update_or_create(
        pk=ServiceDefaults.ONLY, defaults={"values": dict(values)}
    )
