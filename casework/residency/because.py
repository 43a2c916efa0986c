"""Steps and warnings of the engine as sentences in the reader's language: days and codes put into words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import get_language, gettext, npgettext
from django.utils.translation import gettext_noop as _

from casework.lib.countries import country_name, is_nationality

from .computing import CANNOT_COMPUTE, steps_as_json
from .models import Application, Rule
from .rules import choices, rulebook
from .rules.kinds import DUTY_LABELS, KIND_LABELS
from .rules.steps import stated
from .rules.wording import STEPS, WARNINGS
from .wording import day

OWN_WARNINGS = {
    CANNOT_COMPUTE: _(
        "The deadlines could not be computed from what is recorded. Those shown may be out of date: work them out by hand."
    ),
}
# These speak of "this one": a rule that was looked at and does not hold.
REPLACED = frozenset({"replaces_everybodys", "replaces_groups"})
# Written by a version of the software that we do not know.
UNKNOWN = _("A reason that cannot be shown any more (%(code)s).")

PLACES = frozenset({"country", "jurisdiction", "other_country", "calendar"})
NATIONALITIES = frozenset({"nationality", "replaced"})
LABELS: Mapping[str, Mapping[str, Any]] = {
    "duty": {duty.value: label for duty, label in DUTY_LABELS.items()},
    "kind": {kind.value: label for kind, label in KIND_LABELS.items()},
    "legal_status": dict(Rule.LegalStatus.choices),
    "permit_kind": choices.PERMIT_KINDS,
    "document_kind": choices.DOCUMENT_KINDS,
    "application_kind": dict(Application.Kind.choices),
    "level": choices.RISK_LEVELS,
    "profiles": choices.RISK_PROFILES,
    "mechanisms": choices.RISK_MECHANISMS,
}


class _Words(dict[str, Any]):
    """Values in words; what a template asks for and a stored step does not have is left open."""

    def __missing__(self, key: str) -> str:
        return "…"


@dataclass(frozen=True, slots=True)
class Line:
    """One step in words; `rule_id` 0 and `subject` None where it is about none.

    about: what the rule says that the step is about, where the step does not say so itself.
    """

    code: str
    sentence: str
    rule_id: int
    subject: tuple[str, str] | None
    about: str = ""


def line(step: Mapping[str, Any]) -> Line:
    """Return a stored step (see `computing.steps_as_json`) in the reader's language."""
    subject = step.get("subject")
    return Line(
        code=step["code"],
        sentence=_fill(STEPS, step["code"], step["values"]),
        rule_id=int(step.get("rule") or 0),
        subject=(subject[0], subject[1]) if subject else None,
    )


def lines(steps: Sequence[Mapping[str, Any]]) -> list[Line]:
    return [line(step) for step in steps]


def says(rule: rulebook.Rule) -> str:
    """Return what a rule says, in one sentence."""
    step = steps_as_json([stated(rule)])[0]
    if step["code"] in STEPS:
        return line(step).sentence
    return f"{place_name(rule.jurisdiction)}: {gettext(KIND_LABELS[rule.kind])}"


def warning_sentence(warning: Mapping[str, Any]) -> str:
    """Return a stored warning in the reader's language, begun by the country that it is about."""
    sentence = _fill({**WARNINGS, **OWN_WARNINGS}, warning["code"], warning["values"])
    return f"{place_name(warning['country'])}: {sentence}" if warning.get("country") else sentence


def place_name(code: str) -> str:
    """Return the name of a country; a zone is called by its code, which is a word."""
    name = country_name(code, _language())
    return code.title() if name == code and len(code) > 4 else name


def nationality_name(code: str) -> str:
    """Return who a code speaks of: a nationality, several, a group, or everybody."""
    if code == "*":
        return gettext("everybody")
    codes = [each.strip() for each in code.split(",")]
    return ", ".join(gettext(country_name(each, _language())) if is_nationality(each) else each for each in codes)


def _fill(templates: Mapping[str, str], code: str, values: Mapping[str, Any]) -> str:
    template = templates.get(code)
    if template is None:
        return gettext(UNKNOWN) % {"code": code}
    return gettext(template) % _Words({name: _in_words(name, value, values) for name, value in values.items()})


def _in_words(name: str, value: Any, values: Mapping[str, Any]) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_in_words(name, each, values) for each in value)
    if name.endswith("_on"):
        return day(date.fromisoformat(value))
    if name in PLACES:
        return place_name(value)
    if name in NATIONALITIES:
        return nationality_name(value)
    if name == "unit":
        return _unit(value, int(values.get("count", 0)))
    if name in LABELS:
        return gettext(str(LABELS[name].get(value, value)))
    if name != "year" and isinstance(value, int):
        return number_format(value)
    return str(value)


def _unit(unit: str, count: int) -> str:
    """Return the word for the unit as it stands after this number."""
    match unit:
        case "days" | "calendar_days":
            return npgettext("so many", "day", "days", count)
        case "working_days":
            return npgettext("so many", "working day", "working days", count)
        case "hours":
            return npgettext("so many", "hour", "hours", count)
        case "months":
            return npgettext("so many", "month", "months", count)
        case "years":
            return npgettext("so many", "year", "years", count)
    return unit


def _language() -> str:
    return get_language() or "en"
