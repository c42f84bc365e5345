"""What every answer of a running dashboard says to browsers, whoever inside has made it."""

import re
from collections.abc import Iterator

import httpx
import pytest

from monitors.tests.installation import Installation

from .test_run import csrf, set_up

pytestmark = pytest.mark.django_db

POLICY = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
PRODUCTION = {
    "SECRET_KEY": "of this test and of nothing else in the wide, wide world",
    "ALLOWED_HOSTS": "uptime.example.com",
    "BEHIND_HTTPS_PROXY": "on",
    "HTTPS_ONLY": "on",
    "HSTS_SECONDS": "31536000",
    "HSTS_SUBDOMAINS": "on",
    "HSTS_PRELOAD": "on",
}
HTTPS = {"Host": "uptime.example.com", "X-Forwarded-Proto": "https"}


@pytest.fixture
def insider(installation: Installation) -> Iterator[httpx.Client]:
    """Run a dashboard with a path that fails, and log in."""
    settings = {"DJANGO_SETTINGS_MODULE": "monitors.tests.processes.raising_settings"}
    process = installation.start("gunicorn", "uptime_site.wsgi", **settings)
    installation.wait_until_it_answers(process)
    token = installation.manage("setup_token").stdout.strip()
    with httpx.Client(base_url=installation.url, follow_redirects=True) as client:
        set_up(client, token)
        client.follow_redirects = False
        yield client


@pytest.fixture
def outside(installation: Installation) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=installation.url) as client:
        yield client


def caching(answer: httpx.Response) -> str:
    """Give how an answer may be kept: by nobody, to be asked for again each time, or for ever."""
    control = answer.headers["Cache-Control"]
    kinds = {"no-store": "no-store", "no-cache": "no-cache, private", "immutable": "immutable"}
    return next((kind for word, kind in kinds.items() if word in control), control)


def test_every_kind_of_answer_carries_them(
    insider: httpx.Client, outside: httpx.Client, installation: Installation
) -> None:
    style = re.search(r'rel="stylesheet" href="([^"]+)"', insider.get("/").text)
    assert style is not None
    key = installation.manage("create_api_key", "test").stdout.strip()
    bearer = {"Authorization": f"Bearer {key}"}
    wrong = {"Authorization": "Bearer x"}
    poll = insider.get("/?page=1", headers={"HX-Request": "true"})
    weak = {"HX-Request": "true", "If-None-Match": poll.headers["ETag"]}
    assert weak["If-None-Match"].startswith("W/")  # it came compressed
    api = "/api/v1"
    answers = {
        ("page", 200): insider.get("/"),
        ("form", 200): insider.get("/services/add/"),
        ("refused form", 422): insider.post(
            "/services/add/", data=csrf(insider.get("/services/add/"))
        ),
        ("poll", 200): poll,
        ("poll that shows nothing new", 304): insider.get("/?page=1", headers=weak),
        ("page that is not there", 404): insider.get("/services/9/"),
        ("admin", 200): insider.get("/admin/"),
        ("documentation", 200): insider.get(f"{api}/docs"),
        ("schema", 200): insider.get(f"{api}/openapi.json"),
        ("to the login", 302): outside.get("/"),
        ("login", 200): outside.get("/accounts/login/"),
        ("form from elsewhere", 403): outside.post("/accounts/login/"),
        ("wrong method", 405): insider.post("/", data=csrf(insider.get("/services/add/"))),
        ("wrong host", 400): outside.get("/", headers={"Host": "elsewhere.example"}),
        ("mistake", 500): outside.get("/fail"),
        ("health", 200): outside.get("/healthz"),
        ("figures", 200): outside.get("/metrics", headers=bearer),
        ("figures without a key", 401): outside.get("/metrics", headers=wrong),
        ("API", 200): outside.get(f"{api}/services/", headers=bearer),
        ("API without a key", 401): outside.get(f"{api}/services/"),
        ("API, not there", 404): outside.get(f"{api}/services/9/", headers=bearer),
        ("API, no such path", 404): outside.get(f"{api}/nothing", headers=bearer),
        ("API, invalid", 422): outside.post(f"{api}/services/", json={}, headers=bearer),
        ("API, wrong method", 405): outside.put(f"{api}/services/", headers=bearer),
        ("API, wrong host", 400): outside.get(f"{api}/services/", headers={"Host": "x.example"}),
        ("API, mistake", 500): outside.get(f"{api}/fail"),
        ("style", 200): outside.get(style[1]),
        ("no such style", 404): outside.get("/static/nothing.css"),
        ("manifest", 404): outside.get("/static/staticfiles.json"),
    }
    assert {name: answer.status_code for (name, _), answer in answers.items()} == dict(
        answers.keys()
    )
    kept = {"poll": "no-cache, private", "style": "immutable"}
    kept["poll that shows nothing new"] = kept["poll"]
    assert {name: caching(answer) for (name, _), answer in answers.items()} == {
        name: kept.get(name, "no-store") for name, _ in answers
    }
    for (name, _), answer in answers.items():
        sent = {header: answer.headers.get(header) for header in POLICY}
        assert (name, sent) == (name, POLICY)
        policy = answer.headers["Content-Security-Policy"].split("; ")
        assert (name, {"default-src 'none'", "frame-ancestors 'none'"} - set(policy)) == (
            name,
            set(),
        )


def test_in_production_everything_goes_to_https_but_a_probe(installation: Installation) -> None:
    process = installation.start("gunicorn", "uptime_site.wsgi", **PRODUCTION)
    installation.wait_until_it_answers(process)
    with httpx.Client(base_url=installation.url) as client:
        assert client.get("/healthz").status_code == 200
        plain = client.get("/?q=shop", headers=HTTPS | {"X-Forwarded-Proto": "http"})
        assert plain.headers["Location"] == "https://uptime.example.com/?q=shop"
        assert "Strict-Transport-Security" not in plain.headers
        wrong = client.get("/", headers={"Host": "elsewhere.example"})
        assert (wrong.status_code, wrong.headers["X-Content-Type-Options"]) == (400, "nosniff")
        secure = client.get("/setup/", headers=HTTPS)
        assert secure.headers["Strict-Transport-Security"] == (
            "max-age=31536000; includeSubDomains; preload"
        )
        assert "; Secure" in secure.headers["Set-Cookie"]


def test_the_check_of_a_deployment_finds_nothing(installation: Installation) -> None:
    words = ("check", "--deploy", "--fail-level", "WARNING")
    done = installation.manage(*words, succeeds=False, **PRODUCTION)
    assert (done.returncode, done.stderr) == (0, "")
    assert installation.manage(*words, succeeds=False).returncode == 1
