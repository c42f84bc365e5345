"""Change many services at once: say what would change, then do it."""

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from monitors.actions import many_services
from monitors.engine.check_now import ask_checkers
from monitors.interfaces.forms.many_services import Change, ManyServicesForm
from monitors.models import Service
from monitors.models.service import ServiceQuerySet
from monitors.queries.many_services import Chosen, chosen, with_room_for, with_tag

from .access import Request
from .chosen_services import back_to, counted, wanted_ids
from .many_settings import change_setting

PAGE = "monitors/services/change_many.html"


@dataclass(frozen=True, slots=True)
class Words:
    """How a change is spoken of; {} is “34 services”, {tag} the tag."""

    question: str
    explained: str
    done: str
    unchanged: str
    """Why the others stay as they are."""


WORDS = {
    Change.CHECK: Words("Check {} now?", "", "{} will be checked now.", "paused"),
    Change.PAUSE: Words(
        "Pause {}?",
        "Paused services are not checked, and alert nobody, until they are resumed.",
        "Paused {}.",
        "paused already",
    ),
    Change.RESUME: Words("Resume {}?", "They are checked at once.", "Resumed {}.", "not paused"),
    Change.ADD_TAG: Words(
        "Add the tag “{tag}” to {}?",
        "Channels, maintenance, reports and status pages that are for this tag include them then.",
        "Added the tag “{tag}” to {}.",
        "tagged so already, or full of tags",
    ),
    Change.REMOVE_TAG: Words(
        "Remove the tag “{tag}” from {}?",
        "Channels, maintenance, reports and status pages that are for this tag include them no "
        "longer.",
        "Removed the tag “{tag}” from {}.",
        "not tagged so",
    ),
    Change.DELETE: Words(
        "Delete {}?",
        "This deletes them and their whole history. It can be undone for ten minutes. To stop "
        "checking them and keep the history, pause them instead.",
        "Deleted {} and their history.",
        "",
    ),
}


@require_POST
def change(request: Request) -> HttpResponse:
    back = back_to(request.POST.get("back", ""))
    ids = wanted_ids(request.POST)
    form = ManyServicesForm(request.POST)
    if not ids and "ids" not in form.errors:
        messages.error(request, "Select at least one service.")
        return redirect(f"{reverse('dashboard')}?{_selecting(back)}")
    if not form.is_valid():
        return _ask(request, form, back, Chosen(list(ids), 0, ()), status=422)
    wanted, tag = form.wanted, form.cleaned_data["tag"]
    if wanted is Change.SETTING:
        return change_setting(request)
    found = chosen(ids, _changing(wanted, tag))
    if found.changing > wanted.most:
        form.add_error("change", f"At most {wanted.most} services at a time.")
        return _ask(request, form, back, found, status=422)
    if "confirmed" in request.POST or wanted is Change.CHECK:
        _do(request, wanted, tag, found.ids)
        return redirect(f"{reverse('dashboard')}?{back}")
    return _ask(request, form, back, found)


def _changing(wanted: Change, tag: str) -> ServiceQuerySet:
    """Give the services that a change would not leave as they are."""
    match wanted:
        case Change.CHECK | Change.PAUSE:
            return Service.objects.active()
        case Change.RESUME:
            return Service.objects.filter(paused=True)
        case Change.ADD_TAG:
            return with_room_for(tag)
        case Change.REMOVE_TAG:
            return with_tag(tag)
        case Change.DELETE | Change.SETTING:
            return Service.objects.all()


def _do(request: Request, wanted: Change, tag: str, ids: Collection[int]) -> None:
    now = timezone.now()
    match wanted:
        case Change.CHECK:
            count = ask_checkers(ids, now)
        case Change.PAUSE:
            count = many_services.pause(ids, now)
        case Change.RESUME:
            count = many_services.resume(ids, now)
        case Change.ADD_TAG:
            count = many_services.add_tag(ids, tag)
        case Change.REMOVE_TAG:
            count = many_services.remove_tag(ids, tag)
        case Change.DELETE:
            count = many_services.delete(ids, now)
        case Change.SETTING:
            raise ValueError("a setting has a page of its own")
    if wanted is Change.CHECK and not count:
        messages.error(request, "Nothing is checked: they are paused, or no checker is running.")
        return
    messages.success(request, WORDS[wanted].done.format(counted(count), tag=tag))


def _ask(
    request: Request, form: ManyServicesForm, back: str, found: Chosen, status: int = 200
) -> HttpResponse:
    context: dict[str, object] = {"form": form, "found": found, "back": back}
    context["ids"] = ",".join(map(str, found.ids))
    if status == 200:  # noqa: PLR2004
        words, tag = WORDS[form.wanted], form.cleaned_data["tag"]
        context["question"] = words.question.format(counted(found.changing), tag=tag)
        context |= {"words": words, "change": form.wanted, "tag": tag}
    context["title"] = context.get("question", f"Change {counted(len(found.ids))}")
    return render(request, PAGE, context, status=status)


def _selecting(back: str) -> str:
    return f"{back}&select=on" if back else "select=on"
