"""ASGI entry point: `gunicorn uptime_site.asgi`."""

import os

from django.core.asgi import get_asgi_application

from .start import one_line_errors

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "uptime_site.settings")

# Status 3 is gunicorn's word for "this worker will never boot": it stops instead of retrying.
with one_line_errors(exit_status=3):
    application = get_asgi_application()
