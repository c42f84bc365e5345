"""ASGI entry point: `gunicorn uptime_site.asgi`."""

import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.core.asgi import get_asgi_application

from .start import one_line_errors

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "uptime_site.settings")

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

# As DATA_UPLOAD_MAX_MEMORY_SIZE of Django.
BODY_LIMIT_BYTES = 2_621_440


class Bounded:
    """Refuses a body that is too long before Django writes all of it into a file."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        lengths = [value for name, value in scope.get("headers", ()) if name == b"content-length"]
        if any(int(length) > BODY_LIMIT_BYTES for length in lengths):
            headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": 413, "headers": headers})
            await send({"type": "http.response.body", "body": b"This body is too long.\n"})
            return
        await self._application(scope, _counted(receive), send)


def _counted(receive: Receive) -> Receive:
    left = BODY_LIMIT_BYTES

    async def counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        # Of a body in chunks nobody knows the length before.
        return message if left >= 0 else {"type": "http.disconnect"}

    return counted


# Status 3 is gunicorn's word for "this worker will never boot": it stops instead of retrying.
with one_line_errors(exit_status=3):
    application = Bounded(get_asgi_application())
