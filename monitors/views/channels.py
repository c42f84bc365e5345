"""List, add, show, edit, switch and delete channels."""

from collections.abc import Callable

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from monitors.actions import channels
from monitors.alerts import trial
from monitors.domain.alerting import ChannelKind
from monitors.engine.check_now import Busy, place
from monitors.interfaces.forms.apprise_services import BY_NAME, SERVICES, AppriseService
from monitors.interfaces.forms.channel import ChannelForm, service_of_channel, shown_target
from monitors.interfaces.forms.filters import page_number
from monitors.interfaces.time_zones import zone_names
from monitors.models import Channel
from monitors.queries.channels import channel_page, channels_page

from .access import Request, get_channel_or_404, gone_is_404

FORM = "monitors/channels/form.html"

# Whatever the form asks for: most of it is secret.
keep_out_of_reports = sensitive_post_parameters()


@require_safe
def index(request: Request) -> HttpResponse:
    page = channels_page(page_number(request.GET))
    return render(request, "monitors/channels/list.html", {"page": page})


@never_cache
@keep_out_of_reports
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request) -> HttpResponse:
    kind = request.GET.get("kind", "")
    service = BY_NAME.get(request.GET.get("service", ""))
    if kind not in set(ChannelKind):
        return render(request, "monitors/channels/choose.html", {"services": SERVICES})
    blank = Channel(kind=kind, time_zone=timezone.get_current_timezone_name())
    form = ChannelForm(
        request.POST or None,
        instance=blank,
        service=service if kind == ChannelKind.APPRISE.value else None,
    )
    made = _saved(form, lambda: _create(form)) if form.is_valid() else None
    if made is None:
        return _form(request, form, _title(ChannelKind(kind), service))
    if made.signing_secret:
        return _secret_page(request, made)
    messages.success(request, f"{made.name} is saved. Send a test to see that it arrives.")
    return redirect("channel-show", made.pk)


@require_safe
def show(request: Request, channel_id: int) -> HttpResponse:
    channel = get_channel_or_404(channel_id)
    service = service_of_channel(channel)
    context = {
        "page": channel_page(channel),
        "kind": service.label if service else ChannelKind(channel.kind).label,
        "target": ", ".join(shown_target(channel).splitlines()),
        "unreadable": [secret.why for secret in channel.unreadable_secrets.values()],
    }
    return render(request, "monitors/channels/show.html", context)


@keep_out_of_reports
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, channel_id: int) -> HttpResponse:
    if request.method != "POST":
        channel = get_channel_or_404(channel_id)
        form = ChannelForm(instance=channel, service=service_of_channel(channel))
        return _form(request, form, f"Edit {channel.name}")
    with gone_is_404(), channels.locked(channel_id) as channel:
        title = f"Edit {channel.name}"
        form = ChannelForm(request.POST, instance=channel, service=service_of_channel(channel))
        saved = _saved(form, lambda: _change(form)) if form.is_valid() else None
    if saved is None:
        return _form(request, form, title)
    messages.success(request, f"{saved.name} is saved.")
    return redirect("channel-show", saved.pk)


@require_POST
def switch(request: Request, channel_id: int) -> HttpResponse:
    with gone_is_404():
        if request.POST.get("enabled") == "off":
            channel = channels.disable(channel_id, timezone.now())
            messages.success(request, f"{channel.name} is disabled: it gets no alerts.")
        else:
            channel = channels.enable(channel_id, timezone.now())
            messages.success(request, f"{channel.name} is enabled.")
    return redirect("channel-show", channel_id)


@never_cache
@require_POST
def rotate_secret(request: Request, channel_id: int) -> HttpResponse:
    try:
        with gone_is_404():
            channel = channels.rotate_secret(channel_id, timezone.now())
    except channels.SignsNothing as nothing:
        messages.warning(request, str(nothing))
        return redirect("channel-show", channel_id)
    return _secret_page(request, channel)


@require_POST
def send_test(request: Request, channel_id: int) -> HttpResponse:
    try:
        with gone_is_404(), place():
            attempt = async_to_sync(trial.send_test)(channel_id, timezone.now())
    except Busy as busy:
        messages.warning(request, str(busy))
        return redirect("channel-show", channel_id)
    if attempt.delivered:
        messages.success(request, f"Test delivered: {attempt.answer}")
    else:
        messages.error(request, f"Test not delivered: {attempt.answer}")
    return redirect("channel-show", channel_id)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, channel_id: int) -> HttpResponse:
    channel = get_channel_or_404(channel_id)
    if request.method == "POST":
        with gone_is_404():
            channels.delete(channel.pk, timezone.now())
        messages.success(request, f"{channel.name} is deleted.")
        return redirect("channels")
    return render(request, "monitors/channels/confirm_delete.html", {"page": channel_page(channel)})


def _create(form: ChannelForm) -> Channel:
    return channels.create(
        form.settings(), form.tag_names() or (), form.service_ids() or (), timezone.now()
    )


def _change(form: ChannelForm) -> Channel:
    return channels.edit(
        form.instance.pk, form.changes(), form.tag_names(), form.service_ids(), timezone.now()
    )


def _saved(form: ChannelForm, save: Callable[[], Channel]) -> Channel | None:
    try:
        return save()
    except channels.DuplicateName as duplicate:
        form.add_error("name", ValidationError(str(duplicate), code="conflict"))
    return None


def _form(request: Request, form: ChannelForm, title: str) -> HttpResponse:
    channel = form.instance if form.instance.pk else None
    context = {"form": form, "title": title, "channel": channel, "zones": zone_names()}
    return render(request, FORM, context, status=_status(form))


def _status(form: ChannelForm) -> int:
    if form.is_stale or form.has_error("name", "conflict"):
        return 409
    return 422 if form.errors else 200


def _secret_page(request: Request, channel: Channel) -> HttpResponse:
    """Show a signing secret, this once."""
    return render(request, "monitors/channels/secret.html", {"channel": channel})


def _title(kind: ChannelKind, service: AppriseService | None) -> str:
    if kind is ChannelKind.APPRISE:
        return f"Add {service.label if service else 'a channel with its Apprise URL'}"
    return {ChannelKind.EMAIL: "Add e-mail", ChannelKind.WEBHOOK: "Add a webhook"}[kind]
