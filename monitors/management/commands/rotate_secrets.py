"""Re-encrypt stored passwords, tokens and headers with the present SECRET_KEY."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monitors.actions import stored_secrets


class Command(BaseCommand):
    help = (
        "Re-encrypt stored passwords, tokens and headers with SECRET_KEY. Those of "
        "SECRET_KEY_FALLBACKS are not needed any more when it has succeeded."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        del args, options
        done = stored_secrets.rotate()
        self.stdout.write(
            f"Re-encrypted {done.rewritten} secrets; {done.current} were under SECRET_KEY already."
        )
        if done.unreadable:
            raise CommandError(
                f"{len(done.unreadable)} cannot be read with any key, and were left as they are "
                f"({', '.join(done.unreadable)}). Add the key of then to SECRET_KEY_FALLBACKS, or "
                "enter the values again."
            )
