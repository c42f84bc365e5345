from datetime import timedelta

import pytest

from monitors.models import MaintenanceOccurrence, MaintenanceWindow, Service, Tag
from monitors.queries.audience import audience
from monitors.queries.maintenance import covered
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_channel, a_service

pytestmark = pytest.mark.django_db


def names(services: list[Service]) -> list[list[str]]:
    found = audience([service.pk for service in services])
    return [[channel.name for channel in found[service.pk]] for service in services]


def test_channels_of_each_service() -> None:
    web, mail, bare = a_service(tags=["prod"]), a_service(tags=["prod", "mail"]), a_service()
    a_channel("all")
    a_channel("off", enabled=False)
    a_channel("orphaned", orphaned=True)
    a_channel("prod").tags.add(Tag.objects.get(name="prod"))
    both = a_channel("web or bare")
    both.services.add(web, bare)
    mixed = a_channel("mail tag or bare")
    mixed.tags.add(Tag.objects.get(name="mail"))
    mixed.services.add(bare)
    assert names([web, mail, bare]) == [
        ["all", "prod", "web or bare"],
        ["all", "mail tag or bare", "prod"],
        ["all", "mail tag or bare", "web or bare"],
    ]


def an_occurrence(window: MaintenanceWindow) -> None:
    MaintenanceOccurrence.objects.create(
        window=window, starts_at=NOON, ends_at=NOON + timedelta(hours=1)
    )


def a_window(**settings: object) -> MaintenanceWindow:
    given = {"name": "Work", "starts_at": NOON, "duration_s": 3_600, "created_at": NOON}
    window = MaintenanceWindow.objects.create(**(given | settings))
    an_occurrence(window)
    return window


def test_maintenance_covers_from_its_start_to_its_end() -> None:
    service = a_service()
    a_window()
    moments = [noon_plus(seconds) for seconds in (-1, 0, 3_599, 3_600)]
    assert [bool(covered([service.pk], at)) for at in moments] == [False, True, True, False]


def test_maintenance_covers_what_it_names() -> None:
    web, mail, bare = a_service(tags=["prod"]), a_service(), a_service()
    ids = [web.pk, mail.pk, bare.pk]
    window = a_window()
    window.tags.add(Tag.objects.get(name="prod"))
    window.services.add(mail)
    assert covered(ids, NOON) == {web.pk, mail.pk}
    assert covered([bare.pk], NOON) == set()


@pytest.mark.parametrize("words", [{"removed_at": NOON}, {"orphaned": True}])
def test_maintenance_that_covers_nothing(words: dict[str, object]) -> None:
    a_window(**words)
    assert covered([a_service().pk], NOON) == set()
