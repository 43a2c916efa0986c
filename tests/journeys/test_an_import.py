"""A sheet of 500 people with 20 errors: brought in, corrected in a spreadsheet and on the page, recorded, taken back."""

import io
import re
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from casework.clients.models import Case, Client, Import
from casework.lifecycle.importing import work
from tests.browser import Visitor
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, signed_in, worker_of
from tests.lifecycle.importing.tables import HEADINGS, people, xlsx_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WRONG = {
    "nationality": "Kyrgystan",
    "birth_date": "05/12/1990",
    "entered_on": "31.02.2026",
    "document_type": "passport",
}
FIXED = {"nationality": "KG", "birth_date": "1990-12-05", "entered_on": "2026-02-28", "document_type": "identity_card"}


def sheet(number: int, wrong: int) -> io.BytesIO:
    """So many people, of whom so many have an error, each in one of four columns."""
    rows = people(number)
    for at in range(wrong):
        column = list(WRONG)[at % 4]
        rows[at * (number // wrong)][HEADINGS.index(column)] = WRONG[column]
    return xlsx_of(("people", [HEADINGS, *rows]))


def corrected(content: bytes) -> bytes:
    book = load_workbook(io.BytesIO(content))
    table = book.worksheets[0]
    for row in table.iter_rows(min_row=2):
        for cell in row:
            for column, value in WRONG.items():
                if cell.value == value:
                    cell.value = FIXED[column]
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def chosen(visitor: Visitor, name: str, content: bytes) -> None:
    page: Any = visitor.page
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.set_input_files("main input[type=file]", files=[{"name": name, "mimeType": kind, "buffer": content}])


def worked(visitor: Visitor, of: Import) -> list[tuple[int, int]]:
    """Let the worker do its work while the page stands open; return what its bar said on the way and what was true."""
    bars: list[tuple[int, int]] = []

    def look(done: int, total: int) -> None:
        if total // 3 < done < total and not bars:
            visitor.page.wait_for_selector(f"progress[value='{done}'][max='{total}']")
            bars.append((done, total))

    work.carry_out(import_id=of.pk, clock=timezone.now, told=look)
    visitor.page.wait_for_selector("[data-running]", state="detached")
    visitor.go(f"/imports/{of.pk}/")
    return bars


@pytest.mark.parametrize(("number", "wrong"), [(60, 8), pytest.param(500, 20, marks=pytest.mark.slow)])
def test_a_sheet_with_errors_is_corrected_finished_and_undone(visit: Visit, number: int, wrong: int) -> None:
    worker = worker_of(almaty())
    visitor = signed_in(visit(), worker).go("/cases/new/")

    # From the page on which a single case is logged to the table.
    visitor.follow("Import people from a table")
    chosen(visitor, "people.xlsx", sheet(number, wrong).getvalue())
    visitor.press("Look at this table")
    of = Import.objects.get()
    visitor.press("Check the rows")
    assert worked(visitor, of) or number < 200
    assert f"{number - wrong} can be imported" in visitor.text
    assert f"{wrong} to correct" in visitor.text
    assert "Is it one of these: Kyrgyzstan (KG)?" in visitor.text
    visitor.look()

    # One is corrected on its page, the others in a spreadsheet.
    visitor.click(visitor.page.get_by_role("link", name="Correct", exact=True).first)
    visitor.fill(nationality="KG").press("Check this row again")
    assert "is good now." in visitor.text
    page: Any = visitor.page
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Fetch the rows to correct")).click()
    content = open(download.value.path(), "rb").read()  # noqa: SIM115, PTH123 - a file that the browser has just written
    chosen(visitor, "corrected.xlsx", corrected(content))
    visitor.press("Take in the corrected rows")
    worked(visitor, of)

    # Everybody is recorded, and taken back.
    visitor.press(f"Record {number} people")
    worked(visitor, of)
    assert f"{number} imported" in visitor.text
    assert Client.objects.count() == number
    visitor.look()
    visitor.page.get_by_text("Take the whole import back").click()
    visitor.press(f"Remove {number} people")
    worked(visitor, of)
    assert "This import was taken back" in visitor.text
    assert (Client.objects.count(), Case.objects.count()) == (0, 0)
