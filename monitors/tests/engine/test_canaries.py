"""Failures of most services are held against canaries before they count."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest

from monitors.actions.results import Finding
from monitors.domain.observation import Phases
from monitors.domain.reasons import Reason
from monitors.domain.result import CheckResult, Status
from monitors.engine import canaries
from monitors.engine.canaries import Canaries
from monitors.engine.gauges import Gauges
from monitors.loops.database import DatabaseThread
from monitors.models import Checker
from monitors.tests.clock import NOON
from monitors.tests.factories import a_result
from monitors.tests.installation import free_port
from monitors.tests.local_server import LocalServer, local_server

UP, DOWN, NOT_JUDGED = Status.UP, Status.DOWN, Status.NOT_JUDGED


def gone() -> str:
    return f"http://127.0.0.1:{free_port()}/"


def by_name(server: LocalServer) -> str:
    return f"http://localhost:{server.port}/"


@pytest.fixture
async def database() -> AsyncIterator[DatabaseThread]:
    made = DatabaseThread()
    yield made
    await made.close()


class Sifting:
    """Canaries of a checker, and results that come to them just now."""

    def __init__(self, database: DatabaseThread, settings: Any, *urls: str) -> None:
        settings.CANARY_URLS = list(urls)
        self.gauges = Gauges()
        self.canaries = Canaries(canaries.canaries(), database, self.gauges, checker_id=1)

    async def sift(self, *statuses: Status, **values: Any) -> list[Status]:
        """Sift a result of each of services 1, 2, 3 …; give what they have become."""
        return [result.status for result in await self.results(*statuses, **values)]

    async def results(
        self, *statuses: Status, ago_s: float = 0.01, **values: Any
    ) -> Sequence[CheckResult]:
        at = datetime.now(UTC) - timedelta(seconds=ago_s)
        found = [a_result(status, at, **(values if status is DOWN else {})) for status in statuses]
        sifted = await self.canaries.sifted(
            [Finding(number, result) for number, result in enumerate(found, start=1)]
        )
        return [finding.result for finding in sifted]


async def until(database: DatabaseThread, *, cut_off: bool) -> None:
    async with asyncio.timeout(10):
        while cut_off is not await database.run(_is_cut_off):  # noqa: ASYNC110 - in the database
            await asyncio.sleep(0.02)


def _is_cut_off() -> bool:
    return Checker.objects.filter(cut_off_since__isnull=False).exists()


async def test_while_most_are_well_nobody_is_asked(
    database: DatabaseThread, settings: Any, target: LocalServer
) -> None:
    sifting = Sifting(database, settings, target.url)
    assert await sifting.sift(UP, UP, UP) == [UP, UP, UP]
    assert await sifting.sift(UP, UP, DOWN) == [UP, UP, DOWN]
    assert target.requests == []


@pytest.mark.parametrize("statuses", [[DOWN], [DOWN, DOWN, UP], [DOWN] * 20])
async def test_what_fails_while_a_canary_answers_is_down(
    database: DatabaseThread, settings: Any, target: LocalServer, statuses: list[Status]
) -> None:
    sifting = Sifting(database, settings, gone(), target.url)
    assert await sifting.sift(*statuses) == statuses
    assert (target.requests, sifting.canaries.is_cut_off) == (["/"], False)


@pytest.mark.parametrize("statuses", [[DOWN], [DOWN, DOWN, UP], [DOWN] * 20])
async def test_what_fails_while_no_canary_answers_is_not_judged(
    database: DatabaseThread, settings: Any, statuses: list[Status]
) -> None:
    sifting = Sifting(database, settings, gone(), gone())
    expected = [NOT_JUDGED if status is DOWN else status for status in statuses]
    assert await sifting.sift(*statuses) == expected
    assert sifting.gauges.trouble == "no canary answers"


async def test_any_answer_of_a_canary_is_one(
    database: DatabaseThread, settings: Any, target: LocalServer
) -> None:
    target.status = 503
    assert await Sifting(database, settings, target.url).sift(DOWN) == [DOWN]


async def test_what_answers_wrongly_is_down_whatever_canaries_say(
    database: DatabaseThread, settings: Any
) -> None:
    sifting = Sifting(database, settings, gone())
    assert await sifting.sift(DOWN, reason=Reason.HTTP_STATUS) == [DOWN]
    # It has been reached, and so it answers for another.
    at = datetime.now(UTC)
    wrong = a_result(DOWN, at, reason=Reason.HTTP_STATUS)
    await sifting.canaries.sifted([Finding(1, wrong), Finding(2, a_result(DOWN, at))])
    assert not sifting.canaries.is_cut_off


async def test_no_route_at_all_shows_that_the_checker_is_cut_off(
    database: DatabaseThread, settings: Any
) -> None:
    sifting = Sifting(database, settings, gone())
    assert await sifting.sift(NOT_JUDGED, NOT_JUDGED) == [NOT_JUDGED, NOT_JUDGED]
    assert sifting.canaries.is_cut_off


async def test_once_cut_off_results_do_not_wait(database: DatabaseThread, settings: Any) -> None:
    with local_server() as silent:
        silent.hold = Event()
        sifting = Sifting(database, settings, silent.url)
        assert await sifting.sift(DOWN) == [NOT_JUDGED]
        began = time.monotonic()
        assert await sifting.sift(DOWN, DOWN) == [NOT_JUDGED, NOT_JUDGED]
        assert time.monotonic() - began < 0.5


async def test_a_silent_canary_does_not_hold_up_one_that_answers(
    database: DatabaseThread, settings: Any, target: LocalServer
) -> None:
    with local_server() as silent:
        silent.hold = Event()
        began = time.monotonic()
        assert await Sifting(database, settings, silent.url, target.url).sift(DOWN) == [DOWN]
        assert time.monotonic() - began < 1


async def test_stopping_does_not_wait_for_canaries(database: DatabaseThread, settings: Any) -> None:
    with local_server() as silent:
        silent.hold = Event()
        sifting = Sifting(database, settings, silent.url)
        asking = asyncio.create_task(sifting.sift(DOWN))
        await asyncio.sleep(0.2)
        began = time.monotonic()
        sifting.canaries.stopping.set()
        # Nobody knows whose failure it was.
        assert await asking == [NOT_JUDGED]
        assert (time.monotonic() - began < 0.5, sifting.canaries.is_cut_off) == (True, False)


async def test_a_dead_name_server_is_not_the_services(
    database: DatabaseThread, settings: Any, target: LocalServer
) -> None:
    sifting = Sifting(database, settings, target.url, "http://nowhere.invalid/")
    found = await sifting.results(DOWN, DOWN, reason=Reason.DNS)
    assert {result.status for result in found} == {NOT_JUDGED}
    assert "no canary was found by its name" in found[0].message
    # What is refused or silent is so, nevertheless: canaries can be reached.
    assert await sifting.sift(DOWN, DOWN, reason=Reason.CONNECT) == [DOWN, DOWN]


async def test_a_name_that_is_found_vouches_for_the_name_server(
    database: DatabaseThread, settings: Any, target: LocalServer
) -> None:
    sifting = Sifting(database, settings, target.url, by_name(target))
    assert await sifting.sift(DOWN, DOWN, reason=Reason.DNS) == [DOWN, DOWN]


async def test_canaries_without_names_say_nothing_of_names(
    database: DatabaseThread, settings: Any, target: LocalServer
) -> None:
    assert await Sifting(database, settings, target.url).sift(DOWN, reason=Reason.DNS) == [DOWN]


async def test_what_is_long_down_is_not_asked_for_each_time(
    database: DatabaseThread, settings: Any, target: LocalServer
) -> None:
    sifting = Sifting(database, settings, target.url)
    for _ in range(30):
        assert await sifting.sift(DOWN, DOWN) == [DOWN, DOWN]
    assert len(target.requests) == canaries.KNOWN_AFTER
    await sifting.sift(UP, DOWN)
    await sifting.sift(DOWN, DOWN)
    assert len(target.requests) == canaries.KNOWN_AFTER + 1


async def test_services_that_answer_outvote_canaries(
    database: DatabaseThread, settings: Any
) -> None:
    sifting = Sifting(database, settings, gone())
    assert await sifting.sift(DOWN) == [NOT_JUDGED]
    await sifting.sift(UP, UP, UP)
    await sifting.sift(UP, UP, UP)
    assert not sifting.canaries.is_cut_off


@pytest.mark.django_db(transaction=True)
async def test_when_canaries_answer_again_failures_count_again(
    database: DatabaseThread, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canaries, "ASK_AGAIN_S", 0.05)
    port = free_port()
    sifting = Sifting(database, settings, f"http://127.0.0.1:{port}/")
    checker = Checker(pk=1, name="north", started_at=NOON, seen_at=NOON)
    await database.run(checker.save)
    running = asyncio.create_task(sifting.canaries.run())
    assert await sifting.sift(DOWN) == [NOT_JUDGED]

    await until(database, cut_off=True)
    with local_server(port):
        await until(database, cut_off=False)
        assert await sifting.sift(DOWN, ago_s=0) == [DOWN]
        # It began while the checker was cut off.
        hung = {"ago_s": 5, "phases": Phases(dns_ms=1, connect_ms=4_999)}
        assert await sifting.sift(UP, UP, UP, DOWN, **hung) == [UP, UP, UP, NOT_JUDGED]
    running.cancel()
    assert sifting.gauges.trouble == ""


@pytest.mark.django_db(transaction=True)
async def test_a_checker_goes_on_with_what_the_one_before_was_in(
    database: DatabaseThread, settings: Any, monkeypatch: pytest.MonkeyPatch, target: LocalServer
) -> None:
    monkeypatch.setattr(canaries, "ASK_AGAIN_S", 0.05)
    sifting = Sifting(database, settings, target.url)
    checker = Checker(pk=1, name="north", started_at=NOON, seen_at=NOON, cut_off_since=NOON)
    await database.run(checker.save)
    running = asyncio.create_task(sifting.canaries.run())
    await until(database, cut_off=False)
    running.cancel()
    assert not sifting.canaries.is_cut_off
