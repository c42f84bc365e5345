"""Verdicts over the zoo of the tests: this probe, prometheus-blackbox-exporter and curl.

    python benchmarks/verdicts.py

Prints the servers on which the three do not agree, and how many they agree on. blackbox exporter
comes from Debian's prometheus-blackbox-exporter; its module asks for what the tests ask for: the
same timeout, redirects followed, the same authority trusted.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from monitors.domain.result import Status
from monitors.domain.spec import CheckSpec
from monitors.domain.verdict import judge
from monitors.probes import observe
from monitors.tests.animals import ANIMALS, TIMEOUT_S, Animal
from monitors.tests.zoo import Authorities, Enclosure

import blackbox  # isort: skip # beside this file

PATIENCE_S = 8
CONFIG = """
modules:
  zoo:
    prober: http
    timeout: {timeout}s
    http:
      preferred_ip_protocol: ip4
      follow_redirects: true
      tls_config: {{ca_file: {authority}}}
"""


async def main() -> None:
    authorities = Authorities()
    with tempfile.TemporaryDirectory() as folder:
        authority = f"{folder}/authority.pem"
        authorities.trusted.cert_pem.write_to_path(authority)
        os.environ["SSL_CERT_FILE"] = authority
        Path(f"{folder}/blackbox.yml").write_text(
            CONFIG.format(timeout=TIMEOUT_S, authority=authority)
        )
        async with blackbox.running(f"{folder}/blackbox.yml") as exporter:
            # Settings that only we have would compare nothing.
            common = [animal for animal in ANIMALS if set(animal.spec) <= {"timeout_s"}]
            print(f"{'':<34}{'ours':>6}{'blackbox':>10}{'curl':>6}  what we say")
            agreed = [
                await compare(animal, authorities, exporter.url, authority) for animal in common
            ]
    print(f"\nThe three agree on {sum(agreed)} of {len(agreed)}.")


async def compare(animal: Animal, authorities: Authorities, exporter: str, authority: str) -> bool:
    spec = CheckSpec("http://x/", timeout_s=TIMEOUT_S)
    async with opened(animal, authorities) as url:
        result = judge(spec, await observe(CheckSpec(url, timeout_s=TIMEOUT_S)))
    ours = result.status is not Status.DOWN
    async with opened(animal, authorities) as url:
        theirs = await ask_blackbox(exporter, url)
    async with opened(animal, authorities) as url:
        curl = await ask_curl(url, authority)
    if ours == theirs == curl:
        return True
    words = {True: "up", False: "down", None: "hangs"}
    row = f"{animal.name:<34}{words[ours]:>6}{words[theirs]:>10}{words[curl]:>6}"
    print(f"{row}  {result.message[:90]}")
    return False


@contextlib.asynccontextmanager
async def opened(animal: Animal, authorities: Authorities) -> AsyncIterator[str]:
    tls = animal.tls(authorities) if animal.tls else None
    scheme = animal.scheme or ("https" if tls else "http")
    enclosure = Enclosure(animal.scripts, tls, animal.speaks_first)
    async with enclosure.open():
        yield f"{scheme}://127.0.0.1:{enclosure.port}/"


async def ask_blackbox(exporter: str, url: str) -> bool | None:
    """Give its verdict; None where there is none within `PATIENCE_S`."""
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client:
        try:
            answer = await client.get(f"{exporter}/probe", params={"target": url, "module": "zoo"})
        except httpx.ReadTimeout:
            return None
    return "\nprobe_success 1" in answer.text


async def ask_curl(url: str, authority: str) -> bool:
    process = await asyncio.create_subprocess_exec(
        "curl",
        *("--silent", "--output", "/dev/null", "--location", "--max-redirs", "10"),
        *("--compressed", "--max-time", str(TIMEOUT_S), "--cacert", authority),
        *("--write-out", "%{http_code}", "--noproxy", "*", "--cookie", "", url),
        stdout=subprocess.PIPE,
    )
    output, _ = await process.communicate()
    return process.returncode == 0 and output.startswith(b"2")


if __name__ == "__main__":
    asyncio.run(main())
