"""Trips tried out, in words: what each would do, and what they would move."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.residency.because import place_name, says
from casework.residency.rules import position as engine
from casework.residency.rules.kinds import DUTY_LABELS
from casework.residency.rules.rulebook import RuleBook
from casework.residency.rules.trips import Change, Tried, Trip, TripAnswer, try_trips
from casework.web.components import SummaryRow
from casework.web.templatetags.days import day

from .forms import TripForms
from .page import Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class TripRow:
    """One trip with its answer. `number`: which of the forms it was typed into; `verdict`: lawful, broken or unknown."""

    number: int
    title: str
    verdict: str
    sentence: str
    rows: Sequence[SummaryRow]


def trip_forms(asked: Asked, data: Mapping[str, Any] | None) -> TripForms:
    countries = [stay.country for stay in asked.facts.stays]
    first = tuple(dict.fromkeys([*reversed(countries), asked.client.case.team.country]))
    is_inside = any(_goes_on(stay, asked.today) for stay in asked.facts.stays)
    return TripForms(data, today=asked.today, first=first, is_inside=is_inside)


def try_out(asked: Asked, forms: TripForms, now: dt.datetime) -> Tried:
    return try_trips(asked.facts, asked.book, now, forms.filled(), on=asked.today, leaves_on=forms.leaves_on())


def rows_of(tried: Tried, forms: TripForms, book: RuleBook) -> list[TripRow]:
    numbers = {str(form.cleaned_data["id"]): number for number, form in enumerate(forms.trips) if not form.is_blank}
    return [_row(it, numbers.get(it.trip.id, 0), book) for it in tried.answers]


def changes_of(tried: Tried) -> list[str]:
    """Return what the trips would do to the deadlines on record."""
    return [_changed(it) for it in tried.changes]


def _row(it: TripAnswer, number: int, book: RuleBook) -> TripRow:
    verdict = "unknown" if it.is_lawful is None else "lawful" if it.is_lawful else "broken"
    return TripRow(
        number=number, title=_title(it.trip), verdict=verdict, sentence=_sentence(it), rows=_figures(it, book)
    )


def _title(trip: Trip) -> str:
    values = {"place": place_name(trip.country), "first": day(trip.entered), "last": day(trip.left)}
    return _("%(place)s, %(first)s to %(last)s") % values


def _sentence(it: TripAnswer) -> str:
    if it.is_lawful is None:
        return _("No rule is recorded for this country and nationality. Nobody can say from here whether it is lawful.")
    if it.is_lawful:
        return _("Every day of this trip is within the limits that are recorded.")
    return _("From %(day)s on this trip breaks a limit.") % {"day": day(it.broken_on)}


def _figures(it: TripAnswer, book: RuleBook) -> list[SummaryRow]:
    rows: list[SummaryRow] = []
    if it.broken_on is not None:
        rows.append(SummaryRow(label=_("First day that breaks a limit"), value=it.broken_on))
        rules = [says(rule) for rule in book.rules if rule.id in it.broken_rules]
        rows.append(SummaryRow(label=_("Which limit"), value=rules))
    if it.is_unlimited:
        rows.append(SummaryRow(label=_("Last lawful day, entering then"), value=_("not limited")))
    elif it.is_lawful is not None:
        rows.append(SummaryRow(label=_("Last lawful day, entering then"), value=it.last or _("none")))
    if it.days_left is not None:
        left = ngettext("%(days)s day", "%(days)s days", it.days_left) % {"days": it.days_left}
        rows.append(SummaryRow(label=_("Days remaining on the day of exit"), value=left))
    if it.later_entry is not None:
        rows.append(SummaryRow(label=_("Earliest entry after it"), value=it.later_entry))
    rows += [SummaryRow(label=str(_(DUTY_LABELS[each.duty])), value=_due(each)) for each in it.registers]
    return rows


def _due(deadline: engine.Deadline) -> str:
    if deadline.due_on is None:
        return _("Date unknown")
    return _("by %(day)s") % {"day": day(deadline.due_on)}


def _changed(it: Change) -> str:
    before = it.before
    values = {
        "duty": str(_(DUTY_LABELS[before.duty])),
        "place": place_name(before.country) if before.country else "",
        "before": day(before.due_on) or _("not known"),
        "after": (day(it.after.due_on) or _("not known")) if it.after else "",
    }
    if it.after is None:
        return _("%(duty)s (%(place)s), %(before)s: would no longer be due.") % values
    return _("%(duty)s (%(place)s): %(before)s would become %(after)s.") % values


def _goes_on(stay: Any, today: dt.date) -> bool:
    begun = stay.entered.earliest is None or stay.entered.earliest <= today
    return begun and stay.left is None
