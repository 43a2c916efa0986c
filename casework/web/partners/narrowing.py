"""What the filters of the directory let through."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import get_language

from casework.clients.models import Partner, PartnerService
from casework.clients.models.partner import STALE_AFTER
from casework.lib.countries import country_name

from .forms import OfferFilterForm, PartnerFilterForm


def countries_on_record() -> list[tuple[str, str]]:
    """Return the countries of partners and of what they offer, by name."""
    of_partners = Partner.objects.order_by().values_list("country")
    codes = {code for (code,) in of_partners.union(PartnerService.objects.order_by().values_list("country"))}
    language = get_language() or "en"
    return sorted(((code, country_name(code, language)) for code in codes), key=lambda each: each[1])


def narrowed_partners(form: PartnerFilterForm, today: date) -> Any:
    """Return the partners that the filters let through; what cannot be understood filters nothing."""
    chosen = _chosen(form)
    directory: Any = Partner.objects
    is_archive = chosen.get("shown") == "archived"
    partners = directory.filter(archived_at__isnull=False) if is_archive else directory.in_use()
    if chosen.get("shown") == "stale":
        partners = partners.not_verified_since(today - STALE_AFTER)
    if "kind" in chosen:
        partners = partners.filter(kind=chosen["kind"])
    if "language" in chosen:
        partners = partners.filter(languages__contains=[chosen["language"]])
    about_services = {"service", "town", "country"} & set(chosen)
    if about_services - {"country"}:
        there = _services(chosen, PartnerService.objects.filter(partner=OuterRef("pk"), ended_at__isnull=True))
        partners = partners.filter(Exists(there))
    elif "country" in chosen:
        partners = partners.filter(country=chosen["country"])
    return partners.by_name()


def narrowed_offers(form: OfferFilterForm) -> Any:
    """Return what is offered and the filters let through, place by place."""
    chosen = _chosen(form)
    offers: Any = PartnerService.objects
    offers = _services(chosen, offers.offered())
    if "language" in chosen:
        offers = offers.filter(partner__languages__contains=[chosen["language"]])
    for name in ("for_whom", "cost", "capacity"):
        if name in chosen:
            offers = offers.filter(**{name: chosen[name]})
    return offers.by_place()


def _services(chosen: dict[str, Any], services: Any) -> Any:
    if "service" in chosen:
        services = services.filter(kind=chosen["service"])
    if "country" in chosen:
        services = services.filter(country=chosen["country"])
    if "town" in chosen:
        services = services.in_town(chosen["town"])
    return services


def _chosen(form: Any) -> dict[str, Any]:
    form.full_clean()
    return {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
