"""A real installation, and a real browser on it."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from monitors.tests.installation import ROOT, Installation, migrated_file

ARTIFACTS = ROOT / "test-artifacts"
# Chromium's sandbox does not start for root; the rest keeps it from calling home.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


# Chromium notes every answer over 399; a form with an error in it is answered so on purpose.
REFUSED_FORM = "responded with a status of 422 (Unprocessable Entity)"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path is not None, "install Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    """Run a dashboard on an empty database of its own, without a checker."""
    with Installation.on(migrated_file(tmp_path)) as made:
        made.serve()
        yield made


@pytest.fixture(params=[True, False], ids=["with-javascript", "without-javascript"])
def page(request: pytest.FixtureRequest, browser: Browser, site: Installation) -> Iterator[Page]:
    """Open a page, fail on any error in its console, and keep a screenshot of a failure."""
    context = browser.new_context(base_url=site.url, java_script_enabled=request.param)
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.endswith(REFUSED_FORM):
            complaints.append(message.text)

    opened.on("console", note)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    failed_before = request.session.testsfailed
    yield opened
    if request.session.testsfailed > failed_before:
        ARTIFACTS.mkdir(exist_ok=True)
        name = re.sub(r"[^\w-]+", "-", request.node.name)
        opened.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)
    context.close()
    assert complaints == []
