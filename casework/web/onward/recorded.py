"""What else is recorded for the country in which somebody is: every statement that speaks to them, by duty."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from casework.lib.countries import country_name
from casework.residency.because import place_name
from casework.residency.rules.evaluate import current_sojourn, today
from casework.residency.rules.facts import Facts
from casework.residency.rules.inquiry import Inquiry
from casework.residency.rules.kinds import DUTY_LABELS, Duty, Kind
from casework.residency.rules.onward import risks
from casework.residency.rules.rulebook import RuleBook
from casework.residency.rules.stated import Stated, stated_where_they_are

from .risk import Risk, risks_of
from .rows import Answer, said
from .sources import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyStatements:
    label: str
    answers: Sequence[Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """About one country and one person. `is_own`: a national of it, whom nobody can return there from there."""

    country: str
    name: str
    is_own: bool
    groups: Sequence[DutyStatements]
    risks: Sequence[Risk]

    @property
    def count(self) -> int:
        return sum(len(group.answers) for group in self.groups)


def recorded_where_they_are(facts: Facts, book: RuleBook, now: dt.datetime) -> Recorded | None:
    """Return what is stated for this person where they are today; None if they are nowhere on record."""
    inquiry = Inquiry(facts=facts, book=book, on=today(facts, book, now), known_at=now)
    current = current_sojourn(inquiry.cautious)
    if current is None:
        return None
    country, rules = current.stay.country, inquiry.known.by_id
    by_duty: dict[Duty, list[Answer]] = {}
    for each in stated_where_they_are(inquiry, current):
        if each.kind != Kind.RETURN_RISK:
            by_duty.setdefault(each.duty, []).append(_said(each, country, rules))
    return Recorded(
        country=country,
        name=country_name(country, get_language() or "en"),
        is_own=country in facts.nationalities,
        groups=[DutyStatements(label=_(DUTY_LABELS[duty]), answers=answers) for duty, answers in by_duty.items()],
        risks=risks_of(rules, [each.rule_id for each in risks(inquiry, country)]),
    )


def _said(stated: Stated, country: str, rules: Rules) -> Answer:
    """Return a statement; that of a zone names the zone."""
    answer = said(stated, rules)
    if stated.jurisdiction == country:
        return answer
    return replace(answer, text=f"{place_name(stated.jurisdiction)}: {answer.text}")
