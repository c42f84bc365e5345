"""Check services: once, those due, or for ever."""

import asyncio
import json
import sys
from argparse import ArgumentParser
from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import async_to_sync
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from monitors.alerts.delivery import keep_telling, tell_once
from monitors.domain.locations import parse_location
from monitors.domain.spec import BadSetting
from monitors.domain.wording import iso_utc, milliseconds
from monitors.engine.check_now import Checked
from monitors.engine.descriptors import make_room
from monitors.engine.host_cap import PER_HOST
from monitors.engine.housekeeping import keep_house_once
from monitors.engine.presence import default_name
from monitors.engine.rounds import Pace, check_all, check_due
from monitors.engine.supervisor import Identity, run_forever
from monitors.models import DueCheck, Service

try:
    import uvloop
except ImportError:  # there is none for this platform
    new_event_loop = asyncio.new_event_loop
else:
    new_event_loop = uvloop.new_event_loop

DEFAULT_CONCURRENCY = 1_000
MAX_CONCURRENCY = 20_000
TELLING_FOR_S = 30.0
HOUSEKEEPING_FOR_S = 30.0
COMPANIONS = {"alerts": keep_telling}


class Command(BaseCommand):
    help = "Check every active service once, now. Exit status 0 when the checks ran."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--due", action="store_true", help="check only services that are due")
        which.add_argument(
            "--forever",
            action="store_true",
            help="keep checking services as they fall due, until SIGTERM or Ctrl-C",
        )
        parser.add_argument("--json", action="store_true", help="print a line of JSON a service")
        parser.add_argument(
            "--concurrency",
            type=int,
            default=DEFAULT_CONCURRENCY,
            help=f"checks at the same time (default {DEFAULT_CONCURRENCY})",
        )
        parser.add_argument(
            "--per-host",
            type=int,
            default=PER_HOST,
            help=f"of these for one host at the same time (default {PER_HOST})",
        )
        parser.add_argument(
            "--name", default="", help="name of this checker with --forever (default: host-process)"
        )
        parser.add_argument(
            "--location",
            default="",
            help="label that is stored with each result",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        if options["forever"]:
            with asyncio.Runner(loop_factory=new_event_loop) as runner:
                runner.run(run_forever(_identity(options), COMPANIONS))
            return
        identity = _identity(options)
        pace = Pace(make_room(identity.concurrency), identity.per_host)
        if options["due"]:
            due = DueCheck.objects.due(timezone.now(), timezone.now()).count()
            checking = check_due(identity.location, pace)
        else:
            services = list(Service.objects.active().order_by("name", "pk"))
            due, checking = len(services), check_all(services, identity.location, pace)
        if not due and not options["json"]:
            self.stderr.write("There is no service to check.")
        async_to_sync(self._check)(checking, due, as_json=options["json"])

    async def _check(self, checking: AsyncIterator[Checked], total: int, *, as_json: bool) -> None:
        await self._print(checking, total, as_json=as_json)
        # Whoever calls this from cron has no checker that would do it.
        await tell_once(TELLING_FOR_S)
        await keep_house_once(HOUSEKEEPING_FOR_S)

    async def _print(self, checking: AsyncIterator[Checked], total: int, *, as_json: bool) -> None:
        bar = tqdm(total=total, unit="check", disable=not sys.stderr.isatty(), leave=False)
        with bar:
            async for checked in checking:
                bar.update()
                with bar.external_write_mode(file=sys.stdout):
                    self.stdout.write(_as_json(checked) if as_json else _as_text(checked))


def _identity(options: dict[str, Any]) -> Identity:
    """Read how the checker is to be known. Raises CommandError."""
    for name in ("concurrency", "per_host"):
        if not 1 <= options[name] <= MAX_CONCURRENCY:
            words = name.replace("_", "-")
            raise CommandError(f"--{words} is a number from 1 to {MAX_CONCURRENCY}.")
    name = (options["name"].strip() or default_name())[:100]
    return Identity(name, _location(options), options["concurrency"], options["per_host"])


def _location(options: dict[str, Any]) -> str:
    """Read the label of the place. Raises CommandError."""
    try:
        return parse_location(options["location"]) if options["location"] else ""
    except BadSetting as bad:
        raise CommandError(f"--location: {bad}") from None


def _as_text(checked: Checked) -> str:
    result = checked.result
    time = milliseconds(result.response_time_ms)
    return f"{result.status:<8}  {time:>8}  {checked.service.name}  {result.message}"


def _as_json(checked: Checked) -> str:
    result = checked.result
    return json.dumps(
        {
            "id": checked.service.pk,
            "service": checked.service.name,
            "url": checked.service.url,
            "status": result.status,
            "response_time_ms": result.response_time_ms,
            "reason": result.reason,
            "message": result.message,
            "status_code": result.status_code,
            "checked_at": iso_utc(result.checked_at),
        }
    )
