"""A web server on this machine that takes what is posted, and answers as a test says."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


@dataclass
class Receiver:
    """Answers with `status`, `headers` and `body`; waits for `hold` first where it is set."""

    port: int
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    hold: Event | None = None
    received: list[Received] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


@contextmanager
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length", "0"))
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(size)
            answers.received.append(Received(self.command, self.path, headers, body))
            if answers.hold is not None:
                answers.hold.wait(30)
            self.send_response(answers.status)
            for name, value in answers.headers.items():
                self.send_header(name, value)
            if answers.status != 204:
                self.send_header("Content-Length", str(len(answers.body)))
            self.end_headers()
            if answers.status != 204:
                self.wfile.write(answers.body)

        do_GET = do_PUT = do_POST  # noqa: N815 - the names that http.server looks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Keep quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 1_024

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing: a client that gave up is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    answers = Receiver(server.server_address[1])
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield answers
    finally:
        if answers.hold is not None:
            answers.hold.set()
        server.shutdown()
        server.server_close()
        thread.join()
