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
