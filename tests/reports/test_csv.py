"""CSV: what is written comes back, and nothing of it is a formula."""

import csv
import io

import pytest

from casework.reports.csv import MARK, csv_pieces, guarded, unguarded
from casework.reports.table import Table

from .payloads import PAYLOADS
from .tables import AT, of_texts, table

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def text_of(table: Table, *, with_hxl: bool = False) -> str:
    return b"".join(csv_pieces(table, with_hxl=with_hxl)).decode()


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix(MARK), newline="")))


def test_there_are_fifty_payloads() -> None:
    assert len(set(PAYLOADS)) >= 50


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_cell_begins_like_a_formula_and_each_comes_back_equal(payload: str) -> None:
    [_head, [cell]] = rows_of(text_of(of_texts(payload)))

    assert not cell.lstrip(" \u00a0\u200b\ufeff\u2060").startswith(DANGEROUS)
    assert unguarded(cell) == payload


def test_what_begins_with_our_own_mark_is_told_apart() -> None:
    assert len({guarded(text) for text in ("=1", "'=1", "''=1")}) == 3


def test_a_phone_number_stays_readable() -> None:
    assert guarded("+996 555 012345") == "'+996 555 012345"


def test_every_cell_is_quoted_and_days_are_of_one_kind() -> None:
    written = text_of(table(("Образцова", AT.date(), 3, AT)))

    assert written == (
        '\ufeff"Name","Due on","People","Seen"\r\n"Образцова","2026-11-27","3","2026-11-27 09:30+00:00"\r\n'
    )


def test_a_row_of_tags_stands_under_the_heads_where_it_is_asked_for() -> None:
    assert rows_of(text_of(table(), with_hxl=True))[1] == ["", "#date+due", "#affected", ""]
    assert len(rows_of(text_of(table()))) == 1


def test_a_negative_number_stays_a_number() -> None:
    [_head, row] = rows_of(text_of(table(("", None, -5, None))))

    assert row == ["", "", "-5", ""]


def test_a_zero_byte_does_not_end_a_line() -> None:
    assert rows_of(text_of(of_texts("a\0b")))[1] == ["ab"]


def test_a_cell_of_the_wrong_kind_is_refused() -> None:
    with pytest.raises(TypeError, match="due_on holds day"):
        text_of(table(("", "2026-11-27", None, None)))
    with pytest.raises(TypeError, match="due_on holds day"):
        text_of(table(("", AT, None, None)))
