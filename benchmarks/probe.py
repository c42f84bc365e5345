"""CPU per check of the probe alone, and the error of the response time under load.

    python benchmarks/probe.py [rounds]

Only this process's CPU counts; the targets run in another. Each figure is the median over the
rounds. httpx with its stock pool, a fresh client for every check, is measured in the same run.
"""

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import uvloop

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from monitors.domain.reasons import Reason
from monitors.domain.result import CheckResult
from monitors.domain.spec import CheckSpec
from monitors.domain.verdict import judge
from monitors.probes import observe

from targets import SLOW_S, Targets, running  # isort: skip # beside this file

AT_A_TIME = (1, 100, 1_000)
CHECKS = {1: 300, 100: 1_000, 1_000: 2_000}
# Checks that are timed while others are in flight: a load that one core carries with ease.
STEADY_PER_S = 100
TIMED = {1: 30, 100: 300, 1_000: 300}
LOOPS = {"uvloop": uvloop.new_event_loop, "asyncio": asyncio.new_event_loop}

Check = Callable[[], Awaitable[object]]


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with running() as targets:
        os.environ["SSL_CERT_FILE"] = targets.authority
        print(f"{'CPU per check, ms':<34}" + "".join(f"{n:>8}" for n in AT_A_TIME) + "  at a time")
        for scheme in ("http", "https"):
            stock = cpu_row(
                "httpx, stock pool", scheme, "uvloop", stock_check(targets, scheme), rounds
            )
            for loop in LOOPS:
                ours = cpu_row("this probe", scheme, loop, our_check(targets, scheme), rounds)
                ratios = "".join(f"{a / b:>8.2f}" for a, b in zip(ours, stock, strict=True))
                print(f"{'':<10}of the stock pool's{'':<5}{ratios}")
        print(f"\n{'error of a 300 ms answer, ms':<34}{'p50':>8}{'p99':>8}")
        for count in AT_A_TIME:
            errors = latency_errors(targets, count)
            p50, p99 = statistics.median(errors), statistics.quantiles(errors, n=100)[98]
            print(f"{count:>6} in flight{'':<18}{p50:>8.1f}{p99:>8.1f}")


def cpu_row(name: str, scheme: str, loop: str, check: Check, rounds: int) -> list[float]:
    medians = []
    for at_a_time in AT_A_TIME:
        spent = [cpu_ms(check, at_a_time, loop) for _ in range(rounds)]
        medians.append(statistics.median(spent))
    label = f"{name}, {scheme}, {loop}"
    print(f"{label:<34}" + "".join(f"{median:>8.3f}" for median in medians))
    return medians


def cpu_ms(check: Check, at_a_time: int, loop: str) -> float:
    count = CHECKS[at_a_time]
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(many(check, at_a_time, at_a_time))
        began = time.process_time()
        runner.run(many(check, count, at_a_time))
        return (time.process_time() - began) / count * 1_000


async def many(check: Check, count: int, at_a_time: int) -> None:
    left = iter(range(count))

    async def worker() -> None:
        for _ in left:
            await check()

    await asyncio.gather(*(worker() for _ in range(at_a_time)))


def our_check(targets: Targets, scheme: str) -> Check:
    spec = CheckSpec(getattr(targets, scheme))

    async def check() -> CheckResult:
        result = judge(spec, await observe(spec))
        assert result.reason is Reason.OK, result.message
        return result

    return check


def stock_check(targets: Targets, scheme: str) -> Check:
    url = getattr(targets, scheme)
    context = httpx.create_ssl_context()

    async def check() -> None:
        async with httpx.AsyncClient(verify=context, trust_env=False) as client:
            response = await client.get(url)
        assert response.status_code == 200

    return check


def latency_errors(targets: Targets, in_flight: int) -> list[float]:
    """Give by how much each response time misses what the server takes, in ms.

    `in_flight` checks are under way all the time: most of them wait for a server that never
    answers, while others are started at a steady rate and timed.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        times = runner.run(timed_among(targets, in_flight))
    return [time_ms - SLOW_S * 1_000 for time_ms in times]


async def timed_among(targets: Targets, in_flight: int) -> list[float]:
    at_once = min(in_flight, STEADY_PER_S * SLOW_S)
    waiting = CheckSpec(targets.silent, timeout_s=60.0)
    held = [asyncio.create_task(observe(waiting)) for _ in range(int(in_flight - at_once))]
    await asyncio.sleep(3)
    timed = []
    for _ in range(TIMED[in_flight]):
        timed.append(asyncio.create_task(observe(CheckSpec(targets.slow))))
        await asyncio.sleep(SLOW_S / at_once)
    found = [judge(CheckSpec(targets.slow), await task) for task in timed]
    for task in held:
        task.cancel()
    await asyncio.gather(*held, return_exceptions=True)
    return [result.response_time_ms or 0.0 for result in found]


if __name__ == "__main__":
    main()
