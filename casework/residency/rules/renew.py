"""Permits and registrations that must be renewed in time, and the window before the end of a lawful stay."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from casework.lib.periods import Period, parse_period

from . import steps
from .applying import met_by_first
from .duties import Window, renew_every, window_before
from .facts import Application, Permit, Registration
from .inquiry import Inquiry
from .kinds import AppliesTo, Duty, Kind
from .permits import Validity, validity_of
from .position import Deadline, Opportunity, Step, Subject, SubjectKind
from .presence import Sojourn
from .rulebook import Rule
from .selection import Entrant, is_valid_on, least_reviewed, period_of
from .versions import boundaries_after

RENEWALS = frozenset({Kind.RENEW_EVERY, Kind.RENEWAL_WINDOW})

# By which of these a permit is renewed.
RENEWING_APPLICATIONS = frozenset({"renewal", "extension", "residence"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    rule: Rule
    window: Window
    steps: tuple[Step, ...] = ()


def renewals(
    inquiry: Inquiry, current: Sojourn | None, stay_ends: date | None, or_ends: date | None = None
) -> tuple[list[Deadline], list[Opportunity]]:
    """Return what must be renewed, and the windows in which that is possible.

    stay_ends: the last lawful day of the current stay, if it is known; or_ends: the same by the better reading, if another.
    """
    found = [*_permits(inquiry, current)]
    if current is not None:
        found += [*_registration(inquiry, current), *before_the_end(inquiry, current, stay_ends, or_ends)]
    return found, [window for deadline in found if (window := _opening(inquiry, deadline))]


def _opening(inquiry: Inquiry, deadline: Deadline) -> Opportunity | None:
    if deadline.opens_on is None or deadline.is_met or (deadline.due_on and deadline.due_on < inquiry.on):
        return None
    return Opportunity(
        duty=deadline.duty,
        subject=deadline.subject,
        country=deadline.country,
        opens_on=deadline.opens_on,
        rule_ids=deadline.rule_ids,
        review=deadline.review,
        because=deadline.because,
    )


# Permits


def _permits(inquiry: Inquiry, current: Sojourn | None) -> list[Deadline]:
    found = []
    validities = [validity_of(inquiry, permit) for permit in inquiry.facts.permits]
    for validity in validities:
        country = validity.permit.country
        is_here = current is not None and current.stay.country == country
        is_over = validity.until is not None and validity.until < inquiry.on
        if _is_followed(validity, validities) or (is_over and not is_here):
            continue
        deadline = _permit(inquiry, validity)
        if deadline is not None:
            found.append(deadline)
    return found


def _is_followed(validity: Validity, validities: Sequence[Validity]) -> bool:
    """Say whether another permit has taken the place of this one: a later one of its kind, or one for the day after.

    One that ends before this one has not, nor has an earlier one whose end nobody recorded.
    """
    permit, until = validity.permit, validity.until
    for other in validities:
        if other.permit is permit or other.permit.country != permit.country:
            continue
        begins = other.permit.valid_from or date.min
        is_later = begins > (permit.valid_from or date.min)
        if is_later and other.permit.kind == permit.kind and (until is None or not _ends_before(other, until)):
            return True
        lasts_longer = is_later if other.until is None else until is not None and other.until > until
        if until is not None and begins <= until + timedelta(days=1) and lasts_longer:
            return True
    return False


def _ends_before(validity: Validity, day: date) -> bool:
    return validity.until is not None and validity.until < day


def _permit(inquiry: Inquiry, validity: Validity) -> Deadline | None:
    permit = validity.permit
    subject = Subject(kind=SubjectKind.PERMIT, id=permit.id)
    rules = [
        rule
        for rule in _renewal_rules(inquiry, permit.country, Duty.RENEW_PERMIT, "permit")
        if rule.parameters.get("permit_kind") in (None, "", permit.kind)
    ]

    def answer(rule: Rule) -> _Answer | None:
        return _renewed(rule, issued_on=permit.valid_from, until=validity.until)

    answers = _answers(inquiry, rules, inquiry.holder("permit"), answer, issued_on=permit.valid_from)
    met_by, met_on = _renewal_filed(inquiry, permit, answers[0].window.opens_on if answers else None)
    values = {"permit_kind": permit.kind, "country": permit.country}
    because = list(validity.steps)
    if permit.printed_until:
        until = {"until_on": permit.printed_until.isoformat()}
        because.insert(0, Step(code="permit_ends", values=values | until, subject=subject))
    return _deadline(
        inquiry,
        Duty.RENEW_PERMIT,
        subject,
        permit.country,
        answers,
        because,
        rules=rules,
        met_by=met_by,
        met_on=met_on,
        extended_by=validity.rule_ids,
    )


def _renewal_filed(inquiry: Inquiry, permit: Permit, since: date | None) -> tuple[Subject | None, date | None]:
    begins = since or permit.valid_from

    def is_meant(application: Application) -> bool:
        if application.permit_id:
            return application.permit_id == permit.id
        return (
            application.country == permit.country
            and application.kind == "renewal"
            and application.filed_on is not None
            and (begins is None or application.filed_on >= begins)
        )

    return met_by_first(
        application
        for application in inquiry.facts.applications
        if application.kind in RENEWING_APPLICATIONS and is_meant(application)
    )


# Registrations


def _registration(inquiry: Inquiry, current: Sojourn) -> list[Deadline]:
    """Return when the latest registration of the current stay must be renewed: its printed end, else by the rule."""
    country = current.stay.country
    held = [
        one
        for one in inquiry.facts.registrations
        if one.country == country and one.kind == "stay" and _is_of(one, current)
    ]
    if not held:
        return []
    latest = max(held, key=lambda one: (one.registered_on or date.min, one.valid_until or date.min, one.id))
    rules = _renewal_rules(inquiry, country, Duty.RENEW_REGISTRATION, "registration")

    def answer(rule: Rule) -> _Answer | None:
        return _renewed(rule, issued_on=latest.registered_on, until=latest.valid_until, printed_end_holds=True)

    answers = _answers(inquiry, rules, inquiry.entrant(current.stay), answer, issued_on=latest.registered_on)
    subject = Subject(kind=SubjectKind.REGISTRATION, id=latest.id)
    because = _registration_steps(latest, subject)
    if not answers and latest.valid_until is not None:
        return [_by_printed_end(inquiry, country, subject, latest.valid_until, because)]
    deadline = _deadline(inquiry, Duty.RENEW_REGISTRATION, subject, country, answers, because, rules=rules)
    return [deadline] if deadline else []


def _is_of(registration: Registration, current: Sojourn) -> bool:
    """Say whether the registration is of this stay: named so, or not otherwise and not over before it began."""
    if registration.stay_id:
        return registration.stay_id == current.stay.id
    last = registration.valid_until or registration.registered_on
    return last is None or last.toordinal() >= (current.first or 0)


def _registration_steps(registration: Registration, subject: Subject) -> list[Step]:
    found = []
    if registration.registered_on:
        values = {"registered_on": registration.registered_on.isoformat()}
        found.append(Step(code="registered", values=values, subject=subject))
    if registration.valid_until:
        values = {"until_on": registration.valid_until.isoformat()}
        found.append(Step(code="registration_ends", values=values, subject=subject))
    return found


def _by_printed_end(inquiry: Inquiry, country: str, subject: Subject, until: date, because: Sequence[Step]) -> Deadline:
    return Deadline(
        duty=Duty.RENEW_REGISTRATION,
        subject=subject,
        country=country,
        due_on=until,
        rule_ids=(),
        review=least_reviewed(()),
        because=(*because, Step(code="due", values={"due_on": until.isoformat()})),
        recheck_on=until + timedelta(days=1) if until >= inquiry.on else None,
    )


# The end of a lawful stay

# What is applied for before a lawful stay ends, and by which applications that is done.
BEFORE_THE_END = {Duty.APPLY_RESIDENCE: "residence", Duty.EXTEND_STAY: "extension"}


def before_the_end(
    inquiry: Inquiry, current: Sojourn, stay_ends: date | None, or_ends: date | None = None
) -> list[Deadline]:
    """Return by when to apply for residence or a longer stay, where that is counted back from the end of the lawful stay."""
    country = current.stay.country
    if stay_ends is None or country in inquiry.facts.nationalities:
        return []
    found = []
    for duty, kind in BEFORE_THE_END.items():
        rules = _renewal_rules(inquiry, country, duty, "stay")
        if rules and not (duty == Duty.EXTEND_STAY and _is_extended(inquiry, current)):
            deadline = _to_apply_for(inquiry, current, duty, kind, rules, stay_ends)
            if deadline is not None and or_ends is not None:
                deadline = _or_later(deadline, _to_apply_for(inquiry, current, duty, kind, rules, or_ends))
            found.append(deadline)
    return [deadline for deadline in found if deadline]


def _or_later(deadline: Deadline, later: Deadline | None) -> Deadline:
    """Return the deadline with the date that the better reading of the facts gives."""
    known = deadline.alternative_on or deadline.due_on
    latest = (later.alternative_on or later.due_on) if later is not None else None
    if latest is None or known is None or latest <= known:
        return deadline
    step = Step(code="alternative_by_facts", values={"alternative_on": latest.isoformat()})
    return replace(deadline, alternative_on=latest, because=(*deadline.because, step))


def _is_extended(inquiry: Inquiry, current: Sojourn) -> bool:
    """Say whether the stay was extended already, which is possible once."""
    return any(
        permit.kind == "stay_extension"
        and permit.country == current.stay.country
        and (permit.printed_until is None or permit.printed_until.toordinal() >= (current.first or 0))
        for permit in inquiry.facts.permits
    )


def _to_apply_for(
    inquiry: Inquiry, current: Sojourn, duty: Duty, kind: str, rules: Sequence[Rule], stay_ends: date
) -> Deadline | None:
    country = current.stay.country

    def answer(rule: Rule) -> _Answer | None:
        found = _renewed(rule, issued_on=None, until=stay_ends)
        extends_by = rule.parameters.get("extends_by")
        if found is None or not extends_by:
            return found
        period = parse_period(extends_by)
        values = {"until_on": period.after(stay_ends).day.isoformat(), "count": period.count, "unit": period.unit}
        return replace(found, steps=(*found.steps, Step(code="extends_to", values=values, rule_id=rule.id)))

    answers = _answers(inquiry, rules, inquiry.entrant(current.stay), answer, issued_on=None)
    subject = Subject(kind=SubjectKind.STAY, id=current.stay.id)
    because = [Step(code="last_lawful_day", values={"last_on": stay_ends.isoformat()}, subject=subject)]
    met_by, met_on = met_by_first(
        application
        for application in inquiry.facts.applications
        if application.kind == kind and application.country == country
        if application.filed_on is None or application.filed_on.toordinal() >= (current.first or 0)
    )
    return _deadline(
        inquiry,
        duty,
        subject,
        country,
        answers,
        because,
        rules=rules,
        met_by=met_by,
        met_on=met_on,
    )


# What they share


def _renewal_rules(inquiry: Inquiry, country: str, duty: Duty, of: str) -> list[Rule]:
    return [
        rule
        for rule in inquiry.rules(country, duty)
        if rule.kind in RENEWALS and (rule.parameters.get("of") or of) == of
    ]


def _answers(
    inquiry: Inquiry,
    rules: Sequence[Rule],
    entrant: Entrant,
    answer: Callable[[Rule], _Answer | None],
    *,
    issued_on: date | None,
) -> list[_Answer]:
    """Return the answers of the versions that apply, the earliest due first."""
    reaching = [rule for rule in rules if _applies(inquiry, rule, answer(rule), issued_on)]
    choice = inquiry.chosen(reaching, entrant, inquiry.on)
    found = [one for rule in choice.rules if (one := answer(rule))]
    return sorted(found, key=lambda one: one.window.due.on)


def _applies(inquiry: Inquiry, rule: Rule, answer: _Answer | None, issued_on: date | None) -> bool:
    """Say whether this version applies: in force when the paper was issued, or on the day by which one must act."""
    if answer is None:
        return False
    if rule.applies_to == AppliesTo.DOCUMENT_VALID_ON:
        return is_valid_on(rule, issued_on or inquiry.on)
    return is_valid_on(rule, answer.window.due.on)


def _renewed(
    rule: Rule, *, issued_on: date | None, until: date | None, printed_end_holds: bool = False
) -> _Answer | None:
    """Return when one must act under this rule; None where the day it counts from is not known.

    printed_end_holds: the end that is printed on the paper holds, whatever period the rule names.
    """
    if rule.kind == Kind.RENEWAL_WINDOW:
        if until is None:
            return None
        opens = rule.parameters.get("opens")
        window = window_before(
            until,
            opens=parse_period(opens) if opens else None,
            closes=parse_period(rule.parameters["closes"]),
            month_end=rule.parameters.get("month_end"),
        )
        return _Answer(rule=rule, window=window)
    period: Period | None = period_of(rule.parameters)
    if until is not None and (printed_end_holds or issued_on is None or period is None):
        held = Step(code="printed_end_holds", values={"until_on": until.isoformat()}, rule_id=rule.id)
        return _Answer(rule=rule, window=window_before(until, opens=None, closes=Period(0, "days")), steps=(held,))
    if issued_on is None or period is None:
        return None
    due = renew_every(
        issued_on, period, month_end=rule.parameters.get("month_end"), ends_on=rule.parameters.get("ends_on")
    )
    if until is not None and until < due.on:
        return _Answer(rule=rule, window=window_before(until, opens=None, closes=Period(0, "days")))
    return _Answer(rule=rule, window=Window(None, due))


def _deadline(
    inquiry: Inquiry,
    duty: Duty,
    subject: Subject,
    country: str,
    answers: Sequence[_Answer],
    because: Sequence[Step],
    *,
    rules: Sequence[Rule],
    met_by: Subject | None = None,
    met_on: date | None = None,
    extended_by: Sequence[str] = (),
) -> Deadline | None:
    if not answers:
        return None
    first = answers[0]
    used = [answer.rule for answer in answers]
    explained = [*because, steps.stated(first.rule), *first.steps]
    due, opens_on = first.window.due, first.window.opens_on
    if opens_on is not None:
        explained.append(Step(code="opens", values={"opens_on": opens_on.isoformat()}, rule_id=first.rule.id))
    explained.append(Step(code="due", values={"due_on": due.on.isoformat()}))
    if due.alternative is not None:
        values = {"alternative_on": due.alternative.isoformat()}
        explained.append(Step(code="alternative_by_month_end", values=values))
    for other in answers[1:]:
        values = {"due_on": other.window.due.on.isoformat()}
        explained += [steps.stated(other.rule), Step(code="other_due", values=values, rule_id=other.rule.id)]
    ahead = [due.on + timedelta(days=1)] if due.on >= inquiry.on else []
    ahead += [opens_on] if opens_on is not None and opens_on > inquiry.on else []
    return Deadline(
        duty=duty,
        subject=subject,
        country=country,
        due_on=due.on,
        opens_on=opens_on,
        alternative_on=due.alternative,
        optional=all(bool(rule.parameters.get("optional")) for rule in used),
        met_by=met_by,
        met_on=met_on,
        rule_ids=(*(rule.id for rule in used), *extended_by),
        review=least_reviewed(used),
        because=(*explained, *steps.reviewed(used)),
        recheck_on=min([*ahead, *boundaries_after(rules, inquiry.on)], default=None),
    )
