"""Which failed log-ins are counted together; django-axes keeps and counts them.

An account is never locked as such, only for the address that fails to get into it: so nobody can
keep its owner out from elsewhere.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.db.models import Max, QuerySet, Sum
from django.http import HttpRequest

# One address may stand for many people (an office), so it may fail more often than one account
# from there.
ADDRESS_FACTOR = 5
# Of IPv6 everybody has a network of this size, and may choose any address in it.
_IPV6_PREFIX = 64


class LoginAttempts(AxesDatabaseHandler):  # type: ignore[misc]
    """Lets an account fail AXES_FAILURE_LIMIT times from one address, an address five times that.

    Failures count until none has come for AXES_COOLOFF_TIME.
    """

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        of_account, of_address = map(_failures, self.get_user_attempts(request, credentials))
        return max(of_account, of_address // ADDRESS_FACTOR)

    def reset_user_attempts(
        self, request: HttpRequest, credentials: dict[str, Any] | None = None
    ) -> int:
        """Forget failures of the account that got in, not all of its address.

        Else whoever has an account could guess at others' for ever, by logging in in between.
        """
        of_account, _ = self.filter_user_attempts(request, credentials)
        return int(of_account.delete()[0])

    def locked_until(self, request: HttpRequest, credentials: dict[str, Any] | None) -> datetime:
        """Tell when somebody who is locked out may try again."""
        of_account, of_address = self.get_user_attempts(request, credentials)
        is_account = _failures(of_account) >= settings.AXES_FAILURE_LIMIT
        latest = (of_account if is_account else of_address).aggregate(at=Max("attempt_time"))["at"]
        cool_off: timedelta = settings.AXES_COOLOFF_TIME
        began: datetime = latest or request.axes_attempt_time  # type: ignore[attr-defined]
        return began + cool_off


def client_address(request: HttpRequest) -> str | None:
    """Tell from where somebody logs in: an IPv4 address, or the network of an IPv6 one.

    Behind a proxy it is the last entry of X-Forwarded-For, which that proxy has written; those
    before it are what the client claims.
    """
    seen = str(request.META.get("REMOTE_ADDR", ""))
    if settings.BEHIND_HTTPS_PROXY:
        told = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2]
        return _place(told) or _place(seen)
    return _place(seen)


def _place(text: str) -> str | None:
    host = text.strip()
    # Some proxies add the port: 192.0.2.1:5000, [2001:db8::1]:5000.
    for candidate in (host, host.strip("[]"), host.rpartition(":")[0].strip("[]")):
        with suppress(ValueError):
            address = ip_address(candidate.partition("%")[0])
            if not isinstance(address, IPv6Address):
                return str(address)
            if address.ipv4_mapped:
                return str(address.ipv4_mapped)
            return str(ip_network((address, _IPV6_PREFIX), strict=False).network_address)
    return None


def _failures(attempts: "QuerySet[Any]") -> int:
    return attempts.aggregate(failures=Sum("failures_since_start"))["failures"] or 0
