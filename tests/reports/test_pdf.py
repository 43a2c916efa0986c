"""PDF: the letters of every language, heads on every page, and nothing about a machine in it."""

import logging
from typing import Any

import pypdfium2
import pytest

from casework.reports.pdf import Paper, pdf_of
from casework.reports.table import Table

from .tables import AT, about, of_texts, table

LETTERS = {
    "ru": "Съешь ещё этих мягких французских булок, да выпей чаю",
    "kk": "әғқңөұүһі ӘҒҚҢӨҰҮҺІ",
    "ky": "ңөү ҢӨҮ",
    "mn": "өү ӨҮ",
    "uk": "ґєії ҐЄІЇ",
}


def pages(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    return [page.get_textpage().get_text_range() for page in document]


def joined(page: str) -> str:
    return " ".join(page.split())


@pytest.mark.parametrize("language", LETTERS)
def test_the_letters_of_a_language_are_in_it(language: str) -> None:
    [page] = pages(pdf_of([of_texts(LETTERS[language])], about(language=language)))

    assert LETTERS[language] in joined(page)


def test_heads_come_back_on_every_page_and_pages_are_numbered() -> None:
    rows = [(f"Row {number}", AT.date(), number, AT) for number in range(120)]

    found = pages(pdf_of([table(*rows)], about(page="Page %(number)s of %(total)s")))

    assert len(found) > 2
    for number, page in enumerate(found, start=1):
        assert "Name Due on People Seen" in joined(page)
        assert f"Page {number} of {len(found)}" in joined(page)
    assert [f"Row {number} " in joined(" ".join(found)) for number in range(120)] == [True] * 120


def test_days_are_in_words() -> None:
    [page] = pages(pdf_of([table(("x", AT.date(), 1, AT))], about(language="ru")))

    assert "27 нояб. 2026" in joined(page)


def test_a_row_longer_than_a_page_goes_on_over_the_next() -> None:
    text = " ".join(f"слово{number}" for number in range(3_000))

    found = pages(pdf_of([of_texts(text)], about()))

    assert len(found) > 2
    assert [word for word in text.split() if word not in " ".join(found)] == []


def test_a_word_wider_than_its_column_is_broken() -> None:
    [page] = pages(pdf_of([table(("x" * 400, None, None, None))], about()))

    assert page.count("x") == 400


def test_a_wide_table_lies_on_its_side() -> None:
    columns = tuple(COLUMN for COLUMN in (*table().columns, *table().columns))
    wide = Table(key="x", title="x", columns=columns, rows=[])

    upright = pypdfium2.PdfDocument(pdf_of([of_texts("x")], about()))[0].get_size()
    lying = pypdfium2.PdfDocument(pdf_of([wide], about()))[0].get_size()

    assert upright[0] < upright[1]
    assert lying[0] > lying[1]


def test_the_mark_stands_on_every_page() -> None:
    found = pages(pdf_of([table(*[("x", None, None, None)] * 100)], about(mark="T. Worker · 09:30")))

    assert [page.count("T. Worker · 09:30") for page in found] == [3] * len(found)


def test_it_says_nothing_about_a_person_or_a_machine() -> None:
    content = pdf_of([table()], about(mark="T. Worker", language="ky"))
    said = pypdfium2.PdfDocument(content).get_metadata_dict()

    assert {name: value for name, value in said.items() if value} == {
        "Title": "Cases",
        "Creator": "Casework",
        "Producer": "Casework",
        "CreationDate": "D:20261127093000Z",
    }
    assert b"/Lang (ky)" in content


def test_more_rows_than_serve_on_paper_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.reports.pdf.MOST_ROWS", 3)

    with pytest.raises(OverflowError, match="3 rows"):
        pdf_of([of_texts(*"abcd")], about())


def test_letters_that_only_steer_programs_are_left_out() -> None:
    [page] = pages(pdf_of([of_texts("a\x00b\u202ec\u200bd\te")], about()))

    assert "abcd e" in joined(page)


def test_what_the_font_has_not_is_not_named_in_a_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        pdf_of([of_texts("漢字 ไทย")], about())

    assert [record.getMessage() for record in caplog.records if record.levelno < logging.ERROR] == []


def test_pairs_boxes_and_paragraphs_stand_below_each_other() -> None:
    paper = Paper(about())
    paper.title("A sheet")
    paper.heading("People")
    paper.pair("Born", "5 Dec 1990")
    paper.box("Register", side=5)
    paper.line("in time", indent=8)
    content: Any = paper.finish()

    assert joined(pages(content)[0]).startswith("A sheet People Born 5 Dec 1990 Register in time")
