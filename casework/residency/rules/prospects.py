"""What becomes possible: to come back, to apply for residence or citizenship, to travel on a document of one's own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from casework.lib.periods import Period

from . import steps
from .coming import first_entry
from .days import Span, size
from .inquiry import Inquiry
from .kinds import Duty, Kind
from .permits import Validity, holds_permit_on, validity_of
from .position import Opportunity, Step, Subject, SubjectKind
from .presence import Sojourn
from .rulebook import Rule
from .selection import ages_on, is_valid_on, least_reviewed, period_of
from .stay_limits import counted_stays
from .tenure import eligible_on, may_return_from, must_stay_away, served_since


def prospects(inquiry: Inquiry, current: Sojourn | None) -> list[Opportunity]:
    return [*_re_entries(inquiry, current), *entitlements(inquiry, current), *_own_documents(inquiry, current)]


# Coming back


def _re_entries(inquiry: Inquiry, current: Sojourn | None) -> list[Opportunity]:
    """Return, for every country they have left, the day from which they may lawfully enter again, if it lies ahead."""
    latest: dict[str, Sojourn] = {}
    for sojourn in inquiry.cautious:
        if sojourn.first is not None and not sojourn.planned and not sojourn.here:
            latest[sojourn.stay.country] = sojourn
    here = current.stay.country if current else ""
    found = [_re_entry(inquiry, sojourn) for country, sojourn in latest.items() if country != here]
    return [opportunity for opportunity in found if opportunity]


def _re_entry(inquiry: Inquiry, last: Sojourn) -> Opportunity | None:
    on, country = inquiry.on.toordinal(), last.stay.country
    if holds_permit_on(inquiry, country, on):
        return None
    entrant = inquiry.entrant(last.stay)
    waiting = cooldowns(inquiry, last)
    waits_until = max([on, *(day for day, _ in waiting)])
    by_limits, limits = first_entry(inquiry, entrant, country, waits_until)
    opens = by_limits or waits_until
    if opens <= on:
        return None
    subject = Subject(kind=SubjectKind.STAY, id=last.stay.id)
    because = [steps.left(last, subject)]
    rules: list[Rule] = []
    for day, rule in waiting:
        if day == opens:
            rules.append(rule)
    if opens > waits_until or not rules:
        rules += [limit.rule for limit in limits]
    because += [steps.stated(rule) for rule in rules]
    because.append(Step(code="opens", values={"opens_on": steps.iso(opens)}))
    return _opportunity(Duty.RE_ENTER, subject, country, date.fromordinal(opens), rules, because)


def cooldowns(inquiry: Inquiry, last: Sojourn) -> list[tuple[int, Rule]]:
    """Return the days after which one may enter again: so many full days away after the exit.

    Days under a permit or a visa use nothing up: who stayed on one alone need not wait.
    """
    country = last.stay.country
    stayed = sum(size([span]) for one, span in counted_stays(inquiry, country, inquiry.cautious) if one is last)
    if not stayed or country in inquiry.facts.nationalities:
        return []
    speaking = [
        rule
        for rule in inquiry.rules(country, Duty.RE_ENTER)
        if rule.kind == Kind.COOLDOWN and is_valid_on(rule, date.fromordinal(last.first or last.last))
    ]
    choice = inquiry.chosen(speaking, inquiry.entrant(last.stay), inquiry.on)
    return [
        (may_return_from(last.last, int(rule.parameters["days"])), rule)
        for rule in choice.rules
        if must_stay_away(rule.parameters["after"], rule.parameters.get("limit_days"), stayed)
    ]


# Residence and citizenship


@dataclass(frozen=True, slots=True)
class _Since:
    """From when time counts towards a right, and the fact it counts from."""

    day: date
    subject: Subject
    code: str


def entitlements(inquiry: Inquiry, current: Sojourn | None) -> list[Opportunity]:
    """Return from when they may apply for residence or citizenship where they are and where they hold permits."""
    found = []
    countries = {permit.country for permit in inquiry.facts.permits} | ({current.stay.country} if current else set())
    for country in sorted(countries):
        for duty in (Duty.RESIDENCE, Duty.CITIZENSHIP):
            rules = [rule for rule in inquiry.rules(country, duty) if rule.kind == Kind.ELIGIBLE_AFTER]
            if rules:
                found += _eligible(inquiry, current, country, duty, rules)
    return found


def _eligible(
    inquiry: Inquiry, current: Sojourn | None, country: str, duty: Duty, rules: Sequence[Rule]
) -> list[Opportunity]:
    """Return when the time is served under the version that is in force on that very day."""
    opening: dict[str, tuple[date, _Since]] = {}
    for rule in rules:
        since = _since(inquiry, current, country, rule)
        period = period_of(rule.parameters)
        if since is None or period is None:
            continue
        opens = eligible_on(since.day.toordinal(), period, month_end=rule.parameters.get("month_end"))
        if is_valid_on(rule, opens):
            opening[rule.id] = (opens, since)
    entrant = inquiry.holder("permit")
    candidates = [rule for rule in rules if rule.id in opening]
    choice = inquiry.chosen(candidates, entrant, inquiry.on)
    if not choice.rules and current is not None:
        choice = inquiry.chosen(candidates, inquiry.entrant(current.stay), inquiry.on)
    # Of the versions of one rule the one under which the time is served first.
    first: dict[tuple[object, ...], Rule] = {}
    for rule in sorted(choice.rules, key=lambda rule: opening[rule.id][0]):
        first.setdefault((rule.audience, rule.part), rule)
    found = []
    for rule in first.values():
        opens, since = opening[rule.id]
        if opens <= inquiry.on:
            continue
        values = {"country": country, "since_on": since.day.isoformat()}
        because = [
            Step(code=since.code, values=values, subject=since.subject),
            steps.stated(rule),
            Step(code="opens", values={"opens_on": opens.isoformat()}),
        ]
        found.append(_opportunity(duty, since.subject, country, opens, [rule], because))
    return found


def _since(inquiry: Inquiry, current: Sojourn | None, country: str, rule: Rule) -> _Since | None:
    """Return from when the time counts; None where the person does not serve it now."""
    is_here = current is not None and current.stay.country == country and current.first is not None
    entered = date.fromordinal(current.first) if is_here and current and current.first else None
    if rule.parameters.get("of") == "stay":
        if entered is None or current is None:
            return None
        return _Since(entered, Subject(kind=SubjectKind.STAY, id=current.stay.id), "present_since")
    permits = [
        validity_of(inquiry, permit)
        for permit in inquiry.facts.permits
        if permit.country == country
        and permit.valid_from is not None
        and permit.valid_from <= inquiry.on
        and permit.kind != "visa"
        and rule.parameters.get("permit_kind") in (None, "", permit.kind)
    ]
    served = served_since(
        [_span(each) for each in permits],
        current.first if is_here and current else None,
        on=inquiry.on.toordinal(),
        continuity=rule.parameters.get("continuity_required", True),
    )
    if served is None:
        return None
    first = next(each.permit for each in permits if _span(each)[0] >= served.begun)
    code = "permit_time_added" if served.with_breaks else "present_since" if served.by_presence else "permit_since"
    return _Since(date.fromordinal(served.since), Subject(kind=SubjectKind.PERMIT, id=first.id), code)


def _span(validity: Validity) -> Span:
    return (validity.permit.valid_from or date.min).toordinal(), (validity.until or date.max).toordinal()


# Documents of children


def _own_documents(inquiry: Inquiry, current: Sojourn | None) -> list[Opportunity]:
    """Return the birthday from which a document is accepted that is not accepted from a younger person."""
    born = inquiry.facts.birth.latest
    if current is None or born is None:
        return []
    country = current.stay.country
    found = []
    speaking = [
        rule
        for rule in inquiry.rules(country, Duty.ENTER)
        if rule.kind == Kind.TRAVEL_DOCUMENT and rule.parameters.get("min_age")
    ]
    for kind, age, rule in _ages_of_acceptance(speaking):
        landed = Period(age, "years").after(born)
        birthday = landed.other or landed.day
        is_younger = ages_on(inquiry.facts.birth, inquiry.on)[0] < age
        if is_younger and is_valid_on(rule, birthday) and inquiry.chosen([rule], inquiry.holder(), birthday).rules:
            values = {"document_kind": kind, "age": age, "opens_on": birthday.isoformat()}
            because = [Step(code="document_from_age", values=values, rule_id=rule.id)]
            subject = Subject(kind=SubjectKind.CLIENT, id=inquiry.facts.client_id)
            found.append(_opportunity(Duty.ENTER, subject, country, birthday, [rule], because))
    return found


def _ages_of_acceptance(rules: Sequence[Rule]) -> Iterator[tuple[str, int, Rule]]:
    for rule in rules:
        for kind, age in rule.parameters["min_age"].items():
            yield kind, int(age), rule


def _opportunity(
    duty: Duty, subject: Subject, country: str, opens_on: date, rules: Sequence[Rule], because: Sequence[Step]
) -> Opportunity:
    return Opportunity(
        duty=duty,
        subject=subject,
        country=country,
        opens_on=opens_on,
        rule_ids=tuple(rule.id for rule in rules),
        review=least_reviewed(rules),
        because=(*because, *steps.reviewed(rules)),
    )
