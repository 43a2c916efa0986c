"""Arrivals: entries of people into each country, by week or month."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from casework.lib.suppression import outgoing_count
from casework.reports.arrivals import Arrivals, Step, arrivals_of, people_of_others
from casework.reports.readers import Reader, Whose
from casework.reports.table import Column, Kind, Table, counted
from casework.web.templatetags.days import day

from .answering import Answer, Report, Section
from .months import MonthsForm, month_in_words
from .wording import about_whose, country, total_of

STEPS = [("month", gettext_lazy("month by month")), ("week", gettext_lazy("week by week"))]
# More columns fit on no screen; the other countries stand together.
MOST_COUNTRIES = 8


class ArrivalsForm(MonthsForm):
    step = forms.ChoiceField(label=gettext_lazy("Counted"), choices=STEPS, required=False)

    ways: ClassVar[tuple[tuple[str, Any], ...]] = (
        ("month", gettext_lazy("month")),
        ("country", gettext_lazy("country")),
    )
    of_rows: ClassVar[tuple[str, ...]] = ("months", "step")


def answer(reader: Reader, form: ArrivalsForm) -> Answer:
    return _of_others(reader, form) if form.whose is Whose.OTHERS else _of_own_teams(reader, form)


def _of_others(reader: Reader, form: ArrivalsForm) -> Answer:
    """Return how many people came, each once in a row, without a total: who came into two countries would be told by it."""
    first, after = form.period
    by: Any = form.by
    found = people_of_others(reader, by=by, first=first, after=after)
    in_words: Any = month_in_words if by == "month" else country
    head = (
        Column(key="month", label=_("Month"), width=20, hxl="#date+month")
        if form.by == "month"
        else Column(key="country", label=_("Country"), width=26, hxl="#country+name")
    )
    order = sorted(found) if form.by == "month" else sorted(found, key=in_words)
    table = Table(
        key=f"by_{form.by}",
        title=_("People who came, by month") if form.by == "month" else _("People who came, by country"),
        columns=[head, _number("people", _("People"), "#affected+arrived")],
        rows=[[in_words(key), counted(outgoing_count(found[key]))] for key in order],
    )
    said = [about_whose(reader, Whose.OTHERS), form.in_words, _("Who came twice in one row counts once in it.")]
    return Answer(sections=[Section(table=table, empty=_("No entry lies in these months."))], said=said)


def _of_own_teams(reader: Reader, form: ArrivalsForm) -> Answer:
    months = form.asked(reader.today)
    step: Step = form.chosen("step", "month")
    first, after = _from(months[0].first, step), months[-1].after
    found = arrivals_of(reader.user, step=step, first=first, after=after, now=reader.now)
    begins = (
        [month.first for month in months]
        if step == "month"
        else _weeks(first, min(after, reader.today + timedelta(days=1)))
    )
    said = [
        about_whose(reader, Whose.OWN),
        _(
            "An entry counts for each person, and somebody who came twice counts twice. One that lies between two days counts on the later; planned journeys do not count."
        ),
    ]
    if found.unknown:
        said.append(
            ngettext(
                "%(count)s entry more is on record whose day nobody knows.",
                "%(count)s entries more are on record whose day nobody knows.",
                found.unknown,
            )
            % {"count": found.unknown}
        )
    return Answer(sections=[_section(found, begins, step)], said=said)


def _section(found: Arrivals, begins: list[date], step: Step) -> Section:
    countries = found.countries()
    named, others = countries[:MOST_COUNTRIES], countries[MOST_COUNTRIES:]
    heads = [
        Column(key="begin", label=_("Month") if step == "month" else _("Week from"), width=16, hxl=f"#date+{step}")
    ]
    columns = [
        *heads,
        *(_number(code, country(code), f"#affected+arrived+{code.lower()}") for code in named),
        *([_number("others", _("Other countries"), "#affected+arrived+other")] if others else []),
        _number("all", _("All"), "#affected+arrived+total"),
    ]
    rows: list[list[Any]] = [
        [month_in_words(begin) if step == "month" else day(begin), *_numbers(found, [begin], named, others)]
        for begin in begins
    ]
    total = _numbers(found, begins, named, others)
    table = Table(
        key="arrivals",
        title=_("Entries by month and country") if step == "month" else _("Entries by week and country"),
        columns=columns,
        rows=[*rows, [*total_of(heads), *total]] if total[-1] else [],
    )
    return Section(table=table, totals=1, empty=_("No entry lies in these months."))


def _numbers(found: Arrivals, begins: list[date], named: list[str], others: list[str]) -> list[int]:
    def of(countries: list[str]) -> int:
        return sum(found.counts[begin, code] for begin in begins for code in countries)

    return [*(of([code]) for code in named), *([of(others)] if others else []), of([*named, *others])]


def _number(key: str, label: str, hxl: str) -> Column:
    return Column(key=key, label=label, kind=Kind.NUMBER, width=11, hxl=hxl)


def _from(first: date, step: Step) -> date:
    """Return the first day that counts: weeks are whole, and begin on Mondays."""
    return first if step == "month" else first - timedelta(days=first.weekday())


def _weeks(first: date, after: date) -> list[date]:
    return [first + timedelta(weeks=number) for number in range(((after - first).days + 6) // 7)]


ARRIVALS = Report(
    key="arrivals",
    title=gettext_lazy("Arrivals"),
    about=gettext_lazy("Entries of people into each country, week by week or month by month."),
    url_name="report_arrivals",
    answer=answer,
    form=ArrivalsForm,
)
