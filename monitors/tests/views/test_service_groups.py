import re
from collections import Counter
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from monitors.domain.result import Status
from monitors.models import Service, Tag
from monitors.tests.factories import a_service, checked

pytestmark = pytest.mark.django_db

POLL = {"HX-Request": "true"}
GROUP = re.compile(
    r'<details class="card service-group" id="group-(\d+)"( open)?(.*?)</details>', re.DOTALL
)


def some_groups() -> None:
    before = timezone.now() - timedelta(minutes=1)
    checked(a_service(name="Gone", tags=["db", "web"], now=before), Status.DOWN)
    for name, tags in (("Fine", ["calm"]), ("Bare", [])):
        checked(a_service(name=name, tags=tags, now=before), Status.UP)


def groups(page: str) -> dict[str, tuple[bool, str]]:
    """Give whether each group is open and what is in it, by the name of its tag."""
    tags = {tag.pk: tag.name for tag in Tag.objects.all()}
    return {tags.get(int(pk), ""): (bool(o), body) for pk, o, body in GROUP.findall(page)}


def test_groups_that_are_not_all_up_are_open_and_calm_ones_are_folded(signed_in: Client) -> None:
    some_groups()
    shown = groups(signed_in.get("/?view=groups").content.decode())
    assert {name: is_open for name, (is_open, _) in shown.items()} == {
        "db": True,
        "web": True,
        "calm": False,
        "": False,
    }
    assert ">Down</span>" in shown["db"][1]
    assert ">1 service, 1 not up</span>" in shown["db"][1]
    assert ">Gone</a>" in shown["web"][1]
    # Folded, it can be asked for with a script, and followed without.
    assert 'hx-trigger="toggle once"' in shown["calm"][1]
    assert '<a href="?tag=calm">' in shown["calm"][1]
    assert '<a href="?tag=%2C">' in shown[""][1]


@pytest.mark.parametrize("query", ["", "view=", "view=table", "view=groups&select=on"])
def test_anything_else_is_the_plain_list(signed_in: Client, query: str) -> None:
    some_groups()
    page = signed_in.get(f"/?{query}").content.decode()
    assert (groups(page), page.count('class="service service-')) == ({}, 3)


def test_the_ids_on_a_page_of_groups_are_unique(signed_in: Client) -> None:
    some_groups()
    page = signed_in.get("/?view=groups").content.decode()
    ids = Counter(re.findall(r' id="([^"]+)"', page))
    assert page.count(">Gone</a>") == 2
    assert [name for name, count in ids.items() if count > 1] == []


def test_groups_stay_in_the_links_and_selecting_leads_out_of_them(signed_in: Client) -> None:
    some_groups()
    page = signed_in.get("/?q=o&view=groups&sort=name&open=1&page=1").content.decode()
    kept = "q=o&amp;view=groups&amp;sort=name"
    assert f'href="?{kept}&amp;state=DOWN"' in page
    assert f'hx-get="/?{kept}&amp;page=1"' in page
    assert 'href="?q=o&amp;view=groups&amp;sort=-name"' in page
    assert '<input type="hidden" name="view" value="groups"' in page
    assert 'href="?q=o&amp;sort=name" aria-current="true">Groups</a>' in page
    assert 'href="?q=o&amp;sort=name&amp;select=on"' in page
    assert 'href="?q=o&amp;sort=name&amp;view=groups">Groups</a>' in (
        signed_in.get("/?q=o&sort=name&page=2").content.decode()
    )


def test_all_of_a_group_are_found_under_the_same_search_and_state(signed_in: Client) -> None:
    now = timezone.now()
    for number in range(21):
        checked(a_service(name=f"Shop {number}", tags=["a&b/c"], now=now), Status.UP)
    page = signed_in.get("/?view=groups&q=shop&state=UP").content.decode()
    ((is_open, body),) = groups(page).values()
    assert (is_open, body.count('class="service service-')) == (True, 20)
    link = re.findall(r'<a href="([^"]+)">Show all 21</a>', body)
    assert link == ["?q=shop&amp;state=UP&amp;tag=a%26b%2Fc"]
    answer = signed_in.get(f"/{link[0].replace('&amp;', '&')}")
    assert answer.context["page"].matching == 21


def test_a_poll_brings_the_groups_that_are_open_in_the_browser(signed_in: Client) -> None:
    some_groups()
    calm = Tag.objects.get(name="calm")
    assert not groups(signed_in.get("/?view=groups", headers=POLL).content.decode())["calm"][0]
    path = f"/?view=groups&open={calm.pk}&open=0&open=x"
    first = signed_in.get(path, headers=POLL)
    shown = groups(first.content.decode())
    assert [is_open for is_open, _ in shown.values()] == [True] * 4
    assert ">Fine</a>" in shown["calm"][1]
    assert "hx-get" not in shown["calm"][1]
    same = signed_in.get(path, headers=POLL | {"If-None-Match": first["ETag"]})
    assert same.status_code == 304
    Service.objects.filter(name="Fine").update(name="renamed")
    changed = signed_in.get(path, headers=POLL | {"If-None-Match": first["ETag"]})
    assert b"renamed" in changed.content


def test_groups_of_nothing_say_so(signed_in: Client) -> None:
    assert b"Nothing is being checked yet" in signed_in.get("/?view=groups").content
    some_groups()
    page = signed_in.get("/?view=groups&q=nothing").content.decode()
    assert "No service matches" in page
    assert 'href="/?view=groups">Clear filters' in page


def test_a_page_of_groups_costs_the_same_queries_for_few_and_for_many(
    signed_in: Client, django_assert_num_queries: object
) -> None:
    for count in (1, 4):
        for number in range(count):
            name = f"{count} {number}"
            checked(a_service(tags=[name, "all"], now=timezone.now()), Status.UP)
        every = Tag.objects.get(name="all").pk
        # As many as the plain list, and one more.
        with django_assert_num_queries(20):  # type: ignore[operator]
            signed_in.get(f"/?view=groups&open={every}")
