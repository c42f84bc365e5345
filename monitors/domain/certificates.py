"""When certificates expire: what is worth a warning, and how it is said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from .observation import Certificate, Issuer, Observation
from .spec import CheckSpec
from .wording import rough_duration

LEAF = "certificate"
# RFC 5280, 4.1.2.5: of a certificate that has no well-defined expiration.
NO_EXPIRY = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Link:
    """One certificate of a chain: how it is called in a sentence, and when it is valid."""

    which: str
    not_before: datetime
    not_after: datetime


def links(certificate: Certificate) -> Sequence[Link]:
    """Give the certificates of a chain, from the leaf up."""
    leaf = Link(LEAF, certificate.not_before, certificate.not_after)
    return (leaf, *map(_link, certificate.issuers))


def _link(issuer: Issuer) -> Link:
    kind = "root" if issuer.is_root else "intermediate"
    return Link(f"{kind} certificate “{issuer.name}”", issuer.not_before, issuer.not_after)


def near_expiry(spec: CheckSpec, observation: Observation) -> dict[str, str] | None:
    """Tell which certificate expires soon, and when, in words; None where nobody is to be warned.

    A chain is worth as much as the certificate that expires first; of equals the lowest counts.
    Who does not have certificates verified does not care for when they expire.
    """
    if observation.certificate is None or not spec.verify_tls:
        return None
    first = min(links(observation.certificate), key=lambda link: link.not_after)
    if not is_near(first.not_after, spec.tls_expiry_warn_days, observation.started_at):
        return None
    return {"which": first.which, "when": expiry(first.not_after, observation.started_at)}


def is_near(not_after: datetime, warn_days: int, now: datetime) -> bool:
    """Tell whether a warning is due; 0 days: never."""
    return warn_days > 0 and not_after - now <= timedelta(days=warn_days)


def expiry(not_after: datetime, now: datetime) -> str:
    """Word it: "expires in 9 days", "expired 3 days ago", "does not expire"."""
    if not_after >= NO_EXPIRY:
        return "does not expire"
    left_s = (not_after - now).total_seconds()
    if left_s > 0:
        return f"expires in {rough_duration(max(left_s, 1))}"
    return f"expired {rough_duration(max(-left_s, 1))} ago"


def fingerprint(not_after: datetime, issuer: str, names: str) -> str:
    """Tell a certificate from the one that it replaces, by what is kept of it."""
    kept = f"{not_after.astimezone(UTC).isoformat()} {issuer} {names}"
    return sha256(kept.encode()).hexdigest()[:16]


def passed(not_after: datetime, days: Iterable[int], now: datetime) -> int | None:
    """Give the smallest number of days that are not left any more; 0 once it has expired.

    None where all of them are.
    """
    if not_after <= now:
        return 0 if not_after < NO_EXPIRY else None
    return min((few for few in days if is_near(not_after, few, now)), default=None)
