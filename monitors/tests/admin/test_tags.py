import pytest
from django.test import Client

from monitors.models import Channel, MaintenanceWindow, Tag
from monitors.tests.clock import NOON
from monitors.tests.factories import a_channel, a_service

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("at_once", [True, False])
def test_what_named_only_a_deleted_tag_is_for_none(signed_in: Client, at_once: bool) -> None:
    gone, stays = (Tag.objects.create(name=name) for name in ("gone", "stays"))
    service = a_service()
    for name in ("alone", "beside", "with a service", "other"):
        channel = a_channel(name)
        window = MaintenanceWindow.objects.create(
            name=name, starts_at=NOON, duration_s=60, created_at=NOON
        )
        for named in (channel, window):
            named.tags.set([stays] if name == "other" else [gone])
            if name == "beside":
                named.tags.add(stays)
            if name == "with a service":
                named.services.add(service)
    url = "/admin/monitors/tag/"
    if at_once:
        chosen = {"action": "delete_selected", "_selected_action": [gone.pk], "post": "yes"}
        signed_in.post(url, chosen)
    else:
        signed_in.post(f"{url}{gone.pk}/delete/", {"post": "yes"})
    assert not Tag.objects.filter(pk=gone.pk).exists()
    assert [each.name for each in Channel.objects.filter(orphaned=True)] == ["alone"]
    assert [each.name for each in MaintenanceWindow.objects.filter(orphaned=True)] == ["alone"]
