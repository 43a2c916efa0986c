"""Files: what they are shows in their content; whatever is wrong with one is said with its place."""

import io
import zipfile

import pytest
import tablib
from openpyxl import Workbook

from casework.residency.tables.files import (
    MOST_BYTES,
    MOST_ROWS,
    CsvTable,
    UnableToReadTable,
    XlsxTable,
    read_table,
)


def refused(content: bytes) -> str:
    with pytest.raises(UnableToReadTable) as refusal:
        read_table(content)
    return refusal.value.sentence


def workbook(*rows, more_sheets=(), merge="", title="rules"):
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    for name in more_sheets:
        book.create_sheet(name).append(["something"])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_csv_is_read_with_the_separator_it_has():
    for content in (b"a,b\n1,2\n", b"a;b\r\n1;2\r\n", b"a\tb\n1\t2\n", b"\xef\xbb\xbfa,b\n1,2"):
        table = read_table(content)
        assert (table.headers, table[0]) == (["a", "b"], ("1", "2"))


def test_a_workbook_is_read():
    table = read_table(workbook(["a", "b"], ["x", 90.0], [None, None], ["y", None], [None, None]))

    assert table.headers == ["a", "b"]
    assert list(table) == [("x", 90), (None, None), ("y", None)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"   \n ", "The file is empty."),
        (b"a,b\n", "names its columns and has no rows"),
        (b"a,b\n,\n", "names its columns and has no rows"),
        (b",\n1,2\n", "does not name the columns"),
        ("ключ,дней\nа,1\n".encode("cp1251"), "it is not UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), "it is not UTF-8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "old Excel file (.xls), or one with a password"),
        (b"a,a\n1,2\n", "several columns of this name: a."),
        (b"a,,b\n1,2,3\n", "Column B has no name."),
        (b"a,b\n1,2,3\n", "Row 2 has cells to the right of the last named column."),
        (b'a,b\n"1,2\n', "The quotation marks in line"),
        (b"a\x00b\n1,2\n", "neither CSV nor XLSX"),
        (b"a,b\n1," + b"x" * 40_000, "Cell B2 holds more than 32767 characters."),
        (b"a,b\n1," + b"x" * 1_000_000, "A cell in line 2 of the file holds more than 32767 characters."),
        (b"a\n" + b"1\n" * (MOST_ROWS + 1), "more than 2000 rows"),
        (b"a\n" + b"\n" * 2_000_000, "more than 2000 rows"),
        (b"x" * (MOST_BYTES + 1), "larger than 2.5 MB"),
        (b"PK\x03\x04 not a zip", "damaged or not an Excel workbook"),
    ],
)
def test_a_broken_file_is_refused_with_what_to_do(content, said):
    assert said in refused(content)


def test_an_empty_workbook_is_refused():
    assert refused(workbook()) == "The workbook is empty."


def test_a_formula_is_refused_with_its_cell():
    assert "Cell B2 holds a formula." in refused(workbook(["a", "b"], ["x", "=1+1"]))


def test_an_error_of_the_spreadsheet_is_refused():
    assert "Cell A2 holds an error of the spreadsheet program: #REF!." in refused(workbook(["a"], ["#REF!"]))


def test_merged_cells_are_asked_about():
    assert "Cells A2:A3 are merged." in refused(workbook(["a"], ["x"], [None], merge="A2:A3"))


def test_two_sheets_are_asked_about():
    assert "several sheets with something in them: rules, notes" in refused(
        workbook(["a"], ["x"], more_sheets=["notes"])
    )


def test_a_zip_that_is_no_workbook_is_refused():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")

    assert "This is not an Excel workbook." in refused(content.getvalue())


def test_a_bomb_is_not_unpacked():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
        package.writestr("xl/worksheets/sheet1.xml", b" " * 61_000_000)

    assert "too large when unpacked" in refused(content.getvalue())


def test_a_workbook_that_declares_entities_is_refused():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.writestr(
            "xl/workbook.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><workbook>&a;</workbook>'
        )

    assert "damaged" in refused(content.getvalue())


def test_a_damaged_workbook_is_refused():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.writestr("xl/workbook.xml", "<workbook")

    assert "damaged" in refused(content.getvalue())


def test_more_rows_in_a_workbook_than_are_taken_are_refused():
    assert "more than 2000 rows" in refused(workbook(["a"], *([[1]] * (MOST_ROWS + 1))))


@pytest.mark.parametrize("format", [CsvTable, XlsxTable])
def test_what_is_written_is_read_again(format):
    table = tablib.Dataset(headers=["key", "days", "note"])
    table.append(["kz-1", 90, "=SUM(A1)\nsecond; line, “quoted”"])

    content = format().export_data(table)

    again = read_table(content)
    assert again.headers == ["key", "days", "note"]
    assert str(again[0][1]) == "90"
    assert again[0][2] == "'=SUM(A1)\nsecond; line, “quoted”"


def test_a_cell_that_xlsx_would_cut_off_is_not_exported():
    table = tablib.Dataset(headers=["note"])
    table.append(["x" * 32_767])

    with pytest.raises(ValueError, match="Export as CSV"):
        XlsxTable().export_data(table)
