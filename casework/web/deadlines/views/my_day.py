"""My day: the home of those who look after cases."""

from datetime import datetime
from typing import Any

from django.db.models import Exists
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import Case
from casework.residency.actions import ensure_fresh
from casework.web.appointments.rows import groups_of_day, planned_of_user
from casework.web.components import Tab
from casework.web.decorators import requires
from casework.web.request import UserRequest
from casework.web.todos.rows import grouped, to_dos_of
from casework.web.transfers.rows import in_brief

from ..day import day_of, people_of, whose_of


@requires(Permission.CASE_VIEW)
@require_safe
def my_day(request: UserRequest) -> HttpResponse:
    now = timezone.now()
    has_cases, offered, planned = _mine(request.user, now)
    whose = whose_of(request.GET, has_cases=has_cases)
    left = ensure_fresh(people_of(request.user, whose, now).values("pk"), now, request.user)
    day = day_of(request.user, whose, request.GET, request.path, now)
    record("residency.deadlines_listed", by=request.user, now=now, whose=whose, rows=day.row_count)
    to_dos = to_dos_of(request.user, now)
    context = {
        "day": day,
        "whose": whose,
        "tabs": _tabs(whose),
        "being_computed": left,
        "appointment_groups": groups_of_day(planned, now),
        "to_dos": to_dos,
        "to_do_groups": grouped(to_dos, timezone.localdate(now)),
        "offered": offered,
        "here": request.get_full_path(),
        "is_first_page": "after" not in request.GET and "before" not in request.GET,
    }
    return render(request, "deadlines/my_day.html", context)


def _mine(user: User, now: datetime) -> tuple[bool, list[dict[str, Any]], list[dict[str, Any]]]:
    """Return whether the user looks after an open case, what cases are offered to them, and their appointments.

    In one query.
    """
    cases: Any = Case.objects
    rows: Any = User.objects.filter(pk=user.pk).annotate(
        has_cases=Exists(cases.open().looked_after_by(user)),
        offered=in_brief(user, now),
        planned=planned_of_user(user, now),
    )
    has_cases, offered, planned = rows.values_list("has_cases", "offered", "planned").get()
    priorities = dict(Case.Priority.choices)
    return has_cases, [row | {"priority_in_words": priorities[row["priority"]]} for row in offered], planned


def _tabs(whose: str) -> list[Tab]:
    here = reverse("my_day")
    return [
        Tab(label=_("My cases"), url=f"{here}?whose=me", is_current=whose == "me"),
        Tab(label=_("All cases of my team"), url=f"{here}?whose=team", is_current=whose == "team"),
    ]
