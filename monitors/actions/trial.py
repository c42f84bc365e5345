"""Whether the database takes results at all: tried with some that are known to be good."""

import secrets
from datetime import datetime

from django.db import transaction

from monitors.domain.evidence import Evidence
from monitors.domain.reasons import Reason
from monitors.domain.result import CheckResult, Status

from . import retention, services
from .results import DueTime, Finding, record

_UP = (Status.UP, Reason.OK, "a trial")
_DOWN = (Status.DOWN, Reason.CONNECT, "a trial")
_EVIDENCE = Evidence("192.0.2.7", (), (), "a trial")


def record_good_results(now: datetime) -> None:
    """Record results of a service that is made for it, and delete both, in one transaction.

    Raises what the database raises. It is committed, since a full disk shows at the commit only,
    and writes to every table that a result is written to; nobody else ever sees any of it.
    """
    # Below all that the database gives, and another one for each who tries at this moment.
    number = -1 - secrets.randbelow(2**31)
    settings = {"pk": number, "name": "Trial", "url": "trial:", "url_key": f"trial:{number}"}
    with transaction.atomic():
        services.create(settings, (), now)
        scheduled = Finding(number, CheckResult(now, *_UP), DueTime(number, "", now))
        record([scheduled], now)
        record([Finding(number, CheckResult(now, *_DOWN, evidence=_EVIDENCE))], now)
        services.delete_for_good(number, now)
        retention.delete_short_log(number)
