"""The checks of the admin's forms, asked about rows: what the form refuses, the table refuses beside the same column."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext as _

from ..admin_fields import PREFIX, initial_of
from ..admin_forms import CitationForm, RuleForm, rule_form
from ..models import Rule
from ..rules.kinds import Kind
from ..rules.schemas import SCHEMAS
from .cells import write_day, write_json
from .columns import CITATION, PARAMETER
from .resource import RowRefused

MOST_CHOICES_NAMED = 20
YES_NO_UNSAID = {True: "true", False: "false", None: "unknown"}


def check_draft(rule: Rule, kind: Kind, values: Mapping[str, Any], parameters: Mapping[str, Any]) -> RuleForm:
    """Return the form, valid and with its instance filled in. Raises RowRefused."""
    data = {name: write_day(value) if hasattr(value, "isoformat") else value for name, value in values.items()}
    data["worked_examples"] = write_json(values["worked_examples"])
    data["days_before_commencement_count"] = YES_NO_UNSAID[values["days_before_commencement_count"]]
    data = {name: "" if value is None else value for name, value in data.items()}
    form = rule_form(kind)(data | initial_of(kind, parameters), instance=rule)
    if not form.is_valid():
        raise RowRefused(problems_of(form, lambda name: _column_of(kind, name)))
    return form


def check_citation(number: int, cited: Mapping[str, Any]) -> None:
    """Refuse a citation that the form refuses, or one without the day on which it was read. Raises RowRefused."""
    form = CitationForm({**cited, "read_on": write_day(cited["read_on"])})
    problems = {} if form.is_valid() else problems_of(form, lambda name: f"{CITATION}{number}.{name}")
    if not cited["read_on"]:
        problems[f"{CITATION}{number}.read_on"] = [_("On which day was this source read? A citation needs its day.")]
    if problems:
        raise RowRefused(problems)


def problems_of(form: forms.BaseForm, column_of: Any) -> dict[str, list[str]]:
    """Return what a form refuses, by column; a choice that is none is told with the choices there are."""
    problems: dict[str, list[str]] = {}
    for name, errors in form.errors.as_data().items():
        column = "" if name == NON_FIELD_ERRORS else column_of(name)
        for error in errors:
            sentences = [_choices(form, name)] if error.code in ("invalid_choice", "required") else error.messages
            problems.setdefault(column, []).extend(sentence or error.messages[0] for sentence in sentences)
    return problems


def _choices(form: forms.BaseForm, name: str) -> str:
    """Return which choices there are, "" if there are too many to say."""
    field: Any = form.fields.get(name)
    choices = list(_codes(field.choices)) if type(field) in (forms.ChoiceField, forms.TypedChoiceField) else []
    if not 0 < len(choices) <= MOST_CHOICES_NAMED:
        return ""
    return _("“%(value)s” is not known here. Choose from: %(choices)s.") % {
        "value": str(form.data.get(name, ""))[:40],
        "choices": ", ".join(choices),
    }


def _codes(choices: Any) -> Any:
    for code, label in choices:
        if isinstance(label, list | tuple):
            yield from _codes(label)
        elif code:
            yield str(code)


def _column_of(kind: Kind, name: str) -> str:
    """Return the column of a field of the form: a parameter may have several fields."""
    if not name.startswith(PREFIX):
        return name
    said = name.removeprefix(PREFIX)
    fitting = [each.name for each in SCHEMAS[kind] if said == each.name or said.startswith(f"{each.name}_")]
    return PARAMETER + max(fitting, key=len)
