"""Asking for an erasure, and what keeps a case from it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import Client, Erasure, LegalHold
from casework.lifecycle.erasure import acts
from casework.web.cases.acting import is_done
from casework.web.cases.header import header_and_people
from casework.web.cases.loading import visible_case
from casework.web.decorators import requires
from casework.web.forms.pages import one_form_page
from casework.web.needs.loading import may_read_needs
from casework.web.request import UserRequest, permissions_in

from ..forms import WHOLE, AskToEraseForm, HoldForm
from ..loading import case_to_erase
from ..rows import erasure_rows

METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.CASE_VIEW)
@require_safe
def case_keeping(request: UserRequest, code: str) -> HttpResponse:
    """What keeps this case, what of it is to be erased, and what its people may have of their own data."""
    now = timezone.now()
    case = visible_case(request.user, code, now)
    header, people = header_and_people(case, now)
    holds = LegalHold.objects.filter(case=case).select_related(
        "data_key", "ordered_by__data_key", "lifted_by__data_key"
    )
    waiting = (
        Erasure.objects.waiting().filter(case_id=case.pk).select_related("asked_by__data_key", "decided_by__data_key")
    )
    held = permissions_in(request)
    context = {
        "header": header,
        "case": case,
        "people": people,
        "holds": list(holds.order_by("-ordered_at")),
        "waiting": erasure_rows(waiting.oldest_first()),
        "hindrance": acts.why_not(case, None, now),
        "may_copy": may_read_needs(request.user, case, now),
        "may_ask": case.may_change or case.may_unarchive,
        "may_order": Permission.CASE_ASSIGN in held and (case.may_change or case.may_unarchive),
    }
    record("lifecycle.holds_seen", subject=case, case_id=case.pk, by=request.user, now=now)
    return render(request, "erasure/case_keeping.html", context)


@requires(Permission.CASE_CHANGE, step_up=True)
@require_http_methods(METHODS)
def ask_to_erase(request: UserRequest, code: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = case_to_erase(by, code, now)
    people = list(Client.objects.filter(case=case).defer("search_form").principal_first())
    form = AskToEraseForm(request.POST or None, people=people, initial={"whom": request.GET.get("whom", WHOLE)})
    if request.method == "POST" and form.is_valid():
        erasure_id, values = form.cleaned_data["id"], form.values()
        if is_done(form, lambda: acts.ask_to_erase(case=case, erasure_id=erasure_id, by=by, now=now, **values)):
            messages.success(
                request, _("Asked for. Nothing is erased before a coordinator confirms it, who is not you.")
            )
            return redirect("case_keeping", code)
    hindrance = acts.why_not(case, None, now)
    text = _(
        "Everything about them goes for good, in every table, file and backup that the ledger reaches: what was written, what it said before, pictures, drafts, "
        "reminders. Nobody can bring it back. Give people a copy of what is theirs first, if they want one."
    )
    return one_form_page(
        request, form, title=_("Ask for an erasure"), cancel_url=reverse("case_keeping", args=[code]), case=case,
        header=header_and_people(case, now)[0], text=text, warnings=[hindrance] if hindrance else [],
    )  # fmt: skip


@requires(Permission.CASE_ASSIGN)
@require_http_methods(METHODS)
def order_hold(request: UserRequest, code: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = case_to_erase(by, code, now, Permission.CASE_ASSIGN)
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        hold_id, values = form.cleaned_data["id"], form.values()
        if is_done(form, lambda: acts.order_hold(case=case, hold_id=hold_id, by=by, now=now, **values)):
            messages.success(request, _("Nothing of this case can be erased now."))
            return redirect("case_keeping", code)
    text = _("Until somebody lifts the hold, nothing of the case is erased, whoever asks and whatever period is over.")
    return one_form_page(
        request, form, title=_("Legal hold"), cancel_url=reverse("case_keeping", args=[code]), case=case,
        header=header_and_people(case, now)[0], text=text,
    )  # fmt: skip


@requires(Permission.CASE_ASSIGN)
@require_POST
def lift_hold(request: UserRequest, code: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = case_to_erase(by, code, now, Permission.CASE_ASSIGN)
    for hold in LegalHold.objects.in_force().filter(case=case):
        acts.lift_hold(hold=hold, by=by, now=now)
        messages.success(request, _("The hold is lifted."))
    return redirect("case_keeping", code)
