import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from monitors.actions import services
from monitors.actions.results import Finding, record
from monitors.domain.result import Status
from monitors.engine.check_now import check_one_sync
from monitors.models import ApiKey, Chore, DueCheck, HourlySummary, LogToDelete, ServiceStatus
from monitors.tests.engine.test_recorder import refusing
from monitors.tests.factories import a_result, a_service
from monitors.tests.local_server import LocalServer

pytestmark = pytest.mark.django_db(transaction=True)


def run(*words: str) -> list[str]:
    out = StringIO()
    call_command("check_services", *words, stdout=out, stderr=StringIO())
    return out.getvalue().splitlines()


def test_every_active_service_is_checked_and_has_its_line(target: LocalServer) -> None:
    a_service(name="Good", url=target.url)
    a_service(name="Bad", url="http://127.0.0.1:1/")
    a_service(name="Paused", url=f"{target.url}paused", paused=True)
    lines = sorted(run())
    assert [line.split()[0] for line in lines] == ["DOWN", "UP"]
    assert lines[0].endswith("Bad  connection refused by 127.0.0.1 port 1")
    assert lines[1].endswith("Good  200 OK")
    assert ServiceStatus.objects.count() == 2
    assert target.requests == ["/"]


def test_only_what_is_due_is_checked(target: LocalServer) -> None:
    # Its next beat is far away, wherever its beats lie.
    service = a_service(url=target.url, interval_s=86_400)
    assert len(run("--due")) == 1
    assert run("--due") == []
    DueCheck.objects.update(lease_until=timezone.now() + timedelta(hours=1))
    DueCheck.objects.update(due_at=timezone.now())
    assert run("--due") == []
    assert ServiceStatus.objects.filter(service=service).count() == 1


def test_what_is_due_keeps_its_beat_when_all_are_checked(target: LocalServer) -> None:
    due = a_service(url=target.url)
    later = timezone.now() + timedelta(minutes=30)
    not_due = a_service(url=f"{target.url}later", now=later)
    assert len(run()) == 2
    due_at = dict(DueCheck.objects.values_list("service", "due_at"))
    assert timezone.now() < due_at[due.pk] < timezone.now() + timedelta(seconds=60)
    assert due_at[not_due.pk] == later
    assert ServiceStatus.objects.count() == 2


def test_what_falls_due_meanwhile_is_for_the_next_run(target: LocalServer) -> None:
    a_service(url=target.url, interval_s=1)
    assert len(run("--due")) == 1


def test_results_bear_the_label_of_their_place(target: LocalServer) -> None:
    a_service(url=target.url)
    a_service(url=f"{target.url}later", now=timezone.now() + timedelta(hours=1))
    run("--location=oslo")
    assert set(ServiceStatus.objects.values_list("location", flat=True)) == {"oslo"}


@pytest.mark.parametrize("words", [(), ("--due",)])
def test_whoever_calls_it_from_cron_gets_summaries_and_retention(words: tuple[str, ...]) -> None:
    service = a_service(retention_days=1, paused=True)
    for days in (3, 0):
        at = timezone.now() - timedelta(days=days, hours=2)
        record([Finding(service.pk, a_result(at=at))], at)
    gone = a_service(paused=True)
    record([Finding(gone.pk, a_result())], timezone.now())
    services.delete(gone.pk, timezone.now() - timedelta(minutes=12))
    run(*words)
    assert ServiceStatus.objects.get().checked_at == at
    assert HourlySummary.objects.filter(service=service).count() == 2
    assert not LogToDelete.objects.exists()
    assert not Chore.objects.exclude(lease_until=None).exists()


@pytest.mark.parametrize("error", ["OperationalError", "IntegrityError"])
def test_a_result_that_cannot_be_stored_costs_the_others_nothing(
    target: LocalServer, error: str
) -> None:
    made = [a_service(url=f"{target.url}{number}", interval_s=86_400) for number in range(5)]
    with refusing(made[2].pk, "monitors_servicestatus", error):
        assert len(run("--due")) == 4
    stored = set(ServiceStatus.objects.values_list("service", flat=True))
    assert stored == {service.pk for service in made} - {made[2].pk}
    # It keeps its beat too: its target is not asked again at every run.
    assert run("--due") == []
    assert len(target.requests) == 5


def test_json_is_one_object_a_line(target: LocalServer) -> None:
    service = a_service(name="Good", url=target.url)
    (line,) = run("--json")
    found = json.loads(line)
    told = ("id", "service", "url", "status", "reason", "message", "status_code")
    assert [found[name] for name in told] == [
        service.pk,
        "Good",
        target.url,
        "UP",
        "ok",
        "200 OK",
        200,
    ]
    assert found["response_time_ms"] > 0
    assert found["checked_at"].endswith("Z")


def test_a_key_is_printed_once_and_only_its_hash_is_kept() -> None:
    out = StringIO()
    call_command("create_api_key", "deploy", stdout=out)
    key = out.getvalue().strip()
    kept = ApiKey.objects.get()
    assert out.getvalue() == f"{key}\n"
    assert key.startswith(kept.prefix)
    assert key not in {str(value) for value in vars(kept).values()}


def test_an_unusable_key_name_is_refused() -> None:
    with pytest.raises(CommandError):
        call_command("create_api_key", "x" * 101)


def test_a_run_that_is_cut_off_charges_nobody(settings: Any) -> None:
    settings.CANARY_URLS = ["http://127.0.0.1:1/canary"]
    service = a_service(url="http://127.0.0.1:1/")
    (line,) = run()
    assert line.startswith("UNKNOWN")
    assert "the monitor itself seems to be cut off: no canary answered" in line
    service.refresh_from_db()
    assert service.state == "UNKNOWN"
    # Nor does one on request.
    assert check_one_sync(service).result.status is Status.NOT_JUDGED
    settings.CANARY_URLS = []
    assert check_one_sync(service).result.status is Status.DOWN
