"""How the settings of a channel stand on a page: in groups, with help and choices."""

from collections.abc import Sequence

from django import forms

from monitors.domain.alerting import ChannelKind, Event
from monitors.domain.wording import duration

from .apprise_services import Ask

EVENTS = [(event.value, event.label) for event in Event]
# Whether there are reminders at all is said by how often they come.
TICKED_EVENTS = [(value, label) for value, label in EVENTS if value != Event.REMINDER.value]

ALL, SOME = "all", "some"
ABOUT = [(ALL, "All services"), (SOME, "Only some: those with a tag, and those chosen below")]

MINUTE, HOUR, DAY = 60, 3_600, 86_400
GROUP_S = (0, 10, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR)
REMIND_S = (0, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 12 * HOUR, DAY, 7 * DAY)
ESCALATE_S = (0, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR)
SPANS = {
    "group_s": (GROUP_S, "No grouping: each is a message, at once"),
    "remind_every_s": (REMIND_S, "Never"),
    "escalate_after_s": (ESCALATE_S, "No wait: it is told at once"),
}

COLUMNS = (
    "name",
    "kind",
    "target",
    "events",
    "enabled",
    *SPANS,
    "quiet_from",
    "quiet_until",
    "time_zone",
    "breaks_through",
)

HELP = {
    "name": "Shown in lists, like “Ops e-mail”.",
    "tags": "Separated by commas.",
    "others": "Services not listed above: one name or URL per line.",
    "group_s": "What fails within this time is one message.",
    "remind_every_s": "Repeats the alert until the service is up again or acknowledged.",
    "escalate_after_s": "Tells this channel only of what nobody has acknowledged by then.",
    "quiet_until": "It may be past midnight. What happened meanwhile is told then, in one message.",
    "time_zone": "Of the quiet hours, like Europe/Berlin.",
}

TARGETS = {
    ChannelKind.EMAIL: ("E-mail addresses", "One a line."),
    ChannelKind.WEBHOOK: (
        "Webhook URL",
        (
            "Gets a POST by the Standard Webhooks specification, signed with a secret that is "
            "shown when the channel is saved."
        ),
    ),
    ChannelKind.APPRISE: (
        "Apprise URL",
        "As the documentation of Apprise has it for the service, like ntfys://ntfy.sh/my-topic.",
    ),
}


# A first group, whose fields depend on the kind of the channel, comes before these.
GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("What it is told", "", ("events", "about", "tags", "services", "others")),
    ("How often, and when", "", tuple(SPANS)),
    (
        "Quiet hours",
        "Alerts wait until the quiet hours end, all but those that are ticked here.",
        ("quiet_from", "quiet_until", "time_zone", "breaks_through"),
    ),
)
REQUIRED = "This field is required."


def target_widget(kind: ChannelKind) -> forms.Widget:
    if kind is ChannelKind.EMAIL:
        return forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
    return forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})


def ask_name(ask: Ask) -> str:
    return f"service_{ask.name}"


def ask_field(ask: Ask) -> forms.CharField:
    """Make the field for one thing that a service of Apprise's asks for."""
    kind = forms.PasswordInput if ask.is_secret else forms.TextInput
    attrs = {"autocomplete": "new-password" if ask.is_secret else "off", "spellcheck": "false"}
    label = f"{ask.label} (optional)" if ask.is_optional else ask.label
    return forms.CharField(
        label=label, help_text=ask.help, required=False, max_length=1_000, widget=kind(attrs=attrs)
    )


def span_select(name: str, stored_s: object) -> forms.Select:
    """Offer usual spans of time, and the one that is stored."""
    usual, zero = SPANS[name]
    known: Sequence[int] = sorted({*usual, stored_s}) if isinstance(stored_s, int) else usual
    return forms.Select(
        choices=[(span_s, duration(span_s) if span_s else zero) for span_s in known]
    )
