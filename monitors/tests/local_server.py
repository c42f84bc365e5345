"""A small web server on this machine, whose answers a test chooses."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@dataclass
class LocalServer:
    """Answers every request with `status` and `body`; waits for `go_on` first where it is set."""

    port: int
    status: int = 200
    body: bytes = b"all is well"
    hold: Event | None = None
    requests: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


@contextmanager
def local_server(port: int = 0) -> Iterator[LocalServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers.requests.append(self.path)
            if answers.hold is not None:
                answers.hold.wait(30)
            self.send_response(answers.status)
            self.send_header("Content-Length", str(len(answers.body)))
            self.end_headers()
            self.wfile.write(answers.body)

        def do_HEAD(self) -> None:
            answers.requests.append(self.path)
            if answers.hold is not None:
                answers.hold.wait(30)
            self.send_response(answers.status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Keep quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 1_024

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing: a client that gave up is what some tests are about."""

    server = Server(("127.0.0.1", port), Handler)
    answers = LocalServer(server.server_address[1])
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
