"""What the program is for: a service breaks, a mail says so, and another says that it is over."""

import re
import time
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from monitors.tests.installation import Installation
from monitors.tests.local_server import LocalServer
from monitors.tests.mailbox import Mailbox, mailbox

from .test_main_job import set_up

ARRIVES_WITHIN_S = 20


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as started:
        yield started


def mail(box: Mailbox, number: int) -> EmailMessage:
    """Wait for the mail with a number, from 1 on; give it."""
    until = time.monotonic() + ARRIVES_WITHIN_S
    while len(box.mails) < number and time.monotonic() < until:
        time.sleep(0.1)
    assert len(box.mails) == number, [found["Subject"] for found in box.mails]
    return box.mails[number - 1]


def text_of(found: EmailMessage, kind: str = "plain") -> str:
    part = found.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_from_the_first_service_to_the_mail_that_it_is_over(
    page: Page, site: Installation, target: LocalServer, box: Mailbox
) -> None:
    site.check_forever(
        EMAIL_URL=f"smtp://127.0.0.1:{box.port}",
        DEFAULT_FROM_EMAIL="Uptime <uptime@example.com>",
        SITE_URL=site.url,
    )
    set_up(page, site)
    page.get_by_role("link", name="Add the first service").click()
    page.get_by_label("Name", exact=True).fill("Shop")
    page.get_by_label("URL").fill(target.url)
    page.get_by_role("button", name="Save").click()

    # The first channel is offered where the first service was added.
    page.get_by_role("link", name="Add e-mail").first.click()
    page.get_by_label("Name", exact=True).fill("Ops")
    page.get_by_label("E-mail addresses").fill("ops@example.com")
    page.get_by_text("How often, and when").click()
    page.get_by_label("Group alerts within").select_option(
        label="No grouping: each is a message, at once"
    )
    page.get_by_role("button", name="Save").click()
    page.goto("/services/1/")
    expect(page.locator("main")).to_contain_text("Ops")

    page.get_by_role("button", name="Check now").click()
    target.status = 503
    for _ in range(2):
        page.goto("/services/1/")
        page.get_by_role("button", name="Check now").click()
    broken = mail(box, 1)
    assert broken["To"] == "ops@example.com"
    assert "Shop" in broken["Subject"]
    assert "down" in broken["Subject"].lower()
    told = text_of(broken)
    assert "503 Service Unavailable (expected 200-299)" in told
    assert re.search(r"^Since: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", told, re.MULTILINE)

    link = re.search(rf"{site.url}/incidents/acknowledge/\S+", told)
    assert link is not None
    assert link.group() in text_of(broken, "html")
    page.context.clear_cookies()
    page.goto(link.group())
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_role("status")).to_contain_text("Acknowledged by Ops")

    target.status = 200
    page.get_by_role("link", name="View incident").click()
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("correct horse battery staple")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator(".timeline-acknowledged")).to_contain_text("by Ops")
    page.goto("/services/1/")
    page.get_by_role("button", name="Check now").click()
    over = mail(box, 2)
    assert "Shop" in over["Subject"]
    assert re.search(r"(after|for|lasted) \d+ (s|min)", text_of(over))
    page.goto("/incidents/1/")
    expect(page.locator("main")).to_contain_text("250 2.0.0 Ok: queued as 7")
