"""XLSX: real texts, days and numbers, and nothing of it in a temporary file."""

import io
import re
import tempfile
import tracemalloc
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest

from casework.reports.table import Table
from casework.reports.xlsx import CUT, MOST_CHARACTERS, sheet_titles, xlsx_pieces

from .payloads import PAYLOADS
from .tables import AT, COLUMNS, about, of_texts, table


def written(*tables: Table, with_hxl: bool = False, **said: Any) -> bytes:
    return b"".join(xlsx_pieces(tables, about(**said), with_hxl=with_hxl))


def sheets(content: bytes) -> list[Any]:
    return list(openpyxl.load_workbook(io.BytesIO(content)))


def test_every_payload_is_a_text_and_comes_back_equal() -> None:
    content = written(of_texts(*PAYLOADS))

    [sheet] = sheets(content)
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    # openpyxl does not undo the escape that programs undo
    assert [cell.value.replace("_x005F_", "_") for cell in cells] == PAYLOADS
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


def test_days_and_numbers_are_what_they_are() -> None:
    [sheet] = sheets(written(table(("Образцова", AT.date(), 3, AT), (None, None, None, None))))

    assert [cell.value for cell in sheet[2]] == [
        "Образцова",
        AT.replace(hour=0, minute=0, tzinfo=None),
        3,
        AT.replace(tzinfo=None),
    ]
    assert [cell.value for cell in sheet[3]] == [None] * 4
    assert sheet["B2"].number_format == r"yyyy\-mm\-dd"


def test_a_day_before_the_days_that_programs_count_is_a_text() -> None:
    [sheet] = sheets(written(table(("", AT.date().replace(year=1899), None, None))))

    assert sheet["B2"].value == "1899-11-27"


def test_the_head_stays_in_sight_and_is_printed_on_every_page() -> None:
    [sheet] = sheets(written(table(("x", None, 1, None))))

    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.auto_filter.ref) == ("A2", "$1:$1", "A1:D2")
    assert sheet.column_dimensions["A"].width == 40
    assert sheet.page_setup.orientation == "landscape"


def test_tags_stand_under_the_heads_where_they_are_asked_for() -> None:
    [sheet] = sheets(written(table(), with_hxl=True))

    assert [cell.value or "" for cell in sheet[2]] == ["", "#date+due", "#affected", ""]


def test_a_sheet_for_each_table_with_titles_that_a_workbook_takes() -> None:
    titles = sheet_titles(["Stays", "stays", "a/b:[c]", "x" * 40, "x" * 50, "", "'"])

    assert titles == ["Stays", "stays 2", "a b  c", "x" * 31, "x" * 29 + " 2", "Sheet", "Sheet 2"]
    assert [sheet.title for sheet in sheets(written(table(title="A"), table(title="A")))] == ["A", "A 2"]


def test_a_text_that_is_too_long_for_a_cell_says_that_it_was_cut() -> None:
    [sheet] = sheets(written(of_texts("я" * 40_000)))

    assert len(sheet["A2"].value) == MOST_CHARACTERS
    assert sheet["A2"].value.endswith(CUT)


def test_letters_that_xml_has_not_are_left_out() -> None:
    [sheet] = sheets(written(of_texts("a\0b\x0bc\ud800d\uffff😀")))

    assert sheet["A2"].value == "abcd😀"


def test_the_file_says_nothing_about_a_person_or_a_machine() -> None:
    archive = zipfile.ZipFile(io.BytesIO(written(table(), mark="T. Worker & Co")))
    properties = archive.read("docProps/core.xml").decode()

    assert re.findall(r"<(?:dc|dcterms):(\w+)[^>]*>([^<]*)", properties) == [
        ("title", "Cases"),
        ("creator", "Casework"),
        ("language", "en"),
        ("created", "2026-11-27T09:30:00Z"),
    ]
    assert "T. Worker &amp;&amp; Co" in archive.read("xl/worksheets/sheet1.xml").decode()
    assert {entry.date_time for entry in archive.infolist()} == {(2026, 11, 27, 9, 30, 0)}


def test_nothing_is_written_to_a_temporary_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*asked: Any, **options: Any) -> Any:
        raise AssertionError("a temporary file was opened")

    for name in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile", "mkstemp", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, refused)

    assert written(table(("x", None, 1, None)))


def many(count: int) -> Iterator[tuple[Any, ...]]:
    for number in range(count):
        yield f"Образцова Вымышлена {number * 7919 % 10007}", AT.date(), number, AT


def peak_of(count: int) -> int:
    tracemalloc.start()
    size = sum(
        len(piece) for piece in xlsx_pieces([Table(key="x", title="x", columns=COLUMNS, rows=many(count))], about())
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > count
    return peak


def test_memory_does_not_grow_with_the_rows() -> None:
    assert peak_of(8_000) < 1.5 * peak_of(1_000) + 200_000


@pytest.mark.slow
def test_a_hundred_thousand_rows_come_back() -> None:
    pieces = xlsx_pieces([Table(key="x", title="x", columns=COLUMNS, rows=many(100_000))], about())
    book = openpyxl.load_workbook(io.BytesIO(b"".join(pieces)), read_only=True)

    assert sum(1 for _row in book.active.iter_rows()) == 100_001
