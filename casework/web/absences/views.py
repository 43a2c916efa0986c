"""Noting that somebody is away, and that they are back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.accounts import actions as accounts
from casework.accounts.access import people_with, teams_with
from casework.accounts.models import Absence, Team, User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.lib.dates import today_in
from casework.lifecycle import absence as lifecycle
from casework.web.cases.acting import is_done
from casework.web.cases.forms.intake import in_short
from casework.web.decorators import requires
from casework.web.forms.pages import one_form_page
from casework.web.opening import open_or_404
from casework.web.request import UserRequest

from .forms import AbsenceForm

METHODS = ["GET", "HEAD", "POST"]
WITH = ("user__data_key", "deputy__data_key")


@requires(Permission.CASE_VIEW)
@require_safe
def absences(request: UserRequest) -> HttpResponse:
    now, me = timezone.now(), request.user
    rows = Absence.objects.not_over(now).visible_to(me, now).select_related(*WITH).soonest_first()
    mine = set(Absence.objects.not_over(now).changeable_by(me, now).values_list("pk", flat=True))
    found = [{"absence": each, "may_end": each.pk in mine, "is_now": each.starts_at <= now} for each in rows]
    record("accounts.absences_listed", by=me, now=now, rows=len(found))
    return render(request, "absences/absences.html", {"rows": found})


@requires(Permission.CASE_VIEW)
@require_http_methods(METHODS)
def record_absence(request: UserRequest) -> HttpResponse:
    now, me = timezone.now(), request.user
    teams = _teams(me, now)
    zone = teams[0].time_zone
    form = AbsenceForm(
        request.POST or None,
        me=me,
        others=_people(teams_with(me, Permission.CASE_ASSIGN, now), Permission.CASE_VIEW, now, but=me),
        colleagues=_people(teams, Permission.CASE_CHANGE, now, but=None),
        today=today_in(zone, now),
    )
    if request.method == "POST" and form.is_valid():
        noted = form.noted(zone, now)
        if is_done(form, lambda: lifecycle.record_absence(by=me, now=now, **noted)):
            messages.success(
                request, _("Noted. Reminders go to whoever stands in from that day on, and back afterwards.")
            )
            return redirect("absences")
    text = _("Why somebody is away is not asked, and stands nowhere. Access to cases does not change.")
    return one_form_page(request, form, title=_("Note an absence"), cancel_url=reverse("absences"), text=text)


@requires(Permission.CASE_VIEW)
@require_http_methods(METHODS)
def end_absence(request: UserRequest, absence_id: UUID) -> HttpResponse:
    now, me = timezone.now(), request.user
    rows = Absence.objects.not_over(now).changeable_by(me, now).select_related(*WITH)
    absence: Absence = open_or_404(rows, pk=absence_id)
    if request.method == "POST":
        accounts.end_absence(absence=absence, by=me, now=now)
        messages.success(request, _("Noted. Reminders go to them again, with what came up meanwhile."))
        return redirect("absences")
    context = {
        "title": _("Are you back?")
        if absence.user_id == me.pk
        else _("Is %(name)s back?") % {"name": in_short(absence.user)},
        "act_label": _("Yes, end this absence"),
        "text": _("What is still to be done comes to them again, and no more to whoever stood in."),
        "cancel_url": reverse("absences"),
    }
    return render(request, "components/confirm_page.html", context)


def _teams(user: User, now: datetime) -> list[Team]:
    teams = list(teams_with(user, Permission.CASE_VIEW, now).order_by("name", "pk"))
    if not teams:
        raise Http404  # the membership ended between two questions
    return teams


def _people(teams: Any, permission: Permission, now: datetime, *, but: User | None) -> list[User]:
    found = people_with(permission, teams, now).distinct()
    people = [user for user in found if but is None or user.pk != but.pk]
    return sorted(people, key=lambda user: (str(user.display_name or user.email).casefold(), str(user.pk)))
