"""Prometheus's blackbox exporter as a process, to measure against.

It comes from Debian's prometheus-blackbox-exporter.
"""

import asyncio
import contextlib
import os
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

HTTP_MODULE = """
modules:
  http:
    prober: http
    timeout: 5s
    http: {preferred_ip_protocol: ip4}
"""


@dataclass(frozen=True, slots=True)
class Exporter:
    url: str
    process_id: int

    def cpu_s(self) -> float:
        """Give the CPU time that it has used so far, user and system."""
        fields = Path(f"/proc/{self.process_id}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.asynccontextmanager
async def running(config: str) -> AsyncIterator[Exporter]:
    """Serve while the block lasts, on a free port, with the modules of a file."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [
            "prometheus-blackbox-exporter",
            f"--config.file={config}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--log.level=error",
        ],
    )
    url = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient(trust_env=False) as client:
            for _ in range(100):
                with contextlib.suppress(httpx.TransportError):
                    await client.get(f"{url}/-/healthy")
                    break
                await asyncio.sleep(0.1)
        yield Exporter(url, process.pid)
    finally:
        process.terminate()
        process.wait()


@contextlib.asynccontextmanager
async def bare_probes(
    clients: int,
) -> AsyncIterator[Callable[[str, int], Coroutine[Any, Any, float]]]:
    """Give what asks for many probes of a URL, by so many clients, and tells the ms CPU of each.

    The exporter is asked over HTTP as it is meant to be; a number is added to the URL.
    """
    async with contextlib.AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        Path(f"{folder}/blackbox.yml").write_text(HTTP_MODULE)
        exporter = await stack.enter_async_context(running(f"{folder}/blackbox.yml"))
        limits = httpx.Limits(max_connections=clients)
        client = await stack.enter_async_context(
            httpx.AsyncClient(limits=limits, trust_env=False, timeout=30)
        )

        async def ask(number: int, url: str) -> None:
            query = {"module": "http", "target": f"{url}{number}"}
            answer = await client.get(f"{exporter.url}/probe", params=query)
            assert "probe_success 1" in answer.text

        async def ask_each(numbers: Iterator[int], url: str) -> None:
            for number in numbers:
                await ask(number, url)

        async def spent_ms(url: str, count: int) -> float:
            before_s = exporter.cpu_s()
            numbers = iter(range(count))
            await asyncio.gather(*(ask_each(numbers, url) for _ in range(clients)))
            return (exporter.cpu_s() - before_s) / count * 1_000

        yield spent_ms
