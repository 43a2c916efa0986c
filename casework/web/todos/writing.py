"""To-dos written down, for oneself or a colleague, changed and handed on."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.accounts.access import people_with, teams_with
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients import actions
from casework.clients.models import Case, CaseMember, ToDo
from casework.web.cases.acting import is_done
from casework.web.cases.header import case_header
from casework.web.cases.loading import changeable_case
from casework.web.decorators import requires
from casework.web.drafts.of_form import keep_draft
from casework.web.forms.pages import one_form_page
from casework.web.opening import open_or_404
from casework.web.request import UserRequest

from .coming_back import way_back
from .forms import ChangeToDoForm, WriteToDoForm

METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def write_to_do(request: UserRequest) -> HttpResponse:
    """One that is about no case: what is to be done in the office."""
    now = timezone.now()
    colleagues = colleagues_for(None, request.user, now)
    return _write(request, None, colleagues, now, url=reverse("to_dos"))


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def write_to_do_of_case(request: UserRequest, code: str) -> HttpResponse:
    now = timezone.now()
    case = changeable_case(request.user, code, now)
    colleagues = colleagues_for(case, request.user, now)
    return _write(request, case, colleagues, now, url=f"{reverse('case', args=[code])}#to-dos")


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def change_to_do(request: UserRequest, to_do_id: UUID) -> HttpResponse:
    """Change the words or the day, or hand it on."""
    now, by = timezone.now(), request.user
    to_dos: Any = ToDo.objects
    found = to_dos.changeable_by(by, now).select_related("case__team", "case__data_key", "owner__data_key")
    to_do = open_or_404(found, pk=to_do_id)
    form = ChangeToDoForm(
        request.POST or None,
        colleagues=colleagues_for(to_do.case, by, now, also=to_do.owner),
        of_software=to_do.kind != ToDo.Kind.FREE,
        initial=ChangeToDoForm.initial_of(to_do),
    )
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: actions.change_to_do(to_do=to_do, version=version, by=by, now=now, **values)):
            is_handed = values["owner"] != to_do.owner
            messages.success(request, _("It is handed on.") if is_handed else _("The to-do is changed."))
            return redirect(way_back(request, to_do))
    return one_form_page(request, form, title=_("Change or hand on"), cancel_url=reverse("to_do", args=[to_do_id]))


def colleagues_for(case: Case | None, user: User, now: datetime, *, also: User | None = None) -> Any:
    """Return who may be given a to-do: of a case, those who may see it; of none, those of the user's teams.

    `also` is who has it now, who stays in the list whatever has changed since.
    """
    teams = [case.team] if case else teams_with(user, Permission.CASE_VIEW, now)
    people = people_with(Permission.CASE_VIEW, teams, now).filter(is_active=True)
    if case is not None and case.restricted:
        people = people.filter(pk__in=CaseMember.objects.filter(case=case).values("user"))
    wanted = Q(pk__in=people.values("pk")) | Q(pk=also.pk if also else user.pk)
    return User.objects.filter(wanted).order_by("pk")


def _write(request: UserRequest, case: Case | None, colleagues: Any, now: datetime, *, url: str) -> HttpResponse:
    by = request.user
    form = WriteToDoForm(request.POST or None, colleagues=colleagues.exclude(pk=by.pk), today=timezone.localdate(now))
    keep_draft(request, "write_to_do_of_case" if case else "write_to_do", case, now, form)
    if request.method == "POST" and form.is_valid():
        token, values = form.cleaned_data["id"], form.values()
        values["owner"] = values["owner"] or by
        if is_done(form, lambda: actions.write_to_do(case=case, submit_token=token, by=by, now=now, **values)):
            messages.success(request, _("It is written down."))
            return redirect(url)
    header = case_header(case, now, here="case") if case else None
    title = _("Write down a to-do")
    return one_form_page(request, form, title=title, cancel_url=url, header=header)
