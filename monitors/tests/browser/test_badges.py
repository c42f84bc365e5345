"""A badge from a service's page to the address that somebody else opens."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from monitors.tests.installation import Installation

from .test_main_job import set_up


def test_a_badge_is_made_shown_and_copied(
    page: Page, site: Installation, browser: Browser, request: pytest.FixtureRequest
) -> None:
    set_up(page, site)
    page.goto("/services/add/")
    page.get_by_label("Name", exact=True).fill("Shop")
    page.get_by_label("URL").fill("http://127.0.0.1:1/")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Badges").click()
    page.get_by_role("link", name="Add a badge").first.click()
    expect(page.get_by_label("Badge of")).to_have_value(re.compile(r"service-\d+"))
    page.get_by_role("button", name="Add badge").click()

    image = page.get_by_alt_text("State of Shop")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.decode().then(() => image.naturalHeight)") == 20
    page.get_by_text("Snippets").click()
    field = page.locator("#snippet-1-state-0")
    expect(field).to_have_value(re.compile(r"^!\[State of Shop\]\(http://.+/state\.svg\)$"))
    if "with-javascript" in request.node.name:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.get_by_role("button", name="Copy Markdown").first.click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == field.input_value()

    stranger = browser.new_context(base_url=site.url).new_page()
    answer = stranger.goto(image.get_attribute("src") or "")
    assert answer is not None
    assert (answer.status, stranger.locator("text").all_text_contents()[0]) == (200, "Shop")
    stranger.context.close()
