"""A channel from the offer to its first message, as a person makes it."""

import re

from playwright.sync_api import Page, expect

from monitors.tests.installation import Installation
from monitors.tests.receiver import Receiver

from .test_main_job import set_up


def test_a_webhook_is_added_tried_and_told_of(
    page: Page, site: Installation, hook: Receiver
) -> None:
    set_up(page, site)
    page.goto("/services/add/")
    page.get_by_label("Name", exact=True).fill("Shop")
    page.get_by_label("URL").fill("http://127.0.0.1:1/")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Nobody is alerted when this service goes down.")).to_be_visible()
    page.get_by_role("link", name="Other channels").click()

    page.get_by_role("link", name="Webhook").click()
    page.get_by_label("Name", exact=True).fill("Deploy hook")
    page.get_by_label("Webhook URL").fill(hook.url)
    # What chooses some of the services is hidden while it is about all.
    expect(page.get_by_label("Tags")).to_be_hidden()
    page.get_by_label("Only some").check()
    expect(page.get_by_label("Tags")).to_be_visible()
    page.get_by_label("Shop").check()
    page.get_by_role("button", name="Save").click()

    expect(page.locator("#signing-secret")).to_have_text(re.compile(r"^whsec_"))
    page.get_by_role("link", name="Continue").click()
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("Test delivered: 204 No Content")).to_be_visible()
    assert [received.method for received in hook.received] == ["POST"]

    page.goto("/services/1/")
    expect(page.get_by_role("link", name="Deploy hook")).to_be_visible()
    page.get_by_role("link", name="Channels").click()
    expect(page.locator("tbody tr")).to_contain_text(re.compile(r"Shop.*delivered", re.DOTALL))
