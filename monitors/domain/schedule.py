"""When a service is next due."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Multiples of the golden ratio fall evenly into the unit interval, however many there are
# (Weyl's equidistribution; the best such constant, Knuth TAOCP 3, section 6.4).
_GOLDEN_RATIO = 0.6180339887498949
NEIGHBOURS = 16
# A group takes this share of the interval for each of its services.
_STEP = 1 / (100 * NEIGHBOURS)


def next_beat(service_id: int, interval_s: int, now: datetime) -> datetime:
    """Give the first beat of a service after now.

    The beat is a grid that stays where it is: each service's own share of the interval, counted
    from the epoch. So due times do not drift with the time checks take, ten thousand services
    added at once are spread over the interval, and beats missed in a stall are skipped.

    Neighbours in the database follow each other closely: what is written together then lies
    together, and a page that holds many services is written once for all of them.
    """
    group, place = divmod(service_id, NEIGHBOURS)
    share = group * _GOLDEN_RATIO % 1.0 + place * _STEP
    phase_s = share % 1.0 * interval_s
    passed = ((now - _EPOCH).total_seconds() - phase_s) // interval_s
    beat = _EPOCH + timedelta(seconds=(passed + 1) * interval_s + phase_s)
    # Rounding to microseconds may land on now itself.
    return beat if beat > now else beat + timedelta(seconds=interval_s)


def retry_beat(since: datetime, retry_interval_s: int, now: datetime) -> datetime:
    """Give the time of the next check after now, the same for all who know since when it fails."""
    passed = max(0, (now - since).total_seconds()) // retry_interval_s
    return since + timedelta(seconds=(passed + 1) * retry_interval_s)


def retry_at(checked_at: datetime, retry_interval_s: int) -> datetime:
    """Give the time of the next check while a failure is unconfirmed."""
    return checked_at + timedelta(seconds=retry_interval_s)
