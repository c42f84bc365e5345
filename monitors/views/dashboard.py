"""The list of services, whole or only the part that refreshes itself."""

from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from monitors.interfaces.forms.filters import (
    ListFilterForm,
    is_by_tag,
    known_query,
    list_filter,
    open_groups,
)
from monitors.interfaces.forms.many_services import ManyServicesForm
from monitors.queries.channels import is_anybody_told
from monitors.queries.dashboard import grouped_page, list_page
from monitors.queries.deleted_services import recently_deleted
from monitors.queries.saved_filters import saved_filters

from .access import Request
from .list_columns import columns
from .refresh import unless_same


@require_safe
@vary_on_headers("HX-Request")
def dashboard(request: Request) -> HttpResponseBase:
    query = _without(request.GET, "page", "open")
    chosen, by_tag, now = list_filter(request.GET), is_by_tag(request.GET), timezone.now()
    page = grouped_page(chosen, open_groups(request.GET), now) if by_tag else list_page(chosen, now)
    context: dict[str, object] = {
        "page": page,
        "columns": columns(chosen, query),
        "state": chosen.state or "",
        "of_any_state": _without(query, "state").urlencode(),
        "filter_form": ListFilterForm(request.GET, chosen, page.tags),
        "query": query.urlencode(),
        "is_selecting": query.get("select") == "on",
        "is_by_tag": by_tag,
        "of_any_tag": _without(query, "view", "tag").urlencode(),
        "within": "",
    }
    if not request.htmx:
        context["is_anybody_told"] = is_anybody_told()
        context["deleted_count"] = recently_deleted(timezone.now()).count()
        context["select_form"] = ManyServicesForm(auto_id="select_%s", label_suffix="")
        if not context["is_selecting"]:
            context["saved"] = saved_filters(request.user.pk, known_query(request.GET))
        context["unselected"] = _without(query, "select").urlencode()
        context["ungrouped"] = _without(query, "view").urlencode()
        return render(request, "monitors/services/list.html", context)
    return unless_same(request, render(request, "monitors/services/_rows.html", context))


def _without(query: QueryDict, *names: str) -> QueryDict:
    left = query.copy()
    for name in names:
        left.pop(name, None)
    return left
