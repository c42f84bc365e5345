"""A gunicorn worker whose threads see whole requests only, and hand over whole answers.

gunicorn's own worker with threads gives one to a connection that has sent half a header or half a
body, or that does not fetch its answer: as many of them as there are threads, and nobody else is
served. Here waitress keeps the connections in one loop, reads requests and writes answers as they
come and go, and a thread works from the last byte of a request to the last of its answer; gunicorn
starts and stops the processes. docs/decisions/0014-idle-connections.md compares.
"""

import logging
import os
import resource
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from types import FrameType, SimpleNamespace
from typing import Any, cast

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, create_server

# A connection that does nothing is closed after this time, and a request has to be whole by that.
IDLE_S, ARRIVES_WITHIN_S = 30, 60
CONNECTIONS = 2_000
# What a process needs besides: files, the database, and checks that somebody asks for.
DESCRIPTORS_FOR_OTHERS = 256
# More of a request or an answer than this waits in a file, so that connections cost little memory.
KEPT_IN_MEMORY_BYTES = 65_536
LIMITS: dict[str, Any] = {
    "channel_timeout": IDLE_S,
    "cleanup_interval": 5,
    "inbuf_overflow": KEPT_IN_MEMORY_BYTES,
    "outbuf_overflow": 4 * KEPT_IN_MEMORY_BYTES,
    "max_request_header_size": 32_768,
    # As DATA_UPLOAD_MAX_MEMORY_SIZE of Django: more is refused before it is read.
    "max_request_body_size": 2_621_440,
}

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
_log = logging.getLogger(__name__)


class TimedRequest(HTTPRequestParser):
    """A request that knows when its first byte came."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.began_s = time.monotonic()


class Connection(HTTPChannel):
    parser_class = TimedRequest
    request: TimedRequest | None

    def is_late(self, now_s: float) -> bool:
        return self.request is not None and now_s - self.request.began_s > ARRIVES_WITHIN_S

    def is_at_work(self) -> bool:
        return bool(self.requests or self.total_outbufs_len)


class BufferingWorker(Worker):
    """gunicorn's settings workers, threads, timeout and graceful_timeout mean what they say."""

    def init_process(self) -> None:
        # Before the signals: one may come while the application is being loaded.
        self._open: dict[int, Any] = {}
        super().init_process()

    def run(self) -> None:
        create_server(
            self._answer,
            map=self._open,
            sockets=[listener.sock for listener in cast("list[Any]", self.sockets)],
            threads=self.cfg.threads,
            backlog=self.cfg.backlog,
            connection_limit=_connections(),
            asyncore_use_poll=True,
            # Django reads them, and knows whether to trust them.
            clear_untrusted_proxy_headers=False,
            ident=None,
            **LIMITS,
        )
        for server in self._servers():
            server.channel_class = Connection
        while self.alive and self.ppid == os.getppid():
            self._turn(1)
        self._finish()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self._wake()

    def _turn(self, timeout_s: float) -> None:
        """Let the loop wait for the next that comes, once."""
        self.notify()
        wasyncore.loop(timeout=timeout_s, use_poll=True, map=self._open, count=1)
        now_s = time.monotonic()
        for connection in self._connections():
            if connection.is_late(now_s):
                connection.will_close = True

    def _finish(self) -> None:
        """Take nothing new, and let what has begun be answered."""
        for server in self._servers():
            server.accepting = False
        until = time.monotonic() + self.cfg.graceful_timeout
        while time.monotonic() < until and any(c.is_at_work() for c in self._connections()):
            self._turn(0.1)

    def _servers(self) -> list[Any]:
        return [found for found in self._open.values() if isinstance(found, BaseWSGIServer)]

    def _connections(self) -> list[Connection]:
        return [found for found in self._open.values() if isinstance(found, Connection)]

    def _wake(self) -> None:
        for server in self._servers():
            server.pull_trigger()

    def _answer(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Call the application, with what gunicorn's own workers put around it."""
        self._add_gunicorns(environ)
        self.nr += 1
        if self.nr >= self.max_requests:
            self.alive = False
            self._wake()
        if not self.log.access_log_enabled:
            return self.wsgi(environ, start_response)
        return self._answer_and_log(environ, start_response)

    def _add_gunicorns(self, environ: Environ) -> None:
        # At a socket of this machine there is no address.
        peer = environ["REMOTE_ADDR"]
        environ["REMOTE_ADDR"] = "127.0.0.1" if peer == "localhost" else peer
        environ["RAW_URI"] = environ["REQUEST_URI"]
        environ["wsgi.multiprocess"] = True
        trusted = self.cfg.forwarded_allow_ips
        if environ.get("HTTP_X_FORWARDED_PROTO") == "https" and (
            environ["REMOTE_ADDR"] in trusted or "*" in trusted
        ):
            environ["wsgi.url_scheme"] = "https"

    def _answer_and_log(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        began = datetime.now()  # noqa: DTZ005 - a difference, as gunicorn takes it
        told: Any = SimpleNamespace(status="500", headers=[], sent=None)
        asked: Any = SimpleNamespace(headers=[])

        def noting(status: str, headers: Iterable[tuple[str, str]], *rest: Any) -> Any:
            told.status, told.headers = status, list(headers)
            told.sent = dict(told.headers).get("Content-Length")
            return start_response(status, told.headers, *rest)

        try:
            return self.wsgi(environ, noting)
        finally:
            took = datetime.now() - began  # noqa: DTZ005
            self.log.access(told, asked, environ, took)


def _connections() -> int:
    """Give how many connections this process can hold, and raise what it may open to that."""
    wanted = CONNECTIONS + DESCRIPTORS_FOR_OTHERS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        if soft < wanted:
            _log.warning("This process may open %d files only; it holds fewer connections.", soft)
            return max(soft - DESCRIPTORS_FOR_OTHERS, soft // 2)
    return CONNECTIONS
