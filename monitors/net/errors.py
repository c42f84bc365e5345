"""How the network says that a check went wrong."""

from typing import Any

from monitors.domain.reasons import Failure, Fault


class CheckFailed(Exception):  # noqa: N818 - a finding about the target, not an error of ours
    """A check that ended with a fault; `failure` says which, with its facts."""

    def __init__(self, fault: Fault, **facts: Any) -> None:
        self.failure = Failure(fault, facts)
        super().__init__(self.failure.message)

    @classmethod
    def because_of(cls, failure: Failure) -> "CheckFailed":
        return cls(failure.fault, **failure.facts)


def blocked(host: str, address: str) -> CheckFailed:
    """Say that a host may not be contacted at an address; they are the same where it is one."""
    if host == address:
        return CheckFailed(Fault.BLOCKED_ADDRESS, address=address)
    return CheckFailed(Fault.BLOCKED, host=host, address=address)


class UnsendableRequest(ValueError):  # noqa: N818 - reads as what it is at every raise
    """Settings that make no request, or more than one: no fault of the target, which is not asked.

    Its text says what is wrong with the request.
    """
