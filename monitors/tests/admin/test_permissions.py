"""What staff may do in the admin: what they have the permission for, and no more."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from monitors.actions import services
from monitors.actions.api_keys import issue, revoke
from monitors.admin.each import each
from monitors.models import ApiKey, Service, ServiceStatus
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_service

pytestmark = pytest.mark.django_db

SERVICES, KEYS = "/admin/monitors/service/", "/admin/monitors/apikey/"


def staff(*codenames: str) -> Client:
    """Give a client of somebody with these permissions."""
    made = User.objects.create_user(f"staff {' '.join(codenames)}", is_staff=True)
    made.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(made)
    return client


def act(client: Client, path: str, action: str, pks: Sequence[int], **more: str) -> int:
    form = {"action": action, "_selected_action": pks} | more
    return client.post(path, form, follow=True).status_code


@pytest.mark.parametrize("action", ["check_now", "pause", "delete_selected"])
def test_who_may_only_look_at_services_changes_nothing(action: str) -> None:
    service, client = a_service(), staff("view_service")
    act(client, SERVICES, action, [service.pk], post="yes")
    service.refresh_from_db()
    assert (service.paused, ServiceStatus.objects.count()) == (False, 0)
    assert '<select name="action"' not in client.get(SERVICES).content.decode()


def test_who_may_only_look_sees_a_service_without_its_secrets() -> None:
    service = a_service(username="ada", password="s3cret-pw", bearer_token="s3cret-token")
    shown = staff("view_service").get(f"{SERVICES}{service.pk}/change/")
    assert (shown.status_code, service.name in shown.content.decode()) == (200, True)
    assert "s3cret" not in shown.content.decode()


def test_who_may_only_look_resumes_nothing() -> None:
    service = a_service(paused=True)
    act(staff("view_service"), SERVICES, "resume", [service.pk])
    assert Service.objects.get().paused is True


def test_who_may_change_services_pauses_but_does_not_delete() -> None:
    service, client = a_service(), staff("view_service", "change_service")
    act(client, SERVICES, "delete_selected", [service.pk], post="yes")
    assert client.post(f"{SERVICES}{service.pk}/delete/", {"post": "yes"}).status_code == 403
    act(client, SERVICES, "pause", [service.pk])
    assert Service.objects.get().paused is True


def test_who_may_delete_services_deletes_them() -> None:
    three = [a_service() for _ in range(3)]
    client = staff("view_service", "delete_service")
    act(client, SERVICES, "delete_selected", [three[0].pk, three[1].pk], post="yes")
    assert client.post(f"{SERVICES}{three[2].pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Service.objects.exists()


def test_who_may_only_look_at_keys_revokes_none() -> None:
    issue("k", NOON)
    act(staff("view_apikey"), KEYS, "revoke", [ApiKey.objects.get().pk])
    assert ApiKey.objects.get().revoked_at is None


def test_a_key_is_revoked_in_the_admin(signed_in: Client) -> None:
    issue("k", NOON)
    act(signed_in, KEYS, "revoke", [ApiKey.objects.get().pk])
    assert ApiKey.objects.get().revoked_at is not None


def test_a_revoked_key_stays_revoked(signed_in: Client) -> None:
    issue("k", NOON)
    key = revoke(ApiKey.objects.get().pk, noon_plus(1))
    form = {"name": "k", "revoked_at_0": "", "revoked_at_1": "", "revoked_at": ""}
    assert signed_in.post(f"{KEYS}{key.pk}/change/", form).status_code == 302
    assert ApiKey.objects.get().revoked_at == noon_plus(1)
    act(signed_in, KEYS, "revoke", [key.pk])
    assert ApiKey.objects.get().revoked_at == noon_plus(1)


def test_what_is_deleted_meanwhile_is_passed_over() -> None:
    a_service()
    a_service()

    def delete_all(pk: int, now: datetime) -> None:
        services.delete(pk, now)
        for other in Service.objects.all():
            services.delete(other.pk, now)

    assert each(Service.objects.order_by("pk"), delete_all) == 1
