"""Rules in words, in the language of the page: what they say, to whom, on which days."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from babel.units import format_unit
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from casework.lib.countries import country_name
from casework.lib.day_words import REGIONS, in_words, instant_in_words
from casework.lib.suppression import outgoing_count

from .models import Jurisdiction, Rule
from .publishing import bounds, last_day
from .rules import rulebook
from .rules.choices import DOCUMENT_KINDS, PURPOSES
from .rules.kinds import Kind
from .rules.saying import Clause, Length, Listed, Word, saying

OLDEST = 200


def what_it_says(rule: Rule | rulebook.Rule) -> str:
    """Return e.g. "90 days in any 180 days; entry and exit day count"."""
    words = "; ".join(_clause(clause) for clause in saying(Kind(str(rule.kind)), rule.parameters))
    return words[:1].upper() + words[1:]


def audience(rule: Rule, groups: dict[str, str] | None = None) -> str:
    """Return e.g. "nationals of Russia; from age 14; on an internal passport". `groups`: code -> name."""
    parts = [nationality(rule.nationality, groups)]
    if rule.age_from and rule.age_below < OLDEST:
        parts.append(_("aged %(first)s to %(last)s") % {"first": rule.age_from, "last": rule.age_below - 1})
    elif rule.age_from:
        parts.append(_("from age %(age)s") % {"age": rule.age_from})
    elif rule.age_below < OLDEST:
        parts.append(_("below age %(age)s") % {"age": rule.age_below})
    if rule.document_kind:
        parts.append(_("document: %(kind)s") % {"kind": _(DOCUMENT_KINDS.get(rule.document_kind, rule.document_kind))})
    if rule.purpose:
        parts.append(_("purpose: %(purpose)s") % {"purpose": _(PURPOSES.get(rule.purpose, rule.purpose))})
    if rule.legal_basis == "permit":
        parts.append(_("holders of a permit"))
    elif rule.legal_basis == "visa":
        parts.append(_("holders of a visa"))
    return "; ".join(parts)


def nationality(code: str, groups: dict[str, str] | None = None) -> str:
    if code == "*":
        return _("everybody")
    if groups and code in groups:
        return f"{code}: {groups[code]}"
    return _("nationals: %(country)s") % {"country": _(country_name(code, language()))}


def days_of(valid: DateRange) -> str:
    """Return e.g. "from 27 Jan 2023", "1 May 2022 to 30 Sep 2022", "always"."""
    first, last = bounds(valid)[0], last_day(valid)
    if first and last:
        if first == last:
            return day(first)
        return _("%(first)s to %(last)s") % {"first": day(first), "last": day(last)}
    if first:
        return _("from %(day)s") % {"day": day(first)}
    if last:
        return _("until %(day)s") % {"day": day(last)}
    return _("first and last day not recorded")


def held(rule: Rule) -> str:
    """Return when we held the rule to be so, e.g. "from 5 Dec 2026, 14:05 to …"."""
    if rule.known is None:
        return _("not published")
    since, until = (
        instant_in_words(timezone.localtime(it), language()) if it else None
        for it in (rule.known.lower, rule.known.upper)
    )
    if since and until:
        return _("%(first)s to %(last)s") % {"first": since, "last": until}
    if until:
        return _("until %(day)s") % {"day": until}
    return _("since %(day)s") % {"day": since} if since else _("since the records begin")


def published_by(rule: Rule) -> str:
    if rule.published_at is None:
        return "–"
    return rule.published_by.display_name or rule.published_by.email if rule.published_by else _("reference data")


def place_name(place: Jurisdiction) -> str:
    if place.kind == Jurisdiction.Kind.ZONE:
        return place.name or place.code
    return country_name(place.code, language())


def day(value: date) -> str:
    return in_words(value, language())


def language() -> str:
    return get_language() or "en"


def _clause(clause: Clause) -> str:
    values = {name: _value(value) for name, value in clause.values.items()}
    if clause.plural:
        count = clause.values[clause.counted]
        assert isinstance(count, int)  # noqa: S101 - a clause with a plural counts something
        return ngettext(clause.template, clause.plural, count) % values
    return _(clause.template) % values


def _value(value: object) -> object:
    match value:
        case Length():
            return length(value.count, value.unit)
        case Word():
            return _(value.text)
        case Listed():
            return _joined(value.items)
        case date():
            return day(value)
    return value


def length(count: int, unit: str) -> str:
    """Return e.g. "3 months", with the plural that the language wants. `unit`: hours, days, months, years."""
    base = language().split("-", maxsplit=1)[0]
    return str(format_unit(count, f"duration-{unit.rstrip('s')}", "long", locale=REGIONS.get(base, base)))


def _joined(items: Iterable[Any]) -> str:
    return ", ".join(str(_value(item)) for item in items)


def could_not_be_computed(failed: int) -> str:
    """Return what is said to whoever asked for it, who may see no people; nothing if all could be."""
    shown = outgoing_count(failed)
    if shown is None:
        return _("The deadlines of fewer than 8 people could not be computed.")
    if not shown:
        return ""
    return ngettext(
        "The deadlines of about %(count)s person could not be computed.",
        "The deadlines of about %(count)s people could not be computed.",
        shown,
    ) % {"count": shown}
