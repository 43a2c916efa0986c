"""The time that a report of what has been is about.

Who sees the rows chooses the days. Figures of others are of the twelve whole months before this one, whoever asks when in the
month: two stretches that differ by a day would tell by their difference who came or left on it.
"""

from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.reports.capacity import Place, places
from casework.reports.readers import Reader, Whose
from casework.web.forms.dates import DayField
from casework.web.templatetags.days import day

from .forms import ReportForm

MONTHS = 12


def first_of_month(on: date, *, months_before: int = 0) -> date:
    number = on.year * 12 + on.month - 1 - months_before
    return date(number // 12, number % 12 + 1, 1)


class PeriodForm(ReportForm):
    """`since` and `until` are both in it; without them, the last twelve months up to today."""

    since = DayField(label=gettext_lazy("From the day"), required=False)
    until = DayField(label=gettext_lazy("To the day"), required=False)

    def __init__(self, data: Any = None, *, reader: Reader) -> None:
        super().__init__(data, reader=reader)
        if not reader.teams:
            del self.fields["since"], self.fields["until"]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = found.get("since"), found.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day lies before the first one."))
        if since and not until and since > self.reader.today:
            self.add_error("since", _("This day has not come yet."))
        return found

    @property
    def period(self) -> tuple[date, date]:
        """Return the first day and the first one after it."""
        today = self.reader.today
        if self.whose is Whose.OTHERS:
            return first_of_month(today, months_before=MONTHS), first_of_month(today)
        until = self.chosen("until", today) + timedelta(days=1)
        return self.chosen("since", min(first_of_month(today, months_before=MONTHS), until)), until

    @property
    def in_words(self) -> str:
        since, until = self.period
        return _("From %(first)s to %(last)s.") % {"first": day(since), "last": day(until - timedelta(days=1))}

    def places(self) -> dict[Any, Place]:
        return places(self.reader, self.whose)


class DividedForm(PeriodForm):
    """Counts of people of others are divided in one way at a time."""

    ways: ClassVar[tuple[tuple[str, Any], ...]] = ()

    def __init__(self, data: Any = None, *, reader: Reader) -> None:
        super().__init__(data, reader=reader)
        if reader.reads_others:
            label = _("Others divided by") if reader.teams else _("Divided by")
            self.fields["by"] = forms.ChoiceField(label=label, choices=self.ways, required=False)

    @property
    def by(self) -> str:
        return str(self.chosen("by", self.ways[0][0]))
