"""Uptime figures as the API gives them."""

from ninja import Field, Schema

from monitors.domain.uptime import Uptime


class UptimeOut(Schema):
    """Seconds by state; together they are the window."""

    uptime_percent: float | None = Field(
        ..., description="(up + degraded) / (up + degraded + down); null where nothing is known"
    )
    up_s: float
    degraded_s: float
    down_s: float
    maintenance_s: float
    paused_s: float
    unknown_s: float


def uptime_out(found: Uptime) -> dict[str, float | None]:
    seconds = {name: getattr(found, name) for name in UptimeOut.model_fields if name[-2:] == "_s"}
    return {"uptime_percent": found.percent} | seconds
