import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from monitors.actions.results import Finding, record
from monitors.domain.chart_range import MINUTE
from monitors.domain.result import Status
from monitors.models import Service
from monitors.tests.factories import a_result, a_service, checked

pytestmark = pytest.mark.django_db


def a_service_of_today(*statuses: Status) -> Service:
    """Checked every five minutes up to now."""
    first = timezone.now() - timedelta(minutes=5 * len(statuses))
    service = a_service(now=first)
    for number, status in enumerate(statuses):
        at = first + number * 5 * MINUTE
        record([Finding(service.pk, a_result(status, at))], at)
    return service


@pytest.fixture
def service() -> Service:
    return a_service_of_today(Status.UP, Status.UP, Status.DOWN, Status.DOWN, Status.UP)


def test_a_range_is_a_chart_and_a_table(signed_in: Client, service: Service) -> None:
    answer = signed_in.get(f"/services/{service.pk}/response/")
    page = answer.content.decode()
    assert answer.context["response"].range.name == "24h"
    assert answer.context["response"].summary.checks == 5
    assert 'class="chart-plot"' in page
    assert "Outage" in page
    assert page.count('data-label="Median"') == len(answer.context["response"].slots)


def test_a_range_of_ones_own_is_read_in_the_zone_it_was_typed_in(
    signed_in: Client, service: Service
) -> None:
    query = {"since": "2026-03-01T12:00", "until": "2026-03-02T00:00", "zone": "Asia/Tokyo"}
    found = signed_in.get(f"/services/{service.pk}/response/", query).context["response"]
    assert (found.range.start.isoformat(), found.range.end.isoformat()) == (
        "2026-03-01T03:00:00+00:00",
        "2026-03-01T15:00:00+00:00",
    )
    page = signed_in.get(f"/services/{service.pk}/response/", query).content.decode()
    assert "No checks in this range" in page
    assert "since=2026-03-01T12%3A00&amp;until=2026-03-02T00%3A00&amp;zone=Asia%2FTokyo" in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"since": "2026-03-02T00:00", "until": "2026-03-01T00:00"}, "must be before"),
        ({"since": "2999-03-02T00:00"}, "and in the past"),
        ({"since": "yesterday"}, "Give a date and time"),
        ({"until": "2026-03-01T00:00"}, "Give a date and time"),
        ({"since": "1999-03-01T00:00"}, "At most 3 years at once"),
    ],
)
def test_ends_that_make_no_range_are_said_and_the_last_day_is_shown(
    signed_in: Client, service: Service, query: dict[str, str], sentence: str
) -> None:
    answer = signed_in.get(f"/services/{service.pk}/response/", query)
    assert sentence in answer.content.decode()
    assert answer.context["response"].range.name == "24h"
    assert signed_in.get(f"/services/{service.pk}/response.csv", query).status_code == 200


def test_the_table_is_there_for_spreadsheets(signed_in: Client, service: Service) -> None:
    answer = signed_in.get(f"/services/{service.pk}/response.csv?range=7d")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert sum(int(row["checks"]) for row in rows) == 5
    assert sum(int(row["down"]) for row in rows) == 2
    assert rows[0]["median_ms"]
    assert rows[0]["starts_at"].endswith("Z")


@pytest.mark.parametrize("name", ["24h", "7d", "30d", "90d", "365d", "nonsense", ""])
def test_every_range_of_the_service_page_is_drawn(
    signed_in: Client, service: Service, name: str
) -> None:
    answer = signed_in.get(f"/services/{service.pk}/?range={name}")
    page = answer.content.decode()
    chosen = answer.context["page"].response.range
    assert (chosen.name if chosen else "") == (name if name != "nonsense" else "")
    assert f'id="range-{name if chosen else "latest"}"' in page
    assert page[page.index("<main") :].count('aria-current="true"') == 1


def test_queries_do_not_grow_with_the_range(
    signed_in: Client, service: Service, django_assert_num_queries: object
) -> None:
    signed_in.get(f"/services/{service.pk}/response/")
    for name, queries in (("24h", 11), ("7d", 12), ("30d", 12), ("365d", 12)):
        with django_assert_num_queries(queries):  # type: ignore[operator]
            signed_in.get(f"/services/{service.pk}/response/?range={name}")


def test_a_service_without_a_check_has_no_chart_yet(signed_in: Client) -> None:
    service = a_service(now=timezone.now())
    page = signed_in.get(f"/services/{service.pk}/response/").content.decode()
    assert "The chart begins with the second stretch of time." in page
    assert "No checks in this range" in page
    assert signed_in.get("/services/999/response/").status_code == 404
    assert signed_in.get("/services/999/response.csv").status_code == 404


def test_a_chart_of_a_hundred_checks_is_small(signed_in: Client) -> None:
    service = checked(a_service(), *[Status.UP] * 120)
    page = signed_in.get(f"/services/{service.pk}/").content.decode()
    chart = page[page.index("<figure") : page.index("</figure>")]
    assert len(chart) < 8_000
