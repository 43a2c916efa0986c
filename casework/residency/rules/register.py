"""Duties that an event sets off: register the stay, notify the arrival, register an address, apply for residence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from casework.lib.working_days import WorkingDays, is_known_calendar

from . import steps
from .applying import met_by_first
from .calendars import calendar_steps
from .duties import DayOne, Due, register_within
from .facts import Address, Registration
from .inquiry import Inquiry
from .kinds import AppliesTo, Duty, Kind
from .position import Deadline, Step, Subject, SubjectKind, Warning  # noqa: A004 - the word of the field
from .presence import Sojourn
from .rulebook import Rule
from .selection import is_valid_on, least_reviewed
from .versions import boundaries_after

# Which registration shows that the duty was done.
REGISTRATION_KINDS = {
    Duty.REGISTER: frozenset({"stay"}),
    Duty.NOTIFY_ARRIVAL: frozenset({"arrival_notice"}),
    Duty.REGISTER_ADDRESS: frozenset({"address", "stay"}),
}

EVENT_DUTIES = (Duty.REGISTER, Duty.NOTIFY_ARRIVAL, Duty.REGISTER_ADDRESS, Duty.APPLY_RESIDENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    """Something that sets a duty off. `latest`: the last day on which it may have been, if not known exactly."""

    trigger: str
    on: date
    latest: date
    subject: Subject
    step: Step
    address: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    rule: Rule
    due: Due
    steps: tuple[Step, ...]
    only_if_here_after: date | None = None


def event_duties(inquiry: Inquiry, sojourn: Sojourn) -> tuple[list[Deadline], list[Warning]]:
    """Return the deadlines that the entry of the current stay and moves within it have set off."""
    deadlines: list[Deadline] = []
    warnings: list[Warning] = []
    country = sojourn.stay.country
    if sojourn.first is None or country in inquiry.facts.nationalities:
        return deadlines, warnings
    events = [_entry(sojourn), *_moves(inquiry, sojourn)]
    for duty in EVENT_DUTIES:
        rules = [
            rule
            for rule in inquiry.rules(country, duty)
            if rule.kind in (Kind.REGISTER_WITHIN, Kind.REGISTRATION_EXEMPTION)
        ]
        for event in events if rules else ():
            deadline, noticed = _deadline(inquiry, sojourn, duty, rules, event)
            warnings += noticed
            if deadline is not None:
                deadlines.append(deadline)
    return deadlines, warnings


def _first_day(sojourn: Sojourn) -> date:
    assert sojourn.first is not None  # noqa: S101 - unknown entries were turned away
    return date.fromordinal(sojourn.first)


def _entry(sojourn: Sojourn) -> _Event:
    subject = Subject(kind=SubjectKind.STAY, id=sojourn.stay.id)
    first = _first_day(sojourn)
    latest = sojourn.stay.entered.latest or first
    return _Event(
        trigger="entry", on=first, latest=max(first, latest), subject=subject, step=steps.entered(sojourn, subject)
    )


def _moves(inquiry: Inquiry, sojourn: Sojourn) -> list[_Event]:
    """Return the changes of address in the course of the stay; the address to which they came is no change."""
    events = []
    for address in addresses_in(inquiry, sojourn)[1:]:
        if address.since is None or address.since.toordinal() < (sojourn.first or 0):
            continue  # nobody knows when they moved there, or they lived there before
        if address.until is not None and address.until <= inquiry.on:
            continue  # they have moved on; the duty follows the address they live at
        since = address.since
        subject = Subject(kind=SubjectKind.ADDRESS, id=address.id)
        step = Step(code="moved", values={"moved_on": steps.iso(since)}, subject=subject)
        events.append(
            _Event(trigger="address_change", on=since, latest=since, subject=subject, step=step, address=address)
        )
    return events


def addresses_in(inquiry: Inquiry, sojourn: Sojourn) -> list[Address]:
    """Return where they have lived in the course of the stay, the address to which they came first.

    That is one that begins with the entry, else the one to which they came back, else the first on record. An address
    that they had left by the day of the entry is none of this stay.
    """
    entered = _first_day(sojourn)
    here = [
        address
        for address in inquiry.facts.addresses
        if address.country == sojourn.stay.country
        and (address.since is None or address.since <= inquiry.on)
        and (address.until is None or address.until > entered or address.since == entered)
    ]
    return sorted(here, key=lambda address: (address.since != entered, address.since or date.min, address.id))


def _deadline(
    inquiry: Inquiry, sojourn: Sojourn, duty: Duty, rules: Sequence[Rule], event: _Event
) -> tuple[Deadline | None, list[Warning]]:
    legal_basis = sojourn.stay.legal_basis if sojourn.stay.legal_basis in ("permit", "visa") else ""
    entrant = inquiry.entrant(sojourn.stay, legal_basis)
    entry = date.fromordinal(sojourn.first or event.on.toordinal())
    reaching = [rule for rule in rules if _is_set_off(rule, duty, event) and _reaches(rule, entry, event.on)]
    choice = inquiry.chosen(reaching, entrant, event.on)
    exempting = [rule for rule in choice.rules if rule.kind == Kind.REGISTRATION_EXEMPTION]
    answers: list[_Answer] = []
    warnings: list[Warning] = []
    for rule in exempting or choice.rules:
        answer, warning = _answer(inquiry, sojourn, rule, event)
        answers += [answer] if answer else []
        warnings += [warning] if warning else []
    if not answers:
        return None, warnings
    answers.sort(key=lambda answer: answer.due.on)
    first = answers[0]
    because = [event.step, *first.steps, *steps.chosen_over(first.rule, choice.replaced)]
    because.append(Step(code="due", values={"due_on": first.due.on.isoformat()}))
    for other in answers[1:]:
        values = {"due_on": other.due.on.isoformat()}
        because += [steps.stated(other.rule), Step(code="other_due", values=values, rule_id=other.rule.id)]
    used = [answer.rule for answer in answers]
    met_by, met_on = _met(inquiry, sojourn, duty, event)
    alternative = first.due.alternative
    if event.latest > event.on:
        moved = _answer(inquiry, sojourn, first.rule, _on_day(event, event.latest))[0]
        latest = (moved.due.alternative or moved.due.on) if moved else None
        if latest and latest > (alternative or first.due.on):
            alternative = latest
            because.append(Step(code="alternative_by_facts", values={"alternative_on": latest.isoformat()}))
    return Deadline(
        duty=duty,
        subject=event.subject,
        country=sojourn.stay.country,
        due_on=first.due.on,
        alternative_on=alternative if alternative and alternative > first.due.on else None,
        optional=all(bool(rule.parameters.get("optional")) for rule in used),
        only_if_here_after=first.only_if_here_after,
        met_by=met_by,
        met_on=met_on,
        rule_ids=tuple(rule.id for rule in used),
        review=least_reviewed(used),
        because=(*because, *steps.reviewed(used)),
        recheck_on=_recheck(inquiry, rules, first.due.on),
    ), warnings


def _is_set_off(rule: Rule, duty: Duty, event: _Event) -> bool:
    if rule.kind == Kind.REGISTRATION_EXEMPTION:
        return event.trigger == "entry"
    default = ["address_change"] if duty == Duty.REGISTER_ADDRESS else ["entry"]
    triggers = rule.parameters.get("triggers") or default
    return event.trigger in triggers or (event.trigger == "entry" and "exceeding_days" in triggers)


def _reaches(rule: Rule, entry: date, event: date) -> bool:
    """Say whether this version reaches the event: the entry decides, or the day of the event itself."""
    return is_valid_on(rule, event if rule.applies_to == AppliesTo.EACH_DAY else entry)


def _answer(inquiry: Inquiry, sojourn: Sojourn, rule: Rule, event: _Event) -> tuple[_Answer | None, Warning | None]:
    if rule.kind == Kind.REGISTRATION_EXEMPTION:
        days = int(rule.parameters["days"])
        last = event.on + timedelta(days=days - 1)
        if _leaves_by(sojourn, last):
            return None, None
        explained = (steps.stated(rule), Step(code="only_if_here_after", values={"last_on": last.isoformat()}))
        return _Answer(rule=rule, due=Due(last), steps=explained, only_if_here_after=last), None
    return _within(inquiry, sojourn, rule, event)


def _within(inquiry: Inquiry, sojourn: Sojourn, rule: Rule, event: _Event) -> tuple[_Answer | None, Warning | None]:
    given = rule.parameters
    over = given.get("only_if_stay_over_days") or (given.get("exceeding_days") if event.trigger == "entry" else None)
    only_after = event.on + timedelta(days=int(over) - 1) if over else None
    if only_after is not None and _leaves_by(sojourn, only_after):
        return None, None
    starts = event.on
    if given.get("exceeding_days") and "exceeding_days" in (given.get("triggers") or ()):
        starts = event.on + timedelta(days=int(given["exceeding_days"]))
    working_days = None
    if given["unit"] == "working_days":
        calendar = given.get("calendar") or rule.jurisdiction
        if not is_known_calendar(calendar):
            values = {"calendar": calendar}
            return None, _warning("calendar_unknown", values, rule, event)
        working_days = inquiry.working_days(rule)
    day_one: DayOne = given.get("day_one") or "entry_day"
    due = register_within(starts, n=int(given["n"]), unit=given["unit"], day_one=day_one, working_days=working_days)
    explained = [steps.stated(rule), *_explained(due, starts, working_days, day_one)]
    if only_after is not None:
        explained.append(Step(code="only_if_here_after", values={"last_on": only_after.isoformat()}))
    answer = _Answer(rule=rule, due=due, steps=tuple(explained), only_if_here_after=only_after)
    if working_days is not None and not working_days.covers(due.on):
        values = {"calendar": working_days.calendar, "year": due.on.year}
        return answer, _warning("calendar_not_covered", values, rule, event)
    return answer, None


def _explained(due: Due, starts: date, working_days: WorkingDays | None, day_one: DayOne) -> list[Step]:
    found: list[Step] = []
    if working_days is not None:
        found += calendar_steps(working_days, starts, due.alternative or due.on)
    if due.alternative is not None:
        code = "alternative_by_day_one"
        if day_one != "unclear":
            code = "alternative_by_working_day" if working_days is not None else "alternative_by_hour"
        found.append(Step(code=code, values={"alternative_on": due.alternative.isoformat()}))
    return found


def _leaves_by(sojourn: Sojourn, day: date) -> bool:
    """Say whether the stay is known to end by `day`, so that a duty of longer stays does not arise."""
    left = sojourn.stay.left
    return left is not None and left.latest is not None and left.latest <= day


def _met(inquiry: Inquiry, sojourn: Sojourn, duty: Duty, event: _Event) -> tuple[Subject | None, date | None]:
    """Return the registration or application by which the duty was done, the earliest, and its day if known."""
    if duty == Duty.APPLY_RESIDENCE:
        return _applied(inquiry, sojourn, event.on)
    matching = [
        one
        for one in inquiry.facts.registrations
        if one.country == sojourn.stay.country and one.kind in REGISTRATION_KINDS[duty] and _fits(one, event)
    ]
    first = min(matching, key=lambda one: one.registered_on or date.max, default=None)
    if first is None:
        return None, None
    return Subject(kind=SubjectKind.REGISTRATION, id=first.id), first.registered_on


def _fits(registration: Registration, event: _Event) -> bool:
    """Say whether it is about this event: named so, or not otherwise and not older than the event."""
    if event.address is not None:
        if registration.address_id:
            return registration.address_id == event.address.id
        return registration.registered_on is not None and registration.registered_on >= event.on
    if registration.stay_id:
        return registration.stay_id == event.subject.id
    return registration.registered_on is None or registration.registered_on >= event.on


def _applied(inquiry: Inquiry, sojourn: Sojourn, since: date) -> tuple[Subject | None, date | None]:
    return met_by_first(
        application
        for application in inquiry.facts.applications
        if application.kind == "residence" and application.country == sojourn.stay.country
        if application.filed_on is None or application.filed_on >= since
    )


def _on_day(event: _Event, day: date) -> _Event:
    return _Event(
        trigger=event.trigger, on=day, latest=day, subject=event.subject, step=event.step, address=event.address
    )


def _warning(code: str, values: dict[str, object], rule: Rule, event: _Event) -> Warning:
    return Warning(code=code, values=values, country=rule.jurisdiction, subject=event.subject, rule_ids=(rule.id,))


def _recheck(inquiry: Inquiry, rules: Sequence[Rule], due: date) -> date | None:
    days = [due + timedelta(days=1)] if due >= inquiry.on else []
    return min([*days, *boundaries_after(rules, inquiry.on)], default=None)
