"""Print a new API key."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from monitors.actions import api_keys
from monitors.interfaces.forms.account import ApiKeyForm


class Command(BaseCommand):
    help = "Print a new API key, and nothing else. It is shown this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="what will use the key")
        parser.add_argument(
            "--owner",
            metavar="ACCOUNT",
            help="the account that the key belongs to and ends with; without, it is nobody's",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        form = ApiKeyForm({"name": options["name"]})
        if not form.is_valid():
            raise CommandError(" ".join(map(str, form.errors["name"])))
        owner = _account(options["owner"]) if options["owner"] else None
        self.stdout.write(api_keys.issue(form.cleaned_data["name"], timezone.now(), owner))


def _account(username: str) -> User:
    account = User.objects.filter(username=username, is_active=True).first()
    if account is None:
        raise CommandError(f"There is no active account “{username}”.")
    return account
