"""What is told while something that a service depends on is in trouble."""

from datetime import datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from monitors.actions import services
from monitors.actions.dependencies import behind_trouble
from monitors.actions.gathering import channels_to_gather, gather
from monitors.actions.results import record
from monitors.domain.alerting import Event
from monitors.domain.result import Status
from monitors.models import Alert, Channel, DueCheck, Service
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_channel, a_result, a_service, scheduled

pytestmark = pytest.mark.django_db

UP, DOWN = Status.UP, Status.DOWN
ONCE = {"failures_before_down": 1}


def find(service: Service, status: Status, second: float) -> None:
    """Record a result of a check at a second after noon."""
    at = noon_plus(second)
    record([scheduled(service, a_result(status, at))], at)


def look(second: float) -> dict[str, str]:
    """Decide on what is due; give what became of the alerts, by service and event."""
    now = noon_plus(second)
    for channel_id in channels_to_gather(now):
        gather(channel_id, now)
    rows = Alert.objects.order_by("pk").select_related("service")
    return {
        f"{alert.service.name} {alert.event}": f"{alert.fate} {alert.hold}".strip()
        for alert in rows
        if alert.service is not None
    }


@pytest.fixture
def channel() -> Channel:
    return a_channel(group_s=0)


@pytest.fixture
def router() -> Service:
    return a_service(name="router", **ONCE)


@pytest.fixture
def shop(router: Service) -> Service:
    return a_service(name="shop", depends_on=[router], **ONCE)


@pytest.mark.usefixtures("channel")
def test_behind_what_is_down_nothing_is_told(router: Service, shop: Service) -> None:
    find(router, DOWN, 0)
    find(shop, DOWN, 10)
    assert look(10) == {"router down": "told", "shop down": "waiting dependency"}
    assert look(100)["shop down"] == "waiting dependency"


@pytest.mark.usefixtures("channel")
def test_however_many_steps_away_it_is(router: Service, shop: Service) -> None:
    basket = a_service(name="basket", depends_on=[shop], **ONCE)
    find(shop, UP, 0)
    find(router, DOWN, 0)
    find(basket, DOWN, 10)
    assert look(10)["basket down"] == "waiting dependency"


@pytest.mark.usefixtures("channel")
def test_what_is_still_down_when_the_cause_is_back_is_told_then(
    router: Service, shop: Service
) -> None:
    find(router, DOWN, 0)
    find(shop, DOWN, 10)
    look(10)
    find(router, UP, 600)
    assert look(620)["shop down"] == "waiting dependency"
    assert look(631)["shop down"] == "told"


@pytest.mark.usefixtures("channel")
def test_what_follows_its_cause_is_never_told(router: Service, shop: Service) -> None:
    find(router, DOWN, 0)
    find(shop, DOWN, 10)
    look(10)
    find(router, UP, 600)
    find(shop, UP, 605)
    told = look(660)
    assert (told["shop down"], told["shop up"]) == ("over", "over")


@pytest.mark.usefixtures("channel")
def test_a_recovery_is_never_held(router: Service, shop: Service) -> None:
    find(router, UP, 0)
    find(shop, DOWN, 10)
    # Somebody has looked at the router since: it is the shop's own failure.
    find(router, UP, 12)
    assert look(75)["shop down"] == "told"
    find(router, DOWN, 80)
    find(shop, UP, 90)
    # It only waits for the message of the outage.
    assert look(90)["shop up"] == "waiting"


@pytest.mark.usefixtures("channel")
def test_a_cause_that_fails_and_is_not_confirmed_yet_is_waited_for(shop: Service) -> None:
    slow = a_service(name="switch", failures_before_down=2)
    services.edit(shop.pk, {}, None, NOON, [slow.pk])
    find(slow, UP, 0)
    find(shop, DOWN, 10)
    find(slow, DOWN, 11)
    assert look(100)["shop down"] == "waiting dependency"
    find(slow, UP, 101)
    assert look(101)["shop down"] == "told"


@pytest.mark.usefixtures("channel")
def test_a_failure_seen_before_its_cause_waits_for_a_check_of_it(
    router: Service, shop: Service
) -> None:
    find(router, UP, 0)
    find(shop, DOWN, 10)
    assert look(10)["shop down"] == "waiting dependency"
    find(router, DOWN, 11)
    assert look(100)["shop down"] == "waiting dependency"


@pytest.mark.usefixtures("channel")
def test_it_waits_for_no_longer_than_a_minute(router: Service, shop: Service) -> None:
    find(router, UP, 0)
    find(shop, DOWN, 10)
    assert look(69)["shop down"] == "waiting dependency"
    assert look(70)["shop down"] == "told"


@pytest.mark.usefixtures("channel")
def test_a_cause_that_was_well_after_the_failure_holds_nothing(
    router: Service, shop: Service
) -> None:
    find(shop, UP, 0)
    find(router, UP, 15)
    find(shop, DOWN, 14)
    assert look(20)["shop down"] == "told"


@pytest.mark.usefixtures("channel")
@pytest.mark.parametrize("how", ["paused", "stale", "deleted"])
def test_nobody_waits_for_what_nobody_looks_at(router: Service, shop: Service, how: str) -> None:
    find(router, DOWN, 0)
    find(shop, DOWN, 10)
    assert look(20)["shop down"] == "waiting dependency"
    second = 30.0
    if how == "paused":
        services.pause(router.pk, noon_plus(25))
    elif how == "deleted":
        services.delete(router.pk, noon_plus(25))
    else:
        second = 3_600
    if how == "stale":
        Service.objects.filter(pk=shop.pk).update(fresh_until=noon_plus(7_200))
        Service.objects.filter(pk=router.pk).update(fresh_until=noon_plus(200))
    assert look(second)["shop down"] == "told"


@pytest.mark.usefixtures("channel")
def test_two_that_depend_on_each_other_do_not_keep_each_other_quiet(
    router: Service, shop: Service
) -> None:
    # No form lets that in.
    router.depends_on.add(shop)
    find(router, DOWN, 0)
    find(shop, DOWN, 1)
    assert look(1) == {"router down": "told", "shop down": "told"}


@pytest.mark.parametrize(
    ("event", "held"),
    [
        (Event.DOWN, True),
        (Event.DEGRADED, True),
        (Event.FLAPPING, True),
        (Event.REMINDER, True),
        (Event.UP, False),
        (Event.CERTIFICATE, False),
        (Event.MONITOR, False),
    ],
)
def test_what_is_held(
    channel: Channel, router: Service, shop: Service, event: Event, *, held: bool
) -> None:
    find(router, DOWN, 0)
    alert = an_alert(channel, shop, event)
    assert (behind_trouble([alert], noon_plus(5)) == [alert.pk]) is held


def an_alert(channel: Channel, service: Service, event: Event, at: datetime = NOON) -> Alert:
    given: dict[str, Any] = {"channel_name": channel.name, "created_at": at, "due_at": at}
    return Alert.objects.create(
        channel=channel, service=service, event=event.value, about=f"x:{service.pk}", **given
    )


def test_many_take_as_many_queries_as_one(
    channel: Channel, router: Service, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    find(router, DOWN, 0)
    for count in (1, 3):
        alerts = [
            an_alert(channel, a_service(depends_on=[router]), Event.DOWN) for _ in range(count)
        ]
        # Two steps, the causes, who has just come back.
        with django_assert_num_queries(4):
            assert len(behind_trouble(alerts, noon_plus(5))) == count


@pytest.mark.usefixtures("channel")
def test_an_outage_says_how_many_are_behind_it(router: Service, shop: Service) -> None:
    a_service(depends_on=[shop])
    a_service(depends_on=[shop, router])
    find(router, DOWN, 0)
    assert Alert.objects.get().told_facts().behind == 3
    find(shop, DOWN, 0)
    assert Alert.objects.get(service=shop).told_facts().behind == 2


def due_in_a_minute() -> None:
    """Put off what would be due at once: where a beat lies depends on the number of a service."""
    DueCheck.objects.update(due_at=noon_plus(60))


def due_at(service: Service) -> datetime:
    return DueCheck.objects.get(service=service).due_at


def test_what_an_outage_may_come_from_is_checked_at_once(
    router: Service,
    shop: Service,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    core = a_service(name="core")
    services.edit(router.pk, {}, None, NOON, [core.pk])
    find(router, UP, 1)
    find(core, UP, 1)
    due_in_a_minute()
    with django_capture_on_commit_callbacks(execute=True):
        find(shop, DOWN, 10)
    assert due_at(router) == due_at(core) == noon_plus(10)


def test_what_was_looked_at_since_is_left_to_its_beat(
    router: Service,
    shop: Service,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    find(router, UP, 12)
    before = due_at(router)
    with django_capture_on_commit_callbacks(execute=True) as calls:
        find(shop, DOWN, 10)
    assert (due_at(router), len(calls)) == (before, 0)


def test_what_failed_behind_a_cause_is_checked_at_once_when_that_is_back(
    router: Service,
    shop: Service,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    well = a_service(name="well", depends_on=[router])
    for service, status in ((router, DOWN), (shop, DOWN), (well, UP)):
        find(service, status, 1)
    due_in_a_minute()
    with django_capture_on_commit_callbacks(execute=True):
        find(router, UP, 7)
    assert (due_at(shop), due_at(well)) == (noon_plus(7), noon_plus(60))


def test_a_cause_is_looked_at_when_something_behind_it_is_well_again(
    router: Service,
    shop: Service,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    find(router, DOWN, 1)
    find(shop, DOWN, 1)
    due_in_a_minute()
    with django_capture_on_commit_callbacks(execute=True):
        find(shop, UP, 7)
    assert due_at(router) == noon_plus(7)
