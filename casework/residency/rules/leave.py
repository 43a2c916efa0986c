"""When somebody must leave: the conjunction of the limits of a stay, or the end of what it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from . import steps
from .days import Span, clipped, difference, size, union
from .facts import Application
from .inquiry import Inquiry
from .kinds import LIMIT_KINDS, Duty, Kind
from .limits import breaches, days_used
from .permits import Validity, covered_days, covering_end, lawful_applications, permits_for
from .planning import Reach, Track, last_lawful_day, lawful_again, stopping
from .position import Deadline, Limit, Step, Subject, SubjectKind, Warning  # noqa: A004 - the word of the field
from .presence import Sojourn, has_unknown_days
from .rulebook import Rule
from .selection import day_of, least_reviewed
from .stay_limits import StayLimit, counts_earlier_days, limits_of_stay, places_of
from .versions import boundaries_after
from .visits import visits_of
from .zones import days_in_place

# What a limit allows in days; the others end on a day.
DAY_COUNTING = frozenset({Kind.CONSECUTIVE_DAYS, Kind.ROLLING_WINDOW, Kind.ANCHORED_WINDOW, Kind.CALENDAR_YEAR})


@dataclass(slots=True, kw_only=True)
class Leaving:
    """What the rules say about the end of one stay.

    last: its last lawful day, None where it is not known or nothing limits it (`unlimited`).
    """

    deadline: Deadline | None = None
    limits: tuple[Limit, ...] = ()
    warnings: list[Warning] = field(default_factory=list)
    last: int | None = None
    unlimited: bool = False


@dataclass(slots=True, kw_only=True)
class _Outcome:
    """One reading of the facts: the limits, how far they reach, and which of them end the stay.

    broken_since: the first day of presence that is not lawful, where today is not. mends_on: the day on
    which presence would become lawful again by itself. without_plans: how far one may stay if what is
    planned is given up, where that is longer. spoils_plans: no day spares what is planned any more.
    """

    limits: list[StayLimit]
    due: int | None = None
    unlimited: bool = False
    binding: list[int] = field(default_factory=list)
    broken_since: int | None = None
    mends_on: int | None = None
    without_plans: Reach | None = None
    spoils_plans: bool = False


def leaving(inquiry: Inquiry, sojourn: Sojourn) -> Leaving:
    """Return when the person must leave in the course of this stay, current or planned."""
    subject = Subject(kind=SubjectKind.STAY, id=sojourn.stay.id)
    country = sojourn.stay.country
    asof = inquiry.on if sojourn.first is None or not sojourn.planned else date.fromordinal(sojourn.first)
    if not places_of(inquiry, country, asof.toordinal()):
        return Leaving(
            unlimited=True, warnings=[Warning(code="own_national", values={}, country=country, subject=subject)]
        )
    suspending = lawful_applications(inquiry, country)
    if suspending and not sojourn.planned:
        # What would be due if nothing had been filed: that waits until the decision.
        result = _leaving(replace(inquiry, heeds_applications=False), sojourn, asof.toordinal(), subject)
        _suspend(suspending[0], subject, result)
    else:
        result = _leaving(inquiry, sojourn, asof.toordinal(), subject)
        if sojourn.stay.legal_basis == "application" and not sojourn.planned:
            result.warnings.append(
                Warning(code="application_not_recorded", values={}, country=country, subject=subject)
            )
    for application in lawful_applications(inquiry, country, keeps=None):
        result.warnings.append(_about_application("application_effect_unknown", application, subject))
    return result


def _leaving(inquiry: Inquiry, sojourn: Sojourn, asof: int, subject: Subject) -> Leaving:
    result = Leaving()
    permits = permits_for(inquiry, sojourn.stay.country)
    rests_on_permit = sojourn.stay.legal_basis in ("permit", "visa") or bool(covering_end(permits, asof)[1])
    if rests_on_permit or _ended_in_this_stay(permits, sojourn, asof):
        _leave_by_permit(inquiry, sojourn, permits, asof, subject, result)
    elif sojourn.first is None:
        result.deadline = _unknown(inquiry, sojourn, subject)
        warning = Warning(code="entry_unknown", values={}, country=sojourn.stay.country, subject=subject)
        result.warnings.append(warning)
    else:
        _leave_by_limits(inquiry, sojourn, permits, asof, subject, result)
    return result


def overstay(inquiry: Inquiry, sojourn: Sojourn) -> Warning | None:
    """Return the warning that a stay, over or not, has days up to the day of the question that break a limit."""
    if sojourn.first is None or sojourn.planned:
        return None
    last = min(sojourn.last, inquiry.on.toordinal())
    limits = _limits(inquiry, sojourn, inquiry.cautious, until=None if sojourn.here else last)
    broken = {limit.rule.id: clipped(_breaches(limit), sojourn.first, last) for limit in limits}
    days = union(span for spans in broken.values() for span in spans)
    if not days:
        return None
    values = {"first_on": steps.iso(days[0][0]), "last_on": steps.iso(days[-1][1]), "days": size(days)}
    return Warning(
        code="overstayed",
        values=values,
        country=sojourn.stay.country,
        subject=Subject(kind=SubjectKind.STAY, id=sojourn.stay.id),
        rule_ids=tuple(rule_id for rule_id, spans in broken.items() if spans),
    )


# Limits


def _leave_by_limits(
    inquiry: Inquiry, sojourn: Sojourn, permits: Sequence[Validity], asof: int, subject: Subject, result: Leaving
) -> None:
    worst = _outcome(inquiry, sojourn, inquiry.cautious, asof)
    if not worst.limits:
        result.warnings.append(_nothing_recorded(inquiry, sojourn, subject))
        return
    best = _lenient(inquiry, sojourn, worst, asof)
    result.limits = tuple(
        _limit(inquiry, sojourn, limit, asof, best.limits[index] if best and index < len(best.limits) else None)
        for index, limit in enumerate(worst.limits)
    )
    result.unlimited = worst.unlimited
    if worst.spoils_plans:
        result.warnings.append(
            Warning(code="plan_cannot_be_kept", values={}, country=sojourn.stay.country, subject=subject)
        )
    if worst.broken_since == sojourn.first:
        result.warnings.append(Warning(code="no_day_lawful", values={}, country=sojourn.stay.country, subject=subject))
    if all(limit.track.member[0] > asof for limit in worst.limits):
        result.warnings.append(_nothing_recorded(inquiry, sojourn, subject))
    due, because = worst.due, _steps(inquiry, sojourn, worst, asof, result.limits, subject)
    if due is not None:
        end, resting_on = covering_end(permits, due + 1)
        if resting_on and end is not None:
            due = end
            because += [step for validity in resting_on for step in _permit_steps(validity)]
    result.last = due
    if worst.unlimited:
        return
    bound = [worst.limits[index].rule for index in worst.binding]
    others = [limit.rule for limit in worst.limits if limit.rule not in bound]
    alternative = None
    if due is not None and best is not None and best.due is not None and best.due > due:
        alternative = date.fromordinal(best.due)
        because.append(Step(code="alternative_by_facts", values={"alternative_on": alternative.isoformat()}))
    rules = [*bound, *others]
    result.deadline = Deadline(
        duty=Duty.LEAVE,
        subject=subject,
        country=sojourn.stay.country,
        due_on=date.fromordinal(due) if due is not None else None,
        alternative_on=alternative,
        rule_ids=tuple(rule.id for rule in rules),
        review=least_reviewed(rules),
        because=(*because, *steps.reviewed(rules)),
        recheck_on=_recheck(inquiry, sojourn, due, worst.mends_on),
    )


def _limits(
    inquiry: Inquiry,
    sojourn: Sojourn,
    reading: Sequence[Sojourn],
    until: int | None,
    *,
    count_before_commencement: bool = True,
) -> list[StayLimit]:
    assert sojourn.first is not None  # noqa: S101 - the callers turn unknown entries away
    return limits_of_stay(
        inquiry,
        inquiry.entrant(sojourn.stay),
        sojourn.stay.country,
        sojourn.first,
        until,
        reading,
        count_before_commencement=count_before_commencement,
    )


def _outcome(
    inquiry: Inquiry, sojourn: Sojourn, reading: Sequence[Sojourn], asof: int, *, count_before_commencement: bool = True
) -> _Outcome:
    limits = _limits(inquiry, sojourn, reading, None, count_before_commencement=count_before_commencement)
    tracks = [limit.track for limit in limits]
    if not tracks:
        return _Outcome(limits=[])
    reach = last_lawful_day(tracks, asof)
    if reach.unlimited:
        return _Outcome(limits=limits, unlimited=True)
    if reach.last is None:
        return _overdue(limits, sojourn, asof)
    outcome = _Outcome(limits=limits, due=reach.last, binding=stopping(tracks, asof, reach.last))
    if _has_plans(tracks, asof):
        freely = last_lawful_day(_without_plans(tracks, asof), asof)
        outcome.without_plans = freely if freely != reach else None
    return outcome


def _overdue(limits: list[StayLimit], sojourn: Sojourn, asof: int) -> _Outcome:
    """Return the outcome of a stay on whose day `asof` one may no longer be there."""
    assert sojourn.first is not None  # noqa: S101 - the callers turn unknown entries away
    tracks = [limit.track for limit in limits]
    broken = [_breaches(limit) for limit in limits]
    now = [span for span in union(span for spans in broken for span in spans) if span[0] <= asof <= span[1]]
    if now:
        since = max(now[0][0], sojourn.first)
        return _Outcome(
            limits=limits,
            due=max(since - 1, sojourn.first),
            binding=[index for index, spans in enumerate(broken) if clipped(spans, since, since)],
            broken_since=since,
            mends_on=lawful_again(tracks, asof),
        )
    # Today is lawful, but every day of presence takes one from what is planned: the plan cannot be kept as it is.
    freely = _without_plans(tracks, asof)
    reach = last_lawful_day(freely, asof)
    binding = stopping(freely, asof, reach.last) if reach.last is not None else []
    return _Outcome(limits=limits, due=reach.last, unlimited=reach.unlimited, binding=binding, spoils_plans=True)


def _has_plans(tracks: Sequence[Track], asof: int) -> bool:
    return any(stay.first > asof for track in tracks for stay in track.stays)


def _without_plans(tracks: Sequence[Track], asof: int) -> list[Track]:
    return [replace(track, stays=tuple(stay for stay in track.stays if stay.first <= asof)) for track in tracks]


def _breaches(limit: StayLimit) -> list[tuple[int, int]]:
    return breaches(visits_of(limit.track.stays), limit.track.terms)


def _lenient(inquiry: Inquiry, sojourn: Sojourn, worst: _Outcome, asof: int) -> _Outcome | None:
    """Return the outcome under the reading that is better for the person; None where there is no other reading."""
    looks_back = counts_earlier_days(worst.limits)
    if inquiry.lenient is None and not looks_back:
        return None
    reading = inquiry.lenient or inquiry.cautious
    same = next(one for one in reading if one.stay is sojourn.stay)
    is_still_so = same.planned if sojourn.planned else same.here
    if same.first is None or not is_still_so:
        return None
    asof = max(asof, same.first) if sojourn.planned else asof
    return _outcome(inquiry, same, reading, asof, count_before_commencement=not looks_back)


def _limit(inquiry: Inquiry, sojourn: Sojourn, limit: StayLimit, asof: int, other: StayLimit | None) -> Limit:
    assert sojourn.first is not None  # noqa: S101 - the callers turn unknown entries away
    terms = limit.track.terms
    visits = visits_of(limit.track.stays)
    reach = last_lawful_day([limit.track], asof)
    alternative = last_lawful_day([other.track], asof).last if other and other.rule is limit.rule else None
    over = clipped(breaches(visits, terms), sojourn.first, inquiry.on.toordinal())
    used = days_used(visits, terms, asof)
    values = {"days_used": used, "asof_on": steps.iso(asof)}
    counts = terms.kind in DAY_COUNTING
    because = [steps.stated(limit.rule)]
    because.append(
        Step(code="days_used", values=values | {"days_allowed": terms.days}, rule_id=limit.rule.id)
        if counts
        else Step(code="days_stayed", values=values, rule_id=limit.rule.id)
    )
    return Limit(
        rule_id=limit.rule.id,
        country=sojourn.stay.country,
        stay_id=sojourn.stay.id,
        days_used=used,
        days_allowed=terms.days if counts else None,
        last_lawful_day=_date(reach.last),
        unlimited=reach.unlimited,
        alternative_on=_date(alternative) if alternative and reach.last and alternative > reach.last else None,
        overstay=bool(over),
        first_overstay_day=_date(over[0][0]) if over else None,
        because=tuple(because),
    )


def _steps(
    inquiry: Inquiry, sojourn: Sojourn, outcome: _Outcome, asof: int, limits: Sequence[Limit], subject: Subject
) -> list[Step]:
    assert sojourn.first is not None  # noqa: S101 - the callers turn unknown entries away
    because = [steps.entered(sojourn, subject)]
    for index in outcome.binding:
        limit = outcome.limits[index]
        because += steps.version_chosen(limit.version, sojourn.first)
        because.append(steps.stated(limit.rule))
        because += [step for step in steps.chosen_over(limit.rule, limit.replaced) if step not in because]
        because += _counted(inquiry, limit, outcome.due if outcome.due is not None else asof)
        because.append(limits[index].because[-1])
    if outcome.broken_since is not None:
        because.append(Step(code="limit_broken", values={"first_on": steps.iso(outcome.broken_since)}))
    elif outcome.due is not None:
        because.append(Step(code="last_lawful_day", values={"last_on": steps.iso(outcome.due)}))
    because += _about_plans(outcome)
    for index, limit in enumerate(outcome.limits):
        if index not in outcome.binding:
            because += _other(limit, limits[index])
    return because


def _about_plans(outcome: _Outcome) -> list[Step]:
    if outcome.spoils_plans:
        return [Step(code="plans_left_out", values={})]
    if outcome.without_plans is None or outcome.without_plans.last is None:
        return []
    return [Step(code="without_plans", values={"last_on": steps.iso(outcome.without_plans.last)})]


def _counted(inquiry: Inquiry, limit: StayLimit, last: int) -> list[Step]:
    """Return the stays that the limit counts on the day after `last`, and those there that it does not count."""
    terms = limit.track.terms
    since = 1
    if terms.kind == Kind.ROLLING_WINDOW:
        since = last + 2 - terms.window_days
    elif terms.kind == Kind.CALENDAR_YEAR:
        since = date(date.fromordinal(last).year, 1, 1).toordinal()
    elif terms.kind != Kind.ANCHORED_WINDOW:
        return []
    since = max(since, terms.counts_from)
    found = []
    for sojourn in inquiry.cautious:
        if sojourn.first is None or sojourn.planned:
            continue
        there = days_in_place(inquiry, limit.place, sojourn.stay.country, (sojourn.first, sojourn.last))
        counted = [span for one, span in limit.counted if one is sojourn]
        code = "stay_counted_at_worst" if has_unknown_days(sojourn.stay) else "stay_counted"
        found += [_days_step(code, limit, sojourn, span) for span in clipped(counted, since, max(last, sojourn.last))]
        left_out = clipped(difference(there, counted), since, max(last, sojourn.last))
        found += [_days_step("stay_not_counted", limit, sojourn, span) for span in left_out]
    return found


def _days_step(code: str, limit: StayLimit, sojourn: Sojourn, span: Span) -> Step:
    first, last = span
    values = {
        "country": sojourn.stay.country,
        "first_on": steps.iso(first),
        "last_on": steps.iso(last),
        "days": last - first + 1,
    }
    subject = Subject(kind=SubjectKind.STAY, id=sojourn.stay.id)
    return Step(code=code, values=values, rule_id=limit.rule.id, subject=subject)


def _other(limit: StayLimit, answer: Limit) -> list[Step]:
    stated = steps.stated(limit.rule)
    if answer.last_lawful_day is None:
        return [stated, Step(code="other_limit_not_reached", values={}, rule_id=limit.rule.id)]
    values = {"last_on": answer.last_lawful_day.isoformat()}
    return [stated, Step(code="other_limit", values=values, rule_id=limit.rule.id)]


def _nothing_recorded(inquiry: Inquiry, sojourn: Sojourn, subject: Subject) -> Warning:
    country, entrant = sojourn.stay.country, inquiry.entrant(sojourn.stay)
    ever = inquiry.chosen(
        [rule for rule in inquiry.rules(country, Duty.LEAVE) if rule.kind in LIMIT_KINDS],
        entrant,
        inquiry.on,
        leaving=True,
    )
    nationality = entrant.nationality or ", ".join(sorted(entrant.nationalities))
    values = {"duty": str(Duty.LEAVE), "nationality": nationality}
    code = "no_rule_for_that_day" if ever.rules else "no_rule_recorded"
    if code == "no_rule_for_that_day":
        values["day_on"] = steps.iso(sojourn.first or inquiry.on)
    return Warning(code=code, values=values, country=country, subject=subject)


def _unknown(inquiry: Inquiry, sojourn: Sojourn, subject: Subject) -> Deadline:
    return Deadline(
        duty=Duty.LEAVE,
        subject=subject,
        country=sojourn.stay.country,
        due_on=None,
        rule_ids=(),
        review=least_reviewed(()),
        because=(steps.entered(sojourn, subject),),
        recheck_on=_recheck(inquiry, sojourn, None),
    )


# Permits and applications


def _ended_in_this_stay(permits: Sequence[Validity], sojourn: Sojourn, asof: int) -> bool:
    return sojourn.first is not None and any(
        validity.until is not None and sojourn.first <= validity.until.toordinal() < asof for validity in permits
    )


def _leave_by_permit(
    inquiry: Inquiry, sojourn: Sojourn, permits: Sequence[Validity], asof: int, subject: Subject, result: Leaving
) -> None:
    country = sojourn.stay.country
    end, resting_on = covering_end(permits, asof)
    if not resting_on:
        ended = [each for each in permits if each.until is not None and each.until.toordinal() < asof]
        if ended:
            last = max(ended, key=lambda each: each.until or date.min)
            end, resting_on = (last.until.toordinal() if last.until else None), [last]
    is_end_known = bool(resting_on) and all(each.until is not None for each in resting_on)
    due = end if is_end_known else None
    until_rules = _until_rules(inquiry, sojourn, resting_on, asof)
    fixed = min((day_of(rule.parameters["until"]).toordinal() for rule in until_rules), default=None)
    is_fixed = fixed is not None and (due is None or fixed < due)
    if is_fixed:
        due = fixed
    if not resting_on:
        result.warnings.append(Warning(code="permit_not_recorded", values={}, country=country, subject=subject))
    elif not is_end_known:
        result.warnings.append(Warning(code="permit_end_unknown", values={}, country=country, subject=subject))
    because = [steps.entered(sojourn, subject)] if sojourn.first is not None else []
    because += [step for validity in resting_on for step in _permit_steps(validity)]
    because += [steps.stated(rule) for rule in until_rules]
    if due is not None:
        because.append(Step(code="last_lawful_day", values={"last_on": steps.iso(due)}))
    extended_by = [rule_id for validity in resting_on for rule_id in validity.rule_ids]
    extending = [rule for rule in inquiry.book.rules if rule.id in extended_by]
    rules = [*until_rules, *extending] if is_fixed else [*reversed(extending), *until_rules]
    result.last = due
    result.deadline = Deadline(
        duty=Duty.LEAVE,
        subject=subject,
        country=country,
        due_on=_date(due),
        rule_ids=tuple(rule.id for rule in rules),
        review=least_reviewed(rules),
        because=(*because, *steps.reviewed(rules)),
        recheck_on=_recheck(inquiry, sojourn, due),
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


def _permit_steps(validity: Validity) -> list[Step]:
    permit = validity.permit
    subject = Subject(kind=SubjectKind.PERMIT, id=permit.id)
    values = {"permit_kind": permit.kind, "country": permit.country}
    if permit.printed_until is None:
        return [Step(code="permit_end_unknown", values=values, subject=subject)]
    ends = Step(code="permit_ends", values=values | {"until_on": permit.printed_until.isoformat()}, subject=subject)
    return [ends, *validity.steps]


def _suspend(application: Application, subject: Subject, result: Leaving) -> None:
    """A pending application keeps the stay lawful: nothing is due, and the date that waits is named."""
    due_on = result.deadline.due_on if result.deadline else None
    warning = _about_application("leave_suspended", application, subject)
    if due_on is not None:
        warning = Warning(
            code="leave_suspended_until_decided",
            values={**warning.values, "due_on": due_on.isoformat()},
            country=warning.country,
            subject=warning.subject,
        )
    result.deadline = None
    result.unlimited = False
    result.last = None
    result.warnings.append(warning)


def _about_application(code: str, application: Application, subject: Subject) -> Warning:
    values = {"application_kind": application.kind, "application_id": application.id}
    return Warning(code=code, values=values, country=application.country, subject=subject)


def _recheck(inquiry: Inquiry, sojourn: Sojourn, due: int | None, mends_on: int | None = None) -> date | None:
    """Return the next day on which time alone may change the date: it passes, a rule changes, a plan begins."""
    today = inquiry.on.toordinal()
    days = [due + 1] if due is not None and due >= today else []
    days += [mends_on] if mends_on is not None else []
    days += [one.first for one in inquiry.cautious if one.first is not None and one.first > today]
    days += [one.last + 1 for one in inquiry.cautious if one.leaves and one.last >= today]
    for place, _ in places_of(inquiry, sojourn.stay.country, today):
        known = inquiry.rules(place, Duty.LEAVE)
        days += [day.toordinal() for day in boundaries_after(known, inquiry.on)]
    days += [first for first, _ in covered_days(inquiry, sojourn.stay.country) if first > today]
    return _date(min(days, default=None))


def _date(day: int | None) -> date | None:
    return None if day is None else date.fromordinal(day)
