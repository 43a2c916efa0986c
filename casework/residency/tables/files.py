"""Files: CSV and XLSX to a table of cells and back. What a file is shows in its content, not in its name.

Whatever is wrong with a file as a whole is a `UnableToReadTable` that says where and what to do.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

import tablib
from django.utils.translation import gettext as _
from import_export.formats.base_formats import CSV, XLSX, Format
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from casework.lib.refusals import Refusal

from .cells import MOST_CHARACTERS, guarded

MOST_BYTES = 2_500_000  # more than that, and a web server keeps the file in the open on a disk while it comes in
MOST_UNPACKED_BYTES = 60_000_000
MOST_ROWS = 2_000
MOST_COLUMNS = 400

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*\bref=\"([A-Z0-9:]+)\"")
_BROKEN_CELLS = frozenset({"#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})


class UnableToReadTable(Refusal):
    pass


class TableFile(Format):
    """A file somebody chose to import: CSV or XLSX."""

    def get_title(self) -> str:
        return "CSV, XLSX"

    def can_import(self) -> bool:
        return True

    def create_dataset(self, in_stream: bytes) -> tablib.Dataset:
        return read_table(in_stream)


class CsvTable(CSV):
    """UTF-8 with a mark at the beginning, without which Excel takes Cyrillic for something else."""

    def is_binary(self) -> bool:
        return True

    def get_content_type(self) -> str:
        return "text/csv; charset=utf-8"

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(dataset.headers)
        writer.writerows([_guarded(cell) for cell in row] for row in dataset)
        return text.getvalue().encode("utf-8-sig")


class XlsxTable(XLSX):
    """One sheet: the heading stays in sight, texts are texts, numbers are numbers."""

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        _refusetoo_long_cell(dataset)
        book = Workbook(write_only=True)
        sheet = book.create_sheet("table")
        sheet.freeze_panes = "A2"
        for number, header in enumerate(dataset.headers, 1):
            sheet.column_dimensions[get_column_letter(number)].width = max(12, min(len(header) + 2, 34))
        sheet.append([_xlsx_cell(sheet, header, bold=True) for header in dataset.headers])
        for row in dataset:
            sheet.append([_xlsx_cell(sheet, cell) for cell in row])
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()


def read_table(content: bytes) -> tablib.Dataset:
    """Return the cells of a CSV or XLSX file with the names of its columns. Row 1 of the file is the heading."""
    if len(content) > MOST_BYTES:
        raise UnableToReadTable(too_large())
    if not content.strip():
        raise UnableToReadTable(_("The file is empty."))
    if content.startswith(_OLD_EXCEL):
        raise UnableToReadTable(
            _(
                "This is an old Excel file (.xls), or one with a password. Save it as “Excel workbook (.xlsx)” without "
                "a password, or as “CSV UTF-8”."
            )
        )
    rows = _xlsx_rows(content) if content.startswith(_ZIP) else _csv_rows(content)
    return _table(rows)


def _table(rows: Iterable[list[Any]]) -> tablib.Dataset:
    """Return the rows as a table without empty rows at its end; those between stay, so that rows keep their numbers."""
    kept: list[list[Any]] = []
    last = 0
    for row in rows:
        kept.append(row)
        if any(not _is_blank(cell) for cell in row):
            last = len(kept)
        if last > MOST_ROWS + 1 or len(kept) > 20 * MOST_ROWS:
            raise UnableToReadTable(
                _("The table has more than %(most)s rows. Import it in parts.") % {"most": MOST_ROWS}
            )
    kept = kept[:last]
    if not kept or all(_is_blank(cell) for cell in kept[0]):
        raise UnableToReadTable(_("The table is empty, or its first row does not name the columns."))
    headers = [str(cell).strip() if cell is not None else "" for cell in kept[0]]
    while headers and not headers[-1]:
        headers.pop()
    refuse_headings(headers)
    if len(kept) == 1:
        raise UnableToReadTable(_("The table names its columns and has no rows."))
    table = tablib.Dataset(headers=headers)
    for number, row in enumerate(kept[1:], 2):
        if any(not _is_blank(cell) for cell in row[len(headers) :]):
            raise UnableToReadTable(_("Row %(row)s has cells to the right of the last named column.") % {"row": number})
        table.append((row + [None] * len(headers))[: len(headers)])
    return table


def refuse_headings(headers: list[str]) -> None:
    """Raise UnableToReadTable for too many columns, for one without a name and for two of one name."""
    if len(headers) > MOST_COLUMNS:
        raise UnableToReadTable(_("The table has more than %(most)s columns.") % {"most": MOST_COLUMNS})
    if "" in headers:
        raise UnableToReadTable(
            _("Column %(letter)s has no name. Name every column, or remove it.")
            % {"letter": get_column_letter(headers.index("") + 1)}
        )
    twice = sorted({name for name in headers if headers.count(name) > 1})
    if twice:
        raise UnableToReadTable(
            _("There are several columns of this name: %(names)s. Which one counts? Keep one.")
            % {"names": ", ".join(name[:60] for name in twice)}
        )


def _csv_rows(content: bytes) -> Iterator[list[Any]]:
    if content.startswith(_UTF_16):
        raise UnableToReadTable(not_utf_8())
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnableToReadTable(not_utf_8()) from None
    if "\0" in text:
        raise UnableToReadTable(_("This is neither CSV nor XLSX. Save the table as “CSV UTF-8” or as “.xlsx”."))
    first = text.split("\n", 1)[0]
    delimiter = max((",", ";", "\t"), key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from _csv_cells(reader)
    except csv.Error as error:
        if "field larger" in str(error):
            raise UnableToReadTable(
                _("A cell in line %(line)s of the file holds more than %(most)s characters.")
                % {"line": reader.line_num, "most": MOST_CHARACTERS}
            ) from None
        raise UnableToReadTable(
            _("The quotation marks in line %(line)s of the file do not match.") % {"line": reader.line_num}
        ) from None


def _csv_cells(reader: Iterable[list[str]]) -> Iterator[list[Any]]:
    for number, row in enumerate(reader, 1):
        for column, cell in enumerate(row, 1):
            if len(cell) > MOST_CHARACTERS:
                raise UnableToReadTable(too_long_cell(f"{get_column_letter(column)}{number}"))
        yield list(row)


def _xlsx_rows(content: bytes) -> Iterator[list[Any]]:
    refuse_package(io.BytesIO(content))
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible" and _has_cells(sheet)]
        if not sheets:
            raise UnableToReadTable(_("The workbook is empty."))
        if len(sheets) > 1:
            names = ", ".join(str(sheet.title) for sheet in sheets)
            raise UnableToReadTable(
                _("The workbook has several sheets with something in them: %(names)s. Which one counts? Keep one.")
                % {"names": names[:200]}
            )
        sheets[0].reset_dimensions()  # what the file says of its size may be wrong
        for row in sheets[0].iter_rows(max_col=MOST_COLUMNS + 1):
            yield [_xlsx_value(cell) for cell in row]
    except (InvalidFileException, LookupError, ValueError, TypeError, AttributeError, zipfile.BadZipFile, SyntaxError):
        raise UnableToReadTable(damaged()) from None


def refuse_package(content: IO[bytes]) -> None:
    """Refuse what is no workbook, is larger unpacked than we look at, or has merged cells."""
    try:
        with zipfile.ZipFile(content) as package:
            names = package.namelist()
            if "xl/workbook.xml" not in names:
                raise UnableToReadTable(
                    _("This is not an Excel workbook. Save the table as “.xlsx” or as “CSV UTF-8”.")
                )
            if sum(each.file_size for each in package.infolist()) > MOST_UNPACKED_BYTES:
                raise UnableToReadTable(
                    _("The workbook is too large when unpacked. Import it in parts, or save it as “CSV UTF-8”.")
                )
            for name in names:
                if name.endswith(".xml") and b"<!" in package.read(name)[:2000].replace(b"<!--", b""):
                    raise UnableToReadTable(damaged())  # a workbook declares no entities; whoever does means harm
                merged = _MERGED.search(package.read(name)) if name.startswith("xl/worksheets/sheet") else None
                if merged:
                    raise UnableToReadTable(
                        _("Cells %(cells)s are merged. To which row do they belong? Unmerge them.")
                        % {"cells": merged[1].decode("ascii")}
                    )
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError):
        raise UnableToReadTable(damaged()) from None


def _has_cells(sheet: Any) -> bool:
    sheet.reset_dimensions()
    return any(cell.value is not None for row in sheet.iter_rows(max_row=50, max_col=MOST_COLUMNS) for cell in row)


def _xlsx_value(cell: Any) -> Any:
    if cell.value is None:
        return None
    if cell.data_type == "f":
        raise UnableToReadTable(
            _("Cell %(cell)s holds a formula. Put its value there instead: copy it and paste values only.")
            % {"cell": cell.coordinate}
        )
    if cell.data_type == "e" or (isinstance(cell.value, str) and cell.value in _BROKEN_CELLS):
        raise UnableToReadTable(
            _("Cell %(cell)s holds an error of the spreadsheet program: %(error)s.")
            % {"cell": cell.coordinate, "error": cell.value}
        )
    if isinstance(cell.value, str) and len(cell.value) > MOST_CHARACTERS:
        raise UnableToReadTable(too_long_cell(cell.coordinate))
    return cell.value


def _xlsx_cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("\ufffd", value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.value = _guarded(cell.value)
        cell.number_format = "@"  # days and codes stay as they are written
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    else:
        cell.alignment = Alignment(vertical="top")
    if bold:
        cell.font = Font(bold=True)
    return cell


def _refusetoo_long_cell(dataset: tablib.Dataset) -> None:
    for number, row in enumerate(dataset, 2):
        for header, cell in zip(dataset.headers, row, strict=True):
            if isinstance(cell, str) and len(cell) >= MOST_CHARACTERS:
                raise ValueError(
                    _("Row %(row)s, column %(column)s holds more than a cell of XLSX can. Export as CSV.")
                    % {"row": number, "column": header}
                )


def _guarded(cell: Any) -> Any:
    return guarded(cell) if isinstance(cell, str) else cell


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def too_long_cell(place: str) -> str:
    return _("Cell %(cell)s holds more than %(most)s characters.") % {"cell": place, "most": MOST_CHARACTERS}


def too_large() -> str:
    return _("The file is larger than %(most)s MB. Import it in parts.") % {"most": MOST_BYTES / 1_000_000}


def not_utf_8() -> str:
    return _(
        "The letters of this file cannot be read: it is not UTF-8. In the spreadsheet program choose “Save as” and "
        "“CSV UTF-8”, or “.xlsx”."
    )


def damaged() -> str:
    return _("The workbook is damaged or not an Excel workbook. Open it in the spreadsheet program and save it again.")
