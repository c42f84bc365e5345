"""The only place that decides whether a check was good or bad."""

import logging
from datetime import datetime

from .assertions import broken_assertion, decoded_beginning
from .certificates import near_expiry
from .evidence import LOOKED_THROUGH, Evidence, evidence
from .observation import Observation, Response
from .reasons import Failure, Fault, Reason
from .redaction import PLAIN_ANSWERS, secrets_of
from .result import CheckResult, Status
from .spec import CheckSpec
from .wording import one_line

logger = logging.getLogger(__name__)

MAX_FACT = 200
MAX_MESSAGE = 500


def judge(spec: CheckSpec, observation: Observation) -> CheckResult:
    """Turn what a probe saw into a verdict; never raises.

    DOWN: no answer, a status that is not accepted, or an assertion that does not hold.
    DEGRADED: a good answer whose certificate expires soon, or that took too long.
    NOT_JUDGED: something on our own side, an error of ours in judging included, that says nothing
    about the target.
    """
    try:
        return _judge(spec, observation)
    except Exception as error:
        logger.exception("A response of %s cannot be judged", spec.url)
        failure = Failure(Fault.INTERNAL, {"detail": type(error).__name__})
        return not_judged(failure, observation.started_at, observation.loop_lag_ms)


def not_judged(failure: Failure, at: datetime, loop_lag_ms: float = 0.0) -> CheckResult:
    """Give the result of a check that our own side kept from saying anything."""
    return CheckResult(
        checked_at=at,
        status=Status.NOT_JUDGED,
        reason=failure.reason,
        message=one_line(failure.message)[:MAX_MESSAGE],
        loop_lag_ms=loop_lag_ms,
    )


def _judge(spec: CheckSpec, observation: Observation) -> CheckResult:
    response = observation.response
    if response is None:
        failure = observation.failure or Failure(Fault.INTERNAL, {"detail": "nothing was seen"})
        status = Status.NOT_JUDGED if failure.fault.is_ours else Status.DOWN
        return _result(spec, observation, status, failure)
    for bad, status in ((_broken, Status.DOWN), (_weak, Status.DEGRADED)):
        failed = bad(spec, observation, response)
        if failed is not None:
            return _result(spec, observation, status, failed)
    return _result(spec, observation, Status.UP, None)


def _broken(spec: CheckSpec, observation: Observation, response: Response) -> Failure | None:
    del observation
    if response.status_code not in spec.expected_status:
        facts = {"answer": response.answer, "expected": str(spec.expected_status)}
        return Failure(Fault.UNEXPECTED_STATUS, facts)
    return broken_assertion(spec, response)


def _weak(spec: CheckSpec, observation: Observation, response: Response) -> Failure | None:
    if (expiry := near_expiry(spec, observation)) is not None:
        return Failure(Fault.TLS_EXPIRES_SOON, {"answer": response.answer, **expiry})
    limit_ms = spec.degraded_after_ms
    elapsed_ms = observation.phases.total_ms
    # Time in which our own loop was late is not the target's.
    if limit_ms is not None and elapsed_ms - observation.loop_lag_ms > limit_ms:
        facts = {"answer": response.answer, "elapsed_ms": elapsed_ms, "limit_ms": limit_ms}
        return Failure(Fault.SLOW, facts)
    return None


def _evidence(spec: CheckSpec, observation: Observation) -> Evidence:
    response = observation.response
    return evidence(
        spec,
        observation,
        decoded_beginning(response, LOOKED_THROUGH) if response and response.may_be_kept else "",
    )


def _result(
    spec: CheckSpec, observation: Observation, status: Status, failure: Failure | None
) -> CheckResult:
    response = observation.response
    return CheckResult(
        checked_at=observation.started_at,
        status=status,
        reason=failure.reason if failure else Reason.OK,
        message=_message(spec, response, failure),
        response_time_ms=observation.phases.total_ms if response is not None else None,
        status_code=response.status_code if response is not None else None,
        phases=observation.phases,
        certificate=observation.certificate,
        loop_lag_ms=observation.loop_lag_ms,
        evidence=_evidence(spec, observation) if status is Status.DOWN else None,
    )


def _message(spec: CheckSpec, response: Response | None, failure: Failure | None) -> str:
    """Give the sentence to show; of what came from outside without secrets."""
    answer = response.answer if response is not None else ""
    if failure is None and answer in PLAIN_ANSWERS:
        return answer
    secrets = secrets_of(spec, response)
    if failure is None:
        return one_line(secrets.taken_out_of_beginning(answer, MAX_FACT))
    facts = {
        name: secrets.taken_out_of_beginning(fact, MAX_FACT) if isinstance(fact, str) else fact
        for name, fact in failure.facts.items()
    }
    return one_line(Failure(failure.fault, facts).message)
