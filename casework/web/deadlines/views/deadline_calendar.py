"""What is due in the thirteen weeks ahead, day by day: of one's own cases or of all of the team."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.web.decorators import requires
from casework.web.request import UserRequest

from ..calendar import Due, picture_of
from ..narrowed import narrowed
from ..weeks import asked_of, days_shown


@requires(Permission.CASE_VIEW)
@require_safe
def deadline_calendar(request: UserRequest) -> HttpResponse:
    now, by = timezone.now(), request.user
    today, asked = timezone.localdate(now), asked_of(by, request.GET, now)
    _first, last = days_shown(today)
    shown = narrowed(request, "deadline_calendar", asked, asked.deadlines.due_between(today, last), now)
    found = shown.deadlines.order_by("drives_on", "client__case__code", "pk")
    due = [
        Due(on=on, duty=duty, code=code)
        for on, duty, code in found.values_list("drives_on", "duty", "client__case__code")
    ]
    record("residency.deadlines_listed", by=by, now=now, whose=asked.whose, rows=len(due))
    context = shown.above | {"picture": picture_of(due, today), "today": today}
    return render(request, "deadlines/deadline_calendar.html", context)
