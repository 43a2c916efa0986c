"""The page as a workbook: the figures and rows that the reader sees, nothing more."""

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from .figures import Figures
from .lines import LineRow

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheet_of(figures: Figures, rows: Iterable[LineRow], *, title: str, has_rows: bool) -> bytes:
    """Return the workbook. Text is stored as text, so that nothing in it is ever a formula."""
    book = Workbook(write_only=True)
    _write(book, _("Figures"), [[title], [], *_figures(figures)], bold=1)
    if has_rows:
        _write(book, _("Deadlines"), [_heads(), *(_row(row) for row in rows)], bold=1)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _figures(figures: Figures) -> list[Sequence[Any]]:
    own, has_own = figures.own, figures.has_own
    table: list[Sequence[Any]] = []
    if has_own:
        table += [
            [_("Your teams"), _("People")],
            [_("People concerned"), own.people],
            [_("Lose days"), own.lose],
            [_("Gain days"), own.gain],
            [_("Become overdue"), own.become_overdue],
            [_("Are overdue no more"), own.stop_overdue],
            *([it.label, it.own] for it in figures.own_teams),
            [],
        ]
    table += [[_("Other teams"), _("People")], [_("People concerned"), _shown(figures.others)]]
    table += [[it.label, _shown(it.others)] for it in figures.other_teams]
    for title, counts in ((_("Country"), figures.countries), (_("Days gained or lost"), figures.bars)):
        table += [[], [title, *([_("Your teams")] if has_own else []), _("Other teams")]]
        table += [[it.label, *([it.own] if has_own else []), _shown(it.others)] for it in counts]
    if has_own:
        table += [[], [_("Reminders within 30 days"), _("would go"), _("would have gone")]]
        table += [[it.label, it.after, it.before] for it in figures.leads]
    return table


def _heads() -> list[str]:
    return [
        _("Person"),
        _("Reference"),
        _("Case"),
        _("Team"),
        _("Duty"),
        _("Country"),
        _("Before"),
        _("After"),
        _("Days"),
        _("What happens"),
        _("Rule before"),
        _("Rule after"),
    ]


def _row(row: LineRow) -> list[Any]:
    line = row.line
    return [
        row.person,
        row.reference,
        row.case_code,
        row.team,
        row.duty,
        row.country,
        line.before_on,
        line.after_on,
        line.days,
        row.what,
        row.before.rule,
        row.after.rule,
    ]


def _shown(count: int | None) -> int | str:
    return _("hidden") if count is None else count


def _write(book: Workbook, title: str, table: Sequence[Sequence[Any]], *, bold: int) -> None:
    sheet = book.create_sheet(title=title[:31])
    for number, row in enumerate(table):
        sheet.append([_cell(sheet, value, bold=number < bold) for value in row])


def _cell(sheet: Any, value: Any, *, bold: bool) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"  # also where it begins like a formula
    elif isinstance(value, dt.date):
        cell.number_format = "YYYY-MM-DD"
    if bold:
        cell.font = Font(bold=True)
    return cell
