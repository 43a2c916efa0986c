"""Steps from facts to a date, as values. What they say in words is in `wording`."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from .kinds import AppliesTo, Kind, ReviewStatus
from .position import Step, Subject
from .presence import Sojourn
from .rulebook import Rule
from .selection import day_of, least_reviewed, period_of
from .versions import Version


def iso(day: int | date) -> str:
    return (date.fromordinal(day) if isinstance(day, int) else day).isoformat()


def entered(sojourn: Sojourn, subject: Subject) -> Step:
    """Return the step that names the entry, exact or as far as it is known; what is only planned is called that."""
    country, given = sojourn.stay.country, sojourn.stay.entered
    values: dict[str, Any] = {"country": country}
    if (sojourn.planned or sojourn.unconfirmed) and sojourn.first is not None:
        return Step(code="entry_planned", values=values | {"entered_on": iso(sojourn.first)}, subject=subject)
    if given.is_exact and given.earliest:
        return Step(code="entered", values=values | {"entered_on": iso(given.earliest)}, subject=subject)
    if given.earliest and given.latest:
        values |= {"earliest_on": iso(given.earliest), "latest_on": iso(given.latest)}
        return Step(code="entered_between", values=values, subject=subject)
    if sojourn.first is None:
        return Step(code="entry_unknown", values=values, subject=subject)
    return Step(code="entry_assumed", values=values | {"entered_on": iso(sojourn.first)}, subject=subject)


def left(sojourn: Sojourn, subject: Subject) -> Step:
    """Return the step that names the exit, exact or as far as it is known, with the day that is taken."""
    given = sojourn.stay.left
    values: dict[str, Any] = {"country": sojourn.stay.country, "left_on": iso(sojourn.last)}
    if given is None or sojourn.unconfirmed or not (given.earliest and given.latest):
        return Step(code="left_assumed", values=values, subject=subject)
    if given.is_exact:
        return Step(code="left", values=values, subject=subject)
    values |= {"earliest_on": iso(given.earliest), "latest_on": iso(given.latest)}
    return Step(code="left_between", values=values, subject=subject)


def stated(rule: Rule) -> Step:
    """Return the step that says what the rule says."""
    given = rule.parameters
    values: dict[str, Any] = {"jurisdiction": rule.jurisdiction}
    match rule.kind:
        case Kind.ROLLING_WINDOW | Kind.ANCHORED_WINDOW:
            values |= {"days": given["days"], "window_days": given["window_days"]}
        case (
            Kind.CONSECUTIVE_DAYS | Kind.CALENDAR_YEAR | Kind.REGISTRATION_EXEMPTION | Kind.MAX_ABSENCE | Kind.COOLDOWN
        ):
            values |= {"days": given["days"]}
        case Kind.UNTIL_DATE:
            values |= {"until_on": iso(day_of(given["until"]))}
        case Kind.PERIOD_FROM_ENTRY | Kind.RENEW_EVERY | Kind.ELIGIBLE_AFTER | Kind.DOCUMENT_VALIDITY:
            values |= period_values(rule)
        case Kind.REGISTER_WITHIN:
            values |= {"count": given["n"]}
            code = "rule_" + "_".join((rule.kind, given["unit"], given.get("day_one") or "entry_day"))
            return Step(code=code, values=values, rule_id=rule.id)
        case Kind.RENEWAL_WINDOW:
            closes = given["closes"]
            unit = next(iter(closes))
            values |= {"count": closes[unit], "unit": unit}
    return Step(code=f"rule_{rule.kind}", values=values, rule_id=rule.id)


def period_values(rule: Rule) -> dict[str, Any]:
    period = period_of(rule.parameters)
    return {"count": period.count, "unit": period.unit} if period else {"count": 0, "unit": "days"}


def version_chosen(version: Version, entered_on: int) -> list[Step]:
    """Return why this version of the rule and no other, where the law has changed."""
    rule = version.rule
    if version.by_cohort:
        cohort = rule.parameters["cohort"]
        values = {"before_on": iso(day_of(cohort["entered_before"])), "until_on": iso(day_of(cohort["until"]))}
        return [Step(code="version_by_cohort", values=values, rule_id=rule.id)]
    if rule.valid_from is None and rule.valid_until is None:
        return []
    code = "version_on_each_day" if rule.applies_to == AppliesTo.EACH_DAY else "version_on_entry"
    if rule.valid_from and rule.valid_until:
        bounds, suffix = {"since_on": iso(rule.valid_from), "until_on": iso(rule.valid_until)}, "_between"
    elif rule.valid_from:
        bounds, suffix = {"since_on": iso(rule.valid_from)}, "_since"
    else:
        assert rule.valid_until is not None  # noqa: S101 - one of the two is there
        bounds, suffix = {"until_on": iso(rule.valid_until)}, "_until"
    return [Step(code=code + suffix, values=bounds | {"entered_on": iso(entered_on)}, rule_id=rule.id)]


def chosen_over(chosen: Rule, replaced: Iterable[Rule]) -> list[Step]:
    """Return the rules that the more specific one has replaced, and that it is an exception, if it is."""
    exception = [Step(code="exception_stands", values={}, rule_id=chosen.id)] if chosen.is_exception else []
    return exception + [
        Step(
            code="replaces_everybodys" if rule.audience.nationality == "*" else "replaces_groups",
            values={"nationality": chosen.audience.nationality, "replaced": rule.audience.nationality},
            rule_id=rule.id,
        )
        for rule in replaced
    ]


def reviewed(rules: Sequence[Rule]) -> list[Step]:
    """Return the caveat for rules that nobody stands behind yet."""
    match least_reviewed(rules):
        case ReviewStatus.PROVISIONAL:
            return [Step(code="not_legally_reviewed", values={})]
        case ReviewStatus.NEEDS_REVIEW:
            return [Step(code="sources_disagree", values={})]
    return []
