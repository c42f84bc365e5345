"""Judges what was seen, where that holds up nobody."""

import asyncio

from monitors.domain.assertions import takes_long
from monitors.domain.observation import Observation
from monitors.domain.result import CheckResult
from monitors.domain.spec import CheckSpec
from monitors.domain.verdict import judge


async def judged(spec: CheckSpec, seen: Observation) -> CheckResult:
    """Judge it here, or beside the loop where it may take long."""
    beside = seen.response is not None and takes_long(spec, seen.response)
    return await asyncio.to_thread(judge, spec, seen) if beside else judge(spec, seen)
