"""Failed log-ins are counted by all processes of a server together."""

import re

import httpx
import pytest

from monitors.tests.installation import Installation

pytestmark = pytest.mark.django_db

LIMIT = 10


def log_in(client: httpx.Client, path: str, password: str) -> httpx.Response:
    page = client.get(path)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None
    form = {"csrfmiddlewaretoken": token[1], "username": "ada", "password": password}
    return client.post(path, data=form)


@pytest.mark.parametrize("application", ["uptime_site.wsgi", "uptime_site.asgi"])
def test_all_processes_of_a_server_count_together(
    installation: Installation, application: str
) -> None:
    made = installation.manage(
        "shell",
        "--verbosity=0",
        "-c",
        "from django.contrib.auth.models import User; User.objects.create_superuser('ada')",
    )
    assert made.stderr == ""
    process = installation.start("gunicorn", application)
    installation.wait_until_it_answers(process)
    statuses = []
    for number in range(LIMIT):
        path = "/admin/login/" if number % 2 else "/accounts/login/"
        # A connection of its own each time: any process may answer it.
        with httpx.Client(base_url=installation.url) as client:
            answer = log_in(client, path, "wrong")
        statuses.append(answer.status_code)
    assert statuses == [200] * (LIMIT - 1) + [429]
    assert "Too many failed attempts. Try again in 15 minutes." in answer.text
    assert answer.headers["retry-after"] in {"899", "900"}
