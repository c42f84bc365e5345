"""An incident as a person meets it: from the list, and from the link in a message."""

import pytest
from playwright.sync_api import Page, expect

from monitors.tests.installation import Installation
from monitors.tests.local_server import LocalServer

from .test_live_pages import add_services
from .test_main_job import set_up, width_of

TOKEN = (
    "from monitors.actions.signed_links import acknowledge_token;"
    "from monitors.models import Incident;"
    "print(acknowledge_token(Incident.objects.get().pk, 'Ops'))"
)


@pytest.fixture
def broken(page: Page, site: Installation, target: LocalServer) -> None:
    """Let a service be down."""
    set_up(page, site)
    add_services(page, target, 1)
    target.status = 500
    for _ in range(2):
        site.manage("check_services")


@pytest.mark.usefixtures("broken")
def test_an_incident_is_acknowledged_noted_and_reclassified(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Open incidents").click()
    page.get_by_role("link", name="Shop 0").click()
    expect(page.get_by_role("heading", name="Shop 0 is down")).to_be_visible()
    page.get_by_role("button", name="Acknowledge").first.click()
    expect(page.locator(".timeline-acknowledged")).to_contain_text("by ada")
    page.get_by_label("Note", exact=True).fill("The disk is full.")
    page.get_by_role("button", name="Save note").click()
    expect(page.locator(".timeline-noted")).to_contain_text("The disk is full.")
    page.get_by_text("Reclassify", exact=True).first.click()
    page.get_by_label("Cause", exact=True).select_option("Planned maintenance")
    page.get_by_label("Why").fill("new disks")
    page.get_by_role("button", name="Reclassify").click()
    expect(page.locator(".timeline-reclassified")).to_contain_text("Planned maintenance: new disks")
    page.set_viewport_size({"width": 390, "height": 800})
    assert width_of(page) <= 390
    page.goto("/incidents/")
    assert width_of(page) <= 390


@pytest.mark.usefixtures("broken")
def test_the_link_of_a_message_needs_no_login_and_one_press(page: Page, site: Installation) -> None:
    token = site.manage("shell", "--no-imports", "-c", TOKEN).stdout.strip()
    page.context.clear_cookies()
    page.goto(f"/incidents/acknowledge/{token}/")
    expect(page.get_by_role("heading", name="Shop 0 is down")).to_be_visible()
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_role("status")).to_contain_text("Acknowledged by Ops")
    expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)
