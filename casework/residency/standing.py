"""What the decisions about a deadline still mean for the date that drives it now.

An answer (done, waived) fits what it answered: a date, in a country, about a fact. It goes on fitting

1. while that date drives;
2. where the fact is the same and the date moved later, or is not known any more: what was done in
   time for the stricter date, or was no longer asked, stays so;
3. where the fact is the same, the date moved earlier and "done" was said on or before the new date.

Anything else makes the deadline open again, and a person must look: a date that moved earlier than
what was waived, a registration whose entry day was corrected, a permit whose row was given a new end,
a stay that turned out to be in another country. If the old date comes back, so does the answer.

An order (a date imposed by an authority, or set by staff in place of the computed one) drives where it is not
later than the rules allow. A later one waits for a second person, and what drove before goes on driving; a
confirmation holds while the rules give no less time than the date that was seen with it. A new order takes
the place of an earlier one once it drives itself; one that is refused never does.

A fact on record (a registration for this stay) shows that it is done without anybody's answer, unless an
authority has set a date since.
"""

import hashlib
from collections.abc import Iterable, Sequence
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
    id: str = ""
    about: str = ""


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
    """`order` drives, `waiting` would drive if a second person confirmed it; None where there is no such order."""

    state: str
    order: Decided | None
    waiting: Decided | None
    contradicted: bool

    @property
    def imposed_on(self) -> date | None:
        return self.order.imposed_on if self.order else None

    @property
    def waiting_on(self) -> date | None:
        return self.waiting.imposed_on if self.waiting else None


ORDERS = frozenset({Decision.Kind.IMPOSED, Decision.Kind.OVERRIDDEN})


def standing(decisions: Iterable[Decided], now: Computed) -> Standing:
    """Return what `decisions`, in their order, mean for what is computed now."""
    said = list(decisions)
    order, waiting = _orders(said, now)
    answer = _answer(said, order)
    imposed_on = order.imposed_on if order else None
    if now.is_met and (order is None or (now.met_on is not None and now.met_on >= order.decided_on)):
        return Standing(state=Deadline.State.DONE, order=order, waiting=waiting, contradicted=False)
    drives_on = imposed_on or now.due_on
    if answer is not None and (now.gone or _fits(answer, now, drives_on)):
        return Standing(state=answer.kind, order=order, waiting=waiting, contradicted=False)
    return Standing(
        state=Deadline.State.OPEN,
        order=order,
        waiting=waiting,
        # What the rules know nothing of; of a later date two people have said that it holds.
        contradicted=answer is not None or (order is not None and now.gone),
    )


def _orders(said: Sequence[Decided], now: Computed) -> tuple[Decided | None, Decided | None]:
    """Return the order that drives, and the latest one if it waits for a second person."""
    orders: list[Decided] = []
    confirmed: dict[str, list[date | None]] = {}
    for decision in said:
        match decision.kind:
            case Decision.Kind.IMPOSED | Decision.Kind.OVERRIDDEN:
                orders.append(decision)
            case Decision.Kind.CONFIRMED:
                confirmed.setdefault(decision.about, []).append(decision.answered_on)
            case Decision.Kind.REFUSED:
                orders = [order for order in orders if order.id != decision.about]
            case Decision.Kind.LIFTED:
                orders = []
    driving = next((order for order in reversed(orders) if _drives(order, confirmed.get(order.id, ()), now)), None)
    return driving, orders[-1] if orders and orders[-1] is not driving else None


def _drives(order: Decided, confirmed: Iterable[date | None], now: Computed) -> bool:
    """An order for less time than the law gives holds by itself, and so does one where the rules give no date."""
    if now.gone or now.due_on is None or order.imposed_on is None or order.imposed_on <= now.due_on:
        return True
    return any(seen_on is None or seen_on <= now.due_on for seen_on in confirmed)


def _answer(said: Sequence[Decided], driving: Decided | None) -> Decided | None:
    """Return the latest answer that is not taken back. An order that drives, or has driven, asks anew."""
    answer: Decided | None = None
    is_confirmed = False
    for decision in said:
        match decision.kind:
            case Decision.Kind.DONE | Decision.Kind.WAIVED:
                answer, is_confirmed = decision, False
            case Decision.Kind.REOPENED:
                answer = None
            case Decision.Kind.IMPOSED | Decision.Kind.OVERRIDDEN if decision is driving or _drove_at_once(decision):
                answer = None
            case Decision.Kind.CONFIRMED:
                is_confirmed = True
            case Decision.Kind.LIFTED if is_confirmed:
                answer = None
    return answer


def _drove_at_once(order: Decided) -> bool:
    """Say whether the order was no later than the date that drove when it was recorded."""
    return order.imposed_on is None or order.answered_on is None or order.imposed_on <= order.answered_on


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
