"""Change one setting of many services, where each of them can take its new value."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from monitors.actions import services
from monitors.interfaces.forms.change_setting import (
    MAX_CHANGED,
    SettingForm,
    field_of,
    present_values,
    with_setting,
)
from monitors.interfaces.forms.service import ServiceForm
from monitors.models import Service
from monitors.queries.many_services import Chosen, chosen

from .access import Request
from .chosen_services import back_to, counted, wanted_ids

PAGE = "monitors/services/change_setting.html"
NAMED = 20


@dataclass(frozen=True, slots=True)
class Refusal:
    """Services that cannot take a value, all for one reason."""

    reason: str
    count: int
    names: list[str]
    """The first of them, by name."""

    @property
    def unnamed(self) -> int:
        return self.count - len(self.names)


@sensitive_post_parameters()
@require_POST
def change_setting(request: Request) -> HttpResponse:
    found = chosen(wanted_ids(request.POST), Service.objects.all())
    back = back_to(request.POST.get("back", ""))
    picked = SettingForm(request.POST if "setting" in request.POST else None)
    if picked.is_bound and found.changing > MAX_CHANGED:
        picked.add_error("setting", f"At most {MAX_CHANGED} services at a time.")
    if not picked.is_valid():
        return _answer(request, found, back, {"form": picked}, 422 if picked.is_bound else 200)
    setting = picked.cleaned_data["setting"]
    context: dict[str, object] = {"setting": setting, "field": field_of(setting)}
    context["present"] = present_values(found.ids, setting)
    if "confirmed" not in request.POST:
        return _answer(request, found, back, context)
    refused, form = _refused(found.ids, setting, request.POST)
    if form is not None:
        context |= {"field": form[setting], "refused": refused}
        return _answer(request, found, back, context, 422)
    count = _change(found.ids, setting, request.POST)
    label = field_of(setting).label
    messages.success(request, f"Changed “{label}” of {counted(count)}.")
    return redirect(f"{reverse('dashboard')}?{back}")


def _refused(
    service_ids: Collection[int], setting: str, data: QueryDict
) -> tuple[list[Refusal], ServiceForm | None]:
    """Give the services that cannot take a value, and the form of the first of them."""
    refused: dict[str, list[str]] = defaultdict(list)
    first = None
    for service in Service.objects.filter(pk__among=service_ids).order_by("name", "pk"):
        form = with_setting(service, setting, data)
        if not form.is_valid():
            first = first or form
            reasons = (str(error) for errors in form.errors.values() for error in errors)
            refused[" ".join(reasons)].append(service.name)
    told = [Refusal(reason, len(names), names[:NAMED]) for reason, names in refused.items()]
    return told[:NAMED], first


def _change(service_ids: Collection[int], setting: str, data: QueryDict) -> int:
    """Change what can take a value, and has another; give how many that were."""
    return sum(_change_one(pk, setting, data) for pk in service_ids)


def _change_one(service_id: int, setting: str, data: QueryDict) -> bool:
    try:
        with services.locked(service_id) as service:
            before = service.revision
            form = with_setting(service, setting, data)
            if not form.is_valid():
                return False  # changed meanwhile, so that it cannot take the value any more
            now, depends_on = timezone.now(), form.dependencies()
            done = services.edit(service_id, form.changes(), form.tag_names(), now, depends_on)
            return done.revision != before
    except Service.DoesNotExist:
        return False


def _answer(
    request: Request, found: Chosen, back: str, context: dict[str, object], status: int = 200
) -> HttpResponse:
    context |= {"found": found, "back": back, "ids": ",".join(map(str, found.ids))}
    context["title"] = f"Change a setting of {counted(len(found.ids))}"
    return render(request, PAGE, context, status=status)
