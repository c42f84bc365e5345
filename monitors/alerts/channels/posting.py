"""One POST through the guarded transport of the checks; redirects are not followed."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from monitors.net.errors import CheckFailed, UnsendableRequest
from monitors.net.sending import outgoing
from monitors.net.transport import FreshConnectionTransport

from .base import in_short
from .guarding import policy

USER_AGENT = "uptime-site/1"
_READ_BYTES = 65_536
_SHOWN_BYTES = 2_048
_SHOWN_LENGTH = 200


class NotSent(Exception):  # noqa: N818 - reads as what it is at every raise
    """No answer came; its text says why."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What came back."""

    status: int
    line: str
    """The status and its words: "404 Not Found"."""
    said: str
    """The beginning of the body, on one line."""
    leads_to: str
    """The host of a redirect; more of its address may be secret."""

    @property
    def is_success(self) -> bool:
        return 200 <= self.status <= 299  # noqa: PLR2004

    @property
    def is_redirect(self) -> bool:
        return 300 <= self.status <= 399  # noqa: PLR2004

    @property
    def answer(self) -> str:
        """What to tell of it."""
        if self.is_success:
            return self.line
        if self.is_redirect:
            whereto = f" to {self.leads_to}" if self.leads_to else ""
            return f"{self.line}: it redirects{whereto}, and redirects are not followed"
        return f"{self.line}: {self.said}" if self.said else self.line


async def post(request: httpx.Request, timeout_s: float) -> Posted:
    """Send a request once, all of it within the time. Raises NotSent."""
    transport = FreshConnectionTransport(
        policy=policy(), body_limit=_READ_BYTES, keeps=lambda _: _SHOWN_BYTES
    )
    try:
        async with asyncio.timeout(timeout_s):
            transport.deadline = asyncio.get_running_loop().time() + timeout_s
            answer = await transport.send(outgoing(request))
    except TimeoutError as late:
        raise NotSent(transport.timed_out(timeout_s).message) from late
    except CheckFailed as refused:
        raise NotSent(refused.failure.message) from refused
    except UnsendableRequest as unsendable:
        raise NotSent(f"not sent: {unsendable}") from unsendable
    return Posted(
        status=answer.status_code,
        line=f"{answer.status_code} {answer.reason_phrase.decode('latin-1')}".strip(),
        said=in_short(transport.body.decode("utf-8", "replace"), _SHOWN_LENGTH),
        leads_to=_host_of_redirect(answer.headers),
    )


def _host_of_redirect(headers: list[tuple[bytes, bytes]]) -> str:
    location = next((value for name, value in headers if name.lower() == b"location"), b"")
    try:
        return in_short(urlsplit(location.decode("latin-1")).netloc.rpartition("@")[2], 80)
    except ValueError:
        return ""
