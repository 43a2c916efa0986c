"""The report to donors: reading what is kept, and making what will be kept as it is first made."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from casework.accounts.roles import Permission
from casework.lib.refusals import Refusal
from casework.reports import donor_actions as actions
from casework.reports.models import DonorReport
from casework.reports.periods import Period, parse_period, periods_to_keep
from casework.reports.readers import reader_of
from casework.web.decorators import requires
from casework.web.forms.errors import refuse
from casework.web.forms.layouts import stacked
from casework.web.request import UserRequest

from ..answering import show
from ..donor import DONOR, period_in_words


class MakeDonorReportForm(forms.Form):
    period = forms.ChoiceField(label=gettext_lazy("Period"), widget=forms.RadioSelect)

    helper = stacked(gettext_lazy("Make and keep the report"))

    def __init__(self, data: Any, *, periods: list[Period]) -> None:
        super().__init__(data)
        field: Any = self.fields["period"]
        field.choices = [(period.key, period_in_words(period)) for period in periods]


@requires(Permission.DONOR_REPORTS)
@require_safe
def report_donor(request: UserRequest) -> HttpResponse:
    return show(request, DONOR)


@requires(Permission.DONOR_REPORTS)
@require_http_methods(["GET", "HEAD", "POST"])
def make_donor_report(request: UserRequest) -> HttpResponse:
    """Ask for a period that is over, and keep its report. Sent twice, it leads to the one that there is."""
    now, by = timezone.now(), request.user
    today = reader_of(by, now).today
    kept = [Period(first, months) for first, months in DonorReport.objects.values_list("first_on", "months")]
    asked = request.POST.get("period", "")
    if any(period.key == asked for period in kept):
        messages.info(request, _("This report was made before, and is kept as it was."))
        return _to(asked)
    free = [period for period in periods_to_keep(today) if not any(period.overlaps(other) for other in kept)]
    form = MakeDonorReportForm(request.POST or None, periods=free)
    if request.method == "POST" and form.is_valid():
        try:
            report = actions.keep_donor_report(
                period=parse_period(form.cleaned_data["period"]), today=today, by=by, now=now
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("The report is made and kept."))
            return _to(report.period.key)
    return render(request, "reports/make_donor_report.html", {"form": form, "has_periods": bool(free)})


def _to(key: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('report_donor')}?{urlencode({'period': key})}")
