"""The mail of a report."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest

from monitors.actions import report_schedules
from monitors.alerts.channels.base import Rendered
from monitors.alerts.delivery import tell_once
from monitors.alerts.rendering import render
from monitors.domain.result import Status
from monitors.engine.housekeeping import keep_house_once
from monitors.models import Message, Service
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_service, checked
from monitors.tests.mailbox import mailbox
from monitors.tests.report_schedules import a_schedule

pytestmark = pytest.mark.django_db

SITE = "https://uptime.example.com"
FIRST_OF_APRIL = datetime(2026, 4, 1, 7, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL = SITE


def mailed(**settings: Any) -> Rendered:
    schedule = a_schedule(**settings)
    return render(report_schedules.send_now(schedule.pk, FIRST_OF_APRIL), NOON)


def test_it_reads_well_as_plain_text() -> None:
    checked(
        a_service(name="Shop", failures_before_down=1), Status.UP, Status.DOWN, Status.UP, Status.UP
    )
    a_service(name="Mail")
    told = mailed(name="Uptime report")
    assert told.subject == "Uptime report: March 2026"
    before, _, after = told.text.partition("The whole report: ")
    assert before == (
        "Uptime report: March 2026\n"
        "\n"
        "The service missed the target of 99.9 %.\n"
        "Over the error budget: Shop (by 59 s).\n"
        "It was up 80.32 % of the time that was seen and down for 1 min, with 1 incident;"
        " recovery took 1 min.\n"
        "Nothing was seen of 1 service.\n"
        "\n"
        "- Shop: 80.32 % (error budget: 59 s over, down 1 min, 1 incident, MTTR 1 min)\n"
        "- Mail: no data\n"
        "\n"
    )
    link, _, foot = after.partition("\n")
    assert link.startswith(f"{SITE}/reports/?period=custom&first=2026-03-01&last=2026-03-31")
    assert foot == ("\nTarget 99.9 %, days by the clocks of UTC.\nSent to the channel “Ops”.")
    assert told.payload["type"] == "monitor.report"


def test_it_says_the_same_at_every_attempt() -> None:
    service = checked(a_service(name="Shop"), Status.UP)
    first = mailed()
    Service.objects.filter(pk=service.pk).update(name="Renamed")
    again = render(Message.objects.get(), noon_plus(3_600))
    assert (again.text, again.html) == (first.text, first.html)


def test_what_others_wrote_is_no_markup_and_breaks_no_header() -> None:
    name = "<script>alert(1)</script> {{ x }}\r\nBcc: evil@example.com"
    service = a_service(name="S")
    Service.objects.filter(pk=service.pk).update(name=name)
    schedule = a_schedule()
    type(schedule).objects.filter(pk=schedule.pk).update(name=name)
    told = render(report_schedules.send_now(schedule.pk, FIRST_OF_APRIL), NOON)
    assert "<script>" not in told.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ x }} Bcc" in told.html
    assert len(told.subject.splitlines()) == 1
    assert "\nBcc" not in told.text


def test_of_many_it_lists_the_worst() -> None:
    for number in range(35):
        a_service(name=f"S{number:02}")
    checked(a_service(name="Z", failures_before_down=1), Status.DOWN, Status.DOWN)
    told = mailed()
    listed = [line for line in told.text.splitlines() if line.startswith("- ")]
    assert (len(listed), listed[0][:4]) == (30, "- Z:")
    assert "\nand 6 more\n" in told.text
    assert "and 6 more" in told.html


def test_without_services_it_says_so() -> None:
    told = mailed(tags=("nobody",))
    for said in (told.text, told.html):
        assert "There is no service that it is of." in said


def test_without_an_address_of_the_site_there_is_no_link(settings: Any) -> None:
    settings.SITE_URL = ""
    told = mailed()
    assert "The whole report" not in told.text + told.html


@pytest.mark.django_db(transaction=True)
def test_it_arrives_once_however_often_a_checker_looks(settings: Any) -> None:
    schedule = a_schedule(name="To the board")
    schedule.last_sent_for = date(2025, 1, 1)
    schedule.save(update_fields=["last_sent_for"])

    async def look() -> None:
        for _ in range(3):
            await keep_house_once(30)
            await tell_once(30)

    with mailbox() as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        asyncio.run(look())
    (mail,) = box.mails
    assert str(mail["Subject"]).startswith("To the board: ")
    assert box.recipients == [["ops@example.com"]]
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
