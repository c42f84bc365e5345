"""A wall display, from the form to a screen that nobody looks after."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from monitors.tests.installation import Installation
from monitors.tests.local_server import LocalServer

from .test_live_pages import add_services, refresh
from .test_main_job import set_up

pytestmark = pytest.mark.parametrize("page", [True], indirect=True, ids=["with-javascript"])

MAKE = """
from datetime import timedelta
from django.utils import timezone
from monitors.domain.result import Status
from monitors.models import DueCheck
from monitors.tests.factories import a_service, checked
began = timezone.now() - timedelta(seconds=65)
def make(status, count, tag):
    for number in range(count):
        name = f"A service {{number}} whose name is somewhat longer than most"
        service = a_service(name=name, tags=[tag], now=began, failures_before_down=1)
        checked(service, status)
make(Status.DOWN, {down}, "web")
make(Status.UP, {up}, "data")
make(Status.UP, {up}, "mail")
due_at = timezone.now() + timedelta(minutes={due_min})
DueCheck.objects.update(due_at=due_at)
"""
# What is on the page beyond its edges, or cut off in a line that is never too long.
SPILLS = """() => {
    const last = document.getElementById("wall").lastElementChild.getBoundingClientRect();
    const root = document.documentElement;
    const lines = [...document.querySelectorAll("h1, .headline p, .late, .about, .state, .clock")];
    return [
        last.bottom > innerHeight,
        root.scrollHeight > innerHeight || root.scrollWidth > innerWidth,
        lines.filter((line) => line.scrollWidth > line.clientWidth).map((line) => line.textContent),
    ];
}"""


def opened(page: Page, browser: Browser, site: Installation) -> Page:
    """Add a display and open it elsewhere, where nobody has an account."""
    page.goto("/status-pages/")
    page.get_by_role("link", name="Wall displays").click()
    page.get_by_role("link", name="Add a wall display").click()
    page.get_by_label("Name").fill("Lobby")
    page.get_by_role("button", name="Add wall display").click()
    address = page.get_by_label("Address").input_value()
    screen = browser.new_context(
        base_url=site.url, viewport={"width": 1920, "height": 1080}
    ).new_page()
    screen.clock.install()
    screen.goto(address)
    return screen


def test_a_screen_follows_says_when_it_cannot_and_when_it_is_off(
    page: Page, site: Installation, browser: Browser, target: LocalServer
) -> None:
    set_up(page, site)
    add_services(page, target, 1)
    screen = opened(page, browser, site)
    headline, sign = screen.locator("h1"), screen.locator("#sign")
    expect(headline).to_have_text("1 unknown")
    site.manage("check_services")
    refresh(screen)
    expect(headline).to_have_text("1 service up")
    with screen.expect_response(lambda answer: answer.status == 304):
        screen.clock.run_for(10_000)

    screen.context.set_offline(True)
    screen.clock.run_for(30_000)
    expect(screen.locator("#offline")).to_contain_text(re.compile(r"No connection since \d\d:\d\d"))
    expect(sign).to_be_hidden()
    screen.clock.run_for(40_000)
    expect(sign).to_have_text(
        "No answer from the server for 1\u00a0min. What you see is out of date."
    )
    assert float(screen.locator("#wall").evaluate("wall => getComputedStyle(wall).opacity")) < 0.5
    screen.context.set_offline(False)
    expect(sign).to_be_hidden()
    expect(headline).to_have_text("1 service up")

    page.get_by_role("button", name="Switch off Lobby").click()
    screen.clock.run_for(10_000)
    expect(sign).to_have_text("This display was switched off.")
    expect(headline).to_be_hidden()
    page.get_by_role("button", name="Switch on Lobby").click()
    screen.clock.run_for(10_000)
    expect(headline).to_have_text("1 service up")
    expect(sign).to_be_hidden()
    screen.context.close()


@pytest.mark.parametrize(
    ("down", "up", "due_min"), [(0, 2, 5), (2, 9, 5), (12, 30, -5), (10, 3, -5)]
)
def test_whatever_there_is_fits_on_one_screen(
    page: Page, site: Installation, browser: Browser, down: int, up: int, due_min: int
) -> None:
    set_up(page, site)
    site.manage("shell", "-c", MAKE.format(down=down, up=up, due_min=due_min))
    screen = opened(page, browser, site)
    expect(screen.locator("h1")).to_contain_text(re.compile(r"\d"))
    assert screen.evaluate(SPILLS) == [False, False, []]
    screen.set_viewport_size({"width": 1280, "height": 720})
    assert screen.evaluate(SPILLS) == [False, False, []]
    screen.set_viewport_size({"width": 390, "height": 844})
    assert screen.evaluate("document.documentElement.scrollWidth") == 390
    screen.context.close()
