import gzip
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from monitors.domain.result import Status
from monitors.engine.presence import register
from monitors.models import Service
from monitors.tests.factories import a_service, checked

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
    assert chosen == [("&lt;b&gt;&quot;",) * 2, ("name", "By name")]
    assert 'value="tagged"' in page
    assert page.count("<option") == 6 + 3 + 4
    # Its own name and tag are written by hand.
    assert 'tagged &lt;b&gt;&quot;</a>\n<a class="tag" href="?tag=%3Cb%3E%22">' in page


def test_a_poll_gets_the_part_that_changes_or_304(signed_in: Client) -> None:
    service = checked(a_service(now=timezone.now()), Status.UP)
    first = signed_in.get("/", headers=POLL)
    assert (first.status_code, b"<html" in first.content) == (200, False)
    same = signed_in.get("/", headers=POLL | {"If-None-Match": first["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    Service.objects.filter(pk=service.pk).update(name="renamed")
    changed = signed_in.get("/", headers=POLL | {"If-None-Match": first["ETag"]})
    assert (changed.status_code, b"renamed" in changed.content) == (200, True)


def test_late_checks_are_said_on_every_page(signed_in: Client) -> None:
    service = a_service(now=timezone.now() - timedelta(minutes=5))
    for path in ("/", f"/services/{service.pk}/", "/services/add/"):
        assert "Checks are late" in signed_in.get(path).content.decode()


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
        # Session, user, the list's twelve, channels, the backlog.
        with django_assert_num_queries(17):  # type: ignore[operator]
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
