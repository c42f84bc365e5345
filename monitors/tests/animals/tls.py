"""Servers whose TLS is not to be trusted."""

from monitors.domain.reasons import Reason
from monitors.tests.zoo import RESET, Authorities, answer

from .animal import down

TLS = [
    down(
        "expired",
        Reason.TLS,
        "certificate of 127.0.0.1 expired 3 days ago",
        tls=Authorities.expired,
    ),
    down("not-yet-valid", Reason.TLS, "is not valid before", tls=Authorities.not_yet_valid),
    down(
        "other-host",
        Reason.TLS,
        "certificate is for other.example, www.other.example, not for 127.0.0.1",
        tls=Authorities.of_another_host,
    ),
    down(
        "unknown-authority",
        Reason.TLS,
        "not from a trusted authority",
        tls=Authorities.of_another_authority,
    ),
    down(
        "wants-a-client-certificate",
        Reason.TLS,
        "TLS handshake",
        tls=Authorities.wants_a_client_certificate,
    ),
    down(
        "plain-on-a-tls-port",
        Reason.TLS,
        "does not speak TLS",
        scheme="https",
        says=[[answer(status=b"400 Bad Request")]],
        speaks_first=True,
    ),
    down(
        "closes-in-the-handshake",
        Reason.TLS,
        "closed the connection during the TLS handshake",
        scheme="https",
        says=[[b""]],
        speaks_first=True,
    ),
    down(
        "resets-in-the-handshake",
        Reason.TLS,
        "closed the connection during the TLS handshake",
        scheme="https",
        says=[[RESET]],
        speaks_first=True,
    ),
]
