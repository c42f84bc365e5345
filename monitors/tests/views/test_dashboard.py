import functools
import gzip
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from monitors.domain.recent import append
from monitors.domain.result import Status
from monitors.engine.presence import register
from monitors.models import DueCheck, Service
from monitors.tests.factories import a_result, a_service, checked

pytestmark = pytest.mark.django_db

POLL = {"HX-Request": "true"}


def test_a_fresh_installation_says_what_to_do_first(signed_in: Client) -> None:
    page = signed_in.get("/").content.decode()
    assert 'href="/services/add/"' in page
    assert "/api/v1/services/" in page


@pytest.mark.parametrize(
    "query", ["state=LOST", "tag=none", "sort=random", "page=-1", "page=x", "q=%00", "page=9999"]
)
def test_nonsense_in_the_url_is_no_error(signed_in: Client, query: str) -> None:
    a_service()
    assert signed_in.get(f"/?{query}").status_code == 200


def test_filters_stay_in_the_links(signed_in: Client) -> None:
    for _ in range(51):
        a_service(tags=["web"])
    answer = signed_in.get("/?tag=web&sort=name")
    assert answer.context["query"] == "tag=web&sort=name"
    assert "tag=web&amp;sort=name&amp;page=2" in answer.content.decode()


def test_the_filter_shows_what_was_chosen(signed_in: Client) -> None:
    for tag in ('<b>"', "web"):
        a_service(name=f"tagged {tag}", tags=[tag])
    page = signed_in.get("/?tag=%3Cb%3E%22&sort=name&q=tagged").content.decode()
    chosen = re.findall(r'<option value="([^"]*)" selected>([^<]*)</option>', page)
    assert chosen == [("&lt;b&gt;&quot;",) * 2, ("name", "Name")]
    assert 'value="tagged"' in page
    assert page.count("<option") == 4 + 8
    # Its own name and tag are written by hand.
    assert 'tagged &lt;b&gt;&quot;</a> <a class="tag" href="?tag=%3Cb%3E%22">' in page


def test_a_poll_gets_the_part_that_changes_or_304(signed_in: Client) -> None:
    service = checked(a_service(now=timezone.now()), Status.UP)
    first = signed_in.get("/", headers=POLL)
    assert (first.status_code, b"<html" in first.content) == (200, False)
    same = signed_in.get("/", headers=POLL | {"If-None-Match": first["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    Service.objects.filter(pk=service.pk).update(name="renamed")
    changed = signed_in.get("/", headers=POLL | {"If-None-Match": first["ETag"]})
    assert (changed.status_code, b"renamed" in changed.content) == (200, True)


def test_late_checks_are_said_where_they_matter_and_marked_everywhere(signed_in: Client) -> None:
    late = a_service(now=timezone.now() - timedelta(minutes=5))
    on_time = a_service(now=timezone.now())
    told = ("/", f"/services/{late.pk}/", "/checkers/")
    for path in (*told, f"/services/{on_time.pk}/", "/services/add/"):
        page = signed_in.get(path).content.decode()
        assert ("<strong>Checks are late.</strong>" in page) is (path in told), path
        assert 'title="Checks are late"' in page
    assert b"<strong>Checks are late.</strong>" in signed_in.get("/", headers=POLL).content


def test_a_location_without_a_checker_is_named_with_what_starts_one(signed_in: Client) -> None:
    now = timezone.now()
    a_service(locations="oslo", now=now - timedelta(minutes=5))
    register("here", "", now)
    page = signed_in.get("/").content.decode()
    assert "No checker is running at oslo" in page
    assert "check_services --forever --location oslo</code>" in page


def test_the_page_costs_the_same_queries_for_one_and_for_three(
    signed_in: Client, django_assert_num_queries: object
) -> None:
    for count in (1, 2):
        for _ in range(count):
            checked(a_service(tags=["web"], now=timezone.now()), Status.UP)
        # Session, user, the list's twelve, channels, the backlog, saved filters, what was deleted.
        with django_assert_num_queries(19):  # type: ignore[operator]
            signed_in.get("/")


def test_a_state_narrows_what_was_searched_and_is_marked(signed_in: Client) -> None:
    a_service()
    page = signed_in.get("/?q=s1&tag=web&sort=name&page=1&state=UP").content.decode()
    kept = "?q=s1&amp;tag=web&amp;sort=name"
    assert f'href="{kept}&amp;state=DOWN" class="count none">' in page
    assert f'href="{kept}&amp;state=UP" class="count none" aria-current="true">' in page
    assert f'href="{kept}" class="count">' in page
    assert page.count('aria-current="true"') == 1
    assert (
        'id="count-all" href="?" class="count" aria-current' in signed_in.get("/").content.decode()
    )


def test_pages_and_polls_are_compressed_and_still_answer_304(signed_in: Client) -> None:
    for _ in range(3):
        checked(a_service(now=timezone.now()), Status.UP)
    signed_in.defaults["HTTP_ACCEPT_ENCODING"] = "gzip, br"
    for headers in ({}, POLL):
        answer = signed_in.get("/", headers=headers)
        assert answer["Content-Encoding"] == "gzip"
        assert len(answer.content) < len(gzip.decompress(answer.content)) / 2
    assert answer["ETag"].startswith('W/"')
    same = signed_in.get("/", headers=POLL | {"If-None-Match": answer["ETag"]})
    assert (same.status_code, same.content) == (304, b"")


HEAD = re.compile(
    r'<th scope="col"[^>]*?(?: aria-sort="(\w+)")?><a id="by-([\w-]+)" href="\?([^"]*)">'
)


@pytest.mark.parametrize(
    ("query", "column", "order", "next_sort"),
    [
        ("", "worst", "descending", "-worst"),
        ("sort=-worst", "worst", "ascending", "worst"),
        ("sort=name&q=s", "name", "ascending", "-name"),
        ("sort=-name&q=s", "name", "descending", "name"),
        ("sort=uptime-30d", "uptime-30d", "ascending", "-uptime-30d"),
        ("sort=slowest", "slowest", "descending", "-slowest"),
    ],
)
def test_a_head_orders_the_list_and_then_turns_it_round(
    signed_in: Client, query: str, column: str, order: str, next_sort: str
) -> None:
    a_service(name="s")
    heads = HEAD.findall(signed_in.get(f"/?{query}").content.decode())
    assert [(by, how) for how, by, _ in heads if how] == [(column, order)]
    links = {by: link.replace("&amp;", "&").split("&") for _, by, link in heads}
    assert len(links) == 7
    assert f"sort={next_sort}" in links[column]
    assert all(("q=s" in link) is ("q=s" in query) for link in links.values())


def test_a_row_is_small(signed_in: Client) -> None:
    now = timezone.now()
    for number in range(3):
        times = [a_result(at=now, response_time_ms=number * 40 + n * 7) for n in range(30)]
        service = a_service(name=f"Checkout {number}", tags=["web"], now=now)
        Service.objects.filter(pk=service.pk).update(
            recent=functools.reduce(append, times, ""),
            last_checked_at=now,
            last_message="200 OK",
            state="UP",
        )
    body = signed_in.get("/", headers=POLL).content.decode()
    rows = re.findall(r"<tr class=\"service .*?</tr>", body, re.DOTALL)
    assert len(rows) == 3
    assert max(len(row.encode()) for row in rows) < 900


def test_what_fails_without_being_down_is_not_simply_up(signed_in: Client) -> None:
    now = timezone.now()
    service = a_service(failures_before_down=3, now=now - timedelta(minutes=3))
    checked(service, Status.UP, Status.DOWN, Status.DOWN)
    page = signed_in.get("/").content.decode()
    assert "<span>Up, <br>failing 2 of 3</span>" in page
    assert '<span class="failing">connection refused' in page


def test_a_poll_brings_the_title_and_what_is_said_of_it(signed_in: Client) -> None:
    now = timezone.now()
    said = 'data-title="{} · Uptime Site" data-said="{}" data-down="{}"'
    assert "<title>Services · Uptime Site</title>" in signed_in.get("/").content.decode()
    checked(a_service(name="Shop", now=now - timedelta(minutes=1)), Status.DOWN)
    body = signed_in.get("/", headers=POLL).content.decode()
    assert said.format("(1 down) Services", "1 service down", 1) in body
    service = Service.objects.get()
    page = signed_in.get(f"/services/{service.pk}/").content.decode()
    assert "<title>Down · Shop · Uptime Site</title>" in page
    assert said.format("Down · Shop", "Shop: down", 1) in page


def test_a_list_that_only_grows_older_answers_304(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    began = now - timedelta(hours=2, minutes=30)
    checked(a_service(interval_s=3600, now=began), Status.UP, Status.UP, every_s=3600)
    DueCheck.objects.update(due_at=now + timedelta(minutes=5))
    first = signed_in.get("/", headers=POLL)
    later = now + timedelta(seconds=50)
    monkeypatch.setattr(timezone, "now", lambda: later)
    same = signed_in.get("/", headers=POLL | {"If-None-Match": first["ETag"]})
    assert same.status_code == 304
