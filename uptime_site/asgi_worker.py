"""gunicorn's ASGI worker, which ends a connection that asks for nothing.

Its own timer runs between two requests only, and one that dies before the first stays for ever.
"""

from asyncio import BaseTransport
from typing import Any

from gunicorn.asgi.protocol import ASGIProtocol
from gunicorn.workers import gasgi

ARRIVES_WITHIN_S = 60


class TimedProtocol(ASGIProtocol):
    # Its stubs do not know it.
    _awaiting_request: bool

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        loop: Any = self.worker.loop
        loop.call_later(ARRIVES_WITHIN_S, self._end_unless_asked)

    def _end_unless_asked(self) -> None:
        if self._awaiting_request and self.req_count == 1 and self.transport is not None:
            self.transport.close()


class TimedWorker(gasgi.ASGIWorker):
    def init_process(self) -> None:
        # The worker names its protocol nowhere else.
        vars(gasgi)["ASGIProtocol"] = TimedProtocol
        super().init_process()
