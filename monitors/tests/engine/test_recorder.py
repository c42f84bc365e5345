import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime

import pytest
from django.db import DataError, OperationalError

from monitors.actions.results import DueTime, Finding
from monitors.engine import recorder
from monitors.engine.database import DatabaseThread
from monitors.engine.gauges import Gauges
from monitors.tests.clock import NOON
from monitors.tests.factories import a_result


class FakeTable:
    """Stands for the database: fails as told, and remembers what was committed."""

    def __init__(self, failures: int = 0, refuses: int | None = None) -> None:
        self.failures = failures
        self.refuses = refuses
        self.batches: list[list[int]] = []

    def record(self, findings: Sequence[Finding], now: datetime) -> None:
        del now
        if self.failures:
            self.failures -= 1
            raise OperationalError("the server is restarting")
        ids = [finding.service_id for finding in findings]
        if self.refuses in ids:
            raise DataError("no such value")
        self.batches.append(ids)


async def record_through(table: FakeTable, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(recorder, "record", table.record)
    monkeypatch.setattr(recorder, "RETRY_AFTER_S", 0)
    database = DatabaseThread()
    writer = recorder.Recorder(database, Gauges(), gather_s=0)
    running = asyncio.create_task(writer.run())
    for number in range(count):
        writer.put(Finding(number, a_result()))
    writer.close()
    await running
    await database.close()
    assert writer.waiting == 0


async def test_everything_is_written_in_batches_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    table = FakeTable()
    await record_through(table, monkeypatch, 1_200)
    assert [len(batch) for batch in table.batches] == [500, 500, 200]
    assert [number for batch in table.batches for number in batch] == list(range(1_200))


async def test_a_batch_waits_for_a_database_that_is_away(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    table = FakeTable(failures=3)
    await record_through(table, monkeypatch, 5)
    assert table.batches == [[0, 1, 2, 3, 4]]
    assert caplog.messages == ["5 results wait for the database: the server is restarting"] * 3


async def test_one_result_that_cannot_be_stored_costs_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    table = FakeTable(refuses=3)
    await record_through(table, monkeypatch, 8)
    assert [number for batch in table.batches for number in batch] == [0, 1, 2, 4, 5, 6, 7]
    assert caplog.record_tuples == [
        ("monitors.engine.recorder", logging.ERROR, "A result of service 3 cannot be stored")
    ]


async def test_closing_with_nothing_to_write_ends_at_once() -> None:
    database = DatabaseThread()
    writer = recorder.Recorder(database, Gauges())
    running = asyncio.create_task(writer.run())
    writer.close()
    await running
    await database.close()


async def test_what_waits_is_known_and_all_of_it_is_written_before_more_is_claimed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = FakeTable(failures=1)
    behind: list[bool] = []
    monkeypatch.setattr(recorder, "BATCH_SIZE", 1)
    monkeypatch.setattr(recorder, "RETRY_AFTER_S", 0)
    database = DatabaseThread()
    writer = recorder.Recorder(database, Gauges(), gather_s=0)

    def record(findings: Sequence[Finding], now: datetime) -> None:
        behind.append(writer.is_behind)
        table.record(findings, now)

    monkeypatch.setattr(recorder, "record", record)
    due = [DueTime(number, "", NOON) for number in range(3)]
    for number in range(3):
        writer.put(Finding(number, a_result(), due[number]))
    assert writer.held() == due
    writer.close()
    await writer.run()
    await database.close()
    assert (behind, writer.is_behind, writer.held()) == ([False, True, True, True], False, [])
