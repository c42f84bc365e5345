"""The whole job, as a person does it, with JavaScript and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from monitors.tests.installation import Installation
from monitors.tests.local_server import LocalServer

NAME = "ada"
PASSWORD = "correct horse battery staple"


def set_up(page: Page, site: Installation) -> None:
    token = site.manage("setup_token").stdout.strip()
    page.goto("/")
    expect(page).to_have_title("First account · Uptime Site")
    page.get_by_label("One-time token").fill(token)
    page.get_by_label("Username").fill(NAME)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password confirmation").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_text("Nothing is being checked yet")).to_be_visible()


def test_from_set_up_to_delete(page: Page, site: Installation, target: LocalServer) -> None:
    set_up(page, site)
    page.get_by_text(NAME, exact=True).click()
    page.get_by_role("button", name="Log out").click()
    page.get_by_label("Username").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()

    page.get_by_role("link", name="Add the first service").click()
    page.get_by_label("Name", exact=True).fill("Shop")
    page.get_by_label("URL").fill("shop")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Begin the address with http:// or https://.")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Shop")
    page.get_by_label("URL").fill(target.url)
    page.get_by_role("button", name="Test now").click()
    expect(page.get_by_role("status", name="Result of the test")).to_contain_text("200 OK")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Shop")).to_be_visible()
    expect(page.get_by_text("Waiting for the first check.")).to_be_visible()

    page.get_by_role("button", name="Check now").click()
    newest = page.locator("tbody tr").first
    # With scripts the page of the service stays, without them its history shows the result.
    expect(page).to_have_url(re.compile(r"/services/1/(history/\?new=\d+)?$"))
    expect(newest).to_contain_text(re.compile(r"Up.*just now.*ms.*200 OK", re.DOTALL))

    target.status = 503
    page.get_by_role("button", name="Check now").click()
    expect(newest).to_contain_text("Down")
    expect(newest).to_contain_text("503 Service Unavailable (expected 200-299)")
    expect(page.locator("tbody tr")).to_have_count(2)

    page.get_by_role("link", name="Services").click()
    expect(page.locator(".service")).to_contain_text("1 of 2")
    page.get_by_role("link", name="Shop").click()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Shop is paused.")).to_be_visible()
    page.get_by_role("button", name="Resume").click()

    page.get_by_role("link", name="Delete").click()
    expect(page.get_by_text("2 stored checks")).to_be_visible()
    page.get_by_role("button", name="Delete with its history").click()
    expect(page.get_by_text("Shop and its history are deleted.")).to_be_visible()
    expect(page.get_by_text("Nothing is being checked yet")).to_be_visible()


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with-javascript"])
def test_the_list_refreshes_itself(page: Page, site: Installation, target: LocalServer) -> None:
    set_up(page, site)
    page.goto("/services/add/")
    page.get_by_label("Name", exact=True).fill("Shop")
    page.get_by_label("URL").fill(target.url)
    page.get_by_role("button", name="Save").click()
    page.goto("/")
    expect(page.locator(".service")).to_contain_text("waiting for the first check")
    site.manage("check_services")
    # The page asks every 10 s.
    expect(page.locator(".service")).to_contain_text("Up", timeout=15_000)


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with-javascript"])
def test_keyboard_alone_reaches_the_services(page: Page, site: Installation) -> None:
    set_up(page, site)
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Notify me here")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Add a service")).to_be_focused()


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with-javascript"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_a_phone(
    page: Page, site: Installation, target: LocalServer, scheme: str
) -> None:
    set_up(page, site)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")
    assert width_of(page) == 390
    page.goto("/services/add/")
    page.get_by_label("Name", exact=True).fill("N" * 200)
    page.get_by_label("URL").fill(f"{target.url}{'path' * 60}")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Check now").click()
    page.goto("/accounts/keys/")
    page.get_by_label("Name").fill("K" * 100)
    page.get_by_role("button", name="Create key").click()
    for path in (
        "/",
        "/services/1/",
        "/services/1/history/",
        "/services/1/edit/",
        "/accounts/keys/",
        "/checkers/",
    ):
        page.goto(path)
        assert (path, width_of(page)) == (path, 390)


def width_of(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))
