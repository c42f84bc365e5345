"""Who gets in: every path of the site, asked by a stranger."""

import re
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from monitors.models import Channel, Service
from monitors.tests.factories import a_channel, a_service

pytestmark = pytest.mark.django_db

OPEN = {"healthz", "accounts/login/", "setup/", "incidents/acknowledge/<str:token>/"}
# What the public may open: tests/views/test_public.py, test_public_badges.py, test_public_wall.py.
PUBLIC = ("status/<slug:slug>/", "badge/<slug:token>/", "wall/<slug:token>/")
# It answers a program too (tests/views/test_health.py), and takes no other method than GET.
READ_ONLY = {"metrics"}
# The API asks for a key (tests/api/test_errors.py), the admin for staff.
ELSEWHERE = ("api/v1/", "admin/")


def paths(resolver: URLResolver, prefix: str = "") -> list[str]:
    found: list[str] = []
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            found.append(path)
        elif isinstance(pattern, URLResolver):
            found += paths(pattern, path)
    return found


PATHS = [path for path in paths(get_resolver()) if not path.startswith((*ELSEWHERE, *PUBLIC))]


def test_paths_are_found_at_all() -> None:
    assert {"", "services/add/", "services/<int:service_id>/check/", "accounts/keys/"} <= set(PATHS)


@pytest.mark.parametrize(
    ("path", "method"),
    [
        (path, method)
        for path in sorted(set(PATHS) - OPEN)
        for method in ("get", "post")
        if method == "get" or path not in READ_ONLY
    ],
)
def test_a_stranger_is_sent_to_the_login_and_nothing_happens(
    client: Client, user: User, path: str, method: str
) -> None:
    service = a_service()
    url = "/" + path.replace("<int:service_id>", str(service.pk))
    url = re.sub(r"<int:\w+>", "1", url.replace("<int:channel_id>", str(a_channel().pk)))
    answer = getattr(client, method)(url)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={url}")
    assert Service.objects.filter(paused=False).count() == 1
    assert Channel.objects.filter(enabled=True).count() == 1


@pytest.mark.parametrize("path", ["/", "/services/1/"])
def test_a_page_that_polls_without_a_session_goes_to_the_login_as_a_whole(
    client: Client, user: User, path: str
) -> None:
    a_service()
    page = f"http://testserver{path}?tag=web"
    answer = client.get(path, headers={"HX-Request": "true", "HX-Current-URL": page})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["HX-Redirect"] == f"/accounts/login/?next={quote(f'{path}?tag=web')}"
    foreign = {"HX-Request": "true", "HX-Current-URL": "https://evil.example/x"}
    assert client.get(path, headers=foreign)["HX-Redirect"] == f"/accounts/login/?next={path}"


@pytest.mark.parametrize("path", ["/admin/", "/admin/monitors/service/"])
def test_the_admin_is_for_staff(client: Client, path: str) -> None:
    plain = User.objects.create_user("bob", password="not staff at all")
    client.force_login(plain)
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/login/?next={path}")


@pytest.mark.parametrize("path", ["", "services/{id}/", "services/{id}/history/"])
def test_a_wrong_method_is_refused(signed_in: Client, path: str) -> None:
    answer = signed_in.post("/" + path.format(id=a_service().pk))
    assert answer.status_code == 405


@pytest.mark.parametrize("path", ["check", "pause"])
def test_what_changes_something_wants_post(signed_in: Client, path: str) -> None:
    assert signed_in.get(f"/services/{a_service().pk}/{path}/").status_code == 405


@pytest.mark.parametrize("path", ["", "history/", "edit/", "delete/"])
@pytest.mark.parametrize("number", ["999", "99999999999999999999999"])
def test_an_unknown_service_is_not_found(signed_in: Client, path: str, number: str) -> None:
    answer = signed_in.get(f"/services/{number}/{path}")
    assert answer.status_code == 404
    assert "404.html" in [template.name for template in answer.templates]


def test_forms_from_elsewhere_are_refused(user: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    service = a_service()
    assert strict.post(f"/services/{service.pk}/delete/").status_code == 403
    assert Service.objects.filter(pk=service.pk).exists()


def test_pages_carry_a_strict_policy(signed_in: Client) -> None:
    policy = signed_in.get("/")["Content-Security-Policy"]
    assert {"script-src 'self'", "style-src 'self'"} <= set(policy.split("; "))
    assert "unsafe" not in policy
