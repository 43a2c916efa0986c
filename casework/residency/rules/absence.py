"""How long a permit holder may be away before the status is lost."""

from collections.abc import Sequence
from datetime import timedelta

from . import steps
from .inquiry import Inquiry
from .kinds import Duty, Kind
from .permits import Validity, validity_of
from .position import Deadline, Step, Subject, SubjectKind
from .presence import Sojourn
from .rulebook import Rule
from .selection import is_valid_on, least_reviewed
from .tenure import absences_between, return_by


def returns(inquiry: Inquiry) -> list[Deadline]:
    """Return by when holders of permits who are away must be back."""
    found = []
    # Whoever may have left on some day may be away.
    reading = inquiry.lenient or inquiry.cautious
    where = next((one.stay.country for one in reversed(reading) if one.here), "")
    for permit in inquiry.facts.permits:
        if where == permit.country:
            continue
        validity = validity_of(inquiry, permit)
        is_over = validity.until is not None and validity.until < inquiry.on
        has_begun = permit.valid_from is None or permit.valid_from <= inquiry.on
        if is_over or not has_begun:
            continue
        rules = [
            rule
            for rule in inquiry.rules(permit.country, Duty.RETURN)
            if rule.kind == Kind.MAX_ABSENCE
            and rule.parameters.get("permit_kind") in (None, "", permit.kind)
            and is_valid_on(rule, inquiry.on)
        ]
        choice = inquiry.chosen(rules, inquiry.holder("permit"), inquiry.on)
        found += [deadline for rule in choice.rules if (deadline := _deadline(inquiry, reading, validity, rule))]
    return found


def _deadline(inquiry: Inquiry, reading: Sequence[Sojourn], validity: Validity, rule: Rule) -> Deadline | None:
    """Return the last day of return, for somebody who has been there on this permit and has left."""
    permit = validity.permit
    country = permit.country
    # Where no exit is recorded they left by the day on which they were seen elsewhere.
    stays = [one for one in reading if one.stay.country == country and not one.planned]
    if not stays:
        return None
    latest = max(stays, key=lambda one: one.last)
    left = latest.last
    if permit.valid_from is not None and left < permit.valid_from.toordinal():
        return None
    spans = [(one.first, one.last) for one in inquiry.cautious if one.stay.country == country and one.first]
    since = permit.valid_from.toordinal() if permit.valid_from else 0
    due = return_by(
        left,
        int(rule.parameters["days"]),
        absences=[] if rule.parameters.get("consecutive", True) else absences_between(spans, since, left),
        travel_days=rule.parameters.get("travel_days"),
    )
    subject = Subject(kind=SubjectKind.PERMIT, id=permit.id)
    because = [
        steps.left(latest, subject),
        steps.stated(rule),
        Step(code="due", values={"due_on": due.on.isoformat()}),
    ]
    if due.alternative is not None:
        values = {"alternative_on": due.alternative.isoformat()}
        because.append(Step(code="alternative_by_travel_days", values=values))
    return Deadline(
        duty=Duty.RETURN,
        subject=subject,
        country=country,
        due_on=due.on,
        alternative_on=due.alternative,
        rule_ids=(rule.id, *validity.rule_ids),
        review=least_reviewed([rule]),
        because=(*because, *steps.reviewed([rule])),
        recheck_on=due.on + timedelta(days=1) if due.on >= inquiry.on else None,
    )
