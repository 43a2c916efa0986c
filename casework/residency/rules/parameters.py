"""Checks the parameters of a rule: each by its type, then what they must agree on.

The admin form, the reference file and the engine share this: a rule whose parameters pass
`validate` computes without a further check.
"""

from collections.abc import Callable, Mapping
from typing import Any

from casework.lib.marking import gettext_noop as _

from .fields import PERIOD_UNITS, Problem, problems_of
from .kinds import AppliesTo, Duty, Kind
from .schemas import SCHEMAS

__all__ = ["Problem", "contradictions", "validate", "with_defaults"]


def validate(kind: Kind, parameters: object) -> tuple[Problem, ...]:
    """Return what is wrong with the parameters of a rule of this kind; nothing if they are sound."""
    if not isinstance(parameters, Mapping):
        return (Problem("", _("Parameters are written as names with values.")),)
    fields = {each.name: each for each in SCHEMAS[kind]}
    problems = [
        Problem(str(name), _("There is no such parameter. There are: %(names)s."), {"names": ", ".join(fields)})
        for name in parameters
        if name not in fields
    ]
    for each in fields.values():
        value = parameters.get(each.name)
        if value is None:
            if each.required:
                problems.append(Problem(each.name, _("This parameter is needed.")))
        else:
            problems.extend(problems_of(each, value))
    return tuple(problems or _disagreements(kind, with_defaults(kind, parameters)))


def with_defaults(kind: Kind, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters with every default filled in; None counts as not given."""
    defaults = {each.name: each.default for each in SCHEMAS[kind] if each.default is not None}
    return defaults | {name: value for name, value in parameters.items() if value is not None}


def _disagreements(kind: Kind, given: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong between parameters that are sound one by one."""
    if kind in _ONE_PERIOD_KINDS:
        units = [each.name for each in SCHEMAS[kind] if each.name in PERIOD_UNITS]
        if sum(unit in given for unit in units) != 1:
            return [
                Problem(
                    units[0],
                    _("Give exactly one of these units: %(units)s."),
                    {"units": ", ".join(units)},
                )
            ]
    check = _AGREEMENTS.get(kind)
    return check(given) if check else []


# What the kind says it is about, and the duties that are about it.
_ABOUT: dict[tuple[Kind, str, str], tuple[Duty, ...]] = {
    (Kind.RENEW_EVERY, "of", "registration"): (Duty.RENEW_REGISTRATION,),
    (Kind.RENEW_EVERY, "of", "permit"): (Duty.RENEW_PERMIT,),
    (Kind.RENEWAL_WINDOW, "of", "registration"): (Duty.RENEW_REGISTRATION,),
    (Kind.RENEWAL_WINDOW, "of", "permit"): (Duty.RENEW_PERMIT,),
    (Kind.RENEWAL_WINDOW, "of", "stay"): (Duty.APPLY_RESIDENCE, Duty.EXTEND_STAY),
    (Kind.ELIGIBLE_AFTER, "what", "residence"): (Duty.RESIDENCE,),
    (Kind.ELIGIBLE_AFTER, "what", "citizenship"): (Duty.CITIZENSHIP,),
}


def contradictions(kind: Kind, parameters: Mapping[str, Any], duty: Duty, applies_to: AppliesTo) -> tuple[Problem, ...]:
    """Return where sound parameters contradict the duty of the rule, or whom its change reaches."""
    given = with_defaults(kind, parameters)
    problems = [
        Problem(name, _("This says “%(value)s”, but the duty of the rule is another one."), {"value": value})
        for (of, name, value), duties in _ABOUT.items()
        if of == kind and given.get(name) == value and duty not in duties
    ]
    triggers = parameters.get("triggers") or ["address_change"]
    if duty == Duty.REGISTER_ADDRESS and "address_change" not in triggers:
        problems.append(Problem("triggers", _("A change of address must set off the duty to register an address.")))
    if applies_to == AppliesTo.COHORT and not given.get("cohort"):
        fields = {each.name for each in SCHEMAS[kind]}
        message = _(
            "The rule applies to a group of people with an end of its own: say who entered before, and the end."
        )
        problems.append(Problem("cohort" if "cohort" in fields else "", message))
    if applies_to != AppliesTo.COHORT and given.get("cohort"):
        message = _("People who were already there have an end of their own, but the rule does not apply to a group.")
        problems.append(Problem("cohort", message))
    return tuple(problems)


def _check_window(given: Mapping[str, Any]) -> list[Problem]:
    if given["days"] > given["window_days"]:
        return [Problem("days", _("More days than the window is long would limit nothing."))]
    return []


def _check_register_within(given: Mapping[str, Any]) -> list[Problem]:
    problems = []
    if ("exceeding_days" in given["triggers"]) != ("exceeding_days" in given):
        problems.append(
            Problem(
                "exceeding_days",
                _("The number of days and the trigger “exceeding_days” belong together."),
            )
        )
    if "only_if_stay_over_days" in given and "exceeding_days" in given:
        problems.append(
            Problem("only_if_stay_over_days", _("The duty arises for longer stays either way: give one of the two."))
        )
    calendar = given.get("calendar", "XX")
    if not (len(calendar) == 2 and calendar.isascii() and calendar.isupper()):
        problems.append(Problem("calendar", _("This must be the code of a country, such as KZ.")))
    return problems


def _check_renewal_window(given: Mapping[str, Any]) -> list[Problem]:
    if "opens" in given and _shortest_days(given["opens"]) < _longest_days(given["closes"]):
        return [Problem("opens", _("The window must open before it closes."))]
    if "extends_by" in given and given["of"] != "stay":
        return [Problem("extends_by", _("Only a lawful stay is extended: a permit has an end of its own."))]
    return _check_of_permit(given)


def _check_of_permit(given: Mapping[str, Any]) -> list[Problem]:
    if "permit_kind" in given and given["of"] != "permit":
        return [Problem("permit_kind", _("A kind of permit says nothing unless “of” is a permit."))]
    return []


def _check_extension(given: Mapping[str, Any]) -> list[Problem]:
    if given["extended_to"] <= given["valid_on"]:
        return [Problem("extended_to", _("The new last day must be after the day of validity."))]
    return []


def _check_cooldown(given: Mapping[str, Any]) -> list[Problem]:
    if (given["after"] == "limit_used") != ("limit_days" in given):
        return [Problem("limit_days", _("The limit in days and “limit_used” belong together."))]
    return []


def _check_travel_document(given: Mapping[str, Any]) -> list[Problem]:
    accepted, refused = set(given.get("accepted", ())), set(given.get("refused", ()))
    if not accepted | refused:
        return [Problem("accepted", _("Name at least one document, accepted or refused."))]
    if accepted & refused:
        return [Problem("refused", _("A document is both accepted and refused."))]
    if not set(given.get("min_age", ())) <= accepted:
        return [Problem("min_age", _("An age is given for a document that is not accepted."))]
    if given.get("children_need") in refused:
        return [Problem("children_need", _("The document that children need is refused."))]
    return []


def _check_pathway(given: Mapping[str, Any]) -> list[Problem]:
    longest = given.get("max_years")
    if longest is not None and given.get("max_validity_months", 0) > longest * 12:
        return [Problem("max_validity_months", _("One permit is valid for longer than all of them together."))]
    return []


def _check_area_restriction(given: Mapping[str, Any]) -> list[Problem]:
    if not given:
        return [Problem("areas", _("Say which areas are closed, how many, or from which share."))]
    return []


_ONE_PERIOD_KINDS = frozenset({Kind.PERIOD_FROM_ENTRY, Kind.RENEW_EVERY, Kind.DOCUMENT_VALIDITY, Kind.ELIGIBLE_AFTER})

_AGREEMENTS: dict[Kind, Callable[[Mapping[str, Any]], list[Problem]]] = {
    Kind.ROLLING_WINDOW: _check_window,
    Kind.ANCHORED_WINDOW: _check_window,
    Kind.REGISTER_WITHIN: _check_register_within,
    Kind.RENEW_EVERY: _check_of_permit,
    Kind.RENEWAL_WINDOW: _check_renewal_window,
    Kind.PERMIT_EXTENDED_BY_LAW: _check_extension,
    Kind.COOLDOWN: _check_cooldown,
    Kind.TRAVEL_DOCUMENT: _check_travel_document,
    Kind.RESIDENCE_PATHWAY: _check_pathway,
    Kind.AREA_RESTRICTION: _check_area_restriction,
}


def _shortest_days(period: Mapping[str, int]) -> int:
    """Return the fewest days that a period can last, so that comparing two of them is safe."""
    ((unit, number),) = period.items()
    return number * {"days": 1, "months": 28, "years": 365}[unit]


def _longest_days(period: Mapping[str, int]) -> int:
    ((unit, number),) = period.items()
    return number * {"days": 1, "months": 31, "years": 366}[unit]
