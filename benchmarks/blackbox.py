"""Prometheus's blackbox exporter as a process, to measure against.

It comes from Debian's prometheus-blackbox-exporter.
"""

import asyncio
import contextlib
import os
import socket
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx


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
