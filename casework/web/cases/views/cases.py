"""The list of cases."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import Client
from casework.residency.actions import ensure_fresh
from casework.web.decorators import requires
from casework.web.filters import chips
from casework.web.paging import keyset_page
from casework.web.request import UserRequest, permissions_in

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
    context = {
        "page": page,
        "rows": rows,
        "form": asked.form,
        "chips": chips(asked.form, request.GET, request.path),
        "tag_with": asked.programmes if Permission.CASE_ASSIGN in permissions_in(request) else [],
    }
    return render(request, "cases/cases.html", context)
