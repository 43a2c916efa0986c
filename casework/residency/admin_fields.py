"""Form fields drawn from the parameters of a kind: each kind of rule asks for what it says, and for nothing else."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget, AdminTextareaWidget, AdminTextInputWidget
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .rules.fields import PERIOD_UNITS, FieldType, ParameterField
from .rules.kinds import Kind
from .rules.schemas import SCHEMAS

PREFIX = "says_"
YES, NO = "true", "false"
UNIT_LABELS = {"days": gettext_lazy("days"), "months": gettext_lazy("months"), "years": gettext_lazy("years")}
COHORT_LABELS = {
    "entered_before": gettext_lazy("entered before"),
    "until": gettext_lazy("may stay until"),
}


def fields_of(kind: Kind) -> dict[str, forms.Field]:
    """Return the form fields for the parameters of this kind, in their order."""
    return {name: each for field in SCHEMAS[kind] for name, each in _fields(field).items()}


def values_of(kind: Kind, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters as JSON holds them; what is not filled in is left out."""
    values = {field.name: _value(field, cleaned) for field in SCHEMAS[kind]}
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def initial_of(kind: Kind, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the fields show of a rule that was written before."""
    shown: dict[str, Any] = {}
    for field in SCHEMAS[kind]:
        if parameters.get(field.name) is not None:
            shown |= _initial(field, parameters[field.name])
    return shown


def first_field_of(kind: Kind, parameter: str) -> str | None:
    """Return the form field beside which a problem of this parameter is told; None if there is no such parameter."""
    field = next((each for each in SCHEMAS[kind] if each.name == parameter), None)
    return next(iter(_fields(field))) if field else None


def _fields(field: ParameterField) -> dict[str, forms.Field]:
    name, label = PREFIX + field.name, _translated(field.label)
    match field.type:
        case FieldType.PERIOD:
            return {
                f"{name}_number": _made(forms.IntegerField, field, label, min_value=0),
                f"{name}_unit": forms.ChoiceField(
                    label=_part(field.label, "unit"),
                    choices=[("", "---------"), *((unit, UNIT_LABELS[unit]) for unit in PERIOD_UNITS)],
                    required=False,
                ),
            }
        case FieldType.AGES:
            return {
                f"{name}_{code}": forms.IntegerField(
                    label=_part(field.label, text), help_text=_translated(field.help), required=False, min_value=0
                )
                for code, text in field.choices.items()
            }
        case FieldType.COHORT:
            return {
                f"{name}_{part}": forms.DateField(
                    label=_part(field.label, str(text)),
                    help_text=_translated(field.help),
                    required=False,
                    widget=AdminDateWidget,
                )
                for part, text in COHORT_LABELS.items()
            }
    return {name: _one_field(field, label)}


def _one_field(field: ParameterField, label: Any) -> forms.Field:
    choices = [(code, _translated(text)) for code, text in field.choices.items()]
    match field.type:
        case FieldType.WHOLE_NUMBER:
            return _made(forms.IntegerField, field, label)
        case FieldType.SHARE:
            return _made(forms.FloatField, field, label)
        case FieldType.YES_NO:
            unsaid = [] if field.default is None else [("", _as_usual(field.default))]
            given = [(YES, gettext_lazy("yes")), (NO, gettext_lazy("no"))]
            return _made(forms.ChoiceField, field, label, choices=unsaid or [("", "---------")], more=given)
        case FieldType.DAY:
            return _made(forms.DateField, field, label, widget=AdminDateWidget)
        case FieldType.CHOICE:
            return _made(forms.ChoiceField, field, label, choices=[("", "---------")], more=choices)
        case FieldType.CHOICES:
            return _made(forms.MultipleChoiceField, field, label, choices=choices, widget=forms.CheckboxSelectMultiple)
        case FieldType.TEXTS:
            lines = AdminTextareaWidget(attrs={"rows": 4})
            help_text = _with_lines(field.help)
            return forms.CharField(label=label, help_text=help_text, required=False, widget=lines)
    long = field.name in ("text", "policy", "basis")
    widget: forms.Widget = AdminTextareaWidget(attrs={"rows": 4}) if long else AdminTextInputWidget()
    return _made(forms.CharField, field, label, widget=widget)


def _made(
    type: type[forms.Field], field: ParameterField, label: Any, *, more: list[Any] | None = None, **options: Any
) -> forms.Field:
    """Return a field that refuses nothing but what cannot be read: the checks of the kind say the rest."""
    if more:
        options["choices"] = [*options["choices"], *more]
    made = type(label=label, help_text=_translated(field.help), required=False, **options)
    if field.required:
        made.widget.attrs["aria-required"] = "true"
        made.label = _needed(field.label)
    return made


def _value(field: ParameterField, cleaned: Mapping[str, Any]) -> Any:
    name = PREFIX + field.name
    match field.type:
        case FieldType.PERIOD:
            number, unit = cleaned.get(f"{name}_number"), cleaned.get(f"{name}_unit")
            return None if number is None and not unit else {unit or "": number}
        case FieldType.AGES:
            ages = {code: cleaned.get(f"{name}_{code}") for code in field.choices}
            return {code: age for code, age in ages.items() if age is not None}
        case FieldType.COHORT:
            days = {part: cleaned.get(f"{name}_{part}") for part in COHORT_LABELS}
            return {part: day.isoformat() for part, day in days.items() if day}
        case FieldType.YES_NO:
            return {YES: True, NO: False}.get(cleaned.get(name, ""))
        case FieldType.DAY:
            return cleaned[name].isoformat() if cleaned.get(name) else None
        case FieldType.TEXTS:
            return [line.strip() for line in cleaned.get(name, "").splitlines() if line.strip()]
    return cleaned.get(name)


def _initial(field: ParameterField, value: Any) -> dict[str, Any]:
    name = PREFIX + field.name
    match field.type:
        case FieldType.PERIOD:
            ((unit, number),) = value.items()
            return {f"{name}_number": number, f"{name}_unit": unit}
        case FieldType.AGES | FieldType.COHORT:
            return {f"{name}_{part}": each for part, each in value.items()}
        case FieldType.YES_NO:
            return {name: YES if value else NO}
        case FieldType.TEXTS:
            return {name: "\n".join(value)}
    return {name: value}


def _as_usual_now(default: bool) -> str:  # noqa: FBT001 - one value, one meaning
    return _("the text does not say: counts as yes") if default else _("the text does not say: counts as no")


def _part_now(label: str, part: str) -> str:
    return f"{_(label)}: {_(part)}"


def _needed_now(label: str) -> str:
    return _("%(label)s (needed)") % {"label": _(label)}


def _with_lines_now(text: str) -> str:
    return f"{_(text)} " + _("One a line.")


# Labels are made when the page is, in its language.
_translated: Any = lazy(_, str)
_as_usual: Any = lazy(_as_usual_now, str)
_part: Any = lazy(_part_now, str)
_needed: Any = lazy(_needed_now, str)
_with_lines: Any = lazy(_with_lines_now, str)
