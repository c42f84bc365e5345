"""Response times of a stretch of time as the API gives them."""

from ninja import Field, Schema

from monitors.domain.rollups import Summary


class ResponseTimesOut(Schema):
    """What the checks of a stretch of time found; times are null where none was answered."""

    checks: int
    up: int
    degraded: int
    down: int
    mean_ms: float | None
    min_ms: float | None
    max_ms: float | None
    p50_ms: float | None = Field(..., description="percentiles are within 2.5 %")
    p95_ms: float | None
    p99_ms: float | None


def response_times_out(summary: Summary) -> dict[str, float | None]:
    times = {
        "mean_ms": summary.mean_ms,
        "min_ms": summary.min_ms,
        "max_ms": summary.max_ms,
        "p50_ms": summary.median_ms,
        "p95_ms": summary.p95_ms,
        "p99_ms": summary.p99_ms,
    }
    counts = {name: getattr(summary, name) for name in ("checks", "up", "degraded", "down")}
    return counts | {name: None if time is None else round(time, 3) for name, time in times.items()}
