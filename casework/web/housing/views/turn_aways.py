"""Those to whom no bed could be given: noted in ten seconds, listed, corrected, taken back."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.accounts.access import memberships
from casework.accounts.models import Team, User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import Case
from casework.housing import actions
from casework.housing.models import TurnAway
from casework.lib.dates import today_in
from casework.web.cases.acting import is_done
from casework.web.decorators import requires
from casework.web.filters import chips
from casework.web.forms.layouts import fields_only
from casework.web.forms.pages import one_form_page
from casework.web.paging import keyset_page
from casework.web.request import UserRequest, permissions_in

from ..answering import asked
from ..forms_of_turn_aways import TurnAwayFilterForm, TurnAwayForm
from ..forms_of_waiting import WithdrawOfferForm
from ..tabs import housing_tabs

METHODS = ["GET", "HEAD", "POST"]
PLACE = Permission.HOUSING_PLACE
LATELY = timedelta(days=30)


@requires(Permission.HOUSING_VIEW)
@require_safe
def turn_aways(request: UserRequest) -> HttpResponse:
    now, user = timezone.now(), request.user
    teams = list(_teams(user, now, Permission.HOUSING_VIEW))
    filter_form = TurnAwayFilterForm(request.GET or None, teams=teams)
    shown = _shown(user, now)
    page = keyset_page(filter_form.narrow(shown), ("-day", "-id"), request.GET, request.path)
    today = today_in(teams[0].time_zone, now) if teams else now.date()
    record("housing.turn_aways_seen", by=user, now=now, rows=len(page.rows))
    form = _blank(user, now) if PLACE in permissions_in(request) else None
    if form is not None:
        form.helper = fields_only()  # the page writes the form around it
    context = {
        "tabs": housing_tabs(request, "turn_aways"),
        "page": page,
        "filter_form": filter_form,
        "chips": chips(filter_form, request.GET, request.path),
        "form": form,
        "lately": shown.filter(day__gt=today - LATELY).aggregate(people=Sum("people"))["people"] or 0,
    }
    return render(request, "housing/turn_aways.html", context)


@requires(PLACE)
@require_http_methods(METHODS)
def record_turn_away(request: UserRequest) -> HttpResponse:
    now, by = timezone.now(), request.user
    form = _form(request.POST, by, now) if request.method == "POST" else _blank(by, now)
    if request.method == "POST" and form.is_valid():
        new_id, values = form.cleaned_data["id"], form.values()
        if is_done(form, lambda: actions.record_turn_away(turn_away_id=new_id, by=by, now=now, **values)):
            messages.success(request, _("It is noted."))
            return redirect("turn_aways")
    return one_form_page(request, form, title=_("Somebody had to be turned away"), cancel_url=reverse("turn_aways"))


@requires(PLACE)
@require_http_methods(METHODS)
def change_turn_away(request: UserRequest, turn_away_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    found = _changeable(by, turn_away_id, now)
    initial = TurnAwayForm.initial_of(found) | ({} if found.sees_case else {"case": ""})
    form = _form(request.POST or None, by, now, initial=initial)
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if not found.sees_case and values["case"] is None:
            del values["case"]  # a case that the reader does not see is not shown to them, and stays
        if is_done(form, lambda: actions.change_turn_away(turn_away=found, version=version, by=by, now=now, **values)):
            messages.success(request, _("It is corrected."))
            return redirect("turn_aways")
    return one_form_page(request, form, title=_("Correct this"), cancel_url=reverse("turn_aways"))


@requires(PLACE)
@require_http_methods(METHODS)
def remove_turn_away(request: UserRequest, turn_away_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    found = _changeable(by, turn_away_id, now)
    form = WithdrawOfferForm(request.POST or None)
    return asked(
        request,
        form,
        lambda: actions.remove_turn_away(turn_away=found, by=by, now=now),
        said=_("It is taken back."),
        back=reverse("turn_aways"),
        title=_("Take this back?"),
        text=str(found.get_reason_display()),
        warning=_("It is not counted any more. That it was noted and taken back stays on record."),
        act_label=_("Take back"),
    )


def _blank(user: User, now: datetime) -> TurnAwayForm:
    """Return the form with everything filled in that can be: today, the team, and where its last one was."""
    team = _teams(user, now, PLACE).first()
    latest = TurnAway.objects.of_teams_of(user, now).filter(made_by=user).newest_first().first()
    initial: dict[str, Any] = (
        {"day": today_in(team.time_zone, now), "team": team, "country": team.country} if team else {}
    )
    if latest is not None:
        initial |= {"city": latest.city, "country": latest.country, "team": latest.team_id}
    return _form(None, user, now, initial=initial)


def _form(data: Any, user: User, now: datetime, **options: Any) -> TurnAwayForm:
    cases: Any = Case.objects
    return TurnAwayForm(data, teams=_teams(user, now, PLACE), cases=cases.visible_to(user, now), **options)


def _teams(user: User, now: datetime, permission: Permission) -> Any:
    own = memberships(user, permission, now).filter(team__isnull=False).values("team")
    return Team.objects.filter(pk__in=own).order_by("name", "pk")


def _shown(user: User, now: datetime, permission: Permission = Permission.HOUSING_VIEW) -> Any:
    """Return those of the user's teams, without those of a case that they do not see, as the report counts them.

    What somebody noted themselves is theirs to correct all the same. `sees_case`: whether they see the case that one names.
    """
    cases: Any = Case.objects
    seen = Exists(cases.visible_to(user, now).filter(pk=OuterRef("case")))
    rows = TurnAway.objects.of_teams_of(user, now, permission).annotate(sees_case=seen)
    return rows.filter(Q(case__isnull=True) | Q(sees_case=True) | Q(made_by=user)).select_related("team", "case")


def _changeable(user: User, turn_away_id: UUID, now: datetime) -> Any:
    return get_object_or_404(_shown(user, now, PLACE), pk=turn_away_id)
