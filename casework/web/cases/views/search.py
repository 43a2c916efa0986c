"""The search of every page. What is looked for stays out of addresses, logs and the audit."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.quotas import next_search_at
from casework.web.access.searching import too_many_searches
from casework.web.decorators import requires
from casework.web.request import UserRequest, only_looks

from ..forms.lists import SearchForm
from ..people import person_row, today_of_case
from ..search import MOST_HITS, Hit, search


@requires(Permission.CASE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: UserRequest) -> HttpResponse:
    only_looks(request)
    now = timezone.now()
    form = SearchForm(request.POST or None)
    hits: list[Hit] = []
    again_at = next_search_at(request.user, now) if request.method == "POST" and form.is_valid() else None
    if again_at is not None:
        form.add_error("q", too_many_searches(again_at))
    if request.method == "POST" and form.is_valid():
        hits = search(request.user, form.cleaned_data["q"], now, archived=form.cleaned_data["archived"])
        ways = sorted({hit.found_by for hit in hits})
        shown = [str(hit.client.pk) for hit in hits]
        record("clients.searched", by=request.user, now=now, found_by=ways, clients=shown)
        if len(hits) == 1 and hits[0].found_by == "code":
            return redirect("case", hits[0].client.case.code)
    context: dict[str, Any] = {
        "form": form,
        "is_asked": form.is_bound and form.is_valid(),
        "hits": [(hit, person_row(hit.client, today_of_case(hit.client.case, hit.client, now))) for hit in hits],
        "has_most": len(hits) == MOST_HITS,
    }
    return render(request, "cases/search.html", context)
