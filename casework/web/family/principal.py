"""Another principal applicant, and what everybody is to them, in one act."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.accounts.roles import Permission
from casework.clients import actions
from casework.clients.changes import ChangedMeanwhile
from casework.lib.refusals import Refusal
from casework.web.cases.acting import form_page
from casework.web.cases.loading import changeable_case
from casework.web.cases.views.case import people_of
from casework.web.decorators import requires
from casework.web.forms.errors import refuse
from casework.web.request import UserRequest

from .forms import PrincipalForm


@requires(Permission.CASE_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def choose_principal(request: UserRequest, code: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = changeable_case(by, code, now)
    form = PrincipalForm(request.POST or None, people=people_of(case), initial={"version": case.version})
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_principal(
                case=case,
                principal=form.chosen(),
                relations=form.relations(),
                version=form.version_read,
                by=by,
                now=now,
            )
        except Refusal as refusal:
            refuse(form, refusal)
        except ChangedMeanwhile:
            form.add_error(None, _("The case was changed meanwhile. Open this page again and look once more."))
        else:
            messages.success(request, _("The principal applicant is another one from now on."))
            return redirect("family", code)
    return form_page(request, case, form, title=_("Choose another principal applicant"), now=now)
