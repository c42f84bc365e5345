"""Check services: once, those due, or for ever."""

import asyncio
import json
import sys
from argparse import ArgumentParser
from typing import Any

from asgiref.sync import async_to_sync
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from monitors.domain.wording import iso_utc, milliseconds
from monitors.engine.check_now import Checked, check_many
from monitors.engine.supervisor import run_forever
from monitors.models import Service

try:
    import uvloop
except ImportError:  # there is none for this platform
    new_event_loop = asyncio.new_event_loop
else:
    new_event_loop = uvloop.new_event_loop

DEFAULT_CONCURRENCY = 1_000
MAX_CONCURRENCY = 20_000


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
            help=f"checks at the same time with --forever (default {DEFAULT_CONCURRENCY})",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        if options["forever"]:
            if not 1 <= options["concurrency"] <= MAX_CONCURRENCY:
                raise CommandError(f"--concurrency is a number from 1 to {MAX_CONCURRENCY}.")
            with asyncio.Runner(loop_factory=new_event_loop) as runner:
                runner.run(run_forever(options["concurrency"]))
            return
        now = timezone.now()
        chosen = Service.objects.due(now) if options["due"] else Service.objects.active()
        async_to_sync(self._check)(list(chosen.order_by("name", "pk")), as_json=options["json"])

    async def _check(self, services: list[Service], *, as_json: bool) -> None:
        if not services and not as_json:
            self.stderr.write("There is no service to check.")
        bar = tqdm(total=len(services), unit="check", disable=not sys.stderr.isatty(), leave=False)
        with bar:
            async for checked in check_many(services):
                bar.update()
                with bar.external_write_mode(file=sys.stdout):
                    self.stdout.write(_as_json(checked) if as_json else _as_text(checked))


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
