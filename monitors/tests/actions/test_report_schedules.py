"""Reports go into the outbox once for each week or month, and in words that do not change."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from monitors.actions import channels, report_schedules, services
from monitors.domain.result import Status
from monitors.models import Message, ReportSchedule
from monitors.tests.factories import a_service, checked
from monitors.tests.report_schedules import MADE_AT, a_schedule, an_email_channel

pytestmark = pytest.mark.django_db

FIRST_OF_APRIL = datetime(2026, 4, 1, 7, tzinfo=UTC)
MOMENT = timedelta(seconds=1)


def sent(now: datetime) -> list[str]:
    """Send all that is due, and give of which ranges the outbox tells."""
    while report_schedules.send_next_due(now):
        pass
    return [message.extra["report"]["range"] for message in Message.objects.order_by("pk")]


def test_it_comes_at_seven_of_the_first_and_once() -> None:
    a_schedule()
    assert sent(MADE_AT) == []
    assert sent(FIRST_OF_APRIL - MOMENT) == []
    assert sent(FIRST_OF_APRIL) == ["March 2026"]
    assert sent(FIRST_OF_APRIL + timedelta(days=29)) == ["March 2026"]
    assert sent(datetime(2026, 5, 1, 7, tzinfo=UTC)) == ["March 2026", "April 2026"]


def test_every_week_by_the_clocks_of_a_place() -> None:
    a_schedule(every="weekly", time_zone="America/New_York")
    # The clocks go forward on the eighth of March: the day after, seven is eleven in UTC.
    monday = datetime(2026, 3, 9, 11, tzinfo=UTC)
    assert sent(monday - MOMENT) == []
    assert sent(monday) == ["Week of 2 March 2026"]


def test_one_that_is_made_before_seven_comes_at_seven() -> None:
    a_schedule(now=FIRST_OF_APRIL - MOMENT)
    assert sent(FIRST_OF_APRIL) == ["March 2026"]


def test_after_a_standstill_the_newest_comes_late_and_once() -> None:
    a_schedule()
    assert sent(datetime(2026, 7, 20, tzinfo=UTC)) == ["June 2026"]


def test_a_clock_that_is_set_back_sends_nothing_again() -> None:
    a_schedule()
    sent(FIRST_OF_APRIL)
    assert sent(FIRST_OF_APRIL - timedelta(hours=1)) == ["March 2026"]
    assert sent(FIRST_OF_APRIL) == ["March 2026"]


def test_another_zone_is_no_reason_to_send_again() -> None:
    schedule = a_schedule(time_zone="Pacific/Kiritimati")
    early = FIRST_OF_APRIL - timedelta(hours=14)
    assert sent(early) == ["March 2026"]
    settings = {"time_zone": "Pacific/Honolulu"}
    report_schedules.edit(schedule.pk, settings, (), (), early + MOMENT)
    assert sent(FIRST_OF_APRIL + timedelta(hours=20)) == ["March 2026"]


@pytest.mark.parametrize("change", [{"enabled": False}, {"every": "weekly"}])
def test_what_is_changed_begins_anew(change: dict[str, object]) -> None:
    schedule = a_schedule()
    at = FIRST_OF_APRIL + timedelta(days=40)
    report_schedules.edit(schedule.pk, change, (), (), at)
    assert sent(at) == []
    back = {"enabled": True, "every": "monthly"}
    report_schedules.edit(schedule.pk, back, (), (), at + MOMENT)
    assert sent(at + MOMENT) == []


def test_a_disabled_channel_gets_it_once_it_is_enabled() -> None:
    schedule = a_schedule()
    channels.disable(schedule.channel_id, MADE_AT)
    assert sent(FIRST_OF_APRIL) == []
    with pytest.raises(report_schedules.NothingToSend, match="disabled"):
        report_schedules.send_now(schedule.pk, FIRST_OF_APRIL)
    channels.enable(schedule.channel_id, FIRST_OF_APRIL)
    assert sent(FIRST_OF_APRIL + timedelta(days=3)) == ["March 2026"]


def test_a_deleted_channel_takes_its_reports_along() -> None:
    schedule = a_schedule()
    sent(FIRST_OF_APRIL)
    channels.delete(schedule.channel_id, FIRST_OF_APRIL)
    assert not ReportSchedule.objects.exists()
    message = Message.objects.get()
    assert (message.next_try_at, message.answer) == (None, "The channel was deleted.")


def test_without_the_services_that_it_named_it_is_not_of_all() -> None:
    service = a_service(now=MADE_AT)
    a_service(now=MADE_AT)
    schedule = a_schedule(services=(service.pk,))
    services.delete(service.pk, MADE_AT)
    assert sent(FIRST_OF_APRIL) == []
    with pytest.raises(report_schedules.NothingToSend, match="deleted"):
        report_schedules.send_now(schedule.pk, FIRST_OF_APRIL)
    report_schedules.edit(schedule.pk, {}, (), (), FIRST_OF_APRIL)
    assert sent(FIRST_OF_APRIL) == ["March 2026"]


def test_it_says_how_the_services_did_and_where_to_read_on() -> None:
    down = checked(
        a_service(name="Shop", tags=["eu"], failures_before_down=1),
        Status.UP,
        Status.DOWN,
        Status.UP,
    )
    a_service(name="Mail", tags=["us"])
    other = a_service(name="Other")
    a_schedule(tags=("eu",), services=(other.pk,), name="EU", time_zone="Europe/Berlin")
    sent(FIRST_OF_APRIL)
    message = Message.objects.get()
    assert (message.event, message.channel_name, message.next_try_at) == (
        "report",
        "Ops",
        FIRST_OF_APRIL,
    )
    said = message.extra["report"]
    assert (said["name"], said["range"], said["target"]) == ("EU", "March 2026", "99.9 %")
    assert said["sentences"][0] == "The service missed the target of 99.9 %."
    assert said["services"] == [
        {
            "name": down.name,
            "uptime": "75.51 %",
            "said": "error budget: 59 s over, down 1 min, 1 incident, MTTR 1 min",
            "missed": True,
        },
        {"name": "Other", "uptime": "no data", "said": "", "missed": False},
    ]
    assert said["query"] == (
        "period=custom&first=2026-03-01&last=2026-03-31&zone=Europe%2FBerlin&target=99.9"
        f"&tags=eu&services={other.pk}"
    )


def test_send_now_is_beside_what_comes_by_itself() -> None:
    schedule = a_schedule()
    at = FIRST_OF_APRIL - MOMENT
    for _ in range(2):
        report_schedules.send_now(schedule.pk, at)
    assert sent(at) == ["February 2026"] * 2
    assert sent(FIRST_OF_APRIL) == ["February 2026"] * 2 + ["March 2026"]


def test_a_zone_that_this_machine_does_not_know_any_more_is_utc() -> None:
    a_schedule(time_zone="Mars/Olympus")
    assert sent(FIRST_OF_APRIL) == ["March 2026"]


def test_it_begins_with_what_is_not_due_yet() -> None:
    assert a_schedule().last_sent_for == date(2026, 2, 1)


@pytest.mark.django_db(transaction=True)
def test_two_checkers_send_it_once() -> None:
    for number in range(5):
        a_schedule(name=f"R{number}", channel=an_email_channel(f"C{number}"))
    barrier = Barrier(4)

    def send() -> None:
        barrier.wait()
        try:
            while report_schedules.send_next_due(FIRST_OF_APRIL):
                pass
        finally:
            connection.close()

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sent(FIRST_OF_APRIL) == ["March 2026"] * 5
