"""The kinds of probes."""

from collections.abc import Awaitable, Callable

from monitors.domain.observation import Observation
from monitors.domain.spec import DEFAULT_LIMITS, CheckSpec, Limits

from . import http

Probe = Callable[[CheckSpec, Limits], Awaitable[Observation]]

PROBES: dict[str, Probe] = {"http": http.observe, "https": http.observe}


async def observe(spec: CheckSpec, limits: Limits = DEFAULT_LIMITS) -> Observation:
    """Observe a target with the probe of its URL's scheme."""
    return await PROBES[spec.url.partition(":")[0]](spec, limits)
