"""Say where the dashboard is and, while there is no account, how to make the first."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from monitors.actions.accounts import is_set_up, setup_token


class Command(BaseCommand):
    help = "Print the address of the dashboard and, while there is no account, the set-up token."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="like http://127.0.0.1:8000/")

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        address = options["address"].rstrip("/")
        self.stdout.write(f"Uptime Site is ready: {address}/")
        if not is_set_up():
            token = setup_token()
            self.stdout.write(f"One-time token for the first account: {token}")
            self.stdout.write(f"Make it here: {address}/setup/?token={token}")
