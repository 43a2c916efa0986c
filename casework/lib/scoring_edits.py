"""Changes of what a scheme of scores counts, and how two versions differ. Data in, data out: nothing is written to.

`casework.lib.scoring` says what a definition is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Definition = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One criterion that two versions count differently: None where a version has it not."""

    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def with_criterion(definition: Mapping[str, Any], criterion: Mapping[str, Any]) -> Definition:
    """Return the definition with this criterion in place of the one of its code, at the end if there is none."""
    criteria = list(definition.get("criteria", ()))
    places = [place for place, each in enumerate(criteria) if each["code"] == criterion["code"]]
    if places:
        criteria[places[0]] = dict(criterion)
    else:
        criteria.append(dict(criterion))
    return {**definition, "criteria": criteria}


def without_criterion(definition: Mapping[str, Any], code: str) -> Definition:
    return {**definition, "criteria": [each for each in definition.get("criteria", ()) if each["code"] != code]}


def criterion_of(definition: Mapping[str, Any], code: str) -> Mapping[str, Any] | None:
    return next((each for each in definition.get("criteria", ()) if each["code"] == code), None)


def with_limits(definition: Mapping[str, Any], *, cap: int | None, thresholds: Mapping[str, int | None]) -> Definition:
    """Return the definition with this cap and these thresholds, None for without; those of other programmes stay."""
    kept = {**definition.get("thresholds", {}), **thresholds}
    return {
        **definition,
        "cap": cap,
        "thresholds": {programme: points for programme, points in kept.items() if points is not None},
    }


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Return the criteria that differ: those that stay or are new in the order of `after`, then those that go."""
    old = {each["code"]: each for each in before.get("criteria", ())}
    new = {each["code"]: each for each in after.get("criteria", ())}
    found = [Change(before=old.get(code), after=each) for code, each in new.items() if old.get(code) != each]
    return found + [Change(before=each, after=None) for code, each in old.items() if code not in new]


def used_facts(*definitions: Mapping[str, Any]) -> list[str]:
    """Return the facts that these count, each once, in their order."""
    found = [
        each["fact"]
        for definition in definitions
        for each in definition.get("criteria", ())
        if each["kind"] == "fact" and each.get("fact")
    ]
    return list(dict.fromkeys(found))
