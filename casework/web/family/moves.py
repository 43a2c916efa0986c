"""Splitting a case and joining it into another: looked at first, then done."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.accounts.access import people_with, teams_with
from casework.accounts.models import Membership, User
from casework.accounts.roles import Permission
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Case, Note
from casework.lib.refusals import Refusal
from casework.lifecycle import cases
from casework.web.access.loading import case_of_own_team
from casework.web.cases.forms.intake import in_short
from casework.web.cases.header import case_header
from casework.web.cases.views.case import people_of
from casework.web.decorators import requires
from casework.web.forms.errors import refuse
from casework.web.opening import ask_where_restricted
from casework.web.request import UserRequest

from .forms import JoinForm, SplitForm

METHODS = ["GET", "HEAD", "POST"]
NOTES_SHOWN = 50


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def split_case(request: UserRequest, code: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = case_of_own_team(by, code, now)
    people = people_of(case)
    teams = teams_with(by, Permission.CASE_CHANGE, now).filter(is_active=True).order_by("name", "pk")
    notes: Any = Note.objects.filter(case=case).order_by("-written_at", "-id")[:NOTES_SHOWN]
    form = SplitForm(
        request.POST if request.method == "POST" else None,
        people=people,
        teams=teams,
        colleagues=people_with(Permission.CASE_CHANGE, teams, now),
        notes=list(notes),
        viewers=_viewers(teams, now) if case.restricted else None,
        initial={
            "version": case.version,
            "team": case.team,
            "caseworker": case.caseworker,
            "named": list(User.objects.filter(named_on__case=case)) if case.restricted else (),
        },
    )
    before: list[str] = []
    if request.method == "POST" and (earlier := _made_before(by, form, now)) is not None:
        return redirect("case", earlier.code)  # whoever left is no choice of this form any more
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        leaving = [UUID(each) for each in values["leaving"]]
        here = UUID(values["principal_here"]) if values["principal_here"] else None
        if "confirmed" in request.POST:
            made: list[Case] = []
            if is_done_moving(
                form,
                lambda: made.append(
                    cases.split_case(
                        case=case,
                        leaving=leaving,
                        principal=UUID(values["principal"]),
                        principal_here=here,
                        team=values["team"],
                        caseworker=values["caseworker"],
                        version=form.version_read,
                        named=list(values.get("named", ())),
                        chosen={"clients.Note.case": [UUID(each) for each in values.get("notes", [])]},
                        submit_token=values["id"],
                        by=by,
                        now=now,
                    )
                ),
            ):
                messages.success(request, _("The case is split. This is the new one."))
                return redirect("case", made[0].code)
        else:
            try:
                division = cases.divide(case, leaving, UUID(values["principal"]), here)
                names = {each.pk: str(each.full_name) for each in people}
                before = [
                    _("New case: %(names)s")
                    % {"names": ", ".join(names[pk] for pk in (division.principal_there, *division.there))},
                    _("Stay here: %(names)s")
                    % {"names": ", ".join(names[pk] for pk in (division.principal_here, *division.here))},
                    _("Everything about the people who leave goes with them; notes go as ticked."),
                ]
                if named := [in_short(user) for user in values.get("named", ())]:
                    before.append(_("Only they will see the new case: %(names)s") % {"names": ", ".join(named)})
            except Refusal as refusal:
                refuse(form, refusal)
    return _page(request, case, form, before, title=_("Split this case"), act=_("Split it now"))


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def join_case(request: UserRequest, code: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = case_of_own_team(by, code, now)
    people = people_of(case)
    data = request.POST.copy() if request.method == "POST" else None
    form = JoinForm(data, people=people, restricted=case.restricted, initial={"version": case.version})
    before: list[str] = []
    if data is not None and form.is_valid():
        values = form.cleaned_data
        into = _other_case(by, values["code"])
        if into is not None:
            ask_where_restricted(into)
        if into is None:
            form.add_error("code", _("There is no such case among those that you may change."))
        elif reason := cases.why_not_join(case, into):
            form.add_error("code", reason)
        elif "confirmed" in request.POST:
            relations = {each.pk: values[f"relation_{each.reference}"] for each in people}
            if is_done_moving(
                form,
                lambda: cases.join_cases(
                    source=case,
                    into=into,
                    version=form.version_read,
                    into_version=values["into_version"] or 0,
                    relations=relations,
                    names_agreed=bool(values.get("names_agreed")),
                    by=by,
                    now=now,
                ),
            ):
                messages.success(request, _("The cases are joined. This one has everything now."))
                return redirect("case", into.code)
        else:
            data["into_version"] = str(into.version)
            before = [
                _("%(people)s people and everything about this case go into %(code)s.")
                % {"people": len(people), "code": into.code},
                _("This case is closed and leads there. A split takes it back."),
            ]
    return _page(request, case, form, before, title=_("Join this case into another"), act=_("Join them now"))


def _made_before(by: User, form: SplitForm, now: datetime) -> Case | None:
    """Return the case that this very form has opened when it was sent before."""
    if not form.is_bound:  # nothing was sent at all
        return None
    form.full_clean()
    rows: Any = Case.objects
    token = form.cleaned_data.get("id")
    found: Case | None = rows.changeable_by(by, now).filter(submit_token=token).first() if token else None
    return found


def _viewers(teams: Any, now: datetime) -> list[Membership]:
    """Return the roles of those who can be named on a restricted case of one of these teams."""
    held = Membership.objects.active(now).carrying(Permission.CASE_VIEW).filter(team__in=teams)
    return list(held.select_related("team", "user__data_key"))


def is_done_moving(form: Any, act: Any) -> bool:
    """Act on a form that moves people. Where the case has changed meanwhile, it must be looked at again."""
    try:
        act()
    except Refusal as refusal:
        refuse(form, refusal)
    except ChangedMeanwhile:
        form.add_error(None, _("One of the cases was changed meanwhile. Open this page again and look once more."))
    else:
        return True
    return False


def _other_case(by: User, code: str) -> Case | None:
    rows: Any = Case.objects
    found: Case | None = rows.changeable_by(by, timezone.now()).filter(code=code.strip().upper()).first()
    return found


def _page(request: UserRequest, case: Case, form: Any, before: list[str], *, title: str, act: str) -> HttpResponse:
    context = {
        "case": case,
        "header": case_header(case, timezone.now()),
        "form": form,
        "before": before,
        "title": title,
        "act_label": act,
        "cancel_url": reverse("case", args=[case.code]),
    }
    return render(request, "family/move.html", context)
