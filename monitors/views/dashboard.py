"""The list of services, whole or only the part that refreshes itself."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from monitors.interfaces.forms.filters import ListFilterForm, list_filter
from monitors.interfaces.forms.many_services import ManyServicesForm
from monitors.queries.channels import is_anybody_told
from monitors.queries.dashboard import list_page

from .access import Request
from .list_columns import columns
from .refresh import unless_same


@require_safe
@vary_on_headers("HX-Request")
def dashboard(request: Request) -> HttpResponseBase:
    query = request.GET.copy()
    query.pop("page", None)
    is_selecting = query.get("select") == "on"
    chosen = list_filter(request.GET)
    page = list_page(chosen, timezone.now())
    of_any_state = query.copy()
    of_any_state.pop("state", None)
    context: dict[str, object] = {
        "page": page,
        "columns": columns(chosen, query),
        "state": chosen.state or "",
        "of_any_state": of_any_state.urlencode(),
        "filter_form": ListFilterForm(request.GET, chosen, page.tags),
        "query": query.urlencode(),
        "is_selecting": is_selecting,
    }
    if not request.htmx:
        context["is_anybody_told"] = is_anybody_told()
        context["select_form"] = ManyServicesForm(auto_id="select_%s", label_suffix="")
        without = query.copy()
        without.pop("select", None)
        context["unselected"] = without.urlencode()
        return render(request, "monitors/services/list.html", context)
    return unless_same(request, render(request, "monitors/services/_rows.html", context))
