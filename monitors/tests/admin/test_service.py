from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from monitors.actions import services
from monitors.domain.result import Status
from monitors.models import Checker, DueCheck, LogToDelete, Service, ServiceStatus
from monitors.tests.factories import a_service, checked
from monitors.tests.local_server import LocalServer

pytestmark = pytest.mark.django_db

LIST = "/admin/monitors/service/"


def act(client: Client, action: str, *services: Service) -> str:
    form = {"action": action, "_selected_action": [service.pk for service in services]}
    return client.post(LIST, form, follow=True).content.decode()


@pytest.mark.parametrize("model", ["service", "servicestatus", "period", "apikey", "tag"])
def test_lists_and_searches_open(signed_in: Client, model: str) -> None:
    checked(a_service(tags=["web"]), Status.UP)
    assert signed_in.get(f"/admin/monitors/{model}/").status_code == 200


@pytest.mark.parametrize("query", ["?q=Service", "?state__exact=UP", "?paused__exact=0"])
def test_services_are_searched_and_filtered(signed_in: Client, query: str) -> None:
    service = checked(a_service(), Status.UP)
    answer = signed_in.get(LIST + query)
    assert list(answer.context["cl"].result_list) == [service]


def test_a_service_is_added_and_changed_by_the_actions_of_the_site(signed_in: Client) -> None:
    form = {
        "name": "Shop",
        "url": "https://shop.example",
        "method": "GET",
        "interval_s": 60,
        "timeout_s": 5,
        "expected_status": "200-299",
        "failures_before_down": 2,
        "successes_before_up": 1,
        "retry_interval_s": 15,
        "tls_expiry_warn_days": 14,
        "json_compare": "==",
        "tags": "web",
    }
    assert signed_in.post(f"{LIST}add/", form).status_code == 302
    service = Service.objects.get()
    assert (service.url_key, service.state, service.periods.count()) == (
        "https://shop.example/",
        "UNKNOWN",
        1,
    )
    changed = form | {"name": "Store", "paused": "on"}
    assert signed_in.post(f"{LIST}{service.pk}/change/", changed).status_code == 302
    service.refresh_from_db()
    assert (service.name, service.state, service.next_check_at) == ("Store", "PAUSED", None)
    assert [tag.name for tag in service.tags.all()] == ["web"]


def test_pause_and_resume(signed_in: Client) -> None:
    service = a_service()
    assert "Paused 1 services." in act(signed_in, "pause", service)
    assert Service.objects.get().state == "PAUSED"
    assert "Resumed 1 services." in act(signed_in, "resume", service)
    assert Service.objects.get().state == "UNKNOWN"


@pytest.mark.django_db(transaction=True)
def test_check_now(signed_in: Client, target: LocalServer) -> None:
    good = a_service(url=target.url, now=timezone.now())
    bad = a_service(url="http://127.0.0.1:1/", now=timezone.now())
    assert "Checked 2 services: 1 down." in act(signed_in, "check_now", good, bad)
    assert ServiceStatus.objects.count() == 2


def test_more_than_one_request_should_wait_for_are_left_to_the_checkers(
    signed_in: Client, target: LocalServer
) -> None:
    many = [a_service(url=f"{target.url}{number}") for number in range(11)]
    a_later_check = timezone.now() + timedelta(hours=1)
    DueCheck.objects.update(due_at=a_later_check)
    assert "no checker is running" in act(signed_in, "check_now", *many)
    Checker.objects.create(name="a", started_at=timezone.now(), seen_at=timezone.now())
    services.pause(many[0].pk, timezone.now())
    assert "10 services are checked next" in act(signed_in, "check_now", *many)
    assert not DueCheck.objects.filter(due_at__gt=timezone.now()).exists()
    assert target.requests == []


def test_history_is_read_only(signed_in: Client) -> None:
    checked(a_service(), Status.UP)
    row = ServiceStatus.objects.get()
    path = f"/admin/monitors/servicestatus/{row.pk}"
    assert signed_in.get("/admin/monitors/servicestatus/add/").status_code == 403
    assert signed_in.post(f"{path}/change/", {"message": "x"}).status_code == 403
    assert signed_in.post(f"{path}/delete/", {"post": "yes"}).status_code == 403
    assert ServiceStatus.objects.get().message == row.message


def test_deleting_here_reads_no_log_and_leaves_it_to_housekeeping(signed_in: Client) -> None:
    one, other = (checked(a_service(), Status.UP) for _ in range(2))
    assert one.name in act(signed_in, "delete_selected", one)
    form = {"action": "delete_selected", "_selected_action": [one.pk], "post": "yes"}
    signed_in.post(LIST, form)
    assert signed_in.post(f"{LIST}{other.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Service.objects.exists()
    assert set(LogToDelete.objects.values_list("pk", flat=True)) == {one.pk, other.pk}
