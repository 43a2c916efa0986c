"""A case that only the people named on it may see: restricted, named anew, shown to the team again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.accounts.roles import Permission
from casework.clients import actions
from casework.clients.models import Case
from casework.web.cases.acting import is_done
from casework.web.cases.header import case_header
from casework.web.decorators import requires
from casework.web.forms.pages import one_form_page
from casework.web.request import UserRequest

from ..forms import LiftRestrictionForm, RestrictForm
from ..loading import case_of_own_team, people_of_team

METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def restrict_case(request: UserRequest, code: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = case_of_own_team(by, code, now)
    form = RestrictForm(
        request.POST or None, colleagues=people_of_team(case, now), me=by, initial=RestrictForm.initial_of(case)
    )
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: actions.restrict_case(case=case, version=version, by=by, now=now, **values)):
            messages.success(request, _("Only the people named see this case now."))
            return redirect("case_access", code) if by in values["people"] else redirect("cases")
    title = _("Change who sees this case") if case.restricted else _("Restrict this case")
    text = _(
        "Nobody but the people named will see it or learn that it is there: not in lists, in search, in reports or in "
        "files. Access given for a time ends. If somebody opens it in an emergency, those named are told at once."
    )
    return _page(request, form, case, title=title, text=text)


@requires(Permission.CASE_CHANGE, step_up=True)
@require_http_methods(METHODS)
def lift_restriction(request: UserRequest, code: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = case_of_own_team(by, code, now)
    if not case.restricted:
        return redirect("case_access", code)
    form = LiftRestrictionForm(request.POST or None, initial=LiftRestrictionForm.initial_of(case))
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: actions.lift_restriction(case=case, version=version, by=by, now=now, **values)):
            messages.success(request, _("The whole team sees this case again."))
            return redirect("case_access", code)
    text = _("Everybody who works in the team will see everything in it.")
    return _page(request, form, case, title=_("Lift the restriction of this case"), text=text)


def _page(request: UserRequest, form: RestrictForm | LiftRestrictionForm, case: Case, **context: str) -> HttpResponse:
    url, header = reverse("case_access", args=[case.code]), case_header(case, timezone.now())
    return one_form_page(request, form, cancel_url=url, header=header, case=case, **context)
