"""The kinds of probes."""

from collections.abc import Awaitable, Callable

from monitors.domain.observation import Observation
from monitors.domain.spec import DEFAULT_LIMITS, CheckSpec, Limits
from monitors.net.fair_timeout import Lag, no_lag

from . import http

Probe = Callable[[CheckSpec, Limits, Lag], Awaitable[Observation]]

PROBES: dict[str, Probe] = {"http": http.observe, "https": http.observe}


async def observe(
    spec: CheckSpec, limits: Limits = DEFAULT_LIMITS, lag: Lag = no_lag
) -> Observation:
    """Observe a target with the probe of its URL's scheme; `lag` tells how late the loop runs."""
    return await PROBES[spec.url.partition(":")[0]](spec, limits, lag)
