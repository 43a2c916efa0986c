"""Logging a case on one short page."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.accounts.access import people_with, teams_with
from casework.accounts.roles import Permission
from casework.lib.dates import today_in
from casework.lib.refusals import Refusal
from casework.lifecycle import intake
from casework.web.decorators import requires
from casework.web.drafts.of_form import FormDraft
from casework.web.duplicates.rows import compare_after_saving
from casework.web.forms.errors import refuse
from casework.web.machine_lines import INTAKE, keep_typed, read_lines, sent_data
from casework.web.referrals.arriving import keep_link, known_of, referred_in
from casework.web.request import UserRequest

from ..forms.intake import FamilyFormSet, LogCaseForm


@requires(Permission.CASE_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def log_case(request: UserRequest) -> HttpResponse:
    now = timezone.now()
    referred = referred_in(request, now)
    form, family, today = _forms(request, now, known_of(referred))
    draft = FormDraft(request, "log_referred_case" if referred else "log_case", referred, now)
    draft.restore(form, family)
    lines = read_lines(request, form, INTAKE, today=today, is_new=True)
    if form.is_bound and _both_valid(form, family):
        try:
            case = intake.log_case(
                principal=form.principal(),
                family=family.people(form.principal().nationalities),
                arrival=form.arrival(),
                reach=form.way_to_reach(),
                is_unaccompanied_child=form.cleaned_data["is_unaccompanied_child"],
                team=form.cleaned_data["team"],
                caseworker=form.cleaned_data["caseworker"],
                submit_token=form.cleaned_data["submit_token"],
                by=request.user,
                now=now,
                today=today,
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            draft.sent()
            keep_link(request, referred, case, now)
            compare_after_saving(request.user, case.clients.all(), now)
            messages.success(request, _("Case %(code)s is logged.") % {"code": case.code})
            return redirect("case", case.code)
    context = {"form": form, "family": family, "lines": lines, "draft": draft}
    return render(request, "cases/log_case.html", context)


def _forms(request: UserRequest, now: datetime, known: dict[str, Any]) -> tuple[LogCaseForm, Any, date]:
    """Return both forms, and which day it is where the team works."""
    teams = teams_with(request.user, Permission.CASE_CHANGE, now).order_by("name", "pk")
    if not teams:
        raise Http404  # the membership ended between two questions
    today, data = today_in(teams[0].time_zone, now), sent_data(request)
    form = LogCaseForm(
        data,
        teams=teams,
        colleagues=people_with(Permission.CASE_CHANGE, list(teams), now),
        today=today,
        initial={"team": teams[0].pk, "caseworker": request.user.pk, "country": teams[0].country} | known,
    )
    family = FamilyFormSet(data, prefix="family")
    if request.method == "POST" and data is None:
        for relative in family:
            if any(typed for name, typed in request.POST.items() if name.startswith(f"{relative.prefix}-")):
                keep_typed(relative, request.POST)
    return form, family, today


def _both_valid(form: LogCaseForm, family: Any) -> bool:
    are_valid = [form.is_valid(), family.is_valid()]
    if not are_valid[1]:
        form.add_error(None, _("Look at the people of the family: something is missing there."))
    return all(are_valid)
