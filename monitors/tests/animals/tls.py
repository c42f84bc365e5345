"""Servers whose TLS is not to be trusted."""

from ssl import TLSVersion

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
        "certificate of 127.0.0.1 is not trusted: its issuer “trustme",
        tls=Authorities.of_another_authority,
    ),
    down(
        "wants-a-client-certificate",
        Reason.TLS,
        "requires a client certificate",
        tls=Authorities.wants_a_client_certificate,
    ),
    down(
        "wants-a-client-certificate-after-the-handshake",
        Reason.TLS,
        "requires a client certificate",
        tls=lambda a: a.wants_a_client_certificate(TLSVersion.TLSv1_3),
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
