"""The page of each report, the list of them, and the one door through which their files leave."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from casework.accounts.roles import Permission
from casework.web.decorators import requires
from casework.web.request import UserRequest, permissions_in

from ..answering import hand_over, show
from ..capacity import CAPACITY
from ..crowding import CROWDING
from ..forecast import FORECAST
from ..listed import BY_KEY, REPORTS
from ..rents import RENTS
from ..stays import STAYS
from ..turn_aways import TURN_AWAYS


@requires(Permission.REPORTS_VIEW)
@require_safe
def reports(request: UserRequest) -> HttpResponse:
    held = permissions_in(request)
    rows = [(reverse(it.url_name), it.title, it.about) for it in REPORTS if it.permission in held]
    return render(request, "reports/reports.html", {"rows": rows})


@requires(Permission.REPORTS_VIEW)
@require_POST
def report_file(request: UserRequest, key: str) -> HttpResponse | StreamingHttpResponse:
    """Answer with what the page of a report shows to this user with the filters of the address."""
    report = BY_KEY.get(key)
    if report is None:
        raise Http404
    if report.permission not in permissions_in(request):
        raise PermissionDenied
    return hand_over(request, report)


@requires(Permission.REPORTS_VIEW)
@require_safe
def report_capacity(request: UserRequest) -> HttpResponse:
    return show(request, CAPACITY)


@requires(Permission.REPORTS_VIEW)
@require_safe
def report_forecast(request: UserRequest) -> HttpResponse:
    return show(request, FORECAST)


@requires(Permission.REPORTS_VIEW)
@require_safe
def report_crowding(request: UserRequest) -> HttpResponse:
    return show(request, CROWDING)


@requires(Permission.REPORTS_VIEW)
@require_safe
def report_stays(request: UserRequest) -> HttpResponse:
    return show(request, STAYS)


@requires(Permission.REPORTS_VIEW)
@require_safe
def report_turn_aways(request: UserRequest) -> HttpResponse:
    return show(request, TURN_AWAYS)


@requires(Permission.REPORTS_VIEW)
@require_safe
def report_rents(request: UserRequest) -> HttpResponse:
    return show(request, RENTS)
