"""Notices services that go down again and again, and tells that once instead of every outage.

Recoveries are left alone: whoever was told of an outage, before it began, is told that it is over.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, OuterRef

from monitors.domain.alerting import Event, Fate
from monitors.models import Alert, Incident, Service

from . import alerts

MANY = 5
WITHIN = timedelta(hours=1)


def follow(opened: Sequence[Incident], now: datetime) -> None:
    """Look whether services with a new outage have begun to flap; inside the transaction of it."""
    if not opened:
        return
    counts = _lately([one.service_id for one in opened if one.service_id is not None], now)
    services = Service.objects.filter(pk__among=counts)
    flapping = set(services.filter(flapping_since__isnull=False).values_list("pk", flat=True))
    # An hour has gone without another: that was the end of it.
    over = {pk for pk in flapping if counts[pk] == 1}
    Service.objects.filter(pk__among=over).update(flapping_since=None)
    begun = {pk for pk, count in counts.items() if count >= MANY} - flapping
    Service.objects.filter(pk__among=begun).update(flapping_since=now)
    alerts.plan_flapping([one for one in opened if one.service_id in begun], counts, now)


def of_flapping(waiting: Sequence[Alert], now: datetime) -> list[int]:
    """Tell which alerts are held since their services flap: those of outages."""
    outages = [alert for alert in waiting if alert.event == Event.DOWN and alert.service_id]
    flapping = _still_flapping([alert.service_id for alert in outages if alert.service_id], now)
    return [alert.pk for alert in outages if alert.service_id in flapping]


def calm_down(now: datetime) -> None:
    """Note which services do not flap any more; that they did and was not told yet is not told."""
    flapping = Service.objects.filter(flapping_since__isnull=False)
    ids = list(flapping.exclude(_is_unquiet(now)).values_list("pk", flat=True))
    if not ids:
        return
    with transaction.atomic():
        Service.objects.filter(pk__among=ids).update(flapping_since=None)
        late = Alert.objects.waiting().filter(event=Event.FLAPPING.value, service__among=ids)
        late.update(fate=Fate.OVER.value)


def _lately(service_ids: Collection[int], now: datetime) -> dict[int, int]:
    """Count the outages of services that began in the last hour."""
    lately = Incident.objects.filter(service__among=service_ids, started_at__gt=now - WITHIN)
    counts = lately.order_by().values_list("service_id").annotate(Count("pk"))
    # One that has just been opened may have begun before: it is one in any case.
    return dict.fromkeys(service_ids, 1) | {pk: count for pk, count in counts if pk is not None}


def _still_flapping(service_ids: Collection[int], now: datetime) -> set[int]:
    flapping = Service.objects.filter(flapping_since__isnull=False, pk__among=service_ids)
    return set(flapping.filter(_is_unquiet(now)).values_list("pk", flat=True))


def _is_unquiet(now: datetime) -> Exists:
    """Tell of services that they have gone down within the last hour."""
    return Exists(Incident.objects.filter(service=OuterRef("pk"), started_at__gt=now - WITHIN))
