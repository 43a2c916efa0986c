"""What is due in the thirteen weeks ahead, day by day: of one's own cases or of all of the team."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.accounts.access import people_with
from casework.accounts.models import SavedFilter, Team
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.web.components import Tab
from casework.web.decorators import requires
from casework.web.filters import chips, same_filters
from casework.web.lists.saved import saved_filters_of
from casework.web.request import UserRequest

from ..calendar import Due, picture_of
from ..filters import DeadlineFilterForm
from ..weeks import asked_of, days_shown


@requires(Permission.CASE_VIEW)
@require_safe
def deadline_calendar(request: UserRequest) -> HttpResponse:
    now, by = timezone.now(), request.user
    today, asked = timezone.localdate(now), asked_of(by, request.GET, now)
    _first, last = days_shown(today)
    rows = asked.deadlines.due_between(today, last)
    form = DeadlineFilterForm(
        request.GET,
        countries=list(rows.order_by().values_list("country", flat=True).distinct()),
        colleagues=people_with(Permission.CASE_CHANGE, Team.objects.filter(pk__in=asked.teams), now).order_by("pk")
        if asked.whose == "team"
        else None,
    )
    found = (
        form.narrow(rows)
        .order_by("drives_on", "client__case__code", "pk")
        .values_list("drives_on", "duty", "client__case__code")
    )
    due = [Due(on=on, duty=duty, code=code) for on, duty, code in found]
    record("residency.deadlines_listed", by=by, now=now, whose=asked.whose, rows=len(due))
    context = {
        "tabs": _tabs(request, asked.whose),
        "form": form,
        "chips": chips(form, request.GET, request.path),
        "clear_url": f"{request.path}?whose={asked.whose}",
        "saved": saved_filters_of(by, SavedFilter.Listing.CALENDAR, request.GET),
        "whose": asked.whose,
        "being_computed": asked.left,
        "picture": picture_of(due, today),
        "today": today,
    }
    return render(request, "deadlines/deadline_calendar.html", context)


def _tabs(request: UserRequest, whose: str) -> list[Tab]:
    labels = {"me": _("My cases"), "team": _("All cases of my team")}
    return [
        Tab(label=label, url=same_filters(request.GET, request.path, whose=key), is_current=key == whose)
        for key, label in labels.items()
    ]
