"""Many results in one summary: counts, mean and percentiles, and how summaries are joined."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .result import Status

# Response times are counted in buckets that grow by 5 %: a percentile read from them is within
# 2.5 % of the true one, whatever was joined (DDSketch; Masson, Rim and Lee, VLDB 2019).
_GROWTH = 1.05
_LOG_GROWTH = math.log(_GROWTH)
_SMALLEST_MS = 0.01


@dataclass(frozen=True, slots=True)
class Summary:
    """What many checks found. Times are in ms, and of the checks that were answered."""

    up: int = 0
    degraded: int = 0
    down: int = 0
    timed: int = 0
    sum_ms: float = 0.0
    min_ms: float | None = None
    max_ms: float | None = None
    buckets: Mapping[int, int] = field(default_factory=dict)
    """How many response times fell into each bucket."""

    @property
    def checks(self) -> int:
        return self.up + self.degraded + self.down

    @property
    def mean_ms(self) -> float | None:
        return self.sum_ms / self.timed if self.timed else None

    def percentile_ms(self, share: float) -> float | None:
        """Give the time that a share (0 to 1) of the answered checks did not exceed."""
        if not self.timed or self.min_ms is None or self.max_ms is None:
            return None
        rank = max(1, math.ceil(share * self.timed))
        passed = 0
        for bucket in sorted(self.buckets):
            passed += self.buckets[bucket]
            if passed >= rank:
                return min(max(_middle(bucket), self.min_ms), self.max_ms)
        return self.max_ms

    @property
    def median_ms(self) -> float | None:
        return self.percentile_ms(0.5)

    @property
    def p95_ms(self) -> float | None:
        return self.percentile_ms(0.95)

    @property
    def p99_ms(self) -> float | None:
        return self.percentile_ms(0.99)

    @property
    def worst(self) -> Status:
        if self.down:
            return Status.DOWN
        return Status.DEGRADED if self.degraded else Status.UP


NOTHING = Summary()


def summarise(results: Iterable[tuple[Status, float | None]]) -> Summary:
    """Sum up results, each a status and a response time in ms."""
    statuses: Counter[Status] = Counter()
    times = []
    for status, time_ms in results:
        statuses[status] += 1
        if time_ms is not None:
            times.append(time_ms)
    return Summary(
        up=statuses[Status.UP],
        degraded=statuses[Status.DEGRADED],
        down=statuses[Status.DOWN],
        timed=len(times),
        sum_ms=math.fsum(times),
        min_ms=min(times, default=None),
        max_ms=max(times, default=None),
        buckets=Counter(_bucket(time_ms) for time_ms in times),
    )


def merge(summaries: Iterable[Summary]) -> Summary:
    """Join summaries of different times: it is as if all were summed up at once."""
    parts = list(summaries)
    buckets: Counter[int] = Counter()
    for part in parts:
        buckets.update(part.buckets)
    return Summary(
        up=sum(part.up for part in parts),
        degraded=sum(part.degraded for part in parts),
        down=sum(part.down for part in parts),
        timed=sum(part.timed for part in parts),
        sum_ms=math.fsum(part.sum_ms for part in parts),
        min_ms=min((part.min_ms for part in parts if part.min_ms is not None), default=None),
        max_ms=max((part.max_ms for part in parts if part.max_ms is not None), default=None),
        buckets=buckets,
    )


def buckets_text(buckets: Mapping[int, int]) -> str:
    """Write buckets as short as they can be: "97:3 98:40"."""
    return " ".join(f"{bucket}:{count}" for bucket, count in sorted(buckets.items()))


def read_buckets(text: str) -> dict[int, int]:
    pairs = (part.partition(":") for part in text.split())
    return {int(bucket): int(count) for bucket, _, count in pairs}


def _bucket(time_ms: float) -> int:
    return math.ceil(math.log(max(time_ms, _SMALLEST_MS)) / _LOG_GROWTH)


def _middle(bucket: int) -> float:
    """Give the time that is off by the same share at both ends of a bucket."""
    return float(2 * _GROWTH**bucket / (_GROWTH + 1))
