"""The project's settings with one more path, whose view fails: what a person sees of a mistake."""

from uptime_site.settings import *  # noqa: F403 - settings are taken over as they are

ROOT_URLCONF = "monitors.tests.processes.raising_urls"
