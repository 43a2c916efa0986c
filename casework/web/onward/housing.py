"""What is recorded about living somewhere, beside the addresses: closed areas, the owner's consent, registering anew."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import get_language

from casework.clients.models import Address
from casework.lib.countries import country_name
from casework.residency.facts import load_facts
from casework.residency.rulebook import load_book
from casework.residency.rules.areas import ClosedArea, area_rules, closed_areas_named
from casework.residency.rules.inquiry import Inquiry
from casework.residency.rules.known import known_rules
from casework.residency.rules.moving import moving
from casework.residency.rules.onward import risks
from casework.residency.rules.rulebook import RuleBook
from casework.residency.rules.stated import of_rule
from casework.web.forms.dates import DayParts

from .risk import Risk, risks_of
from .rows import Answer, duty_answer, said
from .sources import SourcedRule, sourced


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutAddress:
    """What a form says about the country of an address. `named`: closed areas that the address as typed names."""

    country: str
    name: str
    on: dt.date
    is_own: bool
    is_there: bool
    is_first: bool
    duties: Sequence[Answer]
    hosted: Sequence[SourcedRule]
    areas: Sequence[Answer]
    named: Sequence[ClosedArea]
    risks: Sequence[Risk]


def about_address(
    client: Any, form: Any, today: dt.date, now: dt.datetime, address_id: UUID | None = None
) -> AboutAddress:
    """Return what is recorded for the address in a form: of the country that it names, if they move on the day it names."""
    given = form.cleaned_data if form.is_bound and hasattr(form, "cleaned_data") else form.initial
    country, since = given.get("country") or form.initial.get("country") or "", _day_typed(given.get("since"))
    facts, book = load_facts([client.pk])[client.pk], load_book()
    on = since or today
    inquiry = Inquiry(facts=facts, book=book, on=on, known_at=now)
    rules = inquiry.known.by_id
    moves = moving(inquiry, country, str(address_id or ""))
    restrictions = area_rules(inquiry.known, country, on)
    return AboutAddress(
        country=country,
        name=country_name(country, get_language() or "en"),
        on=on,
        is_own=country in facts.nationalities,
        is_there=moves.is_there,
        is_first=moves.is_first,
        duties=[duty_answer(each, rules) for each in moves.duties],
        hosted=[sourced(rules[each]) for each in moves.hosted],
        areas=[said(of_rule(rule), rules) for rule in restrictions],
        named=closed_areas_named(restrictions, given.get("city") or "", given.get("line") or ""),
        risks=risks_of(rules, [each.rule_id for each in risks(inquiry, country)]),
    )


def _day_typed(value: Any) -> dt.date | None:
    """Return the day in a form, also where a draft shows again what was typed; None for what cannot be read."""
    try:
        return value if isinstance(value, dt.date) else DayParts.of(value).read()
    except ValidationError:
        return None


def closed_areas_in(address: Address, book: RuleBook, today: dt.date, now: dt.datetime) -> list[ClosedArea]:
    """Return the closed areas that an address on record names, by what is law today, or was until they moved out."""
    on = min(today, address.until) if address.until else today
    restrictions = area_rules(known_rules(book, now), address.country, on)
    return closed_areas_named(restrictions, address.city, address.line) if restrictions else []
