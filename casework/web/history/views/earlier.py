"""What the case, its people, their addresses and contacts and its notes said before: field by field."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.web.cases.header import header_and_people
from casework.web.cases.loading import visible_case
from casework.web.decorators import requires
from casework.web.request import UserRequest

from ..changes import changes_of


@requires(Permission.CASE_VIEW)
@require_safe
def earlier_versions(request: UserRequest, code: str) -> HttpResponse:
    now = timezone.now()
    case = visible_case(request.user, code, now)
    header, people = header_and_people(case, now)
    changes, has_more = changes_of(case, people)
    record("clients.earlier_seen", subject=case, case_id=case.pk, by=request.user, now=now, shown=len(changes))
    context = {"case": case, "header": header, "changes": changes, "has_more": has_more, "shown": len(changes)}
    return render(request, "history/earlier.html", context)
