"""A report answers with tables: the page shows them, and every file is made of the very same.

One report is one function `answer(reader, form) -> Answer`. See docs/reports.md for how to add one.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from casework.accounts.roles import Permission
from casework.reports import csv, pdf, replica, xlsx
from casework.reports.actions import record_export
from casework.reports.readers import Reader, Whose, reader_of
from casework.reports.table import HIDDEN, Column, Kind, Table, check_cell
from casework.web.exports.files import about_file, about_table, handed_over
from casework.web.exports.listing import filters_in_force
from casework.web.filters import chips
from casework.web.request import UserRequest
from casework.web.sign_in.step_up import ask_again
from casework.web.templatetags.days import day, instant

from .charts import Chart
from .forms import FileForm, ReportForm

LONG = 40  # characters of a usual cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One table with what is said above it. Its last `totals` rows are totals; `empty` is said where there is no row.

    link: where the first cell of a row leads on the page, "" for nowhere.
    """

    table: Table
    totals: int = 0
    said: Sequence[str] = ()
    chart: Chart | None = None
    empty: str = ""
    link: Callable[[Sequence[Any]], str] | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """Something that can be done from the page of a report, where it is done."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`said`: sentences that belong to all tables, on the page and in the files: whose figures, of which day, what is hidden."""

    sections: Sequence[Section]
    said: Sequence[str] = ()
    acts: Sequence[Act] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`key` names it in files and in the audit; `about` says on the list of reports what it answers.

    permission: who may read it, beside REPORTS_VIEW; its page asks for the same.
    """

    key: str
    title: Promise | str
    about: Promise | str
    url_name: str
    answer: Callable[[Reader, Any], Answer]
    form: type[ReportForm] = ReportForm
    permission: Permission = Permission.REPORTS_VIEW


@dataclass(frozen=True, slots=True)
class Cell:
    """`look`: the class of its column, see static/reports/charts.css."""

    text: str
    is_number: bool
    is_heading: bool
    look: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    cells: Sequence[Cell]
    is_total: bool


def show(request: UserRequest, report: Report) -> HttpResponse:
    """Answer with the page. What cannot be understood is said beside the form, and nothing is shown instead."""
    now = timezone.now()
    reader = reader_of(request.user, now)
    form = report.form(request.GET, reader=reader)
    answer = answered(report, reader, form) if form.is_readable else None
    context = {
        "report": report,
        "form": form,
        "has_fields": bool(form.fields),
        "said": answer.said if answer else (),
        "acts": answer.acts if answer else (),
        "sections": [_shown(section) for section in answer.sections] if answer else [],
        "query": request.GET.urlencode(),
        "reports_url": reverse("reports"),
    }
    return render(request, "reports/report.html", context)


def hand_over(request: UserRequest, report: Report) -> HttpResponse | StreamingHttpResponse:
    """Answer with a file of what the page of the same address shows to this user."""
    ask_again(request)
    now = timezone.now()
    reader = reader_of(request.user, now)
    form = report.form(request.GET, reader=reader)
    page = reverse(report.url_name) + (f"?{request.GET.urlencode()}" if request.GET else "")
    if not form.is_readable:
        return redirect(page)
    answer = answered(report, reader, form)
    asked = FileForm(request.POST, tables=[section.table for section in answer.sections])
    if not asked.is_valid():
        messages.error(request, _("Choose in which shape you want the report."))
        return redirect(page)
    shape, tables = asked.cleaned_data["format"], asked.tables
    rows = sum(len(list(table.rows)) for table in tables)
    if shape == "pdf" and rows > pdf.MOST_ROWS:
        messages.error(request, _("This is too much for paper. Take it as a spreadsheet."))
        return redirect(page)
    filters = filters_in_force(form) if form.is_bound else []
    said = [str(sentence) for sentence in answer.said]
    said += [f"{chip.label}: {chip.value}" for chip in (chips(form, request.GET, "") if form.is_bound else ())]
    about = about_file(str(report.title), request.user, now, said, teams=_teams(reader, form))
    content = b"".join(_pieces(shape, tables, about, with_hxl=asked.cleaned_data["with_hxl"]))
    record_export(listing=report.key, format=shape, rows=rows, filters=filters, by=request.user, now=now)
    return handed_over(content, name=report.key, format=shape, now=now)


def answered(report: Report, reader: Reader, form: ReportForm) -> Answer:
    """Return what a report says, read to its last row in one place, with a sentence about that place where it is a copy.

    Whose figures they are was asked of the database itself, which knows of the newest roles.
    """
    answer, source = replica.read(lambda: _gathered(report.answer(reader, form)), now=reader.now)
    about = about_source(source)
    return replace(answer, said=[*answer.said, about]) if about else answer


def _gathered(answer: Answer) -> Answer:
    sections = [
        replace(section, table=replace(section.table, rows=[list(row) for row in section.table.rows]))
        for section in answer.sections
    ]
    return replace(answer, sections=sections)


def about_source(source: replica.Source) -> str:
    """Say of when a copy is, or why it was not read; nothing where none is set up."""
    match source.why:
        case replica.Why.AWAY:
            return _("The copy of the database for reports does not answer; these figures are of the database itself.")
        case replica.Why.LATE:
            return _(
                "The copy of the database for reports is too far behind; these figures are of the database itself."
            )
        case replica.Why.NO_COPY:
            return _(
                "What is set up as the copy of the database for reports is none; these figures are of the database itself."
            )
    if source.as_of is None:
        return ""
    return _("These figures are of %(moment)s, from the copy of the database for reports.") % {
        "moment": instant(source.as_of)
    }


def _teams(reader: Reader, form: ReportForm) -> list[str]:
    return list(reader.teams.values()) if form.whose is Whose.OWN else []


def _pieces(shape: str, tables: Sequence[Table], about: Any, *, with_hxl: bool) -> Iterator[bytes]:
    match shape:
        case "xlsx":
            yield from xlsx.xlsx_pieces([*tables, about_table(about)], about, with_hxl=with_hxl)
        case "csv":
            yield from csv.csv_pieces(tables[0], with_hxl=with_hxl, foot=_foot(tables[0], about.mark))
        case _:
            yield pdf.pdf_of(tables, about)


def _foot(table: Table, mark: str) -> str:
    """Return the last line of a file that holds nothing but one table: who took it, and what the sign in it means."""
    if not any(value is HIDDEN for row in table.rows for value in row):
        return mark
    sign = _("* stands for a number from 1 to 7, or for one that would tell such a number.")
    return f"{mark}. {sign}"


def _shown(section: Section) -> dict[str, Any]:
    table = section.table
    rows = list(table.rows)
    return {
        "key": table.key,
        "title": table.title,
        "heads": [(column.label, look_of(column)) for column in table.columns],
        "rows": [
            _row(
                table, row, is_total=number >= len(rows) - section.totals, url=section.link(row) if section.link else ""
            )
            for number, row in enumerate(rows)
        ],
        "said": section.said,
        "chart": section.chart,
        "empty": section.empty,
        "has_hxl": table.has_hxl,
    }


def _row(table: Table, row: Sequence[Any], *, is_total: bool, url: str = "") -> Row:
    cells = [
        Cell(
            in_words(check_cell(column, value)),
            column.kind is Kind.NUMBER,
            number == 0,
            look_of(column),
            "" if number else url,
        )
        for number, (column, value) in enumerate(zip(table.columns, row, strict=True))
    ]
    return Row(cells, is_total)


def look_of(column: Column) -> str:
    """Return how a column is set: numbers to the right, days in one line, sentences with room for them."""
    if column.kind is Kind.NUMBER:
        return "report-number"
    if column.kind is not Kind.TEXT:
        return "report-day"
    return "report-long" if column.width >= LONG else ""


def in_words(value: Any) -> str:
    """Return a cell as the page says it: days in words, numbers as the language writes them."""
    if value is None:
        return ""
    if value is HIDDEN:
        return str(value)
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, int | float | Decimal):
        return str(number_format(value))
    return str(value)
