"""What is wrong with a table is said clearly, and nothing of it is recorded."""

import io
from datetime import datetime
from itertools import islice
from typing import Any

import pytest

from casework.clients.models import Case, Import
from casework.lib.country_words import read_country
from casework.lib.refusals import Refusal
from casework.lifecycle.importing import sheets
from casework.lifecycle.importing.sheets import read_sheet

from .tables import GOOD, HEADINGS, OTHER, brought_in, checked, csv_of, people, row, said, xlsx_of

CP1251 = "family_name,nationality\r\nОбразцов,RU\r\n".encode("cp1251")


def refused(content: bytes) -> str:
    """What is said of a file as a whole."""
    with pytest.raises(Refusal) as refusal:
        list(read_sheet(io.BytesIO(content)).rows)
    return refusal.value.sentence


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"  \r\n ", "The file is empty."),
        (CP1251, "The letters of this file cannot be read: it is not UTF-8."),
        (b"\xd0\xcf\x11\xe0" + b"x" * 99, "This is an old Excel file (.xls)"),
        (b"PK\x03\x04" + b"x" * 99, "The workbook is damaged"),
        (b"\x00\x01\x02\x03", "This is neither CSV nor XLSX."),
        (b"family_name,nationality\r\n", "The table names its columns and has no rows."),
        (b"a,,b\r\n1,2,3\r\n", "Column B has no name."),
        (b"a,a\r\n1,2\r\n", "There are several columns of this name: a."),
        (b'a,b\r\n"1,2\r\n', "The quotation marks in line 2 of the file do not match."),
        (b"a,b\r\n1,2,3\r\n", "Row 2 has cells to the right of the last named column."),
        (b"a,b\r\n1," + b"x" * 40_000 + b"\r\n", "Cell B2 holds more than 32767 characters."),
        (b"a,b\r\n1," + b"x" * 1_000_000 + b"\r\n", "A cell in line 2 of the file holds more than 32767 characters."),
    ],
    ids=["empty", "blank", "Cyrillic of Windows", "old Excel", "broken zip", "binary", "no rows", "no heading", "twice",
         "quotes", "too wide", "a long cell", "a cell of 1 MB"],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_as_a_whole_and_says_where(content: bytes, sentence: str) -> None:
    assert refused(content).startswith(sentence)


@pytest.mark.parametrize(
    ("content", "headings"),
    [
        ("Фамилия;Имя;Гражданство, кодом, если знаете, или словом\r\nОбразцов;Выдуман;RU\r\n", 3),
        ("Фамилия\tГражданство, кодом; если знаете, или словом\r\nОбразцов\tRU\r\n", 2),
        ("Фамилия,Гражданство\r\nОбразцов,RU;BY;KZ\r\n", 2),
    ],
)
def test_what_stands_between_cells_is_not_what_stands_in_them(content: str, headings: int) -> None:
    sheet = read_sheet(io.BytesIO(content.encode()))

    assert len(sheet.headings) == headings
    assert [each.cells[0] for each in sheet.rows] == ["Образцов"]


def test_a_cell_of_a_workbook_that_is_too_long_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    book = xlsx_of(("people", [["family_name", "note"], ["Образцов", "x" * 1_001]])).getvalue()
    assert [each.cells for each in read_sheet(io.BytesIO(book)).rows] == [["Образцов", "x" * 1_001]]
    monkeypatch.setattr("casework.lifecycle.importing.sheets.MOST_CHARACTERS", 1_000)

    assert refused(book).startswith("Cell B2 holds more than ")


def test_a_sheet_of_a_million_rows_is_refused_at_the_first_row_too_many() -> None:
    endless = (b"family_name,nationality\r\n" if number == 0 else b"X,RU\r\n" for number in range(1_000_001))
    content = io.BytesIO(b"".join(endless))

    rows = read_sheet(content).rows
    taken = list(islice(rows, sheets.MOST_ROWS))
    with pytest.raises(Refusal) as refusal:
        next(rows)

    assert refusal.value.sentence == "The table has more than 20,000 rows. Import it in parts."
    assert taken[-1].number == sheets.MOST_ROWS + 1
    assert content.tell() < len(content.getvalue()) // 10


def test_a_sheet_formatted_to_its_last_line_is_not_read_to_there() -> None:
    rows: list[list[Any]] = [["family_name"], ["Образцов"], *([[None]] * 5000), ["Примерова"]]

    assert [each.cells for each in read_sheet(xlsx_of(("people", rows))).rows] == [["Образцов"]]


@pytest.mark.django_db
def test_a_file_that_breaks_off_on_the_way_leaves_nothing() -> None:
    broken = csv_of(people(600)).getvalue() + b"\xff\xfe\xff"

    with pytest.raises(Refusal):
        brought_in(io.BytesIO(broken))

    assert not Import.objects.exists()


def test_utf_16_with_its_mark_semicolons_and_tabs_are_read() -> None:
    for delimiter in (";", "\t"):
        table = csv_of([GOOD], delimiter=delimiter).getvalue().decode()
        for encoding in ("utf-8-sig", "utf-16"):
            sheet = read_sheet(io.BytesIO(table.encode(encoding)))
            assert (tuple(sheet.headings), [tuple(each.cells) for each in sheet.rows]) == (HEADINGS, [GOOD])


@pytest.mark.django_db
def test_a_formula_in_a_workbook_is_refused_in_its_row_and_never_computed() -> None:
    full = [*GOOD]
    full[0] = '=CONCATENATE("a","b")'

    of = checked(xlsx_of(("people", [HEADINGS, full, OTHER])))

    assert said(of, 2) == {
        "family_name": "The cell holds a formula. Put its value there: copy it and paste values only."
    }
    assert of.rows.get(number=3).state == "good"


@pytest.mark.django_db
@pytest.mark.parametrize("formula", ["=1+1", "@SUM(A1)", '=HYPERLINK("http://example.org")'])
def test_a_formula_in_a_text_table_is_refused(formula: str) -> None:
    assert list(said(checked(csv_of([row(given_name=formula)])))) == ["given_name"]


@pytest.mark.django_db
def test_broken_letters_in_a_readable_file_are_refused_in_their_row() -> None:
    assert list(said(checked(csv_of([row(family_name="Обра\ufffdцов")])))) == ["family_name"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "written",
    ["1990-05-17", "17.05.1990", "17/5/1990", "17 мая 1990 г.", "May 17, 1990"],
    ids=["ISO", "points", "slashes of one reading", "Russian words", "English words"],
)
def test_days_in_five_styles_are_read(written: str) -> None:
    of = checked(csv_of([row(birth_date=written)]))

    assert said(of) == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("05/12/1990", "Which day is “05/12/1990”: 1990-05-12 or 1990-12-05? Write it in that way."),
        ("05.12.90", "Which day is “05.12.90”? Write the year with four digits: 2026-12-05."),
        ("33011", "“33011” is not a day that can be read. Write it as 2026-12-05."),
        ("31.02.1990", "31 February does not exist."),
        ("1890-01-01", "The year 1890 lies too far back. Look at it again."),
        ("2030-01-01", "The birth lies in the future. Look at the year again."),
    ],
)
def test_days_that_cannot_be_or_can_be_read_in_two_ways_are_asked_about(written: str, sentence: str) -> None:
    assert said(checked(csv_of([row(birth_date=written)]))) == {"birth_date": sentence}


@pytest.mark.django_db
def test_a_day_of_a_workbook_is_a_day_and_an_hour_beside_it_is_asked_about() -> None:
    good: list[Any] = list(GOOD)
    late: list[Any] = list(GOOD)
    good[7], late[7] = datetime(2026, 11, 1), datetime(2026, 11, 1, 14, 30)
    late[0] = "Примеров"

    of = checked(xlsx_of(("people", [HEADINGS, good, late])))

    assert said(of, 2) == {}
    assert list(said(of, 3)) == ["entered_on"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cells", "column", "sentence"),
    [
        ({"country": "Kazakstan"}, "country", "We know no country “Kazakstan”. Is it one of these: Kazakhstan (KZ)?"),
        ({"country": "Qwertyland"}, "country",
         "We know no country “Qwertyland”. Write its name in English or Russian, or its code."),
        ({"nationality": "Congo"}, "nationality",
         "Which country is “Congo”: Congo - Kinshasa (CD), Congo - Brazzaville (CG)?"),
        ({"nationality": ""}, "nationality", "Say the nationality; XXX stands for not known, XXA for stateless."),
        ({"document_type": "passport"}, "document_type",
         "Which passport is it: international_passport or internal_passport?"),
        ({"document_type": ""}, "document_type", "Say which document this is."),
        ({"document_number": "7.01234E+9"}, "document_number",
         "The spreadsheet program has shortened this number. Format the column as text and type it again."),
        ({"phone": "9.96555E+11"}, "phone",
         "The spreadsheet program has shortened this number. Format the column as text and type it again."),
        ({"phone": "12"}, "phone", "“12” is no telephone number. Write it with its country code: +996 555 012345."),
        ({"sex": "robot"}, "sex", "“robot” is none of these: female, male, other, unknown."),
        ({"entered_on": "2027-01-01"}, "entered_on",
         "The entry lies in the future. Look at the day again; who has not come yet is logged on the page."),
        ({"family_name": "", "given_name": "-"}, "family_name",
         "Enter a family name or a given name, in any script."),
        ({"family_name": "x" * 121}, "family_name", "This is longer than 120 characters."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_with_what_to_write(cells: dict[str, str], column: str, sentence: str) -> None:
    assert said(checked(csv_of([row(**cells)]))) == {column: sentence}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("written", "code"),
    [("Россия", "RU"), ("RUS", "RU"), ("рф", "RU"), ("Russian", "RU"), ("Кыргызстан", "KG"), ("Türkiye", "TR"),
     ("США", "US"), ("stateless", "XXA"), ("UKR", "UA"), ("Южная Корея", "KR")],
)  # fmt: skip
def test_countries_are_read_by_name_and_code(written: str, code: str) -> None:
    assert read_country(written, nationality=True).code == code


@pytest.mark.django_db
def test_the_sheet_of_another_team_imports_nobody() -> None:
    of = checked(csv_of([[*each, "T-OTHER"] for each in people(3)], [*HEADINGS, "team"]))

    assert set(of.rows.values_list("state", flat=True)) == {"wrong"}
    assert said(of)["team"].startswith("This row is of the team T-OTHER, and you import into ")
    assert not Case.objects.exists()


@pytest.mark.django_db
def test_a_phone_without_its_plus_is_read_where_it_can_be_one_thing_only() -> None:
    of = checked(
        csv_of([row(phone="996555012345"), row(phone="0555 012345", family_name="Другов", document_number="1")])
    )

    assert (said(of, 2), said(of, 3)) == ({}, {})
