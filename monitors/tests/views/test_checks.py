from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from monitors.actions.results import Finding, record
from monitors.domain.result import Status
from monitors.models import Checker, DueCheck, ServiceStatus
from monitors.tests.clock import noon_plus
from monitors.tests.factories import a_result, a_service, checked
from monitors.tests.local_server import LocalServer


@pytest.mark.django_db(transaction=True)
def test_check_now_lands_on_the_history_with_the_result_on_top(
    signed_in: Client, target: LocalServer
) -> None:
    service = a_service(url=target.url, now=timezone.now())
    for status in ("UP", "DOWN"):
        answer = signed_in.post(f"/services/{service.pk}/check/", follow=True)
        newest = ServiceStatus.objects.latest("id")
        assert answer.redirect_chain == [(f"/services/{service.pk}/history/?new={newest.pk}", 302)]
        assert newest.status == status
        assert answer.context["page"].checks[0] == newest
        assert answer.context["highlighted"] == newest.pk
        assert newest.message in answer.content.decode()
        target.status = 500
    assert target.requests == ["/", "/"]


@pytest.mark.django_db(transaction=True)
def test_check_now_on_the_page_of_a_service_stays_there_with_the_new_row_marked(
    signed_in: Client, target: LocalServer
) -> None:
    service = a_service(url=target.url, now=timezone.now())
    path = f"/services/{service.pk}/check/?range=24h"
    answer = signed_in.post(path, headers={"HX-Request": "true"})
    newest = ServiceStatus.objects.get()
    assert answer.context["page"].checks[0] == newest
    assert answer.context["highlighted"] == newest.pk
    assert answer.context["page"].response.range.name == "24h"
    page = answer.content.decode()
    assert "<html" not in page
    assert 'role="status">Checked just now: 200 OK' in page


@pytest.mark.django_db
@pytest.mark.usefixtures("no_place_left")
def test_where_there_is_no_place_left_check_now_leads_to_the_page_that_says_so(
    signed_in: Client,
) -> None:
    service = a_service()
    answer = signed_in.post(f"/services/{service.pk}/check/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (200, f"/services/{service.pk}/history/")


@pytest.mark.django_db
def test_history_is_filtered_and_paged_in_the_url(signed_in: Client) -> None:
    service = checked(a_service(), *([Status.UP, Status.DOWN] * 30))
    path = f"/services/{service.pk}/history/"
    first = signed_in.get(path)
    assert len(first.context["page"].checks) == 50
    second = signed_in.get(path, {"before": first.context["older"]})
    assert len(second.context["page"].checks) == 10
    down = signed_in.get(path, {"status": "DOWN"})
    assert {check.status for check in down.context["page"].checks} == {"DOWN"}
    assert (down.context["query"], len(down.context["page"].checks)) == ("status=DOWN", 30)
    narrow = {"since": noon_plus(60).isoformat(), "until": noon_plus(121).isoformat()}
    assert len(signed_in.get(path, narrow).context["page"].checks) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "status=SIDEWAYS",
        "before=yesterday",
        "before=2026-01-01T00:00:00Z~x",
        "since=9999-99-99T00:00",
        "since=0001-01-01T00:00%2B14:00",
        "new=x",
        "after=~",
        "before=%00",
        "since=2026-03-01T12:00&zone=../../etc/passwd",
        "zone=Europe/Nowhere",
    ],
)
def test_nonsense_in_the_url_is_no_filter(signed_in: Client, query: str) -> None:
    service = checked(a_service(), Status.UP)
    answer = signed_in.get(f"/services/{service.pk}/history/?{query}")
    assert answer.status_code == 200
    assert len(answer.context["page"].checks) == 1


@pytest.mark.django_db
def test_a_check_that_was_not_judged_says_so_and_can_be_filtered(signed_in: Client) -> None:
    service = checked(a_service(), Status.UP, Status.NOT_JUDGED)
    path = f"/services/{service.pk}/history/"
    page = signed_in.get(path, {"status": "UNKNOWN"})
    (check,) = page.context["page"].checks
    assert (check.status, page.content.decode().count("Not judged")) == ("UNKNOWN", 2)
    alone = signed_in.get(f"{path}{check.pk}/").content.decode()
    assert "Not judged" in alone
    assert "the checker cannot open a connection: too many open files" in alone


@pytest.mark.django_db
def test_why_a_service_was_not_judged_is_said_where_its_state_is(signed_in: Client) -> None:
    service = checked(a_service(now=timezone.now() - timedelta(minutes=2)), Status.UP)
    record([Finding(service.pk, a_result(Status.NOT_JUDGED, timezone.now()))], timezone.now())
    why = "the checker cannot open a connection: too many open files"
    assert f"not judged: {why}" in signed_in.get("/").content.decode()
    page = signed_in.get(f"/services/{service.pk}/").content.decode()
    assert f"The last check was not judged. {why.capitalize()}." in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "since", "shown"),
    [
        # Noon in UTC is nine in the evening in Tokyo, and seven in the morning in New York.
        ("Asia/Tokyo", "2026-03-01T21:02", 1),
        ("Asia/Tokyo", "2026-03-01T12:02", 2),
        ("America/New_York", "2026-03-01T07:02", 1),
        ("", "2026-03-01T12:02", 1),
    ],
)
def test_times_are_read_in_the_zone_in_which_they_were_typed(
    signed_in: Client, zone: str, since: str, shown: int
) -> None:
    service = checked(a_service(), Status.UP, Status.DOWN)
    page = signed_in.get(f"/services/{service.pk}/history/", {"since": since, "zone": zone})
    assert len(page.context["page"].checks) == shown
    assert 'Times in <a href="/profile/" data-zone-name>UTC</a>' in page.content.decode()


@pytest.mark.django_db
def test_an_empty_history_says_so(signed_in: Client) -> None:
    assert signed_in.get(f"/services/{a_service().pk}/history/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_failure_keeps_its_evidence_on_its_own_page(
    signed_in: Client, target: LocalServer
) -> None:
    target.status, target.body = 500, b"<b>stack trace</b>"
    service = a_service(url=target.url, now=timezone.now())
    signed_in.post(f"/services/{service.pk}/check/")
    bad = ServiceStatus.objects.latest("id")
    page = signed_in.get(f"/services/{service.pk}/history/{bad.pk}/").content.decode()
    assert "&lt;b&gt;stack trace&lt;/b&gt;" in page
    assert ("127.0.0.1" in page, "Content-Length: 18" in page) == (True, True)
    target.status = 200
    signed_in.post(f"/services/{service.pk}/check/")
    good = ServiceStatus.objects.latest("id")
    page = signed_in.get(f"/services/{service.pk}/history/{good.pk}/").content.decode()
    assert ("200 OK" in page, "Evidence" in page) == (True, False)


@pytest.mark.django_db
def test_a_check_is_shown_under_its_own_service_only(signed_in: Client) -> None:
    one, other = checked(a_service(), Status.UP), a_service()
    check = ServiceStatus.objects.get()
    assert signed_in.get(f"/services/{one.pk}/history/{check.pk}/").status_code == 200
    assert signed_in.get(f"/services/{other.pk}/history/{check.pk}/").status_code == 404


@pytest.mark.django_db
def test_a_check_that_our_own_loop_delayed_says_so(signed_in: Client) -> None:
    service = a_service()
    record([Finding(service.pk, a_result(at=noon_plus(1), loop_lag_ms=40.0))], noon_plus(2))
    check = ServiceStatus.objects.get()
    page = signed_in.get(f"/services/{service.pk}/history/{check.pk}/").content.decode()
    assert "busy for 40 ms of this check" in page


@pytest.mark.django_db
@pytest.mark.usefixtures("no_place_left")
def test_one_check_too_many_is_left_to_a_checker_or_said(
    signed_in: Client, target: LocalServer
) -> None:
    service = a_service(url=target.url, now=timezone.now() + timedelta(hours=1))
    answer = signed_in.post(f"/services/{service.pk}/check/", follow=True)
    assert answer.redirect_chain == [(f"/services/{service.pk}/history/", 302)]
    assert "try again in a few seconds" in answer.content.decode()
    Checker.objects.create(name="a", started_at=timezone.now(), seen_at=timezone.now())
    answer = signed_in.post(f"/services/{service.pk}/check/", follow=True)
    assert f"{service.name} is checked next" in answer.content.decode()
    assert DueCheck.objects.get(service=service).due_at <= timezone.now()
    assert target.requests == []
