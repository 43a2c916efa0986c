"""When somebody must leave who stays without a permit: the conjunction of the limits, and the reasons for the date."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from . import steps
from .days import Span, clipped, difference, size, union
from .inquiry import Inquiry
from .kinds import LIMIT_KINDS, Duty, Kind
from .leave_by_permit import permit_steps
from .leaving import Leaving, day_or_none, recheck
from .limits import days_used
from .outcome import Outcome, breaches_of, lenient_outcome, limits_for, outcome_of
from .permits import Validity, covering_end
from .planning import Reach, last_lawful_day
from .position import Deadline, Limit, Step, Subject, SubjectKind, Warning  # noqa: A004 - the word of the field
from .presence import Sojourn, has_unknown_days
from .selection import least_reviewed
from .stay_limits import StayLimit, counts_earlier_days
from .zones import days_in_place

# What a limit allows in days; the others end on a day.
DAY_COUNTING = frozenset({Kind.CONSECUTIVE_DAYS, Kind.ROLLING_WINDOW, Kind.ANCHORED_WINDOW, Kind.CALENDAR_YEAR})


def leave_by_limits(
    inquiry: Inquiry, sojourn: Sojourn, permits: Sequence[Validity], asof: int, subject: Subject, result: Leaving
) -> None:
    worst = outcome_of(inquiry, sojourn, inquiry.cautious, asof)
    if not worst.limits:
        result.warnings.append(_nothing_recorded(inquiry, sojourn, subject))
        return
    best = lenient_outcome(inquiry, sojourn, worst, asof)
    result.limits = tuple(
        _limit(inquiry, sojourn, limit, asof, best.limits[index] if best and index < len(best.limits) else None)
        for index, limit in enumerate(worst.limits)
    )
    result.unlimited, result.outcome = worst.unlimited, worst
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
        if resting_on:
            due = end
            because += [step for validity in resting_on for step in permit_steps(validity)]
        if due is None:
            result.outcome = None  # none of these limits ends the stay
            result.warnings.append(
                Warning(code="permit_end_unknown", values={}, country=sojourn.stay.country, subject=subject)
            )
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
        rule_ids=tuple(dict.fromkeys(rule.id for rule in rules)),
        review=least_reviewed(rules),
        because=(*because, *steps.reviewed(rules)),
        recheck_on=recheck(inquiry, sojourn, due, worst.mends_on),
    )


def overstay(inquiry: Inquiry, sojourn: Sojourn) -> Warning | None:
    """Return the warning that a stay, over or not, has days up to the day of the question that break a limit."""
    if sojourn.first is None or sojourn.planned:
        return None
    last = min(sojourn.last, inquiry.on.toordinal())
    limits = limits_for(inquiry, sojourn, inquiry.cautious, until=None if sojourn.here else last)
    broken = [(limit.rule.id, clipped(breaches_of(limit), sojourn.first, last)) for limit in limits]
    days = union(span for _, spans in broken for span in spans)
    if not days:
        return None
    values = {"first_on": steps.iso(days[0][0]), "last_on": steps.iso(days[-1][1]), "days": size(days)}
    sure_days = size(surely_broken(inquiry, sojourn, limits, days))
    is_sure = sure_days >= size(days)
    return Warning(
        code="overstayed" if is_sure else "overstayed_at_worst",
        values=values if is_sure else values | {"sure_days": sure_days},
        country=sojourn.stay.country,
        subject=Subject(kind=SubjectKind.STAY, id=sojourn.stay.id),
        rule_ids=tuple(dict.fromkeys(rule_id for rule_id, spans in broken if spans)),
    )


def surely_broken(inquiry: Inquiry, sojourn: Sojourn, worst: Sequence[StayLimit], days: Sequence[Span]) -> list[Span]:
    """Return the days of a stay that break a limit by the reading that is better for the person too.

    worst: its limits by the worse reading; days: those that break one of them.
    """
    if sojourn.unconfirmed:
        return []
    looks_back = counts_earlier_days(worst)
    if inquiry.lenient is None and not looks_back:
        return list(days)
    reading = inquiry.lenient or inquiry.cautious
    same = next(one for one in reading if one.stay is sojourn.stay)
    if same.first is None or same.planned:
        return []
    last = min(same.last, inquiry.on.toordinal())
    until = None if same.here else last
    best = limits_for(inquiry, same, reading, until, count_before_commencement=not looks_back)
    return union(span for limit in best for span in clipped(breaches_of(limit), same.first, last))


def _limit(inquiry: Inquiry, sojourn: Sojourn, limit: StayLimit, asof: int, other: StayLimit | None) -> Limit:
    assert sojourn.first is not None  # noqa: S101 - the callers turn unknown entries away
    over = clipped(breaches_of(limit), sojourn.first, inquiry.on.toordinal())
    reach = last_lawful_day([limit.track], asof)
    alternative = last_lawful_day([other.track], asof).last if other and other.rule is limit.rule else None
    return replace(
        answer_of(limit, sojourn.stay.country, asof, reach),
        stay_id=sojourn.stay.id,
        alternative_on=day_or_none(alternative) if alternative and reach.last and alternative > reach.last else None,
        overstay=bool(over),
        overstay_is_sure=not over or bool(surely_broken(inquiry, sojourn, [limit], over)),
        first_overstay_day=day_or_none(over[0][0]) if over else None,
    )


def answer_of(limit: StayLimit, country: str, asof: int, reach: Reach) -> Limit:
    """Return how far a limit is used up on `asof` and, from there, how long it alone allows to stay."""
    terms = limit.track.terms
    used = days_used(limit.visits, terms, asof)
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
        country=country,
        stay_id="",
        days_used=used,
        days_allowed=terms.days if counts else None,
        last_lawful_day=day_or_none(reach.last),
        unlimited=reach.unlimited,
        alternative_on=None,
        overstay=False,
        first_overstay_day=None,
        because=tuple(because),
    )


def _steps(
    inquiry: Inquiry, sojourn: Sojourn, outcome: Outcome, asof: int, limits: Sequence[Limit], subject: Subject
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


def _about_plans(outcome: Outcome) -> list[Step]:
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
