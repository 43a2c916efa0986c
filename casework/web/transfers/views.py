"""Handing a case over: offered on the page of the case, answered by whoever is to take it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts.access import people_with
from casework.accounts.models import Membership
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients import actions
from casework.clients.access import cases_visible_to
from casework.clients.models import Case, CaseMember, Transfer
from casework.lib.refusals import Refusal
from casework.web.access.loading import case_of_own_team
from casework.web.cases.acting import form_page, is_done
from casework.web.components import SummaryRow
from casework.web.decorators import requires
from casework.web.drafts.of_form import keep_draft
from casework.web.forms.errors import refuse
from casework.web.opening import open_or_404
from casework.web.request import UserRequest

from .forms import AcceptForm, DeclineForm, OfferCaseForm
from .rows import transfer_row, transfer_rows, waiting_for, with_everything

METHODS = ["GET", "HEAD", "POST"]
SETTLED_SHOWN = timedelta(days=30)
AT_MOST = 50


@requires(Permission.CASE_VIEW)
@require_safe
def transfers(request: UserRequest) -> HttpResponse:
    """What waits for an answer: mine, and other people's about cases that I see; and what was settled lately."""
    now, user = timezone.now(), request.user
    mine = waiting_for(user, now)
    sent: Any = with_everything(Transfer.objects.visible_to(user, now)).newest_first()
    settled = sent.filter(answered_at__gte=now - SETTLED_SHOWN)
    context = {
        "mine": mine,
        "sent": transfer_rows(sent.open().exclude(pk__in=[row.transfer.pk for row in mine])[:AT_MOST]),
        "settled": transfer_rows(settled[:AT_MOST]),
    }
    shown = [row.transfer for rows in context.values() for row in rows]
    record("clients.transfers_listed", by=user, now=now, cases=sorted({str(each.case_id) for each in shown}))
    return render(request, "transfers/transfers.html", context)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def offer_case(request: UserRequest, code: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = case_of_own_team(by, code, now)
    form = OfferCaseForm(request.POST or None, own=case.team, held=_held(case, now), restricted=case.restricted)
    keep_draft(request, "offer_case", case, now, form)
    if request.method == "POST" and form.is_valid():
        values = form.values()
        if is_done(
            form,
            lambda: actions.offer_case(case=case, transfer_id=form.cleaned_data["id"], by=by, now=now, **values),
        ):
            messages.success(request, _("The case is offered. It stays yours until somebody accepts it."))
            return redirect("case", case.code)
    text = _("Until it is accepted nothing changes. Nobody answers within 14 days: it stays here, and you are told.")
    return form_page(request, case, form, title=_("Hand this case over"), now=now, text=text)


@requires(Permission.CASE_VIEW)
@require_safe
def transfer(request: UserRequest, transfer_id: UUID) -> HttpResponse:
    now = timezone.now()
    offer = _visible(request, transfer_id, now)
    return _page(request, offer, now, _accept_form(request, offer, now))


@requires(Permission.CASE_CHANGE)
@require_POST
def accept_transfer(request: UserRequest, transfer_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    offer = _visible(request, transfer_id, now)
    form = _accept_form(request, offer, now)
    if form.is_valid():
        try:
            actions.accept_transfer(transfer=offer, caseworker=form.cleaned_data.get("caseworker"), by=by, now=now)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("The case is yours now. What was still to be done in it has come along."))
            return redirect("case", offer.case.code)
    return _page(request, offer, now, form)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def decline_transfer(request: UserRequest, transfer_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    offer = _visible(request, transfer_id, now)
    form = DeclineForm(_sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.decline_transfer(transfer=offer, reason=form.cleaned_data["reason"], by=by, now=now)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Declined. Whoever offered it is told why."))
            return redirect("transfers")
    context = {
        "title": _("Decline %(code)s") % {"code": offer.case.code},
        "act_label": _("Decline"),
        "cancel_url": transfer_row(offer).url,
        "form": form,
    }
    return render(request, "components/confirm_page.html", context)


@requires(Permission.CASE_CHANGE)
@require_POST
def withdraw_transfer(request: UserRequest, transfer_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    may_change = cases_visible_to(by, now, permission=Permission.CASE_CHANGE, prefix="case__")
    offer = open_or_404(Transfer.objects.filter(may_change).select_related("case"), pk=transfer_id)
    try:
        actions.withdraw_transfer(transfer=offer, by=by, now=now)
        messages.success(request, _("The offer is withdrawn. The case stays where it is."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("transfer", transfer_id)


def _visible(request: UserRequest, transfer_id: UUID, now: datetime) -> Any:
    """Return an offer that this user is to answer or whose case they see, or answer 404."""
    offers: Any = Transfer.objects
    mine = offers.for_answer_by(request.user, now).open().order_by().values("pk")
    seen = offers.visible_to(request.user, now).order_by().values("pk")
    rows = with_everything(offers.filter(pk=transfer_id)).filter(Q(pk__in=mine) | Q(pk__in=seen))
    return open_or_404(rows.select_related("answered_by__data_key"))


def _held(case: Case, now: datetime) -> list[Membership]:
    """Return the roles of everybody who could look after the case; within its team, of a restricted one, of those named."""
    held = Membership.objects.active(now).carrying(Permission.CASE_CHANGE).select_related("team", "user__data_key")
    found = list(held.exclude(user=case.caseworker_id, team=case.team) if case.caseworker_id else held)
    if not case.restricted:
        return found
    named = set(CaseMember.objects.filter(case=case).values_list("user", flat=True))
    return [each for each in found if each.team_id != case.team_id or each.user_id in named]


def _accept_form(request: UserRequest, offer: Transfer, now: datetime) -> AcceptForm:
    colleagues = people_with(Permission.CASE_CHANGE, [offer.to_team], now)
    if offer.case.restricted:
        colleagues = colleagues.filter(pk__in=offer.named)
    form = AcceptForm(_sent(request), colleagues=colleagues if offer.to_worker_id is None else [])
    if offer.to_worker_id is not None:
        del form.fields["caseworker"]
    return form


def _sent(request: UserRequest) -> Any:
    """Return what was sent, even if nothing was filled in."""
    return request.POST if request.method == "POST" else None


def _page(request: UserRequest, offer: Any, now: datetime, form: AcceptForm) -> HttpResponse:
    row, case, user = transfer_row(offer), offer.case, request.user
    offers: Any = Transfer.objects
    cases: Any = Case.objects
    record("clients.transfer_seen", subject=offer, case_id=case.pk, by=user, now=now)
    context = {
        "row": row,
        "offer": offer,
        "rows": [
            SummaryRow(label=_("From"), value=row.sender),
            SummaryRow(label=_("To"), value=row.receiver),
            SummaryRow(label=_("People"), value=str(row.people)),
            SummaryRow(label=_("Priority"), value=case.get_priority_display()),
            SummaryRow(label=_("Offered"), value=offer.offered_at),
            SummaryRow(label=_("Hand-over note"), value=offer.note),
        ],
        "form": form,
        "may_answer": offer.is_open and offers.for_answer_by(user, now).filter(pk=offer.pk).exists(),
        "may_withdraw": offer.is_open and cases.changeable_by(user, now).filter(pk=case.pk).exists(),
        "sees_case": cases.visible_to(user, now).filter(pk=case.pk).exists(),
    }
    return render(request, "transfers/transfer.html", context)
