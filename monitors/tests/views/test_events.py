from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from monitors.actions import services
from monitors.domain.result import Status
from monitors.models import Incident, Service
from monitors.queries import state_changes
from monitors.tests.clock import noon_plus
from monitors.tests.factories import a_service, checked
from monitors.tests.incidents import CHECKED

pytestmark = pytest.mark.django_db

URL = "/events/"
POLL = {"HX-Request": "true"}


def shown(answer: Any) -> list[tuple[str, str]]:
    return [(row.service_name, row.label) for row in answer.context["page"].rows]


def a_story(name: str = "Shop", **settings: Any) -> Service:
    service = a_service(name=name, failures_before_down=1, **settings)
    return checked(service, Status.UP, Status.DOWN, Status.UP)


def test_the_page_says_what_comes_there_while_there_is_nothing(signed_in: Client) -> None:
    page = signed_in.get(URL).content.decode()
    assert "No events yet" in page
    assert "filters" not in page


def test_each_change_has_its_service_its_tags_and_its_incident(signed_in: Client) -> None:
    service = a_story("<b>Shop", tags=["R&D"])
    page = signed_in.get(URL).content.decode()
    newest = service.periods.latest("started_at")
    incident = f'<a href="/incidents/{Incident.objects.get().pk}/">'
    for words in (
        f'href="/services/{service.pk}/">&lt;b&gt;Shop</a>',
        f'<a id="event-{newest.pk}" ',
        '<a class="tag" href="?tag=R%26D">R&amp;D</a>',
        f'{incident}{CHECKED}</a> <span class="reason">connect</span>',
        f"{incident}Incident of 1 min</a>",
        "lasted 1 min",
        '<use href="#mark-up" /></svg>Recovered</span>',
        '<a href="/events/" aria-current="page">Events</a>',
    ):
        assert words in page


def test_what_lasts_is_counted_by_the_browser_and_what_nobody_sees_is_not(
    signed_in: Client,
) -> None:
    service = checked(a_service(failures_before_down=1), Status.DOWN)
    assert "1 min 35 s, then unknown" not in signed_in.get(URL).content.decode()
    Service.objects.update(fresh_until=timezone.now() + timedelta(hours=1))
    page = signed_in.get(URL).content.decode()
    assert '<time datetime="2026-03-01T12:01:00Z" data-style="since">' in page
    assert "incident-open" in page
    Service.objects.update(fresh_until=noon_plus(155))
    page = signed_in.get(URL).content.decode()
    assert "1 min 35 s, then unknown" in page
    assert "incident-open" not in page
    services.delete(service.pk, timezone.now())
    assert "No events yet" in signed_in.get(URL).content.decode()


def test_outages_in_maintenance_say_why_they_have_no_incident(signed_in: Client) -> None:
    a_story()
    Incident.objects.all().delete()
    assert "In maintenance, so no incident" in signed_in.get(URL).content.decode()


def test_filters_are_kept_while_reading_on(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_changes, "PAGE_SIZE", 1)
    service = a_story(tags=["web"])
    a_story("Wiki")
    query = {"service": str(service.pk), "state": "UP", "tag": "web"}
    answer = signed_in.get(URL, query)
    page = answer.content.decode()
    assert shown(answer) == [("Shop", "Recovered")]
    assert f'Only <a href="/services/{service.pk}/">Shop</a>' in page
    assert f'href="?service={service.pk}&amp;state=UP&amp;tag=web&amp;after=' in page
    older = signed_in.get(URL, query | {"after": answer.context["older"]})
    assert (shown(older), older.context["older"]) == ([("Shop", "Up")], "")
    assert f'href="?service={service.pk}&amp;state=UP&amp;tag=web" rel="first"' in (
        older.content.decode()
    )


def test_a_filter_that_nothing_matches_says_so(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_story()
    answer = signed_in.get(URL, {"state": "PAUSED"}).content.decode()
    assert "No event matches</p>" in answer
    assert 'rel="next"' not in answer
    monkeypatch.setattr(state_changes, "LOOKED_THROUGH", 2)
    answer = signed_in.get(URL, {"state": "PAUSED"}).content.decode()
    assert "No event matches since" in answer
    assert "Search further back</a>" in answer
    assert "Searched back to" in signed_in.get(URL, {"state": "DOWN"}).content.decode()


def test_only_the_first_page_refreshes_itself(signed_in: Client) -> None:
    a_story()
    assert 'hx-get="/events/?tag=web"' in signed_in.get(URL, {"tag": "web"}).content.decode()
    older = signed_in.get(URL, {"after": "2026-03-01T12:03:00+00:00~1"})
    assert "hx-get" not in older.content.decode()
    assert 'rel="first">Newest' in older.content.decode()


def test_a_poll_that_would_show_the_same_is_answered_304(signed_in: Client) -> None:
    a_story()
    first = signed_in.get(URL, headers=POLL)
    assert first.status_code == 200
    assert b"<html" not in first.content
    known = POLL | {"If-None-Match": first["ETag"]}
    assert signed_in.get(URL, headers=known).status_code == 304
    a_service()
    assert signed_in.get(URL, headers=known).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "state=perhaps",
        "state=up",
        "after=x",
        "after=yesterday~1",
        "after=2026-01-01T00:00:00Z~x",
        "after=2026-01-01T00:00:00Z~-1",
        "after=9999-12-31T23:59:59-23:59~1",
        "after=1970-01-01T00:00:00Z~0",
        "service=%00",
        f"service={'9' * 5_000}",
        "tag=nothing%00",
    ],
)
def test_nonsense_in_the_address_is_no_error(signed_in: Client, query: str) -> None:
    a_story()
    assert signed_in.get(f"{URL}?{query}").status_code == 200
    assert signed_in.post(f"{URL}?{query}").status_code == 405


def test_the_page_takes_the_same_queries_for_one_and_for_three(
    signed_in: Client, django_assert_num_queries: Any
) -> None:
    for count in (1, 2):
        for number in range(count):
            a_story(f"Shop {count} {number}", tags=["web"])
        # Session, user, their profile; places, what is known of them, tags, incidents; all tags;
        # the backlog's two.
        with django_assert_num_queries(10):
            signed_in.get(URL)


def test_the_page_of_a_service_leads_to_its_events(signed_in: Client) -> None:
    service = a_story()
    page = signed_in.get(f"/services/{service.pk}/").content.decode()
    assert f'href="/events/?service={service.pk}"' in page
