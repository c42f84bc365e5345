"""Maintenance is planned as a person does it, with JavaScript and without."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from monitors.tests.browser.test_main_job import set_up
from monitors.tests.installation import Installation


def test_the_next_five_are_seen_before_it_is_saved(
    page: Page, site: Installation, request: pytest.FixtureRequest
) -> None:
    set_up(page, site)
    page.get_by_role("link", name="Maintenance").click()
    page.get_by_role("link", name="Plan maintenance").first.click()
    page.get_by_label("Name", exact=True).fill("Database move")
    day = f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%d}"
    page.get_by_label("Starts").fill(f"{day}T22:00")
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    page.get_by_label("Repeats").select_option("weekly")
    for weekday in ("Monday", "Friday"):
        page.get_by_label(weekday).check()
    page.get_by_label("All services").check()
    if "without" in request.node.name:
        page.get_by_role("button", name="Preview").click()
    preview = page.locator("#preview")
    expect(preview).to_contain_text("Every week on Monday and Friday. The next 5 times:")
    expect(preview.locator("li")).to_have_count(5)
    page.get_by_role("button", name="Save").click()
    row = page.locator("#coming tbody tr")
    expect(row).to_contain_text("every week on Monday and Friday")
    row.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No maintenance is planned")).to_be_visible()


def test_a_service_starts_and_ends_maintenance_from_its_page(
    page: Page, site: Installation
) -> None:
    set_up(page, site)
    page.get_by_role("link", name="Add the first service").click()
    page.get_by_label("Name", exact=True).fill("Shop")
    page.get_by_label("URL").fill("http://shop.example/")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Maintenance for 1 h").click()
    expect(page.get_by_text("In maintenance until")).to_be_visible()
    page.get_by_role("link", name="Services").click()
    expect(page.locator(".service")).to_contain_text("Maintenance")
    page.get_by_role("link", name="Shop").click()
    page.get_by_role("button", name="End now").click()
    expect(page.get_by_role("button", name="Maintenance for 1 h")).to_be_visible()
