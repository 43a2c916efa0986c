"""Rents: what a bed costs a month, by town and currency, and what prices did."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.reports.capacity import places
from casework.reports.readers import Reader
from casework.reports.rents import Group, Month, Rents, rents
from casework.reports.table import Column, Kind, Table

from . import charts
from .answering import Answer, Report, Section
from .forms import ReportForm
from .periods import first_of_month
from .wording import about_whose, country

USUAL = 12
LENGTHS = [(12, gettext_lazy("a year")), (24, gettext_lazy("two years")), (36, gettext_lazy("three years"))]
MOST_LINES = 4


class RentsForm(ReportForm):
    months = forms.TypedChoiceField(
        label=gettext_lazy("Over the last"), choices=LENGTHS, coerce=int, required=False, initial=USUAL
    )


def answer(reader: Reader, form: RentsForm) -> Answer:
    count = form.chosen("months", USUAL)
    months = [first_of_month(reader.today, months_before=before) for before in range(count, -1, -1)]
    found = rents(places(reader, form.whose), months)
    said = [about_whose(reader, form.whose), str(ABOUT)]
    if found.without:
        said.append(_("Leases that hold now and have no rent on record: %(leases)s.") % {"leases": found.without})
    return Answer(sections=[_now(found), _by_month(found, months)], said=said)


ABOUT = gettext_lazy(
    "Rents of the first day of each month, of a week or a night as what a month of 30.4 days costs. "
    "Currencies are not added. The index follows the same leases from month to month: the first month is 100, "
    "and a lease that begins or ends does not move it."
)

RENTS = Report(
    key="rents",
    title=gettext_lazy("Rents"),
    about=gettext_lazy("What a bed costs a month, by town and currency, over time, and what prices did."),
    url_name="report_rents",
    answer=answer,
    form=RentsForm,
)


def _heads() -> list[Column]:
    return [
        Column(key="town", label=_("Town"), width=16, hxl="#loc+city+name"),
        Column(key="country", label=_("Country"), width=16, hxl="#country+name"),
        Column(key="currency", label=_("Currency"), width=9, hxl="#currency+code"),
    ]


def _numbers() -> list[Column]:
    return [
        Column(key="leases", label=_("Leases"), kind=Kind.NUMBER, width=8, hxl="#indicator+leases+num"),
        Column(key="beds", label=_("Beds"), kind=Kind.NUMBER, width=8, hxl="#capacity+beds"),
        Column(key="rent", label=_("Rent a month"), kind=Kind.NUMBER, width=14, hxl="#value+rent"),
        Column(key="a_bed", label=_("A bed a month"), kind=Kind.NUMBER, width=14, hxl="#value+rent+per_bed"),
        Column(key="index", label=_("Index of prices"), kind=Kind.NUMBER, width=10, hxl="#indicator+price+index"),
    ]


def _row(month: Month) -> list[Any]:
    if not month.leases:
        return [0, 0, None, None, None]
    return [month.leases, month.beds, month.rent, month.a_bed, month.index]


def _now(found: Rents) -> Section:
    rows = [[*_named(group), *_row(of_group[-1])] for group, of_group in _in_order(found)]
    table = Table(key="now", title=_("This month"), columns=[*_heads(), *_numbers()], rows=rows)
    return Section(table=table, empty=_("No lease with a rent is on record."))


def _by_month(found: Rents, months: Sequence[date]) -> Section:
    columns = [*_heads(), Column(key="month", label=_("On the day"), kind=Kind.DAY, width=14, hxl="#date"), *_numbers()]
    rows = [
        [*_named(group), month.first, *_row(month)]
        for group, of_group in _in_order(found)
        for month in of_group
        if month.leases
    ]
    table = Table(key="by_month", title=_("Month by month"), columns=columns, rows=rows)
    return Section(table=table, chart=_drawn(found, months), empty=_("No lease with a rent is on record."))


def _drawn(found: Rents, months: Sequence[date]) -> charts.Chart | None:
    """Return the index of the towns with the most beds, so many as can be told apart."""
    most = sorted(_in_order(found), key=lambda item: -max(month.beds for month in item[1]))[:MOST_LINES]
    if not most:
        return None
    lines = [
        charts.Layer(
            look=f"chart-line-{number}",
            word=f"{group[1]}, {group[2]}",
            numbers=[None if month.index is None else float(month.index) for month in of_group],
        )
        for number, (group, of_group) in enumerate(most, start=1)
    ]
    told = [
        f"{line.word}: {min(known):g} – {max(known):g}"
        for line in lines
        if (known := [number for number in line.numbers if number is not None])
    ]
    return charts.lines(key="rents", title=_("Index of prices"), told="; ".join(told), points=months, layers=lines)


def _named(group: Group) -> list[Any]:
    code, town, currency = group
    return [town, country(code), currency]


def _in_order(found: Rents) -> list[tuple[Group, Sequence[Month]]]:
    return sorted(found.groups.items(), key=lambda item: (item[0][1], item[0]))
