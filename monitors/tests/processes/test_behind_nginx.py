"""Below a path of a site that nginx serves, with nginx taking the path off or passing it on."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from monitors.tests import nginx
from monitors.tests.conftest import PASSWORD
from monitors.tests.installation import Installation
from monitors.tests.local_server import LocalServer

from .test_run import csrf, set_up
from .watching import stop, wait_for

pytestmark = pytest.mark.django_db

BASE = "/uptime"
ADDRESS = re.compile(r'(?:href|src|action|hx-get|data-openapi-url)="([^"#]*)')
# What a visit changes nothing by, and which leads to no thousand pages of the admin.
LEFT_OUT = ("/delete/", "/pause/", "/check/", "/logout/", "/history/", "/jsi18n/", "?")
POSTED_ONLY = ("/services/1/maintenance/",)


@pytest.fixture(params=["passed on", "taken off"])
def site(
    request: pytest.FixtureRequest, installation: Installation, tmp_path: Path
) -> Iterator[str]:
    """Give the address of the site at nginx, without the path."""
    process = installation.start("gunicorn", "uptime_site.wsgi", BASE_PATH=BASE)
    installation.wait_until_it_answers(process)
    path = "" if request.param == "passed on" else "/"
    with nginx.before(tmp_path, f"{BASE}/", f"{installation.url}{path}") as address:
        wait_for(lambda: _answers(address), within_s=10)
        yield address
    _, output = stop(process)
    assert f"Uptime Site is ready: {installation.url}{BASE}/" in output


def _answers(address: str) -> bool:
    try:
        return httpx.get(address).status_code == 418
    except httpx.TransportError:
        return False


def addresses(page: httpx.Response) -> set[str]:
    """Give every address of the site that a page names, the frame's own left out."""
    found = {urljoin(str(page.url), unescape(link)) for link in ADDRESS.findall(page.text) if link}
    here = urlsplit(str(page.url)).netloc
    return {link for link in found if urlsplit(link).netloc == here}


def crawl(client: httpx.Client, start: str) -> dict[str, int]:
    """Follow every address from a page on; give what each answered."""
    waiting, seen = [start], dict[str, int]()
    while waiting:
        address = waiting.pop()
        path = urlsplit(address).path
        if path in seen or any(
            part in address.partition(BASE)[2] for part in LEFT_OUT + POSTED_ONLY
        ):
            continue
        page = client.get(address)
        seen[path] = page.status_code
        if page.headers["content-type"].startswith("text/html"):
            waiting += addresses(page)
    return seen


def test_a_person_never_leaves_the_path(
    site: str, installation: Installation, target: LocalServer
) -> None:
    with httpx.Client(base_url=site + BASE, follow_redirects=True) as client:
        token = installation.manage("setup_token").stdout.strip()
        set_up(client, token)
        assert {(cookie.name, cookie.path) for cookie in client.cookies.jar} == {
            ("uptime_sessionid", f"{BASE}/"),
            ("uptime_csrftoken", f"{BASE}/"),
        }
        form = client.get("/services/add/")
        service = {"name": "Shop", "url": target.url, "test": "1"} | csrf(form)
        assert "200 OK" in client.post("/services/add/", data=settings(form) | service).text
        service.pop("test")
        saved = client.post("/services/add/", data=settings(form) | service)
        assert (saved.status_code, saved.url.path) == (200, f"{BASE}/services/1/")
        checked = client.post("/services/1/check/", data=csrf(saved))
        assert (checked.status_code, checked.url.path) == (200, f"{BASE}/services/1/history/")

        found = crawl(client, f"{site}{BASE}/")
        assert {path: status for path, status in found.items() if status != 200} == {}
        # The admin's "View site" names the path without its last slash, where nginx adds it.
        assert {path for path in found if not f"{path}/".startswith(f"{BASE}/")} == set()
        expected = ("", "services/1/edit/", "api/v1/docs", "admin/")
        assert {f"{BASE}/{path}" for path in expected} <= set(found)
        assert any(path.startswith(f"{BASE}/static/css/") for path in found)

        assert f'"{BASE}/api/v1/openapi.json"' in client.get("/api/v1/docs").text
        schema = client.get("/api/v1/openapi.json").json()
        assert f"{BASE}/api/v1/services/" in schema["paths"]
        out = client.post("/accounts/logout/", data=csrf(client.get("/")))
        assert out.url.path == f"{BASE}/accounts/login/"
        wanted = client.get("/services/1/edit/")
        assert wanted.url.path == f"{BASE}/accounts/login/"
        assert wanted.url.params["next"] == f"{BASE}/services/1/edit/"
        form_in = {"username": "ada", "password": PASSWORD, "next": wanted.url.params["next"]}
        back = client.post(str(wanted.url), data=csrf(wanted) | form_in)
        assert (back.status_code, back.url.path) == (200, f"{BASE}/services/1/edit/")


def settings(form: httpx.Response) -> dict[str, str]:
    """Give the fields of a form as it came."""
    inputs = re.findall(r'<input type="(?:text|number)" name="(\w+)" value="([^"]*)"', form.text)
    return {name: unescape(value) for name, value in inputs}


def test_polls_errors_and_programs_find_their_way(site: str, installation: Installation) -> None:
    key = installation.manage("create_api_key", "test").stdout.strip()
    bearer = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=site + BASE) as client:
        assert [client.get(path).status_code for path in ("/healthz", "/services/1/")] == [200, 302]
        unknown = client.get("/api/v1/nothing", headers=bearer)
        assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "not_found")
        made = {"name": "Shop", "url": "http://127.0.0.1:9/"}
        assert client.post("/api/v1/services/", json=made, headers=bearer).status_code == 201
        metrics = client.get("/metrics", headers=bearer)
        assert (metrics.status_code, "uptime_site_services" in metrics.text) == (200, True)
    # A probe on the machine itself knows nothing of the path.
    assert httpx.get(f"{installation.url}/healthz").status_code == 200
    bare = httpx.get(f"{installation.url}{BASE}?q=shop")
    assert (bare.status_code, bare.headers["location"]) == (301, f"{BASE}/?q=shop")
    # Pages of errors, which no view made.
    with httpx.Client(base_url=site + BASE) as client:
        refused = client.post("/accounts/login/", data={"username": "ada"})
    page = httpx.get(f"{installation.url}/accounts/login/", headers={"Host": "elsewhere.example"})
    assert [refused.status_code, page.status_code] == [403, 400]
    for answer in (refused, page):
        assert f'href="{BASE}/">Back to services</a>' in answer.text
        links = {urlsplit(link).path for link in addresses(answer)}
        assert {link for link in links if not link.startswith(f"{BASE}/")} == set()
