"""Two people changed the same thing: show both, keep what was typed, let the writer decide."""

from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm, BoundField
from django.utils.choices import flatten_choices

from casework.web.filters import in_words_of_field


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field: what is stored now and what was typed."""

    label: str
    theirs: Any
    mine: Any


def differences(form: BaseForm, theirs: dict[str, Any]) -> list[Difference]:
    """Return the fields in which a valid form differs from what is stored now (values as the form cleans them)."""
    found = []
    for bound in form:
        if bound.name in theirs and not bound.is_hidden and form.cleaned_data.get(bound.name) != theirs[bound.name]:
            mine = form.cleaned_data.get(bound.name)
            found.append(
                Difference(
                    label=str(bound.label),
                    theirs=_in_words(bound, theirs[bound.name]),
                    mine=_in_words(bound, mine),
                )
            )
    return found


def _in_words(bound: BoundField, value: Any) -> str:
    """Return a value as the form shows it; what is not there by the words of the form for that, if it has any."""
    if value is not None:
        return in_words_of_field(bound, value)
    if absent := getattr(bound.field, "absent", ""):
        return str(absent)
    choices: Any = flatten_choices(getattr(bound.field, "choices", ()))
    return next((str(label) for key, label in choices if key == ""), "")
