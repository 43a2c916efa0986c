"""Offers of beds to those who wait: taken, declined, withdrawn."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.housing import actions
from casework.housing.actions import UnableToOfferBeds, UnableToPlace
from casework.housing.models import BedOffer
from casework.web.cases.acting import is_done
from casework.web.cases.header import case_header
from casework.web.decorators import requires
from casework.web.forms.errors import refuse
from casework.web.forms.pages import one_form_page
from casework.web.opening import open_or_404
from casework.web.request import UserRequest

from ..answering import asked, back_to_housing
from ..forms_of_waiting import AcceptOfferForm, DeclineOfferForm, WithdrawOfferForm

METHODS = ["GET", "HEAD", "POST"]
HERE = "case_housing"


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def accept_bed_offer(request: UserRequest, offer_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    offer = changeable_offer(by, offer_id, now)
    form = AcceptOfferForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        may_move = bool(form.cleaned_data.get("may_move"))
        try:
            actions.accept_offer(offer=offer, may_move=may_move, by=by, now=now)
        except UnableToPlace as refusal:
            refuse(form, refusal)
            form.ask({each.asks for each in refusal.hindrances})
        except UnableToOfferBeds as refusal:
            refuse(form, refusal)
        else:
            return back_to_housing(request, offer.request.case, _("The beds are booked."))
    return _form_page(request, form, offer, now, title=_("Do they take the beds?"), text=_("The beds are booked then."))


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def decline_bed_offer(request: UserRequest, offer_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    offer = changeable_offer(by, offer_id, now)
    form = DeclineOfferForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.values()
        if is_done(form, lambda: actions.decline_offer(offer=offer, by=by, now=now, **values)):
            return back_to_housing(request, offer.request.case, _("The beds are free again, and they go on waiting."))
    return _form_page(request, form, offer, now, title=_("They do not take the beds"))


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def withdraw_bed_offer(request: UserRequest, offer_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    offer = changeable_offer(by, offer_id, now)
    form = WithdrawOfferForm(request.POST or None)
    return asked(
        request,
        form,
        lambda: actions.withdraw_offer(offer=offer, by=by, now=now),
        said=_("The offer is withdrawn, and the beds are free again."),
        back=reverse(HERE, args=[offer.request.case.code]),
        title=_("Withdraw this offer?"),
        text=offer.request.case.code,
        warning=_("Tell them before you do: they may have packed already."),
        act_label=_("Withdraw this offer"),
    )


def changeable_offer(user: User, offer_id: UUID, now: datetime) -> BedOffer:
    """Return the offer to people of a case that this user may change, or answer 404."""
    offers: Any = BedOffer.objects
    rows = offers.changeable_by(user, now).select_related("data_key", "request__case__team", "request__case__data_key")
    found: BedOffer = open_or_404(rows, pk=offer_id)
    return found


def _form_page(
    request: UserRequest, form: Any, offer: BedOffer, now: datetime, *, title: str, text: str = ""
) -> HttpResponse:
    case: Any = offer.request.case
    url, header = reverse(HERE, args=[case.code]), case_header(case, now, here=HERE)
    return one_form_page(request, form, title=title, cancel_url=url, header=header, text=text)
