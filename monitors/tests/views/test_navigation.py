"""The links on top say where one is."""

import pytest
from django.test import Client

from monitors.tests.factories import a_service

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("/", '<a href="/" aria-current="page">Services</a>'),
        ("/services/add/", '<a href="/" aria-current="true">Services</a>'),
        ("/services/{}/history/", '<a href="/" aria-current="true">Services</a>'),
        ("/incidents/", '<a href="/incidents/" aria-current="page">Incidents</a>'),
        ("/channels/new/", '<a href="/channels/" aria-current="true">Channels</a>'),
    ],
)
def test_the_page_that_is_shown_is_marked(signed_in: Client, path: str, marked: str) -> None:
    page = signed_in.get(path.format(a_service().pk)).text
    header = page[: page.index("<main")]
    assert marked in header
    assert header.count("aria-current") == 1
