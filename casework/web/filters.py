"""Filters that live in the address: what is in force, and the address without it."""

from typing import Any

from django.forms import BaseForm, BoundField, ChoiceField
from django.http import QueryDict
from django.utils.choices import flatten_choices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.web.components import Chip
from casework.web.forms.dates import DayParts
from casework.web.templatetags.components import in_words

# Where in the list a reader is; gone with every change of the filter.
PLACE_KEYS = ("after", "before")
# In how many days something is due, at most; what is overdue has been for a day.
DUE_WITHIN = [
    ("-1", gettext_lazy("overdue")),
    ("0", gettext_lazy("overdue or today")),
    ("7", gettext_lazy("within 7 days")),
    ("30", gettext_lazy("within 30 days")),
    ("90", gettext_lazy("within 90 days")),
]


def chips(form: BaseForm, query: QueryDict, path: str) -> list[Chip]:
    """Return a chip for each value that the valid fields of a GET form filter by; hidden ones do not filter, they say which list it is.

    Removing one keeps the others and goes back to the first page.
    """
    if not form.is_bound:
        return []
    form.full_clean()
    return [
        Chip(label=str(field.label), value=in_words_of_field(field, value), remove_url=_without(query, path, field))
        for field in form.visible_fields()
        if (value := form.cleaned_data.get(field.name)) not in (None, "", [], False)
    ]


def in_words_of_field(field: BoundField, value: object) -> str:
    """Return a cleaned value as the reader of the form knows it: choices by their label, countries by their name."""
    if (in_words_of := getattr(field.field, "in_words", None)) is not None:
        return str(in_words_of(value))
    if isinstance(field.field, ChoiceField):
        choices: Any = field.field.choices
        flat: list[tuple[object, object]] = list(flatten_choices(choices))
        names = {str(key): str(label) for key, label in flat}
        chosen = value if isinstance(value, list) else [value]
        shown = [str(field.field.prepare_value(each)) for each in chosen]
        return ", ".join(names.get(each, each) for each in shown)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(in_words(value))


def same_filters(query: QueryDict, path: str, **other: str) -> str:
    """Return the address with `other` values instead of those that it has, from the first page on."""
    kept = query.copy()
    for key in PLACE_KEYS:
        kept.pop(key, None)
    for key, value in other.items():
        kept[key] = value
    return f"{path}?{kept.urlencode()}"


def _without(query: QueryDict, path: str, field: BoundField) -> str:
    rest = query.copy()
    own = (field.html_name, *(f"{field.html_name}_{part}" for part in DayParts.__slots__))
    for key in (*own, *PLACE_KEYS):
        rest.pop(key, None)
    return f"{path}?{rest.urlencode()}" if rest else path
