"""Send a test to a channel and print the answer."""

from argparse import ArgumentParser
from typing import Any

from asgiref.sync import async_to_sync
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone

from monitors.alerts.trial import send_test
from monitors.models import Channel


class Command(BaseCommand):
    help = "Send a test to a channel and print what the other side answered."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("channel", help="its name or its id")

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        channel = _channel(options["channel"])
        attempt = async_to_sync(send_test)(channel.pk, timezone.now())
        if not attempt.delivered:
            raise CommandError(f"Not delivered to “{channel}”: {attempt.answer}")
        self.stdout.write(f"Delivered to “{channel}” in {attempt.took_ms:.0f} ms: {attempt.answer}")


def _channel(given: str) -> Channel:
    """Give the channel of that name, or else of that id."""
    wanted = Q(name=given)
    # Larger ids there cannot be.
    if given.isascii() and given.isdecimal() and len(given) < 19:  # noqa: PLR2004
        wanted |= Q(pk=int(given))
    found = sorted(Channel.objects.filter(wanted), key=lambda channel: channel.name != given)
    if not found:
        raise CommandError(f"There is no channel “{given}”.")
    return found[0]
