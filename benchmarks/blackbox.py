"""Prometheus's blackbox exporter as a process, to measure against.

It comes from Debian's prometheus-blackbox-exporter.
"""

import asyncio
import contextlib
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

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


@dataclass(frozen=True, slots=True)
class Probes:
    """Asks an exporter over HTTP, as it is meant to be asked, and tells the CPU ms of a probe."""

    exporter: Exporter
    client: httpx.AsyncClient

    async def at_once(self, url: str, count: int, clients: int) -> float:
        """Let so many clients ask, each as soon as it has been answered."""
        numbers = iter(range(count))

        async def ask_each() -> None:
            for number in numbers:
                await self._ask(f"{url}{number}")

        before_s = self.exporter.cpu_s()
        await asyncio.gather(*(ask_each() for _ in range(clients)))
        return (self.exporter.cpu_s() - before_s) / count * 1_000

    async def paced(self, url: str, count: int, per_s: float) -> float:
        """Ask so many times a second, evenly."""
        before_s, began_s = self.exporter.cpu_s(), time.monotonic()
        async with asyncio.TaskGroup() as asking:
            for number in range(count):
                await asyncio.sleep(began_s + number / per_s - time.monotonic())
                asking.create_task(self._ask(f"{url}{number}"))
        return (self.exporter.cpu_s() - before_s) / count * 1_000

    async def _ask(self, url: str) -> None:
        query = {"module": "http", "target": url}
        answer = await self.client.get(f"{self.exporter.url}/probe", params=query)
        assert "probe_success 1" in answer.text


@contextlib.asynccontextmanager
async def probes() -> AsyncIterator[Probes]:
    """Run an exporter while the block lasts."""
    async with contextlib.AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        Path(f"{folder}/blackbox.yml").write_text(HTTP_MODULE)
        exporter = await stack.enter_async_context(running(f"{folder}/blackbox.yml"))
        client = httpx.AsyncClient(trust_env=False, timeout=30)
        yield Probes(exporter, await stack.enter_async_context(client))
