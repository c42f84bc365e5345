import re
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client

from monitors.domain.saved_filters import MAX_SAVED_FILTERS
from monitors.models import SavedFilter
from monitors.tests.factories import a_service

pytestmark = pytest.mark.django_db


def save(client: Client, name: str, query: str) -> str:
    """Give what is said of it on the list that one comes back to."""
    answer = client.post("/filters/add/", {"name": name, "query": query}, follow=True)
    assert answer.redirect_chain[0][0].startswith("/?")
    return " ".join(str(message) for message in answer.context["messages"])


def kept() -> list[tuple[str, str]]:
    return list(SavedFilter.objects.values_list("name", "query"))


def shown(client: Client, query: str = "") -> list[tuple[str, str, bool]]:
    """Give name, address and whether it is marked, of each filter above the list."""
    page = client.get(f"/?{query}").content.decode()
    part = re.search(r'aria-label="Saved filters">(.*?)</ul>', page, re.DOTALL)
    links = re.findall(r'href="\?([^"]*)"([^>]*)>([^<]*)</a>', part[1] if part else "")
    return [(name, address, "aria-current" in marks) for address, marks, name in links]


@pytest.mark.parametrize(
    ("query", "stored"),
    [
        ("q=shop&state=DOWN&tag=a%26b&sort=-name&view=groups",) * 2,
        ("sort=name&page=3&open=7&select=on&next=//evil.example", "sort=name"),
        ("view=groups&open=1&page=2", "view=groups"),
        ("tag=web&state=LOST&sort=random&view=table", "tag=web"),
        ("q=+two++words+&sort=worst", "q=two+words"),
        ("sort=-worst", "sort=-worst"),
        ("tag=%2C", "tag=%2C"),
        ("q=%C3%BC", "q=%C3%BC"),
    ],
)
def test_only_what_the_list_knows_is_kept(signed_in: Client, query: str, stored: str) -> None:
    assert save(signed_in, " Mine ", query) == "Saved the filter “Mine”."
    assert kept() == [("Mine", stored)]


@pytest.mark.parametrize(
    ("name", "query", "said"),
    [
        ("", "tag=web", "Give the filter a name."),
        (" ", "tag=web", "Give the filter a name."),
        ("n" * 51, "tag=web", "at most 50 characters"),
        ("Mine", "", "This is the whole list."),
        ("Mine", "page=2&sort=worst&state=LOST", "This is the whole list."),
        ("Mine", f"q={'ü' * 150}", "This filter is too long to be saved."),
        ("Mine", f"tag={'x' * 500}", "This filter is too long to be saved."),
        ("Taken", "tag=web", "You already have a filter named “Taken”."),
    ],
)
def test_what_cannot_be_kept_is_said(
    signed_in: Client, user: User, name: str, query: str, said: str
) -> None:
    SavedFilter.objects.create(user=user, name="Taken", query="tag=db")
    assert said in save(signed_in, name, query)
    assert kept() == [("Taken", "tag=db")]


def test_a_person_has_so_many_and_no_more(signed_in: Client, user: User) -> None:
    for number in range(MAX_SAVED_FILTERS):
        SavedFilter.objects.create(user=user, name=f"{number:02}", query="tag=web")
    assert "You have 20 saved filters." in save(signed_in, "one more", "tag=db")
    assert len(kept()) == MAX_SAVED_FILTERS


def test_filters_stand_above_the_list_by_name_and_the_chosen_one_is_marked(
    signed_in: Client, user: User
) -> None:
    a_service()
    assert shown(signed_in) == []
    SavedFilter.objects.create(user=user, name="<b>web", query="state=DOWN&tag=web")
    SavedFilter.objects.create(user=user, name="All", query="sort=name")
    web = ("&lt;b&gt;web", "state=DOWN&amp;tag=web")
    assert shown(signed_in) == [(*web, False), ("All", "sort=name", False)]
    assert shown(signed_in, "tag=web&state=DOWN&page=9") == [
        (*web, True),
        ("All", "sort=name", False),
    ]


def test_what_is_not_saved_yet_can_be_and_what_is_can_be_deleted(
    signed_in: Client, user: User
) -> None:
    a_service()
    saved = SavedFilter.objects.create(user=user, name="Web", query="tag=web")
    whole, other, chosen = (
        signed_in.get(f"/?{query}").content.decode()
        for query in ("", "tag=db&page=2", "tag=web&select=off")
    )
    delete = f'action="/filters/{saved.pk}/delete/"'
    for page, can_save, can_delete in (
        (whole, False, False),
        (other, True, False),
        (chosen, False, True),
    ):
        assert ('action="/filters/add/"' in page, delete in page) == (can_save, can_delete)
    assert 'name="query" value="tag=db"' in other
    answer = signed_in.post(f"/filters/{saved.pk}/delete/")
    assert (answer["Location"], kept()) == ("/?tag=web", [])
    assert signed_in.post(f"/filters/{saved.pk}/delete/").status_code == 404


def test_nobody_sees_or_deletes_the_filters_of_somebody_else(signed_in: Client) -> None:
    a_service()
    other = User.objects.create_user("bob")
    theirs = SavedFilter.objects.create(user=other, name="Theirs", query="tag=web")
    assert shown(signed_in) == []
    assert signed_in.post(f"/filters/{theirs.pk}/delete/").status_code == 404
    assert save(signed_in, "Theirs", "tag=db") == "Saved the filter “Theirs”."
    assert ("Theirs", "tag=web") in kept()


@pytest.mark.parametrize("text", ["%00", "%ED%A0%80", "🙂", "<script>"])
def test_strange_words_are_kept_as_the_list_reads_them(signed_in: Client, text: str) -> None:
    a_service()
    save(signed_in, "Mine", f"q={quote(text, safe='%')}&tag=x")
    ((_, query),) = kept()
    assert [marked for _, _, marked in shown(signed_in, query)] == [True]
