"""Reports about cases: of coordinators, and without small numbers of report readers."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.web.decorators import requires
from casework.web.request import UserRequest

from ..answering import show
from ..arrivals import ARRIVALS
from ..caseload import CASELOAD
from ..deadlines import DEADLINES
from ..helped import HELPED


@requires(Permission.CASE_ASSIGN)
@require_safe
def report_caseload(request: UserRequest) -> HttpResponse:
    return show(request, CASELOAD)


@requires(Permission.REPORTS_VIEW)
@require_safe
def report_deadlines(request: UserRequest) -> HttpResponse:
    return show(request, DEADLINES)


@requires(Permission.REPORTS_VIEW)
@require_safe
def report_arrivals(request: UserRequest) -> HttpResponse:
    return show(request, ARRIVALS)


@requires(Permission.CASE_ASSIGN)
@require_safe
def report_helped(request: UserRequest) -> HttpResponse:
    return show(request, HELPED)
