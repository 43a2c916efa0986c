"""Who was helped in a month by the reader's own teams: exact, and of now. What the report to donors will count of them."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.accounts.roles import Permission
from casework.clients.access import cases_visible_to
from casework.reports.donor import cells_of, programmes_in, with_totals
from casework.reports.periods import month_of, months_until, parse_period
from casework.reports.readers import Reader, Whose

from .answering import Answer, Report, Section
from .donor import table_by_service, table_in_full
from .helping import Names
from .months import month_in_words
from .own import OwnReportForm
from .wording import about_whose

MONTHS_BACK = 13


class HelpedForm(OwnReportForm):
    month = forms.ChoiceField(label=gettext_lazy("Month"), required=False)

    def __init__(self, data: Any = None, *, reader: Reader) -> None:
        super().__init__(data, reader=reader)
        self.months = months_until(month_of(reader.today), MONTHS_BACK)[::-1]
        field: Any = self.fields["month"]
        field.choices = [(month.key, month_in_words(month.first)) for month in self.months]


def answer(reader: Reader, form: HelpedForm) -> Answer:
    period = parse_period(form.chosen("month", form.months[0].key))
    among = cases_visible_to(
        reader.user, reader.now, permission=Permission.REPORTS_VIEW, prefix="case__", archived=True
    )
    cells = cells_of(period, among)
    counts = with_totals(cells)
    names = Names.kept(programmes_in(cells))
    empty = _("Nobody was helped with anything in this month.")
    sections = [
        Section(table=table_by_service(counts, names, period.key), totals=1, empty=empty),
        Section(table=table_in_full(counts, names, period), empty=empty),
    ]
    said = [
        about_whose(reader, Whose.OWN),
        _(
            "What is delivered and written down by now. The report to donors counts the same for all teams, without small numbers and without restricted cases, and is kept as it is first made: see before that whether anything is missing."
        ),
    ]
    return Answer(sections=sections, said=said)


HELPED = Report(
    key="helped",
    title=gettext_lazy("People helped"),
    about=gettext_lazy(
        "Who was helped with what in a month, by programme, service, sex and age, before it is reported to donors."
    ),
    url_name="report_helped",
    answer=answer,
    form=HelpedForm,
    permission=Permission.CASE_ASSIGN,
)
