"""Position at a glance: what the limits of a stay say on a day, as pictures with the same in words."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.web.decorators import requires
from casework.web.forms.asked import asked_days
from casework.web.request import UserRequest

from ..forms import AsOnForm
from ..page import asked_of, context_of, pictures_on
from ..trying import trip_forms


@requires(Permission.CASE_VIEW)
@require_safe
def position(request: UserRequest, reference: str) -> HttpResponse:
    now = timezone.now()
    asked = asked_of(request.user, reference, now)
    form = AsOnForm(asked_days(request, "on"))
    on = form.question() or asked.today
    context = context_of(asked, pictures_on(asked, now, on), now)
    context |= {"form": form, "on": on, "is_of_another_day": on != asked.today, "trips": trip_forms(asked, None)}
    record("residency.position_seen", subject=asked.client, case_id=asked.client.case_id, by=request.user, now=now)
    return render(request, "position/position.html", context)
