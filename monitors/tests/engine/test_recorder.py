"""The recorder tells what is wrong with the database from what is wrong with a result."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from monitors.actions.results import DueTime, Finding, record
from monitors.domain.evidence import Evidence
from monitors.domain.result import Status
from monitors.engine import recorder
from monitors.engine.canaries import Canaries
from monitors.engine.gauges import Gauges
from monitors.loops.database import DatabaseThread, explained
from monitors.models import DueCheck, LogToDelete, Period, Service, ServiceStatus
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_result, a_service, scheduled

real = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "RETRY_AFTER_S", 0.01)


class FakeTable:
    """Stands for a database that is away for as many tries as told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, away: int = 0) -> None:
        self.away = away
        self.batches: list[list[int]] = []
        monkeypatch.setattr(recorder, "record", self.record)
        monkeypatch.setattr(recorder, "record_good_results", self.try_out)

    def record(self, findings: Sequence[Finding], now: datetime) -> None:
        del now
        if self.away:
            raise OperationalError("the server is restarting")
        self.batches.append([finding.service_id for finding in findings])

    def try_out(self, now: datetime) -> None:
        del now
        self.away -= 1
        raise OperationalError("the server is restarting")


class Recording:
    """A recorder on the database of this test."""

    def __init__(self, canaries: Canaries | None = None) -> None:
        self.database = DatabaseThread()
        self.gauges = Gauges()
        self.recorder = recorder.Recorder(self.database, self.gauges, 0, canaries)

    async def write(self, findings: Sequence[Finding]) -> None:
        """Write all of them and end."""
        for finding in findings:
            self.recorder.put(finding)
        self.recorder.close()
        async with asyncio.timeout(30):
            await self.recorder.run()
        await self.database.close()
        assert self.recorder.waiting == 0


async def test_everything_is_written_in_batches_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    table = FakeTable(monkeypatch)
    await Recording().write([Finding(number, a_result()) for number in range(1_200)])
    assert [len(batch) for batch in table.batches] == [500, 500, 200]
    assert [number for batch in table.batches for number in batch] == list(range(1_200))


async def test_closing_with_nothing_to_write_ends_at_once() -> None:
    await Recording().write([])


@real
def test_what_waits_is_known_and_all_of_it_is_written_before_more_is_claimed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    table = FakeTable(monkeypatch, away=3)
    monkeypatch.setattr(recorder, "BATCH_SIZE", 1)
    recording = Recording()
    behind: list[bool] = []

    def noting(findings: Sequence[Finding], now: datetime) -> None:
        behind.append(recording.recorder.is_behind)
        table.record(findings, now)

    monkeypatch.setattr(recorder, "record", noting)
    due = [DueTime(number, "", NOON) for number in range(3)]
    findings = [Finding(number, a_result(), due[number]) for number in range(3)]
    asyncio.run(recording.write(findings))
    assert table.batches == [[0], [1], [2]]
    assert behind == [False, True, True, True, True, True]
    assert (recording.recorder.is_behind, recording.recorder.held()) == (False, [])
    # Said once, not at every try.
    assert caplog.messages == ["3 results wait for the database: the server is restarting"]


# What a database may raise for one row that it does not like, as a trigger would.
ON_POSTGRESQL = {
    "OperationalError": "RAISE EXCEPTION 'poisoned' USING ERRCODE = '57014'",
    "ProgrammingError": "RAISE EXCEPTION 'poisoned'",
    "InternalError": "RAISE EXCEPTION 'poisoned' USING ERRCODE = 'XX000'",
    "NotSupportedError": "RAISE EXCEPTION 'poisoned' USING ERRCODE = '0A000'",
    "IntegrityError": "RAISE EXCEPTION 'poisoned' USING ERRCODE = '23514'",
}
ON_SQLITE = dict.fromkeys(ON_POSTGRESQL, "SELECT RAISE(ABORT, 'poisoned')") | {
    "OperationalError": "SELECT json('{')"
}


def execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def refusing(service_id: int, table: str, error: str) -> Iterator[None]:
    """Have the database refuse what is inserted for one service."""
    if connection.vendor == "postgresql":
        execute(
            "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF NEW.service_id = {service_id} THEN {ON_POSTGRESQL[error]}; END IF;"
            " RETURN NEW; END $$",
            f"CREATE TRIGGER poison BEFORE INSERT ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION poison()",
        )
    else:
        execute(
            f"CREATE TRIGGER poison BEFORE INSERT ON {table}"
            f" WHEN NEW.service_id = {service_id} BEGIN {ON_SQLITE[error]}; END"
        )
    try:
        yield
    finally:
        if connection.vendor == "postgresql":
            execute(f"DROP TRIGGER poison ON {table}", "DROP FUNCTION poison")
        else:
            execute("DROP TRIGGER poison")


def due_services(count: int) -> tuple[list[Service], list[Finding]]:
    made = [a_service() for _ in range(count)]
    DueCheck.objects.update(lease_until=noon_plus(12))
    return made, [scheduled(service, a_result(at=noon_plus(1))) for service in made]


def stored(*statuses: Status) -> list[int]:
    """Give the services that have such results in the log; any, if none is named."""
    rows = ServiceStatus.objects.filter(status__in=statuses or Status)
    return list(rows.order_by("service").values_list("service", flat=True))


@real
@pytest.mark.parametrize("error", ON_POSTGRESQL)
def test_what_is_refused_is_set_aside_whatever_the_database_raises(
    error: str, caplog: pytest.LogCaptureFixture
) -> None:
    made, findings = due_services(8)
    recording = Recording()
    with refusing(made[3].pk, "monitors_servicestatus", error):
        asyncio.run(recording.write(findings))
    assert stored() == [service.pk for service in made if service != made[3]]
    assert recording.gauges.set_aside == 1
    assert [record[:2] for record in caplog.record_tuples] == [
        ("monitors.engine.recorder", logging.ERROR)
    ]
    assert f"service {made[3].pk} cannot be stored" in caplog.text
    assert "poisoned" in caplog.text or "malformed JSON" in caplog.text
    # Its target is not asked again at once: the service keeps its beat.
    due = DueCheck.objects.get(service=made[3])
    assert (due.lease_until, due.due_at > NOON) == (None, True)
    # Nothing of the trial is left.
    assert (Service.objects.count(), Period.objects.filter(service__lt=0).count()) == (8, 0)
    assert not LogToDelete.objects.exists()
    assert not ServiceStatus.objects.filter(service__lt=0).exists()


@real
@pytest.mark.parametrize(
    "values",
    [{"message": "half a pair: \ud83d"}, {"status_code": 10**30}, {"response_time_ms": "fast"}],
    ids=["text", "number", "type"],
)
def test_a_result_that_cannot_even_be_sent_is_set_aside(values: dict[str, object]) -> None:
    made, findings = due_services(8)
    bad = replace(findings[5], result=replace(findings[5].result, **values))  # type: ignore[arg-type]
    recording = Recording()
    asyncio.run(recording.write([*findings[:5], bad, *findings[6:]]))
    assert recording.gauges.set_aside == 1
    assert stored(Status.UP) == [service.pk for service in made if service != made[5]]
    # In its place the log says why it is not there, and the state stays as it was.
    (instead,) = ServiceStatus.objects.filter(service=made[5])
    assert (instead.status, instead.reason) == ("UNKNOWN", "internal")
    assert instead.message.startswith("the database does not take what this check found: ")
    assert Service.objects.get(pk=made[5].pk).state == "UNKNOWN"
    assert DueCheck.objects.get(service=made[5]).due_at > timezone.now()


@real
def test_many_bad_results_do_not_cost_the_good_ones() -> None:
    made, findings = due_services(60)
    bad = {service.pk for service in made[::6]}
    spoilt = [
        replace(finding, result=replace(finding.result, status_code=10**30))
        if finding.service_id in bad
        else finding
        for finding in findings
    ]
    recording = Recording()
    asyncio.run(recording.write(spoilt))
    assert stored(Status.UP) == [service.pk for service in made if service.pk not in bad]
    assert stored(Status.NOT_JUDGED) == sorted(bad)
    assert recording.gauges.set_aside == 10


@real
def test_what_was_set_aside_is_looked_at_alone_until_it_can_be_stored(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tried: list[int] = []

    def noting(findings: Sequence[Finding], now: datetime) -> None:
        tried.append(len(findings))
        record(findings, now)

    monkeypatch.setattr(recorder, "record", noting)
    made, findings = due_services(4)
    bad = replace(findings[0], result=replace(findings[0].result, status_code=10**30))
    again = replace(bad, due=None)
    monkeypatch.setattr(recorder, "BATCH_SIZE", 4)
    recording = Recording()
    good = replace(findings[0], due=None)
    rest = [replace(finding, due=None) for finding in findings[1:]]
    asyncio.run(recording.write([bad, *findings[1:], again, *rest, good, *rest]))
    # Looked for by halves, tried three times, and something said in its place; then known, and
    # tried last; then trusted again.
    assert tried == [4, 2, 1, 1, 1, 1, 1, 2, 3, 1, 1, 1, 1, 3, 1]
    assert (recording.gauges.set_aside, len(caplog.messages)) == (2, 1)
    assert stored(Status.UP).count(made[0].pk) == 1


@contextmanager
def earlier_version(table: str, column: str) -> Iterator[Callable[[], None]]:
    """Give a column another name, as if a migration were to come; give what migrates."""
    newest = MigrationRecorder.Migration.objects.filter(app="monitors").latest("id")
    undone = [False]

    def migrate() -> None:
        if not undone[0]:
            undone[0] = True
            execute(f"ALTER TABLE {table} RENAME COLUMN earlier TO {column}")
            newest.save(force_insert=True)

    execute(f"ALTER TABLE {table} RENAME COLUMN {column} TO earlier")
    MigrationRecorder.Migration.objects.filter(pk=newest.pk).delete()
    try:
        yield migrate
    finally:
        migrate()


@real
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("monitors_servicestatus", "location"),
        ("monitors_service", "recent"),
        ("monitors_duecheck", "lease_until"),
        ("monitors_period", "state"),
        ("monitors_checkevidence", "address"),
    ],
)
def test_where_the_tables_are_of_another_version_everything_waits_and_then_goes_on(
    table: str, column: str, caplog: pytest.LogCaptureFixture
) -> None:
    made, findings = due_services(3)
    met = Evidence("192.0.2.7", (), (), "body")
    findings[2] = scheduled(made[2], a_result(Status.DOWN, noon_plus(1), evidence=met))
    recording = Recording()

    async def migrate_while_it_waits(migrate: Callable[[], None]) -> None:
        writing = asyncio.create_task(recording.write(findings))
        while recording.gauges.trouble == "" and not writing.done():
            await asyncio.wait({writing}, timeout=0.01)
        assert recording.recorder.is_behind
        assert recording.gauges.trouble == (
            "its tables are older than this program; run: python manage.py migrate"
        )
        # In that thread: the database has another connection there.
        await recording.database.run(migrate)
        await writing

    with earlier_version(table, column) as migrate:
        asyncio.run(migrate_while_it_waits(migrate))
    assert stored() == [service.pk for service in made]
    assert (recording.gauges.set_aside, recording.gauges.trouble) == (0, "")
    assert [message.partition(":")[0] for message in caplog.messages] == [
        "3 results wait for the database"
    ]


@real
def test_tables_of_a_newer_version_are_told_as_such() -> None:
    newer = MigrationRecorder.Migration.objects.create(app="monitors", name="9999_to_come")
    try:
        assert explained(OperationalError("no such column")) == (
            "its tables are newer than this program; start the newer program"
        )
    finally:
        newer.delete()
    assert explained(OperationalError("no such\ncolumn")) == "no such column"


async def test_what_goes_wrong_with_canaries_costs_no_result(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Canaries):
        async def sifted(self, findings: Sequence[Finding]) -> list[Finding]:
            raise ZeroDivisionError(len(findings))

    table = FakeTable(monkeypatch)
    recording = Recording(Broken((), DatabaseThread(), Gauges(), 1))
    await recording.write([Finding(number, a_result()) for number in range(3)])
    assert (table.batches, recording.gauges.errors) == ([[0, 1, 2]], 1)
    assert "Canaries could not be asked" in caplog.text
