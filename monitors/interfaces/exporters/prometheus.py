"""Writes the numbers of this installation in the text format of Prometheus."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from monitors.queries.metrics import Numbers, ServiceNumbers
from monitors.queries.outbox import Outbox

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_PREFIX = "uptime_site"
_SERVICE = ("id", "name", "url")
_CHECKER = ("checker", "location")


class _Collector(Collector):
    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers

    def collect(self) -> Iterator[Metric]:
        yield from _backlog(self._numbers)
        yield from _checkers(self._numbers)
        yield from _outbox(self._numbers.outbox)
        yield from _services(self._numbers)


def prometheus_text(numbers: Numbers) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(numbers))
    return generate_latest(registry)


def _backlog(numbers: Numbers) -> Iterator[Metric]:
    states = _family("services", "Services by the state that is shown", ("state",))
    for entry in numbers.states:
        states.add_metric([entry.state.value.lower()], entry.count)
    yield states
    backlog = numbers.health.backlog
    for name, description, value in (
        ("checks_waiting", "Checks that are due and that no checker has taken", backlog.waiting),
        ("checks_overdue", "Those of them that were due half a minute ago", backlog.overdue),
        ("checks_overdue_oldest_seconds", "How long the oldest has waited", backlog.oldest_s),
    ):
        family = _family(name, description)
        family.add_metric([], value)
        yield family


def _checkers(numbers: Numbers) -> Iterator[Metric]:
    rows = numbers.health.checkers
    up = _family("checker_up", "Whether a checker gives signs of life", _CHECKER)
    silence = _family("checker_silent_seconds", "Time since its last sign of life", _CHECKER)
    for row in rows:
        labels = [row.checker.name, row.checker.location]
        up.add_metric(labels, row.is_running)
        silence.add_metric(labels, (numbers.now - row.checker.seen_at).total_seconds())
    yield up
    yield silence
    for column, unit, name, description in (
        ("in_flight", 1, "checks_in_flight", "Checks under way"),
        ("unwritten", 1, "results_unwritten", "Results that wait for the database"),
        ("set_aside", 1, "results_set_aside", "Results that could not be stored since it began"),
        ("checks_per_s", 1, "checks_per_second", "Checks that a checker makes a second"),
        ("lag_ms", 1_000, "loop_lag_seconds", "By how much its event loop was late at worst"),
        ("late_ms", 1_000, "check_late_seconds", "By how much a check began late at worst"),
        ("write_ms", 1_000, "write_seconds", "How long the slowest write of results took"),
        ("errors", 1, "checker_errors", "Unexpected errors since a checker began"),
    ):
        family = _family(name, description, _CHECKER)
        for row in rows:
            if row.is_running:
                labels = [row.checker.name, row.checker.location]
                family.add_metric(labels, getattr(row.checker, column) / unit)
        yield family


def _outbox(outbox: Outbox) -> Iterator[Metric]:
    waiting = _family("outbox_waiting", "Alerts and messages that are still to be told", ("what",))
    oldest = _family("outbox_oldest_seconds", "How long the oldest of them is due", ("what",))
    for what, rows in (("alerts", outbox.alerts), ("messages", outbox.messages)):
        waiting.add_metric([what], rows.count)
        oldest.add_metric([what], rows.oldest_s)
    deliveries = _counter("deliveries", "Messages that a channel took")
    failures = _counter("delivery_failures", "Attempts that a channel did not take")
    for channel in outbox.channels:
        deliveries.add_metric([channel.name], channel.deliveries)
        failures.add_metric([channel.name], channel.failures)
    yield from (waiting, oldest, deliveries, failures)


def _counter(name: str, description: str) -> CounterMetricFamily:
    return CounterMetricFamily(f"{_PREFIX}_{name}", description, labels=("channel",))


def _services(numbers: Numbers) -> Iterator[Metric]:
    up = _family("service_up", "1 is up or degraded, 0 is down, none is unknown", _SERVICE)
    time = _family("service_response_seconds", "Response time of the last check", _SERVICE)
    expiry = _family("service_certificate_expiry_timestamp_seconds", "When it expires", _SERVICE)
    for service in numbers.services:
        labels = _labels(service)
        if service.is_up is not None:
            up.add_metric(labels, service.is_up)
        if service.response_time_ms is not None:
            time.add_metric(labels, service.response_time_ms / 1_000)
        if service.certificate_expires_at is not None:
            expiry.add_metric(labels, service.certificate_expires_at.timestamp())
    yield from (up, time, expiry)


def _labels(service: ServiceNumbers) -> list[str]:
    return [str(service.id), service.name, service.url]


def _family(name: str, description: str, labels: tuple[str, ...] = ()) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{_PREFIX}_{name}", description, labels=labels)
