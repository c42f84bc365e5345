"""What comes before the dashboard serves: static files, and what the start prints."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from uptime_site.static_files import collect_if_changed


class Command(BaseCommand):
    help = "Collect the static files where they have changed, and print what the start prints."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="like http://127.0.0.1:8000/; empty to print nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        try:
            collect_if_changed(settings.COLLECT_INTO)
        except OSError as error:
            raise CommandError(f"The static files cannot be collected: {error}") from None
        if not options["address"]:
            return
        try:
            call_command("welcome", options["address"], stdout=self.stdout)
        except DatabaseError as error:
            # It serves all the same, and says so on its pages.
            self.stdout.write(f"The database cannot be used: {str(error).splitlines()[0]}")
