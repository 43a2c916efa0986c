"""Whether the worked examples of a rule prove it: they are about this rule, expect dates, and come out as expected."""

from collections.abc import Mapping
from typing import Any

from casework.lib.marking import gettext_noop as _

from .examples import Result, check
from .fields import Problem
from .kinds import COMPUTING_KINDS, Kind
from .parameters import with_defaults

# What says to whom and to what a date applies, and changes no arithmetic.
_NOT_COMPUTED = frozenset(
    {
        "actor",
        "basis",
        "beyond",
        "consequence",
        "document_kinds",
        "extends_by",
        "only_if_stay_over_days",
        "optional",
        "permit_kind",
        "triggers",
        "what",
    }
)

FIELD = "worked_examples"


def run(examples: object) -> list[Result]:
    """Compute every example and compare it with what it expects. What is no list is one unreadable example."""
    if not isinstance(examples, list):
        return [Result(None, error="the examples must be a list in brackets")]
    return [check(example, place=f"example {number}") for number, example in enumerate(examples, start=1)]


def unreadable(examples: object) -> tuple[Problem, ...]:
    """Return what is wrong with examples that cannot even be computed."""
    return tuple(
        Problem(FIELD, _("%(example)s cannot be read: %(error)s."), {"example": _name(result), "error": result.error})
        for result in run(examples)
        if result.error is not None
    )


def shortfalls(examples: object, kind: Kind, parameters: Mapping[str, Any], country: str) -> tuple[Problem, ...]:
    """Return why the examples do not prove a rule of this kind with these parameters; nothing if they do."""
    if kind not in COMPUTING_KINDS:
        return ()
    if not isinstance(examples, list) or not examples:
        return (Problem(FIELD, _("A rule that computes needs at least one worked example.")),)
    problems = list(unreadable(examples))
    problems += [
        Problem(
            FIELD,
            _("%(example)s does not come out as expected. Computed: %(computed)s."),
            {"example": _name(result), "computed": _listed(result.computed or {})},
        )
        for result in run(examples)
        if result.ok is False
    ]
    if not problems and not any(_proves(example, kind, parameters, country) for example in examples):
        message = _("No example expects a date of this very rule: its kind, its parameters and an “expect” are needed.")
        problems.append(Problem(FIELD, message))
    return tuple(problems)


def as_in_examples(kind: Kind, parameters: Mapping[str, Any], country: str) -> dict[str, Any]:
    """Return a rule as an example states it, so that the example proves this very rule."""
    return {"kind": kind.value} | _computed(kind, parameters, country)


def _proves(example: Mapping[str, Any], kind: Kind, parameters: Mapping[str, Any], country: str) -> bool:
    return bool(example.get("expect")) and any(
        rule.get("kind") == kind
        and _computed(kind, _without_words(rule), country) == _computed(kind, parameters, country)
        for rule in example["rules"]
    )


def _without_words(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name not in ("kind", "note")}


def _computed(kind: Kind, parameters: Mapping[str, Any], country: str) -> dict[str, Any]:
    """Return the parameters that the arithmetic rests on, with what is not said filled in."""
    given = {"calendar": country, "day_one": "entry_day"} if kind == Kind.REGISTER_WITHIN else {}
    given |= with_defaults(kind, parameters)
    # Whose end or start it is about changes the arithmetic only of time that is served.
    silent = _NOT_COMPUTED if kind == Kind.ELIGIBLE_AFTER else _NOT_COMPUTED | {"of"}
    return {name: value for name, value in given.items() if name not in silent}


def _name(result: Result) -> str:
    return f"“{result.id}”" if result.id is not None else "–"


def _listed(computed: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in computed.items() if value is not None)
