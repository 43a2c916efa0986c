"""Tables of invented people, as files."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from openpyxl import Workbook

from casework.accounts.models import User
from casework.clients.models import Import
from casework.lib.ids import new_id
from casework.lifecycle.importing import starting, work
from tests.factories.accounts import NOW, make_user, team_of

HEADINGS = ("family_name", "given_name", "birth_date", "nationality", "sex", "phone", "country", "entered_on",
            "document_type", "document_number", "note")  # fmt: skip
GOOD = ("Образцов", "Выдуман", "1990-05-17", "RU", "male", "+996 555 012345", "KG", "2026-11-01", "international_passport",
        "70 1234567", "Ждёт жену")  # fmt: skip
OTHER = ("Примерова", "Неправда", "12 March 1985", "Россия", "ж", "+996 555 012346", "Kyrgyzstan", "01.11.2026", "загранпаспорт",
         "70 7654321", "")  # fmt: skip


def csv_of(rows: Iterable[Sequence[Any]], headings: Sequence[str] = HEADINGS, *, delimiter: str = ",") -> io.BytesIO:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(headings)
    writer.writerows(rows)
    return io.BytesIO(text.getvalue().encode())


def xlsx_of(*sheets: tuple[str, Sequence[Sequence[Any]]]) -> io.BytesIO:
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    content = io.BytesIO()
    book.save(content)
    content.seek(0)
    return content


def row(**cells: str) -> list[str]:
    """A good row with some cells changed."""
    values = dict(zip(HEADINGS, GOOD, strict=True)) | cells
    return [values[name] for name in HEADINGS]


def people(number: int, *, start: int = 0) -> list[list[str]]:
    """So many good rows of people who are not alike."""
    return [
        row(
            family_name=_name(at), given_name=_name(at * 7 + 3), birth_date=f"{1950 + at % 50}-{1 + at % 12:02}-{1 + at % 28:02}",
            phone=f"+996 555 {100000 + at}", document_number=f"70 {1000000 + at}", note="",
        )
        for at in range(start, start + number)
    ]  # fmt: skip


def _name(number: int) -> str:
    """A word that nobody is called, of syllables that differ from number to number."""
    syllables = (
        "ba",
        "de",
        "fi",
        "go",
        "ku",
        "lam",
        "mer",
        "nis",
        "pol",
        "rut",
        "sav",
        "tel",
        "vin",
        "zor",
        "gam",
        "dur",
    )
    word = ""
    number = (number * 2654435761) % 2**32
    for _place in range(5):
        number, at = divmod(number, len(syllables))
        word += syllables[at]
    return word.capitalize()


def brought_in(file: io.BytesIO, by: User | None = None, **options: Any) -> Import:
    by = by or make_user()
    known: dict[str, Any] = {"by": by, "now": NOW, "language": "en", "submit_token": new_id(), **options}
    return starting.bring_in(file=file, team=known.pop("team", None) or team_of(by), **known)


def checked(
    file: io.BytesIO, by: User | None = None, *, columns: Sequence[str] | None = None, day_order: str = ""
) -> Import:
    """An import whose rows are checked."""
    of = brought_in(file, by)
    starting.choose_columns(of=of, columns=columns or of.columns, day_order=day_order, by=of.by, now=NOW, asks=False)
    return worked(of)


def imported(file: io.BytesIO, by: User | None = None) -> Import:
    of = checked(file, by)
    starting.record_people(of=of, by=of.by, now=NOW, asks=False)
    return worked(of)


def worked(of: Import, *, clock: Callable[[], Any] = lambda: NOW) -> Import:
    work.carry_out(import_id=of.pk, clock=clock)
    return Import.objects.select_related("team", "by", "job").get(pk=of.pk)


def said(of: Import, number: int = 2) -> dict[str, str]:
    """What is wrong with a row, by column."""
    return dict(of.rows.get(number=number).problems or {})
