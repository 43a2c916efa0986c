"""One partner: looked at, changed, verified, archived; and what they offer."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts.roles import Permission
from casework.clients import actions
from casework.clients.models import Partner, PartnerService, Share
from casework.lib.countries import country_name
from casework.web.cases.acting import is_done
from casework.web.components import SummaryRow
from casework.web.decorators import requires
from casework.web.forms.pages import one_form_page
from casework.web.request import UserRequest, permissions_in

from ..forms import OfferForm, PartnerForm, VersionForm

METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.PARTNERS_VIEW)
@require_safe
def partner(request: UserRequest, partner_id: UUID) -> HttpResponse:
    found, held = _partner(partner_id), permissions_in(request)
    today = timezone.localdate()
    context = {
        "partner": found,
        "about": about(found),
        "offers": found.services.filter(ended_at__isnull=True).order_by("kind", "country", "town", "id"),
        "is_stale": found.is_stale(today),
        "agreement_has_lapsed": found.agreement_has_lapsed(today),
        "may_manage": Permission.PARTNERS_MANAGE in held,
        "sees_cases": Permission.CASE_VIEW in held,
    }
    return render(request, "partners/partner.html", context)


@requires(Permission.PARTNERS_MANAGE)
@require_http_methods(METHODS)
def record_partner(request: UserRequest) -> HttpResponse:
    now, by = timezone.now(), request.user
    form = PartnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        new_id, values = form.cleaned_data["id"], form.values()
        if is_done(form, lambda: actions.record_partner(partner_id=new_id, by=by, now=now, **values)):
            messages.success(request, _("The partner is in the directory. Say now what they offer."))
            return redirect("partner", new_id) if new_id else redirect("partners")
    return one_form_page(request, form, title=_("Add a partner"), cancel_url=reverse("partners"))


@requires(Permission.PARTNERS_MANAGE)
@require_http_methods(METHODS)
def change_partner(request: UserRequest, partner_id: UUID) -> HttpResponse:
    now, by, found = timezone.now(), request.user, _partner(partner_id)
    form = PartnerForm(request.POST or None, initial=PartnerForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: actions.change_partner(partner=found, version=version, by=by, now=now, **values)):
            messages.success(request, _("The partner is changed."))
            return redirect("partner", partner_id)
    return one_form_page(
        request, form, title=_("Change this partner"), cancel_url=reverse("partner", args=[partner_id])
    )


@requires(Permission.PARTNERS_MANAGE)
@require_POST
def verify_partner(request: UserRequest, partner_id: UUID) -> HttpResponse:
    """Somebody has asked: what stands here is true today."""
    now = timezone.now()
    actions.verify_partner(partner=_partner(partner_id), today=timezone.localdate(), by=request.user, now=now)
    messages.success(request, _("Verified today."))
    return redirect("partner", partner_id)


@requires(Permission.PARTNERS_MANAGE)
@require_http_methods(METHODS)
def archive_partner(request: UserRequest, partner_id: UUID) -> HttpResponse:
    """Take a partner out of the directory, or put an archived one back."""
    now, by, found = timezone.now(), request.user, _partner(partner_id)
    form = VersionForm(request.POST or None, initial=VersionForm.initial_of(found))
    act: Any = actions.archive_partner if found.archived_at is None else actions.restore_partner
    if (
        request.method == "POST"
        and form.is_valid()
        and is_done(form, lambda: act(partner=found, version=form.version_read, by=by, now=now))
    ):
        messages.success(request, _("Done. What was sent there stays on record."))
        return redirect("partner", partner_id)
    context = {
        "title": _("Archive this partner?") if found.archived_at is None else _("Put this partner back?"),
        "text": found.name,
        "act_label": _("Archive") if found.archived_at is None else _("Put back"),
        "form": form,
        "cancel_url": reverse("partner", args=[partner_id]),
    }
    return render(request, "components/confirm_page.html", context)


@requires(Permission.PARTNERS_MANAGE)
@require_http_methods(METHODS)
def record_offer(request: UserRequest, partner_id: UUID) -> HttpResponse:
    now, by, found = timezone.now(), request.user, _partner(partner_id)
    initial = {"country": found.country, "town": found.towns[0] if found.towns else ""}
    form = OfferForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        new_id, values = form.cleaned_data["id"], form.values()
        if is_done(form, lambda: actions.record_offer(partner=found, offer_id=new_id, by=by, now=now, **values)):
            messages.success(request, _("The service is recorded."))
            return redirect("partner", partner_id)
    url = reverse("partner", args=[partner_id])
    return one_form_page(request, form, title=_("What do they offer?"), who=found.name, cancel_url=url)


@requires(Permission.PARTNERS_MANAGE)
@require_http_methods(METHODS)
def change_offer(request: UserRequest, offer_id: UUID) -> HttpResponse:
    now, by, offer = timezone.now(), request.user, _offer(offer_id)
    form = OfferForm(request.POST or None, initial=OfferForm.initial_of(offer))
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: actions.change_offer(offer=offer, version=version, by=by, now=now, **values)):
            messages.success(request, _("The service is changed."))
            return redirect("partner", offer.partner_id)
    url = reverse("partner", args=[offer.partner_id])
    return one_form_page(request, form, title=_("Change this service"), who=offer.partner.name, cancel_url=url)


@requires(Permission.PARTNERS_MANAGE)
@require_http_methods(METHODS)
def end_offer(request: UserRequest, offer_id: UUID) -> HttpResponse:
    now, by, offer = timezone.now(), request.user, _offer(offer_id)
    form = VersionForm(request.POST or None, initial=VersionForm.initial_of(offer))
    if (
        request.method == "POST"
        and form.is_valid()
        and is_done(form, lambda: actions.end_offer(offer=offer, version=form.version_read, by=by, now=now))
    ):
        messages.success(request, _("It does not stand in the directory any more."))
        return redirect("partner", offer.partner_id)
    context = {
        "title": _("Is this not offered any more?"),
        "text": f"{offer.partner.name} · {offer.get_kind_display()}",
        "act_label": _("Not offered any more"),
        "form": form,
        "cancel_url": reverse("partner", args=[offer.partner_id]),
    }
    return render(request, "components/confirm_page.html", context)


def about(partner: Partner) -> list[SummaryRow]:
    """Return what is known of a partner, row by row."""
    languages = dict(settings.CLIENT_LANGUAGES)
    place = country_name(partner.country, get_language() or "en")
    agreement: Any = partner.get_agreement_display()
    if partner.agreement_until:
        agreement = [agreement, partner.agreement_until]
    facts: list[tuple[str, Any]] = [
        (_("Kind"), partner.get_kind_display()),
        (_("Where"), ", ".join([*partner.towns, place])),
        (_("Languages that they speak"), ", ".join(str(languages.get(code, code)) for code in partner.languages)),
        (_("Whom to turn to about referrals"), partner.focal_point),
        (_("E-mail"), partner.email),
        (_("Phone"), partner.phone),
        (_("Hours"), partner.hours),
        (_("Language of letters to them"), languages.get(partner.letter_language, partner.letter_language)),
        (_("Data-sharing agreement, until"), agreement),
        (
            _("What they may receive"),
            [str(Share(each).label) for each in partner.may_receive] or _("nothing but the code"),
        ),
        (_("Remark"), partner.remark),
    ]
    return [SummaryRow(label=label, value=value) for label, value in facts]


def _partner(partner_id: UUID) -> Partner:
    found: Partner = get_object_or_404(Partner.objects.all(), pk=partner_id)
    return found


def _offer(offer_id: UUID) -> PartnerService:
    offers = PartnerService.objects.select_related("partner__data_key").filter(ended_at__isnull=True)
    offer: PartnerService = get_object_or_404(offers, pk=offer_id)
    return offer
