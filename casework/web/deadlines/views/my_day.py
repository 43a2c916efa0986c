"""My day: the home of those who look after cases."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.accounts.models import Absence, User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.access import team_ids_in_sight
from casework.clients.looked_after import looks_after_some
from casework.clients.models import Case
from casework.clients.prepared_in_sight import PreparedInSight
from casework.housing.due import COLUMNS, Due, due_columns, due_in
from casework.reminders.follow_up import in_brief_of, unanswered_of_user
from casework.residency.actions import ensure_fresh
from casework.web.appointments.rows import end_of_soon, groups_of_day, planned_of_user
from casework.web.decorators import requires
from casework.web.follow_ups.rows import UnansweredRow, unanswered_rows
from casework.web.home.homes import other_homes
from casework.web.housing.due import due_rows
from casework.web.needs.reviews import Reviews, reviews_in, reviews_of_user
from casework.web.request import UserRequest
from casework.web.todos.rows import ToDoRow, grouped, to_dos_of
from casework.web.transfers.rows import in_brief

from ..day import Day, asked_whose, day_of, people_of, whose_of, whose_tabs


@requires(Permission.CASE_VIEW)
@require_safe
def my_day(request: UserRequest) -> HttpResponse:
    now = timezone.now()
    mine = _mine(request.user, asked_whose(request.GET), now)
    whose = whose_of(request.GET, has_cases=mine.has_cases)
    left = ensure_fresh(people_of(request.user, whose, now, mine.teams).values("pk"), now, request.user)
    day = day_of(request.user, whose, request.GET, request.path, now, teams=mine.teams)
    record("residency.deadlines_listed", by=request.user, now=now, whose=whose, rows=day.row_count)
    to_dos = to_dos_of(request.user, now)
    context = {
        "day": day,
        "whose": whose,
        "tabs": [*whose_tabs(request.GET, request.path, whose), *other_homes(request, "my_day")],
        "parts": _parts(day, mine, to_dos),
        "being_computed": left,
        "appointment_groups": groups_of_day(mine.planned, now),
        "to_dos": to_dos,
        "to_do_groups": grouped(to_dos, timezone.localdate(now)),
        "offered": mine.offered,
        "stands_in": mine.stands_in,
        "unanswered": mine.unanswered,
        "here": request.get_full_path(),
        "reviews": mine.reviews,
        **_housing(mine.housing),
        "is_first_page": "after" not in request.GET and "before" not in request.GET,
    }
    return render(request, "deadlines/my_day.html", context)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """What waits for the user besides deadlines and to-dos: cases offered, appointments, people to be asked again, housing; and the teams of what they see."""

    teams: list[UUID]
    has_cases: bool
    stands_in: bool
    unanswered: list[UnansweredRow]
    offered: list[dict[str, Any]]
    planned: list[dict[str, Any]]
    reviews: Reviews
    housing: list[Due]


def _mine(user: User, whose: str | None, now: datetime) -> Mine:
    """Return it, and whether the user looks after an open case, in one query."""
    [row] = WAITING.ask(user, now, whose, until=end_of_soon(now))
    found = dict(zip((*BESIDE_HOUSING, *COLUMNS), row, strict=True))
    priorities = dict(Case.Priority.choices)
    return Mine(
        teams=team_ids_in_sight(user, now),
        has_cases=found["has_cases"],
        stands_in=found["stands_in"],
        unanswered=unanswered_rows(found["unanswered"]),
        offered=[row | {"priority_in_words": priorities[row["priority"]]} for row in found["offered"]],
        planned=found["planned"],
        reviews=reviews_in(found["reviews"]),
        housing=due_in(found, now),
    )


BESIDE_HOUSING = ("has_cases", "stands_in", "unanswered", "offered", "planned", "reviews")


def _waiting(user: User, now: datetime, whose: str | None, *, until: datetime) -> Any:
    columns = {
        "has_cases": looks_after_some(user, now),
        "stands_in": Exists(Absence.objects.running(now).filter(deputy=user)),
        "unanswered": ArraySubquery(in_brief_of(unanswered_of_user(user, now))),
        "offered": in_brief(user, now),
        "planned": planned_of_user(user, now, until),
        "reviews": reviews_of_user(user, whose, now),
        **due_columns(user, whose, now),
    }
    return (
        User.objects.filter(pk=user.pk).select_related(None).annotate(**columns).values_list(*BESIDE_HOUSING, *COLUMNS)
    )


# It is so long that putting it into words takes longer than everything else of the page.
WAITING = PreparedInSight(_waiting, until=datetime)


def _housing(due: list[Due]) -> dict[str, Any]:
    """Return what is due about housing, and of it what is overdue or of today apart from what can wait."""
    rows = due_rows(due)
    now = [row for row in rows if row.tag.severity in ("overdue", "today")]
    return {"housing_due": rows, "housing_now": now, "housing_later": [row for row in rows if row not in now]}


def _parts(day: Day, mine: Mine, to_dos: list[ToDoRow]) -> list[tuple[str, str, int]]:
    """Return anchor, title and number of what waits, what is most urgent first, empty ones left out."""
    counts = {key: (key, title, count) for key, title, count in day.counts}
    parts = [
        ("second-looks", _("Waits for your second look"), len(day.second_looks)),
        *(counts.pop(key) for key in ("overdue", "today", "look")),
        ("to-dos", _("To-dos"), len(to_dos)),
        ("appointments", _("Appointments"), len(mine.planned)),
        ("housing-due", _("Housing"), len(mine.housing)),
        ("unanswered", _("No answer has come"), len(mine.unanswered)),
        *counts.values(),
    ]
    return [part for part in parts if part[2]]
