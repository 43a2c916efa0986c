"""What is due in the thirteen weeks ahead, day by day: of one's own cases or of all of the team."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.accounts.access import people_with
from casework.accounts.models import SavedFilter, Team, User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.access import teams_in_sight
from casework.clients.models import Case
from casework.residency.actions import ensure_fresh
from casework.residency.models import Deadline
from casework.web.components import Tab
from casework.web.decorators import requires
from casework.web.filters import chips, same_filters
from casework.web.lists.saved import saved_filters_of
from casework.web.request import UserRequest

from ..calendar import Due, days_shown, picture_of
from ..day import people_of, whose_of
from ..filters import DeadlineFilterForm


@requires(Permission.CASE_VIEW)
@require_safe
def deadline_calendar(request: UserRequest) -> HttpResponse:
    now, by = timezone.now(), request.user
    today, cases = timezone.localdate(now), Case.objects.open()
    known = User.objects.filter(pk=by.pk).values_list(
        ArraySubquery(teams_in_sight(by, now).values("pk")), Exists(cases.looked_after_by(by, now))
    )
    teams, has_cases = known.get()
    whose = whose_of(request.GET, has_cases=has_cases)
    left = ensure_fresh(people_of(by, whose, now, teams).values("pk"), now, by)
    _first, last = days_shown(today)
    deadlines: Any = Deadline.objects
    rows = deadlines.visible_to(by, now).open().filter(client__case__team__in=teams).due_between(today, last)
    if whose == "me":
        rows = rows.looked_after_by(by, now)
    form = DeadlineFilterForm(
        request.GET,
        countries=list(rows.order_by().values_list("country", flat=True).distinct()),
        colleagues=people_with(Permission.CASE_CHANGE, Team.objects.filter(pk__in=teams), now).order_by("pk")
        if whose == "team"
        else None,
    )
    found = (
        form.narrow(rows)
        .order_by("drives_on", "client__case__code", "pk")
        .values_list("drives_on", "duty", "client__case__code")
    )
    due = [Due(on=on, duty=duty, code=code) for on, duty, code in found]
    record("residency.deadlines_listed", by=by, now=now, whose=whose, rows=len(due))
    context = {
        "tabs": _tabs(request, whose),
        "form": form,
        "chips": chips(form, request.GET, request.path),
        "clear_url": f"{request.path}?whose={whose}",
        "saved": saved_filters_of(by, SavedFilter.Listing.CALENDAR, request.GET),
        "whose": whose,
        "being_computed": left,
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
