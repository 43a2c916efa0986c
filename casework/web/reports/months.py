"""Reports of months: of the reader's own teams the last so many, this one included; of others the twelve whole ones before it."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language, gettext_lazy

from casework.lib import day_words
from casework.reports.periods import Period, month_of, months_until
from casework.reports.readers import Reader

from .periods import DividedForm

USUAL_MONTHS = 6
MONTHS = [
    (3, gettext_lazy("3 months")),
    (6, gettext_lazy("6 months")),
    (12, gettext_lazy("a year")),
    (24, gettext_lazy("two years")),
]


class MonthsForm(DividedForm):
    """How many months is asked of whoever sees the rows; in which way the people of others are divided, of whoever does not."""

    months = forms.TypedChoiceField(
        label=gettext_lazy("The last"), choices=MONTHS, coerce=int, required=False, initial=USUAL_MONTHS
    )

    of_rows: ClassVar[tuple[str, ...]] = ("months",)

    def __init__(self, data: Any = None, *, reader: Reader) -> None:
        super().__init__(data, reader=reader)
        for name in ("since", "until", *(() if reader.teams else self.of_rows)):
            self.fields.pop(name, None)

    def asked(self, today: date) -> list[Period]:
        """Return the months that are asked for, the first one first, up to that of today."""
        return months_until(month_of(today), self.chosen("months", USUAL_MONTHS))


def month_in_words(day: date) -> str:
    return day_words.month(day, get_language() or "en")
