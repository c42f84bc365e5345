import pytest
from django.test import Client

from monitors.domain.result import Status
from monitors.tests.clock import noon_plus
from monitors.tests.factories import a_service, checked

pytestmark = pytest.mark.django_db


def window(start: float, end: float) -> dict[str, str]:
    return {"from": noon_plus(start).isoformat(), "to": noon_plus(end).isoformat()}


def test_seconds_add_up_to_the_window(api: Client) -> None:
    service = checked(
        a_service(failures_before_down=1), Status.UP, Status.DOWN, Status.DEGRADED, Status.UP
    )
    answer = api.get(f"/api/v1/services/{service.pk}/uptime", window(-60, 240))
    assert answer.json() == {
        "uptime_percent": 66.6666,
        "up_s": 60,
        "degraded_s": 60,
        "down_s": 60,
        "maintenance_s": 0,
        "paused_s": 0,
        "unknown_s": 120,
    }


def test_nothing_known_is_null(api: Client) -> None:
    service = a_service()
    found = api.get(f"/api/v1/services/{service.pk}/uptime", window(0, 100)).json()
    assert (found["uptime_percent"], found["unknown_s"]) == (None, 100)


def test_by_default_the_last_thirty_days(api: Client) -> None:
    found = api.get(f"/api/v1/services/{a_service().pk}/uptime").json()
    assert sum(value for name, value in found.items() if name.endswith("_s")) == 30 * 86_400


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (window(10, 10), "from"),
        (window(10, 5), "from"),
        ({"from": "yesterday"}, "from"),
        ({"to": "0001-01-01T00:00:00Z"}, "to"),
    ],
)
def test_a_wrong_window_is_named(api: Client, query: dict[str, str], field: str) -> None:
    answer = api.get(f"/api/v1/services/{a_service().pk}/uptime", query)
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, [field])
