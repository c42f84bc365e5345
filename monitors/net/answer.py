"""What came back over one connection, apart from its body."""

from dataclasses import dataclass

import httpx


@dataclass(frozen=True, slots=True)
class Answer:
    """The status and the header of a response, as they came off the wire.

    httpx's model of a response takes longer to build than a response takes to be read, and only
    who follows redirects has a use for it.
    """

    status_code: int
    reason_phrase: bytes
    headers: list[tuple[bytes, bytes]]

    @classmethod
    def of(cls, response: httpx.Response) -> "Answer":
        phrase = response.extensions.get("reason_phrase", b"")
        return cls(response.status_code, phrase, response.headers.raw)

    def as_httpx(self) -> httpx.Response:
        extensions = {"reason_phrase": self.reason_phrase, "http_version": b"HTTP/1.1"}
        return httpx.Response(self.status_code, headers=self.headers, extensions=extensions)
