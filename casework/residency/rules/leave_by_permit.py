"""When somebody must leave who stays on a permit or a visa: when it really ends, or on a fixed day for its holders."""

from collections.abc import Sequence
from datetime import date

from . import steps
from .inquiry import Inquiry
from .kinds import Duty, Kind
from .leaving import Leaving, day_or_none, recheck
from .permits import Validity, covering_end
from .position import Deadline, Step, Subject, SubjectKind, Warning  # noqa: A004 - the word of the field
from .presence import Sojourn
from .rulebook import Rule
from .selection import day_of, least_reviewed
from .stay_limits import places_of


def leave_by_permit(
    inquiry: Inquiry, sojourn: Sojourn, permits: Sequence[Validity], asof: int, subject: Subject, result: Leaving
) -> None:
    country = sojourn.stay.country
    end, resting_on = covering_end(permits, asof)
    if not resting_on:
        # One that was over before they came is not the one on which they are there.
        ended = [
            each for each in permits if each.until is not None and (sojourn.first or 0) <= each.until.toordinal() < asof
        ]
        if ended:
            last = max(ended, key=lambda each: each.until or date.min)
            end, resting_on = (last.until.toordinal() if last.until else None), [last]
    due = end
    until_rules = _until_rules(inquiry, sojourn, resting_on, asof)
    fixed = min((day_of(rule.parameters["until"]).toordinal() for rule in until_rules), default=None)
    is_fixed = fixed is not None and (due is None or fixed < due)
    if is_fixed:
        due = fixed
    if not resting_on:
        result.warnings.append(Warning(code="permit_not_recorded", values={}, country=country, subject=subject))
    elif end is None:
        result.warnings.append(Warning(code="permit_end_unknown", values={}, country=country, subject=subject))
    because = [steps.entered(sojourn, subject)] if sojourn.first is not None else []
    because += [step for validity in resting_on for step in permit_steps(validity)]
    if any(validity.permit.kind == "visa" for validity in resting_on):
        because.append(Step(code="visa_days_not_recorded", values={}))
        result.warnings.append(Warning(code="visa_days_not_recorded", values={}, country=country, subject=subject))
    because += [steps.stated(rule) for rule in until_rules]
    if due is not None:
        because.append(Step(code="last_lawful_day", values={"last_on": steps.iso(due)}))
    extending = list({rule.id: rule for validity in resting_on for rule in validity.rules}.values())
    rules = [*until_rules, *extending] if is_fixed else [*reversed(extending), *until_rules]
    result.last = due
    result.deadline = Deadline(
        duty=Duty.LEAVE,
        subject=subject,
        country=country,
        due_on=day_or_none(due),
        rule_ids=tuple(rule.id for rule in rules),
        review=least_reviewed(rules),
        because=(*because, *steps.reviewed(rules)),
        recheck_on=recheck(inquiry, sojourn, due),
    )


def _until_rules(inquiry: Inquiry, sojourn: Sojourn, resting_on: Sequence[Validity], asof: int) -> list[Rule]:
    """Return the fixed days until which the holders of these permits may stay, the latest known of each line."""
    entrant = inquiry.entrant(sojourn.stay, "permit")
    kinds = {validity.permit.kind for validity in resting_on}
    found: list[Rule] = []
    for place, _ in places_of(inquiry, sojourn.stay.country, asof):
        speaking = [
            rule
            for rule in inquiry.rules(place, Duty.LEAVE)
            if rule.kind == Kind.UNTIL_DATE and rule.parameters.get("permit_kind") in (None, "", *kinds)
        ]
        rules = inquiry.chosen(speaking, entrant, date.fromordinal(asof), leaving=True).rules
        lines = {
            (rule.audience, rule.part): rule
            for rule in sorted(rules, key=lambda rule: day_of(rule.parameters["until"]))
        }
        found += lines.values()
    return found


def permit_steps(validity: Validity) -> list[Step]:
    permit = validity.permit
    subject = Subject(kind=SubjectKind.PERMIT, id=permit.id)
    values = {"permit_kind": permit.kind, "country": permit.country}
    if permit.printed_until is None:
        return [Step(code="permit_end_unknown", values=values, subject=subject)]
    ends = Step(code="permit_ends", values=values | {"until_on": permit.printed_until.isoformat()}, subject=subject)
    return [ends, *validity.steps]
