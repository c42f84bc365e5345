"""A served demonstration and a browser that is logged in to it."""

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent))

from demo import NAME, PASSWORD
from setting_up import ROOT, sqlite

from monitors.tests.installation import Installation

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


@contextlib.contextmanager
def demonstration(more: int = 0) -> Iterator[Installation]:
    """Serve the demonstration, with so many services more, on a free port of loopback."""
    with sqlite() as database_url, Installation.migrated(database_url) as made:
        subprocess.run(
            [sys.executable, str(ROOT / "benchmarks" / "demo.py")],
            cwd=ROOT,
            env=made.environment | {"DEMO_MORE": str(more)},
            check=True,
        )
        made.manage("collectstatic", "--noinput")
        made.serve()
        yield made


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        sys.exit("Chromium is needed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


def logged_in(browser: Browser, site: Installation, **settings: object) -> BrowserContext:
    """Open a profile of its own, with a session; settings as Playwright's for a context."""
    context = browser.new_context(base_url=site.url, **settings)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Username").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{site.url}/")
    page.close()
    return context
