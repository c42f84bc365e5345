"""A service: what to check, how often, and where it stands."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Now

from monitors.domain.headers import parse_headers
from monitors.domain.json_path import parse_json_path
from monitors.domain.json_rules import hits_that_must_hold
from monitors.domain.locations import parse_locations
from monitors.domain.patterns import parse_pattern
from monitors.domain.spec import (
    DEFAULT_EXPECTED_STATUS,
    METHODS,
    CheckSpec,
    Comparison,
    Hits,
    StatusRanges,
    parse_choice,
)
from monitors.domain.state import Policy, Standing, State
from monitors.domain.targets import MAX_URL_LENGTH

from .fields import SecretField, Unreadable, readable, secret_fields

MAX_NAME_LENGTH = 200
MAX_INTERVAL_S = 604_800
MAX_RETENTION_DAYS = 3_650
STATES = [(state.value, state.label) for state in State]
CONFIRMED_STATES = (State.UP, State.DEGRADED, State.DOWN)


class Tag(models.Model):
    name = models.CharField(max_length=50, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


def is_stale(now: datetime) -> Q:
    """Tell of services whose state is of a time when somebody still looked."""
    return Q(state__in=CONFIRMED_STATES, fresh_until__lt=now)


def is_shown_as(state: State, now: datetime) -> Q:
    """Tell of services that are shown in a state: their own, or UNKNOWN if they are stale."""
    if state is State.UNKNOWN:
        return Q(state=state.value) | is_stale(now)
    if state is State.PAUSED:
        return Q(state=state.value)
    return Q(state=state.value) & (Q(fresh_until=None) | Q(fresh_until__gte=now))


# The condition of an index: PostgreSQL and SQLite use it where a query has it word by word.
IS_STRANGE = ~Q(state=State.UP.value) | Q(streak__gt=0) | Q(may_lapse=True)


class ServiceQuerySet(models.QuerySet["Service"]):
    def active(self) -> Self:
        return self.filter(paused=False)

    def with_shown_state(self, now: datetime) -> Self:
        """Add `shown_state`: the state, or UNKNOWN where nobody has looked lately."""
        shown = Case(When(is_stale(now), then=Value(State.UNKNOWN.value)), default=F("state"))
        return self.annotate(shown_state=shown)

    def tagged(self, tag: str) -> Self:
        through = Service.tags.through.objects
        return self.filter(Exists(through.filter(service=OuterRef("pk"), tag__name=tag)))

    def untagged(self) -> Self:
        return self.filter(~Exists(Service.tags.through.objects.filter(service=OuterRef("pk"))))

    def matching(self, words: Iterable[str]) -> Self:
        """Services whose name or address holds every one of the words, which are folded."""
        holds_all = Q()
        for word in words:
            holds_all &= Q(search__text__contains=word)
        return self.filter(holds_all)

    def strange(self) -> Self:
        """What is not UP, or fails already, or may go stale before it is overdue: mostly few."""
        return self.filter(IS_STRANGE)


class Service(models.Model):
    """Settings first; then what the checker needs to schedule it and the list to show it."""

    name = models.CharField(max_length=MAX_NAME_LENGTH)
    url = models.CharField("URL", max_length=MAX_URL_LENGTH)
    url_key = models.CharField(max_length=MAX_URL_LENGTH, editable=False)
    method = models.CharField(
        max_length=7, default="GET", choices=[(method, method) for method in METHODS]
    )
    headers = SecretField("request headers", blank=True, default="")
    secret_headers = SecretField("secret request headers", blank=True, default="")
    body = models.TextField("request body", blank=True, default="", max_length=65_536)
    username = models.CharField("user name", max_length=200, blank=True, default="")
    password = SecretField(blank=True, default="", max_length=500)
    bearer_token = SecretField(blank=True, default="", max_length=4_000)
    client_certificate = models.TextField(
        "client certificate", max_length=65_536, blank=True, default=""
    )
    client_key = SecretField("client certificate key", blank=True, default="", max_length=16_384)
    interval_s = models.PositiveIntegerField(
        "check every",
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_INTERVAL_S)],
    )
    timeout_s = models.FloatField(
        "timeout", default=5.0, validators=[MinValueValidator(0.1), MaxValueValidator(60)]
    )
    expected_status = models.CharField(
        "accepted status codes", max_length=200, default=DEFAULT_EXPECTED_STATUS
    )
    follow_redirects = models.BooleanField(default=True)
    verify_tls = models.BooleanField("verify TLS certificate", default=True)
    ca_bundle = models.TextField(
        "own certificate authorities", max_length=65_536, blank=True, default=""
    )
    prefer_ipv6 = models.BooleanField("prefer IPv6", default=False)
    keyword = models.CharField("text that must be there", max_length=500, blank=True, default="")
    keyword_absent = models.CharField(
        "text that must not be there", max_length=500, blank=True, default=""
    )
    pattern = models.CharField(
        "regular expression that must match", max_length=500, blank=True, default=""
    )
    response_header = models.CharField(
        "response header that must be there", max_length=500, blank=True, default=""
    )
    json_path = models.CharField("JSON path", max_length=500, blank=True, default="")
    json_compare = models.CharField(
        "comparison",
        max_length=8,
        default=Comparison.EQUAL.value,
        choices=[(comparison.value, comparison.value) for comparison in Comparison],
    )
    json_expected = models.CharField("expected JSON value", max_length=500, blank=True, default="")
    json_match = models.CharField(
        "of several values",
        max_length=3,
        blank=True,
        default="",
        choices=[
            ("", "as the comparison needs"),
            (Hits.ANY.value, "any must hold"),
            (Hits.ALL.value, "all must hold"),
        ],
    )
    degraded_after_ms = models.FloatField(
        "degraded when slower than", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    failures_before_down = models.PositiveSmallIntegerField(
        "failures before down",
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    successes_before_up = models.PositiveSmallIntegerField(
        "successes before up", default=1, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    retry_interval_s = models.PositiveIntegerField(
        "check again after a failure in",
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(3_600)],
    )
    tls_expiry_warn_days = models.PositiveSmallIntegerField(
        "warn before the certificate expires",
        default=14,
        validators=[MaxValueValidator(365)],
    )
    locations = models.CharField("checked from", max_length=500, blank=True, default="")
    locations_before_down = models.PositiveSmallIntegerField(
        "locations that must agree", default=1, validators=[MinValueValidator(1)]
    )
    retention_days = models.PositiveSmallIntegerField(
        "keep checks for",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_RETENTION_DAYS)],
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="services")
    depends_on = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="dependents"
    )
    paused = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    state = models.CharField(
        max_length=8, choices=STATES, default=State.UNKNOWN.value, editable=False
    )
    state_since = models.DateTimeField(editable=False)
    streak = models.PositiveSmallIntegerField(default=0, editable=False)
    streak_since = models.DateTimeField(null=True, editable=False)
    seen_at = models.DateTimeField(null=True, editable=False)
    fresh_until = models.DateTimeField(null=True, editable=False)
    may_lapse = models.BooleanField(default=True, editable=False)
    """Whether it may go stale without being overdue (`domain.freshness`)."""
    agreed_beat_at = models.DateTimeField(null=True, editable=False)
    """The beat of the newest agreement of locations that was counted for a change of state."""
    last_checked_at = models.DateTimeField(null=True, editable=False)
    last_status = models.CharField(max_length=8, default="", editable=False)
    last_reason = models.CharField(max_length=11, default="", editable=False)
    last_message = models.TextField(default="", editable=False)
    last_response_time_ms = models.FloatField(null=True, editable=False)
    recent = models.TextField(default="", editable=False)
    certificate_expires_at = models.DateTimeField(null=True, editable=False)
    certificate_issuer = models.CharField(max_length=200, default="", editable=False)
    certificate_names = models.TextField(default="", editable=False)
    certificate_warned = models.CharField(max_length=100, default="", editable=False)
    """Of the certificate that was warned of last: "fingerprint:days", as domain.certificates."""
    flapping_since = models.DateTimeField(null=True, editable=False)
    """Since when its outages are not told one by one; they come too often."""

    revision = models.PositiveIntegerField(default=1, editable=False)
    """Counts the edits, so that a checker sees whether what it knows of a service is current."""

    set_aside_revision = models.PositiveIntegerField(null=True, editable=False)
    """The revision whose check froze a checker."""

    objects = ServiceQuerySet.as_manager()

    class Meta:
        # A name changes seldom: what is written at a check is in no index.
        indexes = [
            models.Index(fields=["name", "id"], name="service_by_name"),
            models.Index(fields=["state"], condition=IS_STRANGE, name="service_strange"),
            models.Index(
                fields=["flapping_since"],
                condition=Q(flapping_since__isnull=False),
                name="service_flapping",
            ),
            models.Index(
                fields=["certificate_expires_at"],
                condition=Q(certificate_expires_at__isnull=False),
                name="service_by_expiry",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["url_key"], name="service_url_once"),
            models.CheckConstraint(
                name="service_interval_in_range",
                condition=Q(interval_s__gte=1, interval_s__lte=MAX_INTERVAL_S),
            ),
            models.CheckConstraint(
                name="service_timeout_in_range",
                condition=Q(timeout_s__gte=0.1, timeout_s__lte=60),
            ),
            models.CheckConstraint(
                name="service_retry_interval_in_range",
                condition=Q(retry_interval_s__gte=1, retry_interval_s__lte=3_600),
            ),
            models.CheckConstraint(
                name="service_confirmation_positive",
                condition=Q(failures_before_down__gte=1, successes_before_up__gte=1),
            ),
            models.CheckConstraint(name="service_named", condition=~Q(name="") & ~Q(url="")),
            models.CheckConstraint(
                name="service_state_of_paused",
                condition=Q(paused=True, state=State.PAUSED.value)
                | Q(paused=False) & ~Q(state=State.PAUSED.value),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def check_spec(self) -> CheckSpec:
        """Raises BadSetting where a stored setting means nothing, or a secret cannot be read."""
        # A check parses these again, out of a cache; here it shows in time what cannot be parsed.
        parse_json_path(self.json_path or "$")
        parse_pattern(self.pattern)
        return CheckSpec(
            url=self.url_key,
            method=self.method,
            headers=parse_headers(readable(self.headers)),
            secret_headers=parse_headers(readable(self.secret_headers)),
            body=self.body,
            username=self.username,
            password=readable(self.password),
            bearer_token=readable(self.bearer_token),
            timeout_s=self.timeout_s,
            expected_status=StatusRanges.parse(self.expected_status),
            follow_redirects=self.follow_redirects,
            verify_tls=self.verify_tls,
            ca_bundle=self.ca_bundle,
            client_certificate=self.client_certificate,
            client_key=readable(self.client_key),
            prefer_ipv6=self.prefer_ipv6,
            keyword=self.keyword,
            keyword_absent=self.keyword_absent,
            pattern=self.pattern,
            response_header=self.response_header,
            json_path=self.json_path,
            json_compare=parse_choice(Comparison, self.json_compare),
            json_expected=self.json_expected,
            json_match=parse_choice(Hits, self.json_match) if self.json_match else None,
            degraded_after_ms=self.degraded_after_ms,
            tls_expiry_warn_days=self.tls_expiry_warn_days,
        )

    @property
    def unreadable_secrets(self) -> dict[str, Unreadable]:
        """Secrets that the present SECRET_KEY does not decrypt, by the names of their columns."""
        secrets = ((name, getattr(self, name)) for name in secret_fields(Service))
        return {name: secret for name, secret in secrets if isinstance(secret, Unreadable)}

    @property
    def is_set_aside(self) -> bool:
        """Whether it is not run, since with the present settings it froze a checker."""
        return self.set_aside_revision == self.revision

    @property
    def next_check_at(self) -> datetime | None:
        """When it is checked next; None while it is paused. Wants `due_checks` prefetched."""
        return min((due.due_at for due in self.due_checks.all()), default=None)

    def checked_from(self) -> tuple[str, ...]:
        """Give the locations it is checked from; the empty name where any will do."""
        return parse_locations(self.locations) or ("",)

    def json_hits(self) -> str:
        """Give how many of several values at the JSON path must hold: what was chosen, or else."""
        return self.json_match or hits_that_must_hold(self.json_compare, None)

    def policy(self) -> Policy:
        return Policy(self.failures_before_down, self.successes_before_up)

    def standing(self) -> Standing:
        return Standing(
            state=State(self.state),
            since=self.state_since,
            streak=self.streak,
            streak_since=self.streak_since,
            seen_at=self.seen_at,
            fresh_until=self.fresh_until,
        )
