"""Reports of the last so many months, this one included."""

from datetime import date

from django import forms
from django.utils.translation import get_language, gettext_lazy

from casework.lib import day_words
from casework.reports.periods import Period, month_of, months_until

from .own import OwnReportForm

USUAL_MONTHS = 6
MONTHS = [
    (3, gettext_lazy("3 months")),
    (6, gettext_lazy("6 months")),
    (12, gettext_lazy("a year")),
    (24, gettext_lazy("two years")),
]


class MonthsForm(OwnReportForm):
    months = forms.TypedChoiceField(
        label=gettext_lazy("The last"), choices=MONTHS, coerce=int, required=False, initial=USUAL_MONTHS
    )

    def asked(self, today: date) -> list[Period]:
        """Return the months that are asked for, the first one first, up to that of today."""
        return months_until(month_of(today), self.chosen("months", USUAL_MONTHS))


def month_in_words(day: date) -> str:
    return day_words.month(day, get_language() or "en")
