"""Tables of people as files: CSV, XLSX and what KoboToolbox exports, read row by row without holding the file's cells in memory.

What a file is shows in its content, not in its name. What is wrong with it as a whole is a `UnableToReadTable` that says where
and what to do; what is wrong with a cell is said of its row later. Cells become texts as they are written; days of a spreadsheet
become ISO days.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from casework.residency.tables.cells import MOST_CHARACTERS
from casework.residency.tables.files import (
    MOST_COLUMNS,
    UnableToReadTable,
    damaged,
    not_utf_8,
    refuse_headings,
    refuse_package,
    too_long_cell,
)

from . import kobo
from .kobo import INDEX, PARENT

MOST_ROWS = 20_000
DELIMITERS = (",", ";", "\t")
LOOKED_AT = 5  # rows, to tell what stands between cells
MOST_BLANK_ROWS = 1_000  # in a row: a sheet that was formatted down to its last line is not read to there
# A cell that cannot be read is a text with this in front, so that its row can say so. No keyboard has this letter.
BROKEN = "\ue000"
FORMULA, ERROR = f"{BROKEN}formula", f"{BROKEN}error"

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_HEAD = 1_000_000
_FROM_KOBO = frozenset({"_uuid", "_submission_time", "_submission__uuid"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """`number` as the spreadsheet program counts it. `source_id`: the name that a collecting tool gave to the submission."""

    number: int
    cells: list[str]
    source_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The headings of a table and its rows, which are read once."""

    source: str
    headings: list[str]
    rows: Iterator[SheetRow]


def read_sheet(file: IO[bytes], *, most_rows: int = MOST_ROWS, is_ours: bool = False) -> Sheet:
    """Return a table of people. Raises UnableToReadTable, for a row far down in the file only when it is reached.

    `is_ours`: a workbook that was handed out here, of which the first sheet counts; the last says who took it along.
    """
    head = file.read(_HEAD)
    if not head.strip():
        raise UnableToReadTable(_("The file is empty."))
    if head.startswith(_OLD_EXCEL):
        raise UnableToReadTable(
            _(
                "This is an old Excel file (.xls), or one with a password. Save it as “Excel workbook (.xlsx)” without "
                "a password, or as “CSV UTF-8”."
            )
        )
    file.seek(0)
    if head.startswith(_ZIP):
        return _from_workbook(file, most_rows, is_ours=is_ours)
    rows = _csv_rows(file, head)
    headings, numbered = _headed(rows)
    source = "kobo" if _FROM_KOBO & set(headings) else "csv"
    return Sheet(source=source, headings=headings, rows=_limited(_of(headings, numbered), most_rows))


def _from_workbook(file: IO[bytes], most_rows: int, *, is_ours: bool) -> Sheet:
    refuse_package(file)
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        tables = {
            str(sheet.title): sheet for sheet in book.worksheets if sheet.sheet_state == "visible" and _has_cells(sheet)
        }
    except (InvalidFileException, LookupError, ValueError, TypeError, AttributeError, zipfile.BadZipFile, SyntaxError):
        raise UnableToReadTable(damaged()) from None
    if not tables:
        raise UnableToReadTable(_("The workbook is empty."))
    if is_ours:
        tables = dict(list(tables.items())[:1])
    opened = {name: _headed(_xlsx_rows(sheet)) for name, sheet in tables.items()}
    repeats = [name for name, (headings, _rows) in opened.items() if PARENT in headings]
    mains = [name for name in opened if name not in repeats]
    if len(mains) == 1 and repeats and INDEX in opened[mains[0]][0]:
        limited = {
            name: kobo.Group(opened[name][0], (cells for _at, cells in _most(opened[name][1], most_rows)))
            for name in repeats
        }
        main = kobo.Group(opened[mains[0]][0], (cells for _at, cells in opened[mains[0]][1]))
        headings, joined = kobo.join(main, limited)
        # Rows get numbers of their own: those of several sheets cannot all be kept.
        rows = (SheetRow(number=at, cells=cells, source_id=source) for at, (cells, source) in enumerate(joined, 2))
        return Sheet(source="kobo", headings=headings, rows=_limited(rows, most_rows))
    if len(opened) > 1:
        raise UnableToReadTable(
            _("The workbook has several sheets with something in them: %(names)s. Which one counts? Keep one.")
            % {"names": ", ".join(opened)[:200]}
        )
    headings, numbered = opened[mains[0]] if mains else opened[repeats[0]]
    source = "kobo" if _FROM_KOBO & set(headings) else "xlsx"
    return Sheet(source=source, headings=headings, rows=_limited(_of(headings, numbered), most_rows))


def _headed(rows: Iterator[list[str]]) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """Return the headings, and the rows below with their numbers; blank rows are left out."""
    first = next(rows, None)
    if first is None or not any(first):
        raise UnableToReadTable(_("The table is empty, or its first row does not name the columns."))
    headings = list(first)
    while headings and not headings[-1]:
        headings.pop()
    refuse_headings(headings)
    return headings, _numbered(rows, len(headings))


def _numbered(rows: Iterator[list[str]], width: int) -> Iterator[tuple[int, list[str]]]:
    blank = 0
    for number, row in enumerate(rows, 2):
        if not any(row):
            blank += 1
            if blank > MOST_BLANK_ROWS:
                return
            continue
        blank = 0
        if any(row[width:]):
            raise UnableToReadTable(_("Row %(row)s has cells to the right of the last named column.") % {"row": number})
        yield number, (row + [""] * width)[:width]


def _of(headings: Sequence[str], numbered: Iterable[tuple[int, list[str]]]) -> Iterator[SheetRow]:
    for number, cells in numbered:
        yield SheetRow(number=number, cells=cells, source_id=kobo.source_id(headings, cells))


def _limited(rows: Iterator[SheetRow], most: int) -> Iterator[SheetRow]:
    count = 0
    for row in _most(rows, most):
        count += 1
        yield row
    if not count:
        raise UnableToReadTable(_("The table names its columns and has no rows."))


def _most(rows: Iterable[Any], most: int) -> Iterator[Any]:
    for count, row in enumerate(rows, 1):
        if count > most:
            raise UnableToReadTable(
                _("The table has more than %(most)s rows. Import it in parts.") % {"most": f"{most:,}"}
            )
        yield row


def _csv_rows(file: IO[bytes], head: bytes) -> Iterator[list[str]]:
    """Yield the rows of a text table: UTF-8, or UTF-16 with its mark. Any other encoding would be a guess."""
    encoding = "utf-16" if head.startswith(_UTF_16) else "utf-8-sig"
    if encoding == "utf-8-sig" and b"\0" in head:
        raise UnableToReadTable(_("This is neither CSV nor XLSX. Save the table as “CSV UTF-8” or as “.xlsx”."))
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        reader = csv.reader(text, delimiter=_delimiter(text), strict=True)
        for number, row in enumerate(reader, 1):
            for column, cell in enumerate(row, 1):
                if len(cell) > MOST_CHARACTERS:
                    raise UnableToReadTable(too_long_cell(f"{get_column_letter(column)}{number}"))
            yield [_tidied(cell) for cell in row]
    except UnicodeError:
        raise UnableToReadTable(not_utf_8()) from None
    except csv.Error as error:
        if "field larger" in str(error):
            raise UnableToReadTable(
                _("A cell in line %(line)s of the file holds more than %(most)s characters.")
                % {"line": reader.line_num, "most": MOST_CHARACTERS}
            ) from None
        raise UnableToReadTable(
            _("The quotation marks in line %(line)s of the file do not match.") % {"line": reader.line_num}
        ) from None
    finally:
        with suppress(ValueError):
            text.detach()  # whoever opened the file closes it


def _delimiter(text: io.TextIOWrapper) -> str:
    """Return what stands between cells: of what gives the first rows as many each, and several, else of all, the most frequent.

    Headings that are questions may hold more commas than there are semicolons between them.
    """
    beginning = text.read(2 * MOST_CHARACTERS)
    text.seek(0)
    first = beginning.partition("\n")[0]
    even = [each for each in DELIMITERS if len(widths := _widths(beginning, each)) == 1 and 1 not in widths]
    return max(even or DELIMITERS, key=first.count)


def _widths(text: str, delimiter: str) -> set[int]:
    try:
        rows = islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), LOOKED_AT)
        return {len(row) for row in rows if row}
    except csv.Error:
        return set()


def _xlsx_rows(sheet: Any) -> Iterator[list[str]]:
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    try:
        for row in sheet.iter_rows(max_col=MOST_COLUMNS + 1):
            yield [_xlsx_text(cell) for cell in row]
    except (InvalidFileException, LookupError, ValueError, TypeError, AttributeError, zipfile.BadZipFile, SyntaxError):
        raise UnableToReadTable(damaged()) from None


def _has_cells(sheet: Any) -> bool:
    sheet.reset_dimensions()
    return any(cell.value is not None for row in sheet.iter_rows(max_row=50, max_col=MOST_COLUMNS) for cell in row)


def _xlsx_text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return FORMULA
    if cell.data_type == "e":
        return ERROR
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = _tidied(str(value))
    if len(text) > MOST_CHARACTERS:
        raise UnableToReadTable(too_long_cell(cell.coordinate))
    return text


def _tidied(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").replace(BROKEN, "").strip()
