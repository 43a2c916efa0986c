"""Fields for countries and nationalities, named in the language of the page, the likely ones first."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from casework.lib.countries import (
    SPECIAL_NATIONALITIES,
    country_choices,
    country_name,
    is_country,
    is_nationality,
)
from casework.web.forms.dates import SeveralInputs

Choices = list[tuple[str, str]]


class CountrySelect(forms.Select):
    """A list of all countries, written in one go: hundreds of options are too many for a template each."""

    template_name = "components/country_select.html"


class CountryField(forms.Field):
    """Cleans to the two-letter code of a country, "" if left out. `first` are offered before the usual ones."""

    widget = CountrySelect
    default_error_messages: ClassVar = {
        "required": _("Choose a country."),
        "unknown": _("We do not know this country. Choose one from the list."),
    }

    def __init__(self, *, blank_label: Any = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.blank_label = blank_label
        self.offer(())

    def offer(self, first: tuple[str, ...]) -> None:
        """Offer all countries, those in `first` before the others."""
        self.widget.choices = CallableChoiceIterator(
            lambda: [("", self.blank_label), *country_choices(_language(), first)]
        )

    def clean(self, value: Any) -> str:
        code = str(value or "")
        if code and not is_country(code):
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        super().validate(code or None)
        return code

    def in_words(self, value: str) -> str:
        """Return the name of the country, for whoever compares two answers."""
        return country_name(value, _language()) if value else ""


class NationalitiesWidget(SeveralInputs):
    """As many lists as nationalities can be given, all under the name of the field."""

    template_name = "components/nationalities_input.html"
    boxes = 2
    choices: Any = ()

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chosen = [str(code) for code in value or []]
        context["widget"]["boxes"] = (chosen + [""] * self.boxes)[: max(self.boxes, len(chosen))]
        context["widget"]["choices"] = self.choices()
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        values = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []
        return [str(value) for value in values if value]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data

    def error_target(self, id_: str, code: str | None) -> str:
        return f"{id_}_1"


class NationalitiesField(forms.Field):
    """Cleans to a list of codes, each once, in the order given."""

    widget = NationalitiesWidget
    default_error_messages: ClassVar = {
        "required": _("Choose a nationality. “Nationality not known” is the last in the list."),
        "unknown": _("We do not know this nationality. Choose one from the list."),
    }

    def __init__(self, *, boxes: int = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.boxes = boxes
        self.widget.choices = nationality_choices

    def clean(self, value: Any) -> list[str]:
        codes = list(dict.fromkeys(value or []))
        if not all(is_nationality(code) for code in codes):
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        super().validate(codes)
        return codes

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or []) != list(data or [])

    def in_words(self, value: list[str]) -> str:
        """Return the names of the nationalities, for whoever compares two answers."""
        names = dict(nationality_choices())
        return ", ".join(names.get(code, code) for code in value or [])


def nationality_choices() -> Choices:
    """Return (code, name) of all nationalities, those of no ordinary country at the end."""
    return [*country_choices(_language()), *special_nationalities()]


def special_nationalities() -> Choices:
    return [(code, gettext(name)) for code, name in SPECIAL_NATIONALITIES.items()]


def _language() -> str:
    return get_language() or "en"
