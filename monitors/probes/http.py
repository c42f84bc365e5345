"""The HTTP(S) probe: one request, its redirects, and what came back."""

import base64
import logging
from datetime import UTC, datetime
from functools import lru_cache, partial
from ipaddress import ip_network
from weakref import WeakKeyDictionary

import httpx

from monitors.domain.evidence import LOOKED_THROUGH_BYTES
from monitors.domain.headers import has_control_characters
from monitors.domain.observation import Observation, Response
from monitors.domain.reasons import Failure, Fault
from monitors.domain.spec import CheckSpec, Limits
from monitors.net.answer import Answer
from monitors.net.decoding import ACCEPTED
from monitors.net.errors import CheckFailed, UnsendableRequest
from monitors.net.fair_timeout import FairTimeout, Lag, no_lag
from monitors.net.guard import GuardPolicy
from monitors.net.handshake import server_name
from monitors.net.sending import Outgoing, outgoing
from monitors.net.tls import USUAL, TlsSettings
from monitors.net.transport import FreshConnectionTransport

from .redirects import REDIRECTS, Chain, leads_on, without_userinfo

logger = logging.getLogger(__name__)

USER_AGENT = "uptime-site/1"

Cookies = tuple[str, ...]
"""The values of those that were set on the way."""

# As long as somebody knows a spec, and no longer.
_READY: WeakKeyDictionary[CheckSpec, Outgoing] = WeakKeyDictionary()


async def observe(spec: CheckSpec, limits: Limits, lag: Lag = no_lag) -> Observation:
    """Ask a target once, within `spec.timeout_s` for everything. Never raises for a sick one."""
    transport = FreshConnectionTransport(
        tls=_tls(spec),
        prefer_ipv6=spec.prefer_ipv6,
        body_limit=limits.body_bytes,
        keeps=partial(_bytes_needed, spec, limits),
        policy=_policy(limits),
    )
    started_at = datetime.now(UTC)
    redirects: list[str] = []
    answer = failure = None
    cookies: Cookies = ()
    limit = FairTimeout(spec.timeout_s, lag)
    try:
        async with limit:
            transport.deadline = limit.when
            answer, cookies = await _ask(spec, transport, redirects)
    except TimeoutError:
        failure = transport.timed_out(spec.timeout_s, limit.stalled_s)
    except CheckFailed as failed:
        failure = failed.failure
    except UnsendableRequest as unsendable:
        logger.warning("The request to %a cannot be sent: %s", spec.url, unsendable)
        failure = Failure(Fault.UNREADABLE, {"detail": f"the request cannot be sent: {unsendable}"})
    except Exception as error:
        # A bug of ours must not end the checker, nor pass as an outage that explains itself.
        logger.exception("The check of %s failed", spec.url)
        failure = Failure(Fault.INTERNAL, {"detail": type(error).__name__})
    transport.clock.stop()
    return Observation(
        started_at=started_at,
        phases=transport.clock.phases(),
        response=None if answer is None else _facts(answer, cookies, transport, limits),
        failure=failure,
        address=transport.endpoint.address.partition("%")[0] or None,
        redirects=tuple(redirects),
        certificate=transport.certificate,
        loop_lag_ms=limit.lag_ms,
    )


def _tls(spec: CheckSpec) -> TlsSettings:
    if spec.verify_tls and not spec.ca_bundle and not spec.client_certificate:
        return USUAL
    return TlsSettings(spec.verify_tls, spec.ca_bundle, spec.client_certificate, spec.client_key)


def _bytes_needed(spec: CheckSpec, limits: Limits, status_code: int) -> int:
    """Tell how much of a body the verdict and the evidence of a failure need.

    A thousand checks in flight would else hold a gigabyte that nobody looks at.
    """
    if spec.reads_body:
        return limits.body_bytes
    if status_code in spec.expected_status and not spec.response_header:
        return 0
    return LOOKED_THROUGH_BYTES if limits.keep_bodies else 0


@lru_cache(maxsize=8)
def _policy(limits: Limits) -> GuardPolicy:
    allowed = tuple(ip_network(network) for network in limits.allowed_networks)
    return GuardPolicy(limits.refuse_private, allowed)


async def _ask(
    spec: CheckSpec, transport: FreshConnectionTransport, redirects: list[str]
) -> tuple[Answer, Cookies]:
    answer = await transport.send(_ready(spec))
    if spec.follow_redirects and answer.status_code in REDIRECTS:
        # Most checks meet none, so what it takes to follow them is made only here.
        chain = Chain(spec, _built(spec), redirects)
        return await _follow(answer.as_httpx(), chain, transport), chain.cookies()
    return answer, ()


async def _follow(
    response: httpx.Response, chain: Chain, transport: FreshConnectionTransport
) -> Answer:
    while leads_on(response):
        response = await transport.handle_async_request(chain.following(response))
    return Answer.of(response)


def _ready(spec: CheckSpec) -> Outgoing:
    """Give the request of a spec, built once: httpx takes longer over it than the network does.

    Raises UnsendableRequest.
    """
    ready = _READY.get(spec)
    if ready is None:
        try:
            ready = _READY[spec] = outgoing(_built(spec))
        except (httpx.InvalidURL, UnicodeError) as error:
            raise UnsendableRequest("its settings hold what cannot be written") from error
    return ready


def _built(spec: CheckSpec) -> httpx.Request:
    url = httpx.URL(spec.url)
    headers = httpx.Headers(
        [
            # httpx would read the name as IDNA has it, which is less than the URL Standard takes.
            ("Host", url.netloc.decode("ascii")),
            ("User-Agent", USER_AGENT),
            ("Accept", "*/*"),
            ("Accept-Encoding", ACCEPTED),
        ]
    )
    if spec.username or spec.password:
        headers["Authorization"] = f"Basic {_basic(spec.username, spec.password)}"
    if spec.bearer_token:
        headers["Authorization"] = f"Bearer {spec.bearer_token}"
    given = (*spec.headers, *spec.secret_headers)
    headers.update([(name.encode(), _value(name, value).encode()) for name, value in given])
    headers["Connection"] = "close"
    content = spec.body.encode() if spec.body else None
    return httpx.Request(spec.method, url, headers=headers, content=content)


def _value(name: str, value: str) -> str:
    """Write a Host header as servers know it: a name beyond ASCII by its punycode."""
    if name.lower() != "host" or value.isascii() or not (host := server_name(value, "")):
        return value
    _, colon, port = value.rpartition(":")
    return f"{host}{colon}{port}" if colon else host


def _basic(username: str, password: str) -> str:
    """Give the credentials as RFC 7617 has them: without control characters."""
    if has_control_characters(username + password):
        raise UnsendableRequest("a user name or password holds a character that it may not")
    return base64.b64encode(f"{username}:{password}".encode()).decode()


def _facts(
    answer: Answer, cookies: Cookies, transport: FreshConnectionTransport, limits: Limits
) -> Response:
    return Response(
        status_code=answer.status_code,
        reason_phrase=answer.reason_phrase.decode("ascii", "ignore"),
        headers=_headers(answer),
        body=transport.body,
        body_complete=transport.body_complete,
        cookies=cookies,
        may_be_kept=limits.keep_bodies,
    )


def _headers(answer: Answer) -> tuple[tuple[str, str], ...]:
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers
    )
    if answer.status_code not in REDIRECTS:
        return headers
    # Whoever may see the evidence need not know the password in an address.
    return tuple(
        (name, without_userinfo(value) if name.lower() == "location" else value)
        for name, value in headers
    )
