"""The last cases that the reader opened: a way back to them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.web.decorators import requires
from casework.web.request import UserRequest

from ..recent import recent_cases


@requires(Permission.CASE_VIEW)
@require_safe
def recent(request: UserRequest) -> HttpResponse:
    now = timezone.now()
    rows = recent_cases(request.user, now)
    record("clients.cases_listed", by=request.user, now=now, cases=[str(row.case.pk) for row in rows])
    return render(request, "cases/recent.html", {"rows": rows})
