"""A report, on the screen and on paper."""

import pytest
from playwright.sync_api import Page, expect

from monitors.tests.installation import Installation
from monitors.tests.local_server import LocalServer

from .test_live_pages import add_services
from .test_main_job import set_up, width_of

pytestmark = pytest.mark.parametrize(
    "page", [True, False], indirect=True, ids=["with-javascript", "without"]
)


def test_a_report_is_chosen_read_and_printed(
    page: Page, site: Installation, target: LocalServer
) -> None:
    set_up(page, site)
    add_services(page, target, 2)
    site.manage("check_services")
    page.get_by_role("link", name="Reports").click()
    expect(page.get_by_label("From")).to_be_hidden()
    page.get_by_label("Range").select_option("Other days")
    page.get_by_label("From").fill("2026-01-31")
    page.get_by_label("To", exact=True).fill("2026-01-01")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".field-error")).to_have_text("The last day is before the first.")
    page.get_by_label("Range").select_option("This week")
    page.get_by_label("Target in %").fill("99.95")
    page.get_by_text("Choose services").click()
    page.get_by_label("Shop 1").check()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#summary")).to_contain_text("The service met the target of 99.95 %.")
    expect(page.locator(".report tbody tr")).to_have_count(1)
    page.set_viewport_size({"width": 390, "height": 800})
    assert width_of(page) <= 390
    page.emulate_media(media="print")
    expect(page.locator("nav")).to_be_hidden()
    expect(page.get_by_role("button", name="Apply")).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("#summary")).to_be_visible()
