"""The facts about a person in time: from when until when each holds, as far as that is known."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.documents.models import Document
from casework.lib.dates import BoundedDay
from casework.residency.because import place_name
from casework.residency.models import Permit, Registration
from casework.residency.rules.choices import DOCUMENT_KINDS
from casework.residency.rules.facts import DayRange, Facts
from casework.residency.rules.position import SubjectKind
from casework.web.templatetags.days import bounded_day

# The kinds of facts that are drawn, each in a lane of its own, in this order.
LANES: dict[str, str | Promise] = {
    SubjectKind.STAY.value: gettext_lazy("Stays"),
    SubjectKind.PERMIT.value: gettext_lazy("Permits and visas"),
    SubjectKind.REGISTRATION.value: gettext_lazy("Registrations"),
    SubjectKind.DOCUMENT.value: gettext_lazy("Documents"),
}
NOT_KNOWN = BoundedDay()


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One fact. `until`: its last day, None where no end is on record; then `goes_on` says what that means.

    `planned`: a stay of which nobody has said that it began, whatever its day.
    `state`: why it does not hold though its days say so, such as "lost"; "" if it does.
    """

    kind: str
    fact_id: str
    what: str
    since: BoundedDay
    until: BoundedDay | None
    goes_on: str = ""
    state: str = ""
    planned: bool = False

    @property
    def since_in_words(self) -> str:
        return bounded_day(self.since)

    @property
    def until_in_words(self) -> str:
        if self.until is not None and self.until.is_unknown:
            return _("has left, the day is not known")
        return self.goes_on if self.until is None else bounded_day(self.until)

    @property
    def lane(self) -> str | Promise:
        return LANES[self.kind]

    @property
    def begins(self) -> tuple[date, date | None]:
        """The first day on which it may begin, and the first on which it has begun for certain."""
        return self.since.earliest or date.min, self.since.latest

    @property
    def ends(self) -> tuple[date | None, date | None]:
        """The last day on which it holds for certain, and the last on which it may; None where nobody knows."""
        return (None, date.max) if self.until is None else (self.until.earliest, self.until.latest)

    def is_planned(self, today: date) -> bool:
        return self.planned or (self.since.earliest is not None and self.since.earliest > today)

    def is_over(self, today: date) -> bool:
        return self.until is not None and self.until.latest is not None and self.until.latest < today


def spans_of(facts: Facts, today: date) -> list[Span]:
    """Return the facts that have days, lane by lane, in each lane what begins first. A document without an end says nothing of time."""
    found: list[Span] = []
    for group, of_fact in _FACTS:
        in_lane = [span for fact in getattr(facts, group) if (span := of_fact(fact, today)) is not None]
        found += sorted(in_lane, key=lambda it: (it.begins[0], it.fact_id))
    return found


def _stay(stay: Any, today: date) -> Span:
    is_ahead = stay.planned or (stay.entered.earliest is not None and stay.entered.earliest > today)
    return Span(
        kind=SubjectKind.STAY.value,
        fact_id=stay.id,
        what=place_name(stay.country),
        since=_range(stay.entered),
        until=None if stay.left is None else _range(stay.left),
        goes_on=_("end not recorded") if is_ahead else _("has not left"),
        planned=stay.planned,
    )


def _permit(permit: Any, _today: date) -> Span:
    kind = str(dict(Permit.Kind.choices).get(permit.kind, permit.kind))
    return _paper(SubjectKind.PERMIT, permit, kind, permit.valid_from, permit.printed_until)


def _registration(registration: Any, _today: date) -> Span:
    kind = str(dict(Registration.Kind.choices).get(registration.kind, registration.kind))
    return _paper(SubjectKind.REGISTRATION, registration, kind, registration.registered_on, registration.valid_until)


def _document(document: Any, _today: date) -> Span | None:
    if document.valid_until is None:
        return None
    kind = str(_(DOCUMENT_KINDS.get(document.kind, document.kind)))
    states = {value: str(label) for value, label in Document.State.choices if value != Document.State.HELD}
    state = states.get(document.state, "")
    return _paper(SubjectKind.DOCUMENT, document, kind, document.issued_on, document.valid_until, state)


def _paper(kind: SubjectKind, fact: Any, what: str, since: date | None, until: date | None, state: str = "") -> Span:
    return Span(
        kind=kind.value,
        fact_id=fact.id,
        what=_("%(what)s, %(place)s") % {"what": f"{what[:1].upper()}{what[1:]}", "place": place_name(fact.country)},
        since=BoundedDay.exactly(since) if since else NOT_KNOWN,
        until=BoundedDay.exactly(until) if until else None,
        goes_on=_("end not recorded"),
        state=state,
    )


def _range(days: DayRange) -> BoundedDay:
    return BoundedDay(days.earliest, days.latest)


_FACTS: tuple[tuple[str, Callable[[Any, date], Span | None]], ...] = (
    ("stays", _stay),
    ("permits", _permit),
    ("registrations", _registration),
    ("documents", _document),
)
