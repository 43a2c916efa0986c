"""What the decisions about a deadline still mean for the date that drives it now.

An answer (done, waived) fits what it answered: a date, in a country, about a fact. It goes on fitting

1. while that date drives;
2. where the fact is the same and the date moved later, or is not known any more: what was done in
   time for the stricter date, or was no longer asked, stays so;
3. where the fact is the same, the date moved earlier and "done" was said on or before the new date.

Anything else makes the deadline open again, and a person must look: a date that moved earlier than
what was waived, a registration whose entry day was corrected, a permit whose row was given a new end,
a stay that turned out to be in another country. If the old date comes back, so does the answer.

A fact on record (a registration for this stay) shows that it is done without anybody's answer, unless an
authority has set a date since.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .models import Deadline, Decision
from .rules.facts import DayRange, Facts
from .rules.position import SubjectKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One decision, bare: what it answered or imposed, and on which day in the zone of the person."""

    kind: str
    decided_on: date
    answered_on: date | None = None
    country: str = ""
    subject: str = ""
    imposed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """What a deadline says now; `due_on` None if the date is not known, `gone` if nothing gives rise to it.

    is_met: a fact shows that it has been done, on `met_on` if that day is known.
    """

    due_on: date | None
    country: str
    subject: str
    gone: bool = False
    is_met: bool = False
    met_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    state: str
    imposed_on: date | None
    contradicted: bool


def standing(decisions: Iterable[Decided], now: Computed) -> Standing:
    """Return what `decisions`, in their order, mean for what is computed now."""
    answer: Decided | None = None
    order: Decided | None = None
    for decision in decisions:
        match decision.kind:
            case Decision.Kind.DONE | Decision.Kind.WAIVED:
                answer = decision
            case Decision.Kind.REOPENED:
                answer = None
            case Decision.Kind.IMPOSED:  # a new order by an authority asks anew
                answer, order = None, decision
            case Decision.Kind.LIFTED:
                order = None
    imposed_on = order.imposed_on if order else None
    if now.is_met and (order is None or (now.met_on is not None and now.met_on >= order.decided_on)):
        return Standing(state=Deadline.State.DONE, imposed_on=imposed_on, contradicted=False)
    drives_on = imposed_on or now.due_on
    if answer is not None and (now.gone or _fits(answer, now, drives_on)):
        return Standing(state=answer.kind, imposed_on=imposed_on, contradicted=False)
    return Standing(
        state=Deadline.State.OPEN,
        imposed_on=imposed_on,
        contradicted=answer is not None or (imposed_on is not None and _is_against_the_rules(imposed_on, now)),
    )


def _fits(answer: Decided, now: Computed, drives_on: date | None) -> bool:
    if answer.country != now.country:
        return False
    if answer.answered_on == drives_on:
        return True
    if answer.subject != now.subject:
        return False
    is_later = answer.answered_on is not None and (drives_on is None or drives_on > answer.answered_on)
    if is_later or drives_on is None:
        return True
    return answer.kind == Decision.Kind.DONE and answer.decided_on <= drives_on


def _is_against_the_rules(imposed_on: date, now: Computed) -> bool:
    """An authority may ask for less time than the law gives, not for more; and not for what the rules do not know."""
    return now.gone or (now.due_on is not None and imposed_on > now.due_on)


# What of a fact an answer depends on: that it is this event, here, on this day. How it ended is no matter.
_TOLD_BY = {
    SubjectKind.STAY: ("stays", ("country", "entered")),
    SubjectKind.PERMIT: ("permits", ("country", "kind", "valid_from", "printed_until")),
    SubjectKind.DOCUMENT: ("documents", ("kind", "country", "valid_until")),
    SubjectKind.REGISTRATION: ("registrations", ("country", "kind", "registered_on", "valid_until")),
    SubjectKind.ADDRESS: ("addresses", ("country", "since")),
    SubjectKind.APPLICATION: ("applications", ("country", "kind", "filed_on")),
}


def fingerprint(facts: Facts, subject_kind: str, subject_id: str) -> str:
    """Return 16 letters that change when the fact that a deadline is about becomes another one.

    "" for what has no fact of its own, or none any more.
    """
    if subject_kind not in _TOLD_BY:
        return ""
    group, names = _TOLD_BY[SubjectKind(subject_kind)]
    for fact in getattr(facts, group):
        if fact.id == subject_id:
            told = "|".join(_plain(getattr(fact, name)) for name in names)
            return hashlib.sha256(told.encode()).hexdigest()[:16]
    return ""


def _plain(value: object) -> str:
    """Return a value as text that stays the same in every version of the software."""
    if isinstance(value, DayRange):
        return f"{_plain(value.earliest)}..{_plain(value.latest)}"
    return "" if value is None else str(value)
