"""Asks canaries whether failures are those of services, or of the checker's own network."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from ipaddress import ip_address
from statistics import median_low
from urllib.parse import urlsplit

from django.conf import settings

from monitors.actions import cut_off
from monitors.actions.results import Finding
from monitors.domain.reachability import Heard, Lately, in_the_light_of, is_by_name, is_doubtful
from monitors.domain.result import CheckResult, Status
from monitors.domain.spec import CheckSpec
from monitors.loops.companion import NOBODY
from monitors.loops.database import DATABASE_ERRORS, DatabaseThread
from monitors.probes import observe

from .gauges import Gauges
from .limits import limits

logger = logging.getLogger(__name__)

# Results wait no longer than that for canaries.
ANSWER_WITHIN_S = 4.0
ASK_AGAIN_S = 2.0
# A service that has failed so often in a row is down, as canaries have said each time.
KNOWN_AFTER = 10
KNOWN_FOR_S = 30.0
# Where services answer for so long and canaries do not, it is the canaries that are cut off.
SERVICES_ANSWER_FOR = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Canary:
    spec: CheckSpec
    has_name: bool
    """Whether its host has to be looked up."""


@dataclass(slots=True)
class Episode:
    """A time in which the checker was cut off."""

    since: datetime
    heard: Heard
    until: datetime | None = None

    def covers(self, result: CheckResult) -> bool:
        """Tell of a check that some of it lay in this time."""
        is_later = self.until is not None and result.checked_at > self.until
        return not is_later and result.ended_at >= self.since


def canaries() -> tuple[Canary, ...]:
    """Give those of the settings."""
    return tuple(map(_canary, settings.CANARY_URLS))


def _canary(url: str) -> Canary:
    # Whatever it answers, it is reached: also where it refuses HEAD.
    spec = CheckSpec(url, method="HEAD", timeout_s=ANSWER_WITHIN_S, follow_redirects=False)
    try:
        ip_address(urlsplit(url).hostname or "")
    except ValueError:
        return Canary(spec, has_name=True)
    return Canary(spec, has_name=False)


async def ask(asked: Sequence[Canary], stopping: asyncio.Event, *, for_names: bool = True) -> Heard:
    """Ask canaries at the same time until one has answered; for names, one that has a name.

    Who has not answered when the checker stops has not answered.
    """
    waiting = {asyncio.create_task(_answers(each.spec)): each.has_name for each in asked}
    stopped = asyncio.create_task(stopping.wait())
    for_names = for_names and any(waiting.values())
    answered: set[bool] = set()
    pending = set(waiting)
    while pending and not stopped.done() and not (True in answered if for_names else answered):
        await asyncio.wait({*pending, stopped}, return_when=asyncio.FIRST_COMPLETED)
        done = {task for task in pending if task.done()}
        answered.update(waiting[task] for task in done if task.result())
        pending -= done
    for task in (*pending, stopped):
        task.cancel()
    return Heard(bool(answered), (True in answered) if for_names else None)


async def _answers(spec: CheckSpec) -> bool:
    seen = await observe(spec, limits())
    return seen.response is not None


@dataclass(slots=True)
class Canaries:
    """Stands in the road of results; where there are no canaries, everything passes.

    Where most of what was checked at a moment fails by the network, canaries are asked before the
    failures count. While none answers, the checker is cut off: failures are not judged, it asks
    again every other second, and says so in the database, from where it is told once somebody can
    be told.
    """

    asked: tuple[Canary, ...]
    database: DatabaseThread
    gauges: Gauges
    checker_id: int
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _lately: Lately = field(default_factory=Lately)
    _in_a_row: Counter[int] = field(default_factory=Counter)
    _episode: Episode | None = None
    _began: asyncio.Event = field(default_factory=asyncio.Event)
    _well_s: float = float("-inf")

    @property
    def is_cut_off(self) -> bool:
        return self._episode is not None and self._episode.until is None

    async def sifted(self, findings: Sequence[Finding]) -> list[Finding]:
        """Give results as they stand after the canaries were asked, where they have to be."""
        failures = [finding for finding in findings if self._fails(finding)]
        if self.is_cut_off:
            self._listen_to_services()
        if not failures:
            return list(findings)
        heard = await self._heard(failures)
        return [self._as_it_stands(finding, heard) for finding in findings]

    def _fails(self, finding: Finding) -> bool:
        """Count a result, and tell whether it has failed."""
        # What was not judged may have been kept from it by the same network.
        fails = is_doubtful(finding.result) or finding.result.status is Status.NOT_JUDGED
        self._lately.take(finding.result, fails=fails)
        if fails:
            self._in_a_row[finding.service_id] += 1
        elif finding.service_id in self._in_a_row:
            del self._in_a_row[finding.service_id]
        return fails

    async def _heard(self, failures: Sequence[Finding]) -> Heard | None:
        """Give what canaries say to failures; None where nobody doubts them."""
        since = median_low(failure.result.checked_at for failure in failures)
        if not self._lately.most_fail(since):
            return None
        if self._episode is not None and self.is_cut_off:
            return self._episode.heard
        are_known = all(self._in_a_row[each.service_id] > KNOWN_AFTER for each in failures)
        if are_known and time.monotonic() - self._well_s < KNOWN_FOR_S:
            return None
        for_names = any(
            is_by_name(each.result) or each.result.status is Status.NOT_JUDGED for each in failures
        )
        heard = await ask(self.asked, self.stopping, for_names=for_names)
        if heard.all_is_well:
            self._well_s = time.monotonic()
        elif not self.stopping.is_set():
            self._episode = Episode(since, heard)
            self._began.set()
            self.gauges.troubles["canaries"] = heard.trouble
            logger.warning("The checker seems to be cut off: %s", heard.trouble)
        return heard

    def _as_it_stands(self, finding: Finding, heard: Heard | None) -> Finding:
        result = finding.result
        if not is_doubtful(result):
            return finding
        episode = self._episode
        if episode is not None and episode.until is not None and episode.covers(result):
            heard = episode.heard
        return finding if heard is None else replace(finding, result=in_the_light_of(heard, result))

    def _listen_to_services(self) -> None:
        now = self.database.clock.now()
        if self._episode is not None and self._lately.most_answer(
            max(self._episode.since, now - SERVICES_ANSWER_FOR)
        ):
            self._end(self._episode)

    def _end(self, episode: Episode) -> None:
        episode.until = self.database.clock.now()
        self.gauges.troubles.pop("canaries", None)
        logger.warning("The checker is not cut off any more")

    async def run(self) -> None:
        """See to what begins and ends, until cancelled."""
        await self._resume()
        while True:
            await self._began.wait()
            if self._episode is not None:
                await self._see_through(self._episode)
            self._began.clear()

    async def _resume(self) -> None:
        """Go on with what the checker was in when it was stopped."""
        since: list[datetime] = []
        await self._tell(lambda: since.extend(cut_off.since(self.checker_id)))
        if since and self._episode is None:
            self._episode = Episode(since[0], Heard(any=False, by_name=None))
            self._began.set()

    async def _see_through(self, episode: Episode) -> None:
        is_told = False
        while episode.until is None:
            is_told = is_told or await self._tell(
                lambda: cut_off.begin(
                    self.checker_id, episode.since, episode.heard.trouble, self._now()
                )
            )
            await asyncio.sleep(ASK_AGAIN_S)
            heard = await ask(self.asked, self.stopping)
            if heard.all_is_well and episode.until is None:
                self._end(episode)
            elif not heard.all_is_well:
                episode.heard = heard
        is_told = False
        while not is_told:
            is_told = await self._tell(lambda: cut_off.end(self.checker_id, self._now()))
            await asyncio.sleep(ASK_AGAIN_S)

    async def _tell(self, work: Callable[[], None]) -> bool:
        try:
            await self.database.run(work)
        except DATABASE_ERRORS as error:
            logger.warning("What becomes of being cut off cannot be written: %s", error)
            return False
        return True

    def _now(self) -> datetime:
        return self.database.clock.now()


async def sifted_alone(findings: Sequence[Finding]) -> Sequence[Finding]:
    """Give results of checks that no running checker has made as they stand."""
    asked = canaries()
    if not asked:
        return findings
    return await Canaries(asked, DatabaseThread(), Gauges(), NOBODY).sifted(findings)
