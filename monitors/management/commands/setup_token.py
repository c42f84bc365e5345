"""Print the token that makes the first account."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monitors.actions.accounts import is_set_up, setup_token


class Command(BaseCommand):
    help = "Print the one-time token that makes the first account."

    def handle(self, *args: Any, **options: Any) -> None:
        del args, options
        if is_set_up():
            raise CommandError("There is an account already; log in with it.")
        self.stdout.write(setup_token())
