"""Permits as they really end: the printed day, or a later one by law; and the days they and applications cover."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .days import EVER, Span, union
from .facts import Application, Permit
from .inquiry import Inquiry
from .kinds import Duty, Kind
from .position import Step, Subject, SubjectKind
from .rulebook import Rule
from .selection import day_of
from .tenure import Extension, extensions_of
from .zones import zones_of

# While one of these is open, nothing has been decided against the person.
OPEN_APPLICATION_STATES = frozenset({"pending", "appealed"})


@dataclass(frozen=True, slots=True)
class Validity:
    """A permit and its real last day: None if it is not known. `steps` say why it differs from the card, by which `rules`."""

    permit: Permit
    until: date | None
    steps: tuple[Step, ...] = ()
    rules: tuple[Rule, ...] = ()

    @property
    def rule_ids(self) -> tuple[str, ...]:
        return tuple(rule.id for rule in self.rules)


def validity_of(inquiry: Inquiry, permit: Permit) -> Validity:
    """Return when `permit` really ends. One extension may rest on another."""
    until = permit.printed_until
    if until is None:
        return Validity(permit, None)
    subject = Subject(kind=SubjectKind.PERMIT, id=permit.id)
    steps: list[Step] = []
    extending: list[Rule] = []
    rules = [
        rule
        for rule in inquiry.rules(permit.country, Duty.PERMIT_EXTENSION)
        if rule.kind == Kind.PERMIT_EXTENDED_BY_LAW and rule.parameters.get("permit_kind") in (None, "", permit.kind)
    ]
    holder = inquiry.holder("permit")
    reaching = [
        (rule, extension)
        for rule in rules
        if inquiry.chosen([rule], holder, (extension := _extension(rule)).valid_on).rules
    ]
    for position in extensions_of(permit.valid_from, until, [extension for _, extension in reaching]):
        rule, extension = reaching[position]
        values = {
            "until_on": until.isoformat(),
            "valid_on": extension.valid_on.isoformat(),
            "extended_on": extension.extended_to.isoformat(),
        }
        steps.append(Step(code="permit_extended_by_law", values=values, rule_id=rule.id, subject=subject))
        extending.append(rule)
        until = extension.extended_to
    return Validity(permit, until, tuple(steps), tuple(extending))


def _extension(rule: Rule) -> Extension:
    return Extension(day_of(rule.parameters["valid_on"]), day_of(rule.parameters["extended_to"]))


def permits_for(inquiry: Inquiry, country: str) -> list[Validity]:
    """Return the permits that let the person stay in `country`: its own, and visas of the zones it belongs to."""
    zones = set(zones_of(inquiry, country))
    found = []
    for permit in inquiry.facts.permits:
        is_zone_visa = permit.kind == "visa" and (
            permit.country in zones or bool(zones & set(zones_of(inquiry, permit.country)))
        )
        if permit.country == country or is_zone_visa:
            found.append(validity_of(inquiry, permit))
    return found


def lawful_applications(inquiry: Inquiry, country: str, *, keeps: bool | None = True) -> list[Application]:
    """Return the open applications in `country` filed by the day of the question that keep the stay lawful.

    keeps: None for those of which nobody knows whether they do.
    """
    if not inquiry.heeds_applications:
        return []
    return [
        application
        for application in inquiry.facts.applications
        if application.country == country
        and application.state in OPEN_APPLICATION_STATES
        and application.keeps_stay_lawful is keeps
        and (application.filed_on is None or application.filed_on <= inquiry.on)
    ]


def covered_days(inquiry: Inquiry, country: str) -> list[Span]:
    """Return the days in `country` that rest on a permit, a visa or an application, and not on visa-free entry."""
    spans = [_span(validity) for validity in permits_for(inquiry, country)]
    spans += [
        (application.filed_on.toordinal() if application.filed_on else EVER[0], EVER[1])
        for application in lawful_applications(inquiry, country)
    ]
    return union(spans)


def covering_end(validities: Sequence[Validity], day: int) -> tuple[int | None, list[Validity]]:
    """Return the last day of the permits that cover `day` one after the other, None if not known, and these permits.

    An end that nobody recorded is over by the earlier reading where a permit that was given later covers the day.
    """
    counting = [each for each in validities if each.until is not None or not _is_replaced(each, validities, day)]
    spans = union(_span(validity) for validity in counting)
    for first, last in spans:
        if first <= day <= last:
            covering = [each for each in counting if first <= _span(each)[0] <= last]
            return (last if all(each.until is not None for each in covering) else None), covering
    return None, []


def _is_replaced(validity: Validity, others: Sequence[Validity], day: int) -> bool:
    """Say whether a permit with an end of its own, begun after this one, is valid on `day`."""
    begins = _span(validity)[0]
    return any(
        other.until is not None and begins < _span(other)[0] <= day <= _span(other)[1]
        for other in others
        if other is not validity
    )


def holds_permit_on(inquiry: Inquiry, country: str, day: int) -> bool:
    """Say whether a permit or visa lets the person be in `country` on that day, and so enter on it."""
    return bool(covering_end(permits_for(inquiry, country), day)[1])


def _span(validity: Validity) -> Span:
    first = validity.permit.valid_from.toordinal() if validity.permit.valid_from else EVER[0]
    last = validity.until.toordinal() if validity.until else EVER[1]
    return (first, last)
