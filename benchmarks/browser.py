"""What pages weigh in a browser, and what a tab costs that stays open.

    python -m benchmarks.browser [--services N] [--idle SECONDS]

By Chromium over the DevTools protocol, on loopback, each page in a profile of its own: requests and
bytes on the wire, for the first time and again; nodes; first and largest contentful paint, layout
shift, and the time for which the main thread was blocked. Then one tab is left alone, and what it
has asked for is worked out for an hour. Paint and blocking are the medians of five.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

sys.path.insert(0, str(Path(__file__).resolve().parent))

from browsing import chromium, demonstration, logged_in

from monitors.tests.installation import Installation

ROUNDS = 5
PAGES = {
    "list": "/",
    "service": "/services/3/",
    "service, 7 days": "/services/3/?range=7d",
    "history": "/services/3/history/",
    "events": "/events/",
    "add": "/services/add/",
    "status page": "/status/example/",
}
OBSERVE = """
window.seen = { lcp: 0, shift: 0, blocked: 0 };
const watch = (type, note) =>
  new PerformanceObserver((list) => list.getEntries().forEach(note))
    .observe({ type, buffered: true });
watch("largest-contentful-paint", (entry) => { seen.lcp = entry.startTime; });
watch("layout-shift", (entry) => { seen.shift += entry.value; });
watch("longtask", (entry) => { seen.blocked += entry.duration - 50; });
"""
SEEN = """() => ({
  ...seen,
  fcp: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
  nodes: document.getElementsByTagName("*").length,
})"""


# Without slots: Playwright puts what it calls into the object.
@dataclass
class Wire:
    """What went over the wire, as the browser counts it: heads and bodies, compressed."""

    requests: int = 0
    received: int = 0
    _waiting: set[str] = field(default_factory=set)

    def listen(self, session: CDPSession) -> None:
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._begun)
        session.on("Network.loadingFinished", self._ended)

    def _begun(self, event: dict[str, object]) -> None:
        self._waiting.add(str(event["requestId"]))

    def _ended(self, event: dict[str, object]) -> None:
        if str(event["requestId"]) in self._waiting:
            self.requests += 1
            self.received += int(float(str(event["encodedDataLength"])))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--services", type=int, nargs="*", default=[25, 10_000])
    parser.add_argument("--idle", type=int, default=120)
    options = parser.parse_args()
    for services in options.services:
        with demonstration(more=max(0, services - 25)) as site, chromium() as browser:
            print(f"\n{services:,} services")
            print(f"{'':17}{'first':>14}{'again':>14}{'nodes':>7}", end="")
            print(f"{'FCP':>8}{'LCP':>8}{'shift':>7}{'blocked':>9}")
            for name, path in PAGES.items():
                print(f"{name:17}{weighed(browser, site, path)}", flush=True)
            if options.idle:
                print(f"an idle tab: {idle(browser, site, options.idle):,.0f} bytes an hour")


def weighed(browser: Browser, site: Installation, path: str) -> str:
    """Open a page for the first time, and again; give its line."""
    context = logged_in(browser, site)
    fresh = browser.new_context(base_url=site.url, storage_state=context.storage_state())
    first, _ = opened(fresh, path)
    times: list[dict[str, float]] = []
    again = first
    for _ in range(ROUNDS):
        again, seen = opened(fresh, path)
        times.append(seen)
    fresh.close()
    context.close()
    middle = {name: median([seen[name] for seen in times]) for name in times[0]}
    return (
        f"{told(first)}{told(again)}{middle['nodes']:7.0f}{middle['fcp']:5.0f} ms"
        f"{middle['lcp']:5.0f} ms{middle['shift']:7.3f}{middle['blocked']:6.0f} ms"
    )


def opened(context: BrowserContext, path: str) -> tuple[Wire, dict[str, float]]:
    page = context.new_page()
    page.add_init_script(OBSERVE)
    wire = listened(page)
    page.goto(path, wait_until="networkidle")
    seen: dict[str, float] = page.evaluate(SEEN)
    page.close()
    return wire, seen


def idle(browser: Browser, site: Installation, seconds: int) -> float:
    """Leave a list alone; give the bytes that it would ask for in an hour."""
    context = logged_in(browser, site)
    page = context.new_page()
    page.goto("/", wait_until="networkidle")
    wire = listened(page)
    began = time.monotonic()
    page.wait_for_timeout(seconds * 1_000)
    lasted = time.monotonic() - began
    context.close()
    return wire.received * 3_600 / lasted


def listened(page: Page) -> Wire:
    wire = Wire()
    wire.listen(page.context.new_cdp_session(page))
    return wire


def told(wire: Wire) -> str:
    return f"{wire.requests:4} {wire.received / 1_000:6.1f} kB"


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


if __name__ == "__main__":
    main()
