from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import connections
from django.test import AsyncClient, Client
from django.utils import timezone

from monitors.domain.alerting import Event, Fate, Hold
from monitors.domain.result import Status
from monitors.models import Alert, Incident, IncidentEvent
from monitors.queries import incidents as listing
from monitors.tests.clock import noon_plus
from monitors.tests.factories import a_service, checked
from monitors.tests.incidents import CHECKED, a_delivery, an_alert, an_incident, channel_named

pytestmark = pytest.mark.django_db

URL = "/incidents/"


def shown(answer: Any) -> list[int]:
    return [row.incident.pk for row in answer.context["page"].rows]


def test_the_list_says_where_incidents_come_from_while_there_is_none(signed_in: Client) -> None:
    page = signed_in.get(URL).content.decode()
    assert "No incidents so far" in page
    assert "Export as CSV" not in page
    assert "filters" not in page


def test_open_incidents_come_first_and_then_the_newest(signed_in: Client) -> None:
    old = an_incident(start=0)
    done = [an_incident(start=start, end=start + 5).pk for start in (100, 50)]
    new = an_incident(start=10)
    answer = signed_in.get(URL)
    assert shown(answer) == [new.pk, old.pk, *done]
    assert "<title>(2 open) Incidents" in answer.content.decode()


def test_the_list_is_read_on_from_any_place(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    service = a_service()
    made = [an_incident(start=5).pk, an_incident(start=5).pk, an_incident(start=0).pk]
    made = [made[1], made[0], made[2]]
    made += [an_incident(service, start, end=start).pk for start in (9, 7)]
    found, query = [], {"after": ""}
    for _ in range(3):
        answer = signed_in.get(URL, query)
        found.append(shown(answer))
        query = {"after": answer.context["older"]}
    assert found == [made[:2], made[2:4], made[4:]]
    assert query == {"after": ""}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"open": "true"}, ["new"]),
        ({"open": "false"}, ["old"]),
        ({"service": "SHOP"}, ["new"]),
        ({"service": "elsewhere"}, []),
        ({"tag": "web"}, ["new"]),
        ({"since": "2026-03-01T12:01", "zone": "UTC"}, ["new"]),
        ({"until": "2026-03-01T14:01", "zone": "Europe/Athens"}, ["old"]),
    ],
)
def test_filters(signed_in: Client, query: dict[str, str], found: list[str]) -> None:
    made = {
        "old": an_incident(a_service(name="Wiki"), 0, end=30),
        "new": an_incident(a_service(name="Shop", tags=["web"]), 100),
    }
    answer = signed_in.get(URL, query)
    assert shown(answer) == [made[name].pk for name in found]
    assert ("No incident matches" in answer.content.decode()) is (found == [])


@pytest.mark.parametrize(
    "query",
    [
        "open=perhaps",
        "after=x",
        "after=open~yesterday~1",
        "after=open~2026-01-01T00:00:00Z~x",
        "after=open~9999-12-31T23:59:59-23:59~1",
        "since=9999-99-99T00:00",
        "service=%00",
        "zone=../../etc/passwd",
        "tag=nothing%00",
    ],
)
def test_nonsense_in_the_address_is_no_error(signed_in: Client, query: str) -> None:
    an_incident()
    assert signed_in.get(f"{URL}?{query}").status_code == 200
    assert b"".join(signed_in.get(f"/incidents.csv?{query}")).startswith(b"id,")


def test_the_list_takes_the_same_queries_for_one_and_for_three(
    signed_in: Client, django_assert_num_queries: Any
) -> None:
    for count in (1, 2):
        for number in range(count):
            an_incident(a_service(tags=["web"]), number)
            an_incident(a_service(tags=["web"]), number, end=90)
        # Session, user, those that are open, those that are not, how many are open, all tags, the
        # backlog's two.
        with django_assert_num_queries(9):
            signed_in.get(URL)


def test_a_poll_that_would_show_the_same_is_answered_304(signed_in: Client) -> None:
    incident = an_incident(end=60)
    for path in (URL, f"{URL}{incident.pk}/"):
        first = signed_in.get(path, headers={"HX-Request": "true"})
        assert first.status_code == 200
        assert b"<html" not in first.content
        known = {"HX-Request": "true", "If-None-Match": first["ETag"]}
        assert signed_in.get(path, headers=known).status_code == 304


def a_long_story() -> Incident:
    evidence = {
        "address": "192.0.2.7",
        "redirects": ["https://b.example/"],
        "headers": [["Server", "nginx"]],
        "body_start": "<h1>Bad gateway</h1>",
    }
    incident = an_incident(a_service(name="Shop"), 0, end=3_600, evidence=evidence)
    for at, kind in ((0, "opened"), (600, "unseen"), (900, "seen_again"), (3_600, "resolved")):
        IncidentEvent.objects.create(incident=incident, at=noon_plus(at), kind=kind)
    a_delivery(incident, (30, False, "450 try later"), (35, True, "250 queued"))
    a_delivery(incident, (700, False, "500 oops"), channel=channel_named("Hook"))
    return incident


def test_the_story_of_an_incident_stands_in_order_of_time(signed_in: Client) -> None:
    incident = a_long_story()
    answer = signed_in.get(f"{URL}{incident.pk}/")
    entries = answer.context["page"].entries
    assert [(entry.kind, entry.title) for entry in entries] == [
        ("opened", "Down"),
        ("delivered", "Told Ops"),
        ("unseen", "Not checked any more"),
        ("undelivered", "Not told Hook"),
        ("seen_again", "Still down when checked again"),
        ("resolved", "Resolved"),
    ]
    page = answer.content.decode()
    for words in (CHECKED, "450 try later", "250 queued", "500 oops", "1 h", "Server: nginx"):
        assert words in page
    assert "&lt;h1&gt;Bad gateway&lt;/h1&gt;" in page
    assert "Acknowledge</button>" not in page


@pytest.mark.parametrize(
    ("event", "fate", "hold", "why"),
    [
        (Event.DOWN, Fate.WAITING, Hold.NOTHING, "waits for its time"),
        (Event.DOWN, Fate.WAITING, Hold.QUIET, "held: quiet hours"),
        (Event.DOWN, Fate.NOT_TOLD, Hold.NOTHING, "not told: it was acknowledged in time"),
        (Event.UP, Fate.NOT_TOLD, Hold.NOTHING, "not told: nothing had been told of the outage"),
        (Event.DOWN, Fate.OVER, Hold.NOTHING, "not told: it was well again before it was time"),
        (
            Event.DOWN,
            Fate.DROPPED,
            Hold.NOTHING,
            "not told: the channel was deleted, disabled, or no longer wants it",
        ),
    ],
)
def test_what_was_not_told_says_why(
    signed_in: Client, event: Event, fate: Fate, hold: Hold, why: str
) -> None:
    incident = an_incident()
    an_alert(incident, event, fate, hold=hold.value)
    page = signed_in.get(f"{URL}{incident.pk}/").content.decode()
    assert f'<td class="breaks">{why}</td>' in page


def test_the_page_takes_the_same_queries_for_one_delivery_and_for_three(
    signed_in: Client, django_assert_num_queries: Any
) -> None:
    for count in (0, 1, 3):
        incident = an_incident()
        for number in range(count):
            a_delivery(incident, (1, True, "ok"), channel=channel_named(f"{count} {number}"))
        # Session, user, the incident; its events, messages, attempts, what was not told, the first
        # check; the backlog's two.
        with django_assert_num_queries(11):
            signed_in.get(f"{URL}{incident.pk}/")


def test_an_incident_stays_when_its_service_is_deleted(signed_in: Client) -> None:
    incident = a_long_story()
    assert incident.service is not None
    signed_in.post(f"/services/{incident.service.pk}/delete/")
    page = signed_in.get(f"{URL}{incident.pk}/").content.decode()
    assert "the service has been deleted" in page
    assert "192.0.2.7" in page
    assert shown(signed_in.get(URL)) == [incident.pk]


def test_acknowledging_names_who_did_it_and_keeps_the_first(
    signed_in: Client, client: Client
) -> None:
    incident = an_incident()
    path = f"{URL}{incident.pk}/acknowledge/"
    form = {"note": "Looking\r\nat it", "snooze_minutes": "90"}
    page = signed_in.post(path, form, follow=True).content.decode()
    assert "by ada" in page
    assert "No alerts for 1 h 30 min" in page
    client.force_login(User.objects.create_user("bob", password="x"))
    client.post(path, {})
    incident.refresh_from_db()
    assert (incident.acknowledged_by, incident.note) == ("ada", "Looking\nat it")
    assert incident.events.filter(kind="acknowledged").count() == 1


def test_snoozing_what_is_resolved_is_refused_in_words(signed_in: Client) -> None:
    path = f"{URL}{an_incident(end=9).pk}/acknowledge/"
    page = signed_in.post(path, {"snooze_minutes": "5"}, follow=True).content.decode()
    assert "resolved already" in page
    assert Incident.objects.get().snoozed_until is None


def test_a_note_is_replaced_and_its_history_stays(signed_in: Client) -> None:
    incident = an_incident(end=9)
    for note in ("Disk full", "Disk full", "Disk full; cleaned up", ""):
        signed_in.post(f"{URL}{incident.pk}/note/", {"note": note})
    told = incident.events.order_by("id").values_list("text", "actor")
    assert list(told) == [
        ("Disk full", "ada"),
        ("Disk full; cleaned up", "ada"),
        ("The note was removed", "ada"),
    ]


def test_reclassifying_moves_the_time_at_once(signed_in: Client) -> None:
    now = timezone.now()
    service = checked(a_service(failures_before_down=1, now=now), Status.DOWN, Status.UP)
    incident = Incident.objects.get()
    form = {"cause": "planned", "reason": "new disks"}
    path = f"{URL}{incident.pk}/reclassify/"
    Incident.objects.update(
        started_at=now - timedelta(minutes=2),
        resolved_at=now - timedelta(minutes=1),
    )
    page = signed_in.post(path, form, follow=True).content.decode()
    assert "Planned maintenance: new disks" in page
    assert "by ada" in page
    (exclusion,) = service.exclusions.all()
    assert (exclusion.cause, exclusion.actor) == ("planned", "ada")


@pytest.mark.parametrize(
    ("verb", "form", "field"),
    [
        ("acknowledge", {"snooze_minutes": "0"}, "snooze_minutes"),
        ("acknowledge", {"snooze_minutes": "10081"}, "snooze_minutes"),
        ("acknowledge", {"snooze_minutes": "9" * 5_000}, "snooze_minutes"),
        ("acknowledge", {"note": "x" * 10_001}, "note"),
        ("note", {"note": "x" * 10_001}, "note"),
        ("note", {"note": "a\x00b"}, "note"),
        ("reclassify", {"cause": "weather", "reason": "x"}, "cause"),
        ("reclassify", {"cause": "planned", "reason": ""}, "reason"),
        ("reclassify", {"cause": "planned", "reason": "\x1c"}, "reason"),
        ("reclassify", {"cause": "planned", "reason": "x", "since": "yesterday"}, "since"),
        ("reclassify", {"cause": "planned", "reason": "x", "until": "9999-12-31T23:59"}, "until"),
        ("reclassify", {"cause": "planned", "reason": "x", "until": "2000-01-01T00:00"}, "since"),
        (
            "reclassify",
            {
                "cause": "planned",
                "reason": "x",
                "since": "1999-01-01T00:00",
                "until": "2000-01-01T00:00",
            },
            "until",
        ),
    ],
)
def test_a_wrong_form_says_what_is_wrong_with_which_field(
    signed_in: Client, verb: str, form: dict[str, str], field: str
) -> None:
    incident = an_incident()
    answer = signed_in.post(f"{URL}{incident.pk}/{verb}/", form)
    assert answer.status_code == 422
    assert list(answer.context[f"{verb}_form"].errors) == [field]
    prefix = "acknowledge" if verb == "acknowledge" else "id"
    assert f'aria-describedby="{prefix}_{field}' in answer.content.decode()
    incident.refresh_from_db()
    assert (incident.acknowledged_at, incident.note, incident.cause) == (None, "", "fault")


@pytest.mark.parametrize("number", ["999", "9" * 30])
def test_an_unknown_incident_is_not_found(signed_in: Client, number: str) -> None:
    assert signed_in.get(f"{URL}{number}/").status_code == 404
    for verb in ("acknowledge", "note", "reclassify"):
        assert signed_in.post(f"{URL}{number}/{verb}/").status_code == 404
        assert signed_in.get(f"{URL}{an_incident().pk}/{verb}/").status_code == 405


def rows(answer: Any) -> list[str]:
    text: str = b"".join(answer).decode()
    return text.split("\r\n")


def test_the_table_has_every_incident_of_the_filter(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "BATCH_SIZE", 2)
    service = a_service(name="Shop", url="http://shop.example/")
    made = [an_incident(service, start, end=start + 1) for start in (1, 2, 2, 3, 4)]
    an_incident(a_service(name="Wiki"))
    answer = signed_in.get("/incidents.csv", {"service": "shop"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="incidents.csv"'
    head, *lines, last = rows(answer)
    assert head.startswith("id,service,url,started_at,resolved_at,duration_s,")
    assert [int(line.split(",")[0]) for line in lines] == [
        incident.pk for incident in (made[4], made[3], made[2], made[1], made[0])
    ]
    assert lines[-1] == (
        f"{made[0].pk},Shop,http://shop.example/,2026-03-01T12:00:01.000Z,"
        f"2026-03-01T12:00:02.000Z,1.000,recovered,connect,{CHECKED},fault,,,"
    )
    assert last == ""


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("x")'])
def test_no_cell_is_a_formula(signed_in: Client, name: str) -> None:
    an_incident(service_name=name, message=name, note=name, acknowledged_by=name, end=1)
    text = "\n".join(rows(signed_in.get("/incidents.csv")))
    quoted = name.replace('"', '""')
    assert text.count(f"'{quoted}") == 4


@pytest.mark.django_db(transaction=True)
async def test_the_table_is_streamed_by_an_asynchronous_server_too(
    async_client: AsyncClient,
) -> None:
    user = await User.objects.acreate(username="ada")
    await async_client.aforce_login(user)
    answer = await async_client.get("/incidents.csv")
    parts = [part async for part in answer]  # type: ignore[attr-defined]
    assert b"".join(parts).startswith(b"id,service")
    # That of the thread in which views run.
    await sync_to_async(connections.close_all)()


def test_alerts_and_events_go_with_their_incident() -> None:
    incident = a_long_story()
    incident.delete()
    assert not IncidentEvent.objects.exists()
    assert not Alert.objects.exists()


def test_the_service_page_leads_to_its_incidents(signed_in: Client) -> None:
    service = checked(a_service(failures_before_down=1, now=timezone.now()), Status.DOWN)
    incident = Incident.objects.get()
    path = f"/services/{service.pk}/"
    page = signed_in.get(path).content.decode()
    assert page.count(f'href="/incidents/{incident.pk}/"') == 2
    assert "not acknowledged yet" in page
    assert f'href="/incidents/?service={service.pk}"' in page
    signed_in.post(f"/incidents/{incident.pk}/acknowledge/")
    assert "acknowledged by ada" in signed_in.get(path).content.decode()
    listed = signed_in.get(URL, {"service": service.pk})
    assert (shown(listed), listed.context["service"]) == ([incident.pk], service)


def test_the_dashboard_counts_the_open_ones(signed_in: Client) -> None:
    an_incident(end=60)
    assert "Open incidents" not in signed_in.get("/").content.decode()
    an_incident()
    page = signed_in.get("/").content.decode()
    assert 'href="/incidents/?open=true" class="count">Open incidents <span>1</span>' in page
