"""The dashboard by the keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from monitors.tests.installation import Installation
from monitors.tests.local_server import LocalServer

from .test_live_pages import add_services
from .test_main_job import NAME, set_up

pytestmark = pytest.mark.parametrize("page", [True], indirect=True, ids=["with-javascript"])


def test_rows_are_walked_and_opened_and_the_search_is_found(
    page: Page, site: Installation, target: LocalServer
) -> None:
    set_up(page, site)
    add_services(page, target, 3)
    page.goto("/?sort=name")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Shop 1")).to_be_focused()
    page.keyboard.press("k")
    expect(page.get_by_role("link", name="Shop 0")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_label("Search")).to_be_focused()
    page.keyboard.type("jkn?/")
    expect(page.get_by_label("Search")).to_have_value("jkn?/")
    page.goto("/?sort=name&select=on")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_label("Select Shop 0")).to_be_checked()
    page.keyboard.press("Control+n")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/services/\d+/$"))
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile("/services/add/$"))


def test_shortcuts_are_listed_and_can_be_turned_off(page: Page, site: Installation) -> None:
    set_up(page, site)
    page.goto("/")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    page.keyboard.press("n")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Use these shortcuts in this browser").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("n")
    page.keyboard.press("?")
    expect(dialog).to_be_hidden()
    expect(page).not_to_have_url(re.compile("add"))
    page.get_by_text(NAME, exact=True).click()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    dialog.get_by_label("Use these shortcuts in this browser").check()
    dialog.get_by_role("button", name="Close").click()
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile("/services/add/$"))


def test_on_a_phone_a_button_opens_the_menu(page: Page, site: Installation) -> None:
    set_up(page, site)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/incidents/")
    channels = page.get_by_role("link", name="Channels")
    expect(channels).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("link", name="Incidents")).to_have_attribute("aria-current", "page")
    page.keyboard.press("Escape")
    expect(channels).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    channels.click()
    expect(page).to_have_url(re.compile("/channels/$"))
