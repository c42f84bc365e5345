"""The API does what its OpenAPI document says: schemathesis tries, with all its checks."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.core.servers.basehttp import WSGIRequestHandler
from pytest_django.live_server_helper import LiveServer

from monitors.actions import api_keys
from monitors.domain.reasons import Fault
from monitors.net import resolver
from monitors.net.errors import CheckFailed
from monitors.tests.clock import NOON
from monitors.tests.incidents import an_incident
from monitors.tests.installation import ROOT
from monitors.tests.local_server import LocalServer

HOOKS = "monitors.tests.contract.hooks"
CASES = 25
"""Made up for each call, and in sequences; the edges of each setting come on top."""


@pytest.fixture
def _this_machine_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no address that a test makes up be looked up or contacted, but the target's."""

    async def unknown(host: str) -> list[str]:
        raise CheckFailed(Fault.HOST_UNKNOWN, host=host)

    monkeypatch.setattr(resolver, "_look_up", unknown)
    monkeypatch.setattr(resolver, "is_refused", lambda address, _: address != "127.0.0.1")


@pytest.fixture
def _without_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Django's server send an answer at once: head and body in two parts cost 40 ms each."""
    monkeypatch.setattr(WSGIRequestHandler, "disable_nagle_algorithm", True)


@pytest.mark.usefixtures("_this_machine_alone", "_without_delay")
def test_the_api_does_what_its_document_says(
    live_server: LiveServer, target: LocalServer, tmp_path: Path
) -> None:
    key = api_keys.issue("contract", NOON)
    words = [
        *(str(Path(sys.executable).parent / "schemathesis"), "run"),
        f"{live_server.url}/api/v1/openapi.json",
        *("--header", f"Authorization: Bearer {key}"),
        *("--checks", "all"),
        *("--max-examples", str(CASES)),
        "--generation-deterministic",
        *("--report", "har", "--report-har-path", str(tmp_path / "har.json")),
        # Half of what is made up would be no text at all: monitors/tests/api sends that everywhere.
        *("--generation-allow-x00", "false"),
        "--no-color",
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SCHEMATHESIS_HOOKS": HOOKS,
        "TARGET_URL": target.url,
        "INCIDENT_ID": str(an_incident().pk),
    }
    done = subprocess.run(
        words, check=False, cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No issues found" in done.stdout, done.stdout
    # Nothing would be found either where every call was turned down.
    answered = _answered(tmp_path / "har.json")
    assert min(answered["POST", 201], answered["PATCH", 200], answered["GET", 200]) > 100
    assert min(answered["POST", 422], answered["PATCH", 422], answered["GET", 422]) > 100
    for phase in ("Examples", "Coverage", "Fuzzing", "Stateful"):
        assert f"✅ {phase}" in done.stdout.replace("  ", " ")


def _answered(report: Path) -> Counter[tuple[str, int]]:
    """Count the calls by method and status."""
    entries = json.loads(report.read_text())["log"]["entries"]
    return Counter((entry["request"]["method"], entry["response"]["status"]) for entry in entries)
