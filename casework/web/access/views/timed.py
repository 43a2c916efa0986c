"""Access for a time: to one case, or to the cases of a team while somebody is away."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.accounts.access import teams_with
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients import actions
from casework.clients.models import TimedAccess
from casework.lib.dates import today_in
from casework.web.cases.acting import is_done
from casework.web.cases.forms.intake import in_short
from casework.web.cases.header import case_header
from casework.web.decorators import requires
from casework.web.forms.pages import one_form_page
from casework.web.request import UserRequest

from ..forms import GiveAccessForm, GiveTeamAccessForm
from ..loading import access_to_end, assignable_case, people_elsewhere

METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.CASE_ASSIGN, step_up=True)
@require_http_methods(METHODS)
def give_access(request: UserRequest, code: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = assignable_case(by, code, now)
    if case.restricted:
        return redirect("restrict_case", code)
    zone = case.team.time_zone
    colleagues = people_elsewhere([case.team], by, now)
    form = GiveAccessForm(request.POST or None, colleagues=colleagues, today=today_in(zone, now))
    if request.method == "POST" and form.is_valid():
        given = form.given(zone, now)
        if is_done(form, lambda: actions.give_access(case=case, by=by, now=now, **given)):
            messages.success(request, _("Access is given. It ends by itself, and can be ended at once."))
            return redirect("case_access", code)
    url, header = reverse("case_access", args=[code]), case_header(case, now)
    text = _(
        "For a colleague of another team who is needed in this case for a while. It stands on the page that says who may see the case."
    )
    return one_form_page(
        request, form, title=_("Give access for a time"), cancel_url=url, header=header, case=case, text=text
    )


@requires(Permission.CASE_ASSIGN)
@require_safe
def deputies(request: UserRequest) -> HttpResponse:
    """Who stands in for a team, and who may see single cases of it."""
    now = timezone.now()
    teams = teams_with(request.user, Permission.CASE_ASSIGN, now)
    rows: Any = TimedAccess.objects.not_over(now).filter(team__in=teams)
    found = list(rows.select_related("user__data_key", "given_by__data_key", "team").order_by("ends_at", "pk"))
    record("clients.access_listed", by=request.user, now=now, rows=len(found))
    return render(request, "access/deputies.html", {"rows": found})


@requires(Permission.CASE_ASSIGN, step_up=True)
@require_http_methods(METHODS)
def give_team_access(request: UserRequest) -> HttpResponse:
    now, by = timezone.now(), request.user
    teams = list(teams_with(by, Permission.CASE_ASSIGN, now).order_by("name", "pk"))
    if not teams:
        raise Http404  # the membership ended between two questions
    colleagues = people_elsewhere(teams, by, now)
    today = today_in(teams[0].time_zone, now)
    form = GiveTeamAccessForm(request.POST or None, teams=teams, colleagues=colleagues, today=today)
    if request.method == "POST" and form.is_valid():
        team = form.chosen_team()
        given = form.given(team.time_zone, now)
        if is_done(form, lambda: actions.give_access(team=team, by=by, now=now, **given)):
            messages.success(request, _("Access is given. It ends by itself, and can be ended at once."))
            return redirect("deputies")
    text = _("For whoever stands in while people of the team are away. Restricted cases stay with the people named.")
    return one_form_page(
        request, form, title=_("Let somebody stand in for a team"), cancel_url=reverse("deputies"), text=text
    )


@requires(Permission.CASE_VIEW)
@require_http_methods(METHODS)
def end_access(request: UserRequest, access_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    access = access_to_end(by, access_id, now)
    is_own = access.user_id == by.pk
    back = reverse("case_access", args=[access.case.code]) if access.case else reverse("deputies")
    if request.method == "POST":
        actions.end_access(access=access, by=by, now=now)
        messages.success(request, _("The access has ended."))
        return redirect("cases" if is_own else back)
    context = {
        "title": _("End this access now?"),
        "act_label": _("End this access"),
        "text": _("%(name)s will not see it any more from this moment on.") % {"name": in_short(access.user)},
        "cancel_url": reverse("cases") if is_own and access.case is None else back,
    }
    return render(request, "components/confirm_page.html", context)
