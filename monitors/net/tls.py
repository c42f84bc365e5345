"""The TLS contexts that checks share."""

import asyncio
import contextlib
import os
import ssl
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

import httpx

MAX_CONTEXTS = 256
"""Each holds every root certificate: 0.8 MB, and 15 ms of CPU to build."""


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """What of a check's settings its handshakes depend on."""

    verify: bool = True
    ca_bundle: str = ""
    client_certificate: str = ""
    """PEM, the certificate of the key first."""
    client_key: str = field(default="", repr=False)

    def for_a_stranger(self) -> "TlsSettings":
        """Give them without what tells who we are."""
        return replace(self, client_certificate="", client_key="")


USUAL = TlsSettings()


class UnusableSettings(Exception):  # noqa: N818 - reads as what it is at every raise
    """Certificates or a key in the settings that OpenSSL does not take."""

    def __init__(self, what: str, error: ssl.SSLError) -> None:
        self.what = what
        reason = (error.reason or "").replace("_", " ").lower()
        self.detail = reason or "not valid PEM"
        super().__init__(f"{what}: {self.detail}")


@dataclass(slots=True)
class _Shared:
    """A context, once somebody has wanted it."""

    context: ssl.SSLContext | None = None


async def context(settings: TlsSettings) -> ssl.SSLContext:
    """Give the context that all checks with these settings share, built beside the loop.

    Sessions are not kept with it, so every handshake is a whole one. Raises UnusableSettings.
    """
    shared = _shared(settings)
    if shared.context is None:
        shared.context = await asyncio.to_thread(build, settings)
    return shared.context


@lru_cache(maxsize=MAX_CONTEXTS)
def _shared(settings: TlsSettings) -> _Shared:
    del settings
    return _Shared()


def forget_contexts() -> None:
    """Build contexts anew from now on: other roots are to be trusted."""
    _shared.cache_clear()


def build(settings: TlsSettings) -> ssl.SSLContext:
    """Make a context. Roots are those httpx trusts; SSL_CERT_FILE and SSL_CERT_DIR name others.

    The rules are the same on every Python, and those of curl: an intermediate certificate may be
    trusted as a root is (Python 3.13 allows it, older ones do not), and one that misses some
    extension is no outage (Python 3.13 refuses it).
    """
    made = httpx.create_ssl_context(verify=settings.verify)
    made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    made.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if settings.ca_bundle:
        _trust(made, settings.ca_bundle)
    if settings.client_certificate:
        _offer(made, settings.client_certificate, settings.client_key)
    made.set_alpn_protocols(["http/1.1"])
    return made


def _trust(made: ssl.SSLContext, bundle: str) -> None:
    try:
        # Only ASCII may be loaded; the rest can only stand in comments.
        made.load_verify_locations(cadata=bundle.encode("ascii", "ignore").decode())
    except ssl.SSLError as error:
        raise UnusableSettings("CA certificates", error) from error


def _offer(made: ssl.SSLContext, certificate: str, key: str) -> None:
    """Have a context prove who we are where a server asks."""
    # Some servers ask only once they have read the request.
    made.post_handshake_auth = True
    pem = f"{certificate}\n{key}\n".encode("ascii", "ignore")
    try:
        with _private_file(pem) as path:
            # Without a password OpenSSL asks for one at the terminal.
            made.load_cert_chain(path, password="")
    except ssl.SSLError as error:
        raise UnusableSettings("client certificate", error) from error


@contextlib.contextmanager
def _private_file(content: bytes) -> Iterator[str]:
    """Give the path of a file for as long as it is needed: OpenSSL takes keys from nowhere else.

    Where there are files in memory, nothing is written to a disk.
    """
    in_memory = sys.platform == "linux" and os.path.isdir("/proc/self/fd")  # noqa: PTH112 - no path of ours
    if in_memory:
        descriptor = os.memfd_create("client-certificate", os.MFD_CLOEXEC)
        os.fchmod(descriptor, 0o600)
        path = f"/proc/self/fd/{descriptor}"
    else:
        # For the owner alone (0600).
        descriptor, path = tempfile.mkstemp()
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, no path
            file.write(content)
            file.flush()
            yield path
    finally:
        if not in_memory:
            os.unlink(path)  # noqa: PTH108 - as above
