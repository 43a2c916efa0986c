"""What the tab Housing of a case says of its request for a bed, and of what was offered to its people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from casework.clients.models import Case, Client
from casework.housing.due import SILENT_AFTER, last_word
from casework.housing.models import BedOffer, HousingRequest, Placement
from casework.housing.waiting_list import End, end_of_place
from casework.housing.wording import day, moment, span
from casework.lib.countries import country_name
from casework.lib.dates import today_in
from casework.web.components import SummaryRow

from .forms_of_placing import USUAL_STAY


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRow:
    """`answer`: until when they are to answer, or what they said. `acts` lead to what can be done now."""

    offer: BedOffer
    made: str
    beds: Sequence[str]
    days: str
    state: str
    answer: str
    note: str
    acts: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRows:
    """The open request, if they wait; those of before; offers, the latest first."""

    open: HousingRequest | None
    about: Sequence[SummaryRow]
    is_silent: bool
    find_url: str
    offers: Sequence[OfferRow]
    earlier: Sequence[tuple[HousingRequest, str]]
    may_reopen: bool


def requests_of(case: Case, placements: Sequence[Placement], now: datetime) -> RequestRows:
    """Return what there is; `placements` are those of the case, by which offers say their beds."""
    rows = list(HousingRequest.objects.filter(case=case).order_by("-opened_at", "-pk"))
    waiting = next((row for row in rows if row.is_open), None)
    people = _people_of(waiting) if waiting else []
    zone = case.team.time_zone
    offers = list(BedOffer.objects.filter(request__in=rows).newest_first()) if rows else []
    return RequestRows(
        open=waiting,
        about=about(waiting, people, now, zone) if waiting else (),
        is_silent=bool(waiting and last_word(waiting, zone) + SILENT_AFTER <= today_in(zone, now)),
        find_url=find_url(case.code, waiting, [client.reference for client in people], today_in(zone, now))
        if waiting
        else "",
        offers=[_offer(each, placements, now, zone) for each in offers],
        earlier=[(row, span(*_days_of(row, zone))) for row in rows if not row.is_open],
        may_reopen=waiting is None,
    )


def about(request: HousingRequest, people: Sequence[Client], now: datetime, zone: str) -> list[SummaryRow]:
    """Return what they need, row by row."""
    place = country_name(request.country, get_language() or "en")
    opened = today_in(zone, request.opened_at)
    facts: list[tuple[str, Any]] = [
        (_("Who needs a bed?"), [client.full_name for client in people]),
        (_("From when?"), request.needed_from),
        (_("By when must they leave where they are?"), leave_by_in_words(request, end_of_place(people, now))),
        (_("Where"), f"{place}: {request.city}" if request.city else place),
        (_("What they need"), "; ".join(wishes_in_words(request, len(people))) or _("nothing particular")),
        (_("Waits since"), opened),
        (_("Last contact"), request.last_contact_on or _("nobody has noted one")),
    ]
    if request.note:
        facts.append((_("Note"), request.note))
    return [SummaryRow(label=label, value=value) for label, value in facts]


def leave_by_in_words(request: HousingRequest, end: End | None) -> str:
    if request.leave_by is not None:
        return day(request.leave_by)
    return _("not known") if end is None else f"{day(end.on)} ({where_from(end)})"


def where_from(end: End) -> str:
    """Return where a computed day comes from."""
    return _("on that day their bed of ours ends") if end.is_ours else _("on that day their address on record ends")


def wishes_in_words(request: HousingRequest, people: int) -> list[str]:
    said = [
        (people > 1 and request.together, _("all of them in one place")),
        (people > 1 and not request.together, _("different rooms of one house will do")),
        (request.step_free, _("no steps on the way in")),
        (request.cot, _("with a cot")),
        (request.pets, _("with a pet")),
    ]
    return [text for holds, text in said if holds]


def find_url(code: str, request: HousingRequest, references: Sequence[str], today: date) -> str:
    """Return the page of beds for those who wait, filled in with what they need."""
    since = max(today, request.needed_from)
    query: list[tuple[str, Any]] = [("people", reference) for reference in references]
    for name, on in (("since", since), ("until", since + USUAL_STAY)):
        query += [(f"{name}_day", on.day), (f"{name}_month", on.month), (f"{name}_year", on.year)]
    query += [("country", request.country), ("city", request.city)]
    wanted = {"step_free": request.step_free, "cot": request.cot, "pets": request.pets, "apart": not request.together}
    query += [(name, "on") for name, holds in wanted.items() if holds]
    return f"{reverse('find_beds', args=[code])}?{urlencode(query)}"


def _people_of(request: HousingRequest) -> list[Client]:
    people: Any = request.people_here
    return list(people.defer("search_form").principal_first())


def _offer(offer: BedOffer, placements: Sequence[Placement], now: datetime, zone: str) -> OfferRow:
    held = [row for row in placements if row.act == offer.act]
    is_open = offer.is_open(now)
    state = offer.State.LAPSED if offer.state == offer.State.OFFERED and not is_open else offer.State(offer.state)
    return OfferRow(
        offer=offer,
        made=moment(offer.made_at, zone),
        beds=sorted({row.bed.place for row in held}),
        days=span(held[0].since, held[0].planned_until or held[0].until) if held else "",
        state=str(state.label),
        answer=_("answer until %(moment)s") % {"moment": moment(offer.lapses_at, zone)}
        if is_open
        else str(offer.get_why_display() if offer.why else ""),
        note=str(offer.note or ""),
        acts=[
            (reverse("accept_bed_offer", args=[offer.pk]), _("They take it")),
            (reverse("decline_bed_offer", args=[offer.pk]), _("They decline")),
            (reverse("withdraw_bed_offer", args=[offer.pk]), _("Withdraw")),
        ]
        if is_open
        else [],
    )


def _days_of(request: HousingRequest, zone: str) -> tuple[date, date]:
    return today_in(zone, request.opened_at), today_in(zone, request.closed_at or request.opened_at)


def days_in_words(days: int) -> str:
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
