#!/usr/bin/env python
"""Django's command line."""

import os
import sys

from uptime_site.start import one_line_errors


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "uptime_site.settings")
    with one_line_errors(exit_status=1):
        from django.core.management import execute_from_command_line  # noqa: PLC0415 - after the setting above

        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
