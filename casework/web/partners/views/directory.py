"""The directory: all partners, and who offers what where."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.clients.models import Partner, PartnerService
from casework.lib.countries import country_name
from casework.web.decorators import requires
from casework.web.filters import chips
from casework.web.request import UserRequest, permissions_in

from ..forms import OfferFilterForm, PartnerFilterForm
from ..narrowing import countries_on_record, narrowed_offers, narrowed_partners

# Nobody reads further; the page says that there are more.
AT_MOST = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerRow:
    partner: Partner
    services: str
    is_stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A town, or a whole country, with what is offered there."""

    name: str
    offers: Sequence[PartnerService]


@requires(Permission.PARTNERS_VIEW)
@require_safe
def partners(request: UserRequest) -> HttpResponse:
    form = PartnerFilterForm(request.GET, countries=countries_on_record())
    today = timezone.localdate()
    offered = PartnerService.objects.filter(ended_at__isnull=True).order_by("kind", "id")
    found = list(
        narrowed_partners(form, today).prefetch_related(Prefetch("services", offered, to_attr="offered"))[: AT_MOST + 1]
    )
    context = {
        "form": form,
        "chips": chips(form, request.GET, request.path),
        "rows": [_row(partner, today) for partner in found[:AT_MOST]],
        "has_more": len(found) > AT_MOST,
        "may_manage": Permission.PARTNERS_MANAGE in permissions_in(request),
    }
    return render(request, "partners/partners.html", context)


@requires(Permission.PARTNERS_VIEW)
@require_safe
def who_offers_what(request: UserRequest) -> HttpResponse:
    form = OfferFilterForm(request.GET, countries=countries_on_record())
    found = list(narrowed_offers(form).select_related("partner")[: AT_MOST + 1])
    context = {
        "form": form,
        "chips": chips(form, request.GET, request.path),
        "places": _places(found[:AT_MOST]),
        "has_more": len(found) > AT_MOST,
        "today": timezone.localdate(),
    }
    return render(request, "partners/who_offers_what.html", context)


def _row(partner: Any, today: Any) -> PartnerRow:
    kinds = dict.fromkeys(str(offer.get_kind_display()) for offer in partner.offered)
    return PartnerRow(partner=partner, services=", ".join(kinds), is_stale=partner.is_stale(today))


def _places(offers: Sequence[PartnerService]) -> list[Place]:
    language = get_language() or "en"
    places = []
    for (country, town), there in groupby(offers, key=lambda offer: (offer.country, offer.town)):
        name = country_name(country, language)
        name = _("%(town)s, %(country)s") % {"town": town, "country": name} if town else name
        places.append(Place(name=name, offers=list(there)))
    return places
