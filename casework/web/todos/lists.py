"""All to-dos: one's own, those one has given to others, those of the team, open or done."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import DateField, Value
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.accounts.access import people_with, teams_with
from casework.accounts.models import SavedFilter, User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import ToDo
from casework.web.components import Tab
from casework.web.decorators import requires
from casework.web.filters import chips, same_filters
from casework.web.lists.saved import saved_filters_of
from casework.web.paging import keyset_page
from casework.web.request import UserRequest, permissions_in

from .filters import ToDoFilterForm
from .rows import grouped, rows_of

# Where what has no day stands in a list by days.
NO_DAY = date(9999, 12, 31)


@requires(Permission.CASE_VIEW)
@require_safe
def to_dos(request: UserRequest) -> HttpResponse:
    now, oversees = timezone.now(), Permission.CASE_ASSIGN in permissions_in(request)
    whose, is_done = _whose(request, oversees=oversees), request.GET.get("state") == "done"
    form = ToDoFilterForm(request.GET, owners=_owners(request.user, whose, now))
    # What one has to do, has given or oversees, one may change.
    asked = form.narrow(_asked(request.user, whose, now, is_done=is_done), timezone.localdate(now)).annotate(
        sort_on=Coalesce("due_on", Value(NO_DAY), output_field=DateField()), may_change=Value(True)
    )
    keys = ("-done_at", "id") if is_done else ("sort_on", "id")
    page = keyset_page(asked.select_related("case", "owner__data_key"), keys, request.GET, request.path)
    rows = rows_of(page.rows, request.user, now)
    record("clients.to_dos_listed", by=request.user, now=now, whose=whose, rows=len(rows))
    context = {
        "page": page,
        "rows": rows,
        "groups": [] if is_done else grouped(rows, timezone.localdate(now)),
        "whose": whose,
        "is_done": is_done,
        "tabs": _tabs(request, whose, oversees=oversees),
        "other_state_url": same_filters(request.GET, request.path, state="" if is_done else "done"),
        "clear_url": f"{request.path}?{urlencode({'whose': whose, 'state': request.GET.get('state', '')})}",
        "form": form,
        "chips": chips(form, request.GET, request.path),
        "saved": saved_filters_of(request.user, SavedFilter.Listing.TO_DOS, request.GET),
        "may_write": Permission.CASE_CHANGE in permissions_in(request),
    }
    return render(request, "todos/to_dos.html", context)


def _whose(request: UserRequest, *, oversees: bool) -> str:
    """Return "me", "given" or, of coordinators, "team"; anything else is one's own."""
    chosen = request.GET.get("whose", "")
    return chosen if chosen == "given" or (chosen == "team" and oversees) else "me"


def _asked(user: User, whose: str, now: datetime, *, is_done: bool) -> Any:
    to_dos: Any = ToDo.objects
    rows = to_dos.visible_to(user, now).filter(done_at__isnull=not is_done)
    if whose == "team":
        return rows.overseen_by(user, now)
    return rows.given_by(user) if whose == "given" else rows.for_user(user)


def _owners(user: User, whose: str, now: datetime) -> Any:
    """Return who may have what is listed; None where it is all one's own."""
    if whose == "me":
        return None
    held = Permission.CASE_ASSIGN if whose == "team" else Permission.CASE_VIEW
    return people_with(Permission.CASE_VIEW, teams_with(user, held, now), now).order_by("pk")


def _tabs(request: UserRequest, whose: str, *, oversees: bool) -> list[Tab]:
    labels = {"me": _("Mine"), "given": _("Given by me")} | ({"team": _("Of my team")} if oversees else {})
    return [
        Tab(label=label, url=same_filters(request.GET, request.path, whose=key), is_current=key == whose)
        for key, label in labels.items()
    ]
