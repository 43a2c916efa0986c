"""Two people changed the same thing: show both, keep what was typed, let the writer decide."""

from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm

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
        if bound.name in theirs and form.cleaned_data.get(bound.name) != theirs[bound.name]:
            mine = form.cleaned_data.get(bound.name)
            found.append(
                Difference(
                    label=str(bound.label),
                    theirs=in_words_of_field(bound, theirs[bound.name]),
                    mine=in_words_of_field(bound, mine),
                )
            )
    return found
