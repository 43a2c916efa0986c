"""Wanting to be reminded of a referral or a to-do, if no answer has come by a day."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from casework.accounts.roles import Permission
from casework.clients.models import Referral, ToDo
from casework.lib.dates import today_in
from casework.reminders import actions
from casework.reminders.follow_up import FollowUp
from casework.web.cases.acting import is_done
from casework.web.cases.forms.rows import RowForm
from casework.web.cases.header import case_header
from casework.web.decorators import requires
from casework.web.forms.dates import DayField
from casework.web.forms.layouts import stacked
from casework.web.forms.pages import one_form_page
from casework.web.opening import open_or_404
from casework.web.request import UserRequest

METHODS = ["GET", "HEAD", "POST"]


class FollowUpForm(RowForm):
    on = DayField(label=gettext_lazy("Remind me on"))

    helper = stacked(gettext_lazy("Remind me then"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": today + timedelta(days=7)} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)


@requires(Permission.CASE_VIEW)
@require_http_methods(METHODS)
def follow_referral_up(request: UserRequest, referral_id: UUID) -> HttpResponse:
    now = timezone.now()
    referrals: Any = Referral.objects
    rows = referrals.visible_to(request.user, now).select_related("data_key", "case__team", "case__data_key")
    referral: Referral = open_or_404(rows, pk=referral_id)
    text = _("Only if no answer has come by then. An answer that is recorded before ends it.")
    return _ask(request, referral, now, url=reverse("referral", args=[referral_id]), text=text)


@requires(Permission.CASE_VIEW)
@require_http_methods(METHODS)
def follow_to_do_up(request: UserRequest, to_do_id: UUID) -> HttpResponse:
    now = timezone.now()
    to_dos: Any = ToDo.objects
    rows = to_dos.visible_to(request.user, now).select_related("case__team", "case__data_key")
    to_do: ToDo = open_or_404(rows, pk=to_do_id)
    text = _("Only if it is not done by then, by you or by whoever has to do it.")
    return _ask(request, to_do, now, url=reverse("to_do", args=[to_do_id]), text=text)


@requires(Permission.CASE_VIEW)
@require_POST
def end_follow_up(request: UserRequest, follow_up_id: UUID) -> HttpResponse:
    """Only one's own: nobody else is reminded by it."""
    now = timezone.now()
    rows = FollowUp.objects.of(request.user).visible_to(request.user, now)
    row: FollowUp = open_or_404(rows.select_related("referral__case", "to_do__case"), pk=follow_up_id)
    actions.end_follow_up(row=row, by=request.user, now=now)
    messages.success(request, _("You are not reminded of it any more."))
    return redirect("referral", row.referral_id) if row.referral_id else redirect("to_do", row.to_do_id)


def follow_up_of(request: UserRequest, **about: Any) -> FollowUp | None:
    """Return when the reader wanted to be reminded of a referral or a to-do, for its page."""
    return FollowUp.objects.of(request.user).standing().filter(**about).first()


def _ask(request: UserRequest, about: Any, now: datetime, *, url: str, text: str) -> HttpResponse:
    by, case = request.user, about.case
    today = today_in(case.team.time_zone if case else by.time_zone or "UTC", now)
    form = FollowUpForm(request.POST or None, today=today)
    if request.method == "POST" and form.is_valid():
        known = {"about": about, "today": today, "by": by, "now": now}
        token, on = form.cleaned_data["id"], form.cleaned_data["on"]
        if is_done(form, lambda: actions.follow_up(on=on, follow_up_id=token, **known)):
            messages.success(request, _("You are reminded then, if no answer has come."))
            return redirect(url)
    context = {"header": case_header(case, now)} if case else {}
    return one_form_page(request, form, title=_("Remind me if no answer comes?"), cancel_url=url, text=text, **context)
