"""The list of cases."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from casework.accounts.models import SavedFilter
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import Client
from casework.residency.actions import ensure_fresh
from casework.web.decorators import requires
from casework.web.filters import chips
from casework.web.lists.saved import saved_filters_of
from casework.web.paging import keyset_page
from casework.web.request import UserRequest, permissions_in

from ..columns import COLUMNS, columns_of, has_chosen
from ..forms.several import act_choices
from ..listing import asked_by, rows_of


@requires(Permission.CASE_VIEW)
@require_safe
def cases(request: UserRequest) -> HttpResponse:
    now = timezone.now()
    asked = asked_by(request.user, request.GET, now)
    page = keyset_page(asked.found, asked.keys, request.GET, request.path)
    shown = [case.pk for case in page.rows]
    ensure_fresh(Client.objects.filter(case__in=shown).values("pk"), now, by=request.user)
    rows = rows_of(page.rows, now)
    record("clients.cases_listed", by=request.user, now=now, cases=[str(case_id) for case_id in shown])
    held, columns = permissions_in(request), columns_of(request.user)
    context = {
        "page": page,
        "rows": rows,
        "form": asked.form,
        "chips": chips(asked.form, request.GET, request.path),
        "columns": [{"key": key, "label": COLUMNS[key]} for key in columns],
        "has_status": "status" in columns,
        "has_priority": "priority" in columns,
        "may_tick": Permission.CASE_CHANGE in held,
        "acts": act_choices(),
        "programmes_apart": has_chosen(request.user),
        "saved": saved_filters_of(request.user, SavedFilter.Listing.CASES, request.GET),
        "tag_with": asked.programmes if Permission.CASE_ASSIGN in held else [],
    }
    return render(request, "cases/cases.html", context)
