"""A service that goes down again and again is told of once."""

import pytest
from pytest_django import DjangoAssertNumQueries

from monitors.actions import flapping, outbox, services
from monitors.actions.gathering import channels_to_gather, gather
from monitors.actions.outbox import Tried
from monitors.actions.results import record
from monitors.domain.alerting import Event
from monitors.domain.result import Status
from monitors.models import Alert, Channel, Incident, Service
from monitors.tests.clock import noon_plus
from monitors.tests.factories import a_channel, a_result, a_service, scheduled
from monitors.tests.outages import ARRIVED

pytestmark = pytest.mark.django_db

UP, DOWN = Status.UP, Status.DOWN
HOUR = 3_600


@pytest.fixture
def channel() -> Channel:
    return a_channel(group_s=0)


@pytest.fixture
def service() -> Service:
    return a_service(name="shop", failures_before_down=1)


def find(service: Service, status: Status, second: float) -> None:
    at = noon_plus(second)
    record([scheduled(service, a_result(status, at))], at)


def work(second: float) -> None:
    """Do what the checkers do between results: decide, and deliver."""
    now = noon_plus(second)
    flapping.calm_down(now)
    for channel_id in channels_to_gather(now):
        gather(channel_id, now)
    for channel_id in outbox.channels_to_send_to(now):
        sent = outbox.claim(channel_id, 1, 100, now)
        outbox.note(1, [Tried(message.pk, now, ARRIVED) for message in sent], now)


def flap(service: Service, times: int, since: float = 0, every_s: float = 100) -> float:
    """Go down and come back; give when it came back last."""
    for number in range(times):
        second = since + number * every_s
        find(service, DOWN, second)
        work(second)
        find(service, UP, second + 50)
        work(second + 50)
    return since + (times - 1) * every_s + 50


def told() -> list[str]:
    return list(Alert.objects.filter(fate="told").order_by("pk").values_list("event", flat=True))


@pytest.mark.usefixtures("channel")
def test_the_fifth_outage_within_an_hour_is_told_as_flapping(service: Service) -> None:
    flap(service, 4)
    assert told() == ["down", "up"] * 4
    flap(service, 10, since=400)
    assert told() == ["down", "up"] * 4 + ["flapping"]
    facts = Alert.objects.get(event="flapping").told_facts()
    assert (facts.service_name, facts.number, facts.state) == ("shop", 5, "DOWN")
    assert Service.objects.get().flapping_since == noon_plus(400)


@pytest.mark.usefixtures("channel")
def test_four_in_an_hour_are_four_outages(service: Service) -> None:
    flap(service, 8, every_s=1_000)
    assert told() == ["down", "up"] * 8


def test_an_outage_that_was_told_before_is_told_to_be_over(service: Service) -> None:
    a_channel(group_s=30)
    flap(service, 3)
    find(service, DOWN, 300)
    work(330)
    find(service, UP, 340)
    # Its recovery still waits for others to be told with when it begins to flap.
    find(service, DOWN, 350)
    assert Service.objects.get().flapping_since is not None
    for second in (371, 381, 391):
        work(second)
    recovery = Incident.objects.order_by("started_at")[3].alerts.get(event="up")
    assert (recovery.fate, told()[-2:]) == ("told", ["up", "flapping"])


@pytest.mark.usefixtures("channel")
def test_what_is_still_down_after_an_hour_without_another_is_told(service: Service) -> None:
    flap(service, 5)
    find(service, DOWN, 500)
    before = told()
    for second in (510, 2_000, 500 + HOUR - 1):
        work(second)
    assert told() == before
    assert Alert.objects.get(fate="waiting").hold == "flapping"
    work(500 + HOUR)
    assert told() == [*before, "down"]
    assert Alert.objects.filter(event="down").last().told_facts().started_at == noon_plus(500)  # type: ignore[union-attr]
    assert Service.objects.get().flapping_since is None
    find(service, UP, 600 + HOUR)
    work(600 + HOUR)
    assert told() == [*before, "down", "up"]


@pytest.mark.usefixtures("channel")
def test_after_a_quiet_hour_outages_are_told_again(service: Service) -> None:
    end = flap(service, 6)
    before = told()
    # Also where nobody has kept house since.
    find(service, DOWN, end + HOUR)
    work(end + HOUR)
    assert told() == [*before, "down"]
    flap(service, 5, since=end + HOUR + 100)
    assert told().count("flapping") == 2


@pytest.mark.usefixtures("channel")
def test_an_outage_every_half_hour_keeps_it_flapping(service: Service) -> None:
    end = flap(service, 5)
    before = told()
    flap(service, 3, since=end + 1_750, every_s=1_800)
    assert told() == before


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([Event.DOWN], ["flapping"]),
        ([Event.FLAPPING], ["flapping"]),
        ([Event.UP, Event.DEGRADED], []),
    ],
)
def test_who_hears_of_outages_hears_why_they_stop(
    service: Service, events: list[Event], expected: list[str]
) -> None:
    a_channel(group_s=0, events=[event.value for event in events])
    flap(service, 6)
    assert [event for event in told() if event not in {"down", "up"}] == expected


@pytest.mark.usefixtures("channel")
def test_others_are_told_of_all_the_same(service: Service) -> None:
    flap(service, 5)
    other = a_service(failures_before_down=1)
    find(other, DOWN, 500)
    work(500)
    assert Alert.objects.get(service=other).fate == "told"


def test_behind_a_router_that_flaps_nothing_is_told(channel: Channel) -> None:
    router = a_service(name="router", failures_before_down=1)
    shop = a_service(name="shop", failures_before_down=1, depends_on=[router])
    for number in range(6):
        for second, status in ((number * 100, DOWN), (number * 100 + 50, UP)):
            find(router, status, second)
            find(shop, status, second + 1)
            work(second + 2)
    assert set(Alert.objects.filter(service=shop, fate="told")) == set()
    work(600 + HOUR)
    assert set(Alert.objects.filter(service=shop).values_list("fate", flat=True)) == {"over"}
    assert Alert.objects.filter(channel=channel, service=router, event="flapping").count() == 1


@pytest.mark.usefixtures("channel")
def test_a_pause_ends_no_more_than_the_outage(service: Service) -> None:
    flap(service, 5)
    find(service, DOWN, 500)
    services.pause(service.pk, noon_plus(510))
    work(520)
    assert Incident.objects.open().count() == 0
    assert not Alert.objects.waiting().exists()


def test_many_take_as_many_queries_as_one(
    channel: Channel, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    del channel
    for count in (1, 3):
        found = [a_service(failures_before_down=1) for _ in range(count)]
        for one in found:
            flap(one, 4, since=0)
            find(one, DOWN, 400)
        opened = list(Incident.objects.open().filter(service__in=found))
        Service.objects.update(flapping_since=None)
        # Counts, who flaps, two updates, the facts (2), the audience, the alerts.
        with django_assert_num_queries(10):
            flapping.follow(opened, noon_plus(400))
