"""The error summary: what stands at the top of a form that was refused."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.forms import BaseForm, BoundField

from casework.lib.refusals import Refusal


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """One refusal: the label of its field, the words beside the field, the `id` to go to."""

    label: str
    message: str
    target: str


def error_lines(form: BaseForm) -> list[ErrorLine]:
    """Return the refusals of `form` in the order of its fields, those of the whole form first."""
    lines = [ErrorLine("", str(message), "") for message in form.non_field_errors()]
    for field in form:
        lines.extend(_lines_of(field, form))
    return lines


def _lines_of(field: BoundField, form: BaseForm) -> Iterator[ErrorLine]:
    for error in form.errors.as_data().get(field.name, []):
        for message in error.messages:
            yield ErrorLine(str(field.label), str(message), _target(field, error.code))


def _target(field: BoundField, code: str | None) -> str:
    """Return the `id` of the input to mend, "" for a hidden field.

    A widget of several inputs says by `error_target` which of them the error is about.
    """
    if field.is_hidden:
        return ""
    find = getattr(field.field.widget, "error_target", None)
    if find is not None:
        return str(find(field.auto_id, code))
    if field.use_fieldset:
        return f"{field.auto_id}_0"
    return str(field.id_for_label or field.auto_id)


def has_errors(form: object) -> bool:
    """Tell whether `form` is a bound form, or any of several, that was refused."""
    if isinstance(form, BaseForm):
        return form.is_bound and bool(form.errors)
    if isinstance(form, (list, tuple)):
        return any(has_errors(each) for each in form)
    return False


def refuse(form: BaseForm, refusal: Refusal) -> None:
    """Show what an action refused beside the field that stands in the way, or above the form."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
