"""What KoboToolbox exports: groups in headings, columns of its own, people in a repeated group."""

from typing import Any

import pytest

from casework.clients.models import Case, Client
from casework.lifecycle.importing import starting
from casework.lifecycle.importing.columns import guess
from casework.lifecycle.importing.sheets import read_sheet
from casework.residency.models import Stay
from casework.residency.tables.files import UnableToReadTable
from tests.factories.accounts import NOW
from tests.factories.clients import hide

from .tables import brought_in, checked, imported, worked, xlsx_of

MAIN: list[list[Any]] = [
    ["start", "end", "who/family_name", "who/given_name", "who/birth_date", "who/nationality", "arrival/country",
     "arrival/entered_on", "needs", "needs/phone", "_id", "_uuid", "_submission_time", "_index"],
    ["2026-11-20T10:00", "2026-11-20T10:05", "Образцов", "Выдуман", "1990-05-17", "RU", "KG", "2026-11-01", "phone", 1,
     7, "aaaa-1111", "2026-11-20T10:06", 1],
    ["2026-11-20T11:00", "2026-11-20T11:05", "Примерова", "Неправда", "1985-03-12", "UA", "KG", "2026-11-02", "", 0,
     8, "bbbb-2222", "2026-11-20T11:06", 2],
]  # fmt: skip
MEMBERS: list[list[Any]] = [
    ["members/family_name", "members/given_name", "members/birth_date", "members/nationality", "members/relation",
     "_index", "_parent_table_name", "_parent_index", "_submission__uuid"],
    ["Образцова", "Вымышлена", "1991-01-01", "RU", "spouse", 1, "main", 1, "aaaa-1111"],
    ["Образцов", "Малыш", "2020-01-01", "RU", "child", 2, "main", 1, "aaaa-1111"],
]  # fmt: skip


def test_its_own_columns_and_the_answers_of_one_question_are_left_alone() -> None:
    sheet = read_sheet(xlsx_of(("main", MAIN)))

    assert sheet.source == "kobo"
    assert guess(sheet.headings, {}) == [
        "", "", "family_name", "given_name", "birth_date", "nationality", "country", "entered_on", "", "", "", "", "", "",
    ]  # fmt: skip


@pytest.mark.django_db
def test_people_of_a_repeated_group_are_the_family_of_their_submission() -> None:
    imported(xlsx_of(("main", MAIN), ("members", MEMBERS)))

    family = Case.objects.get(clients__relation="spouse")
    assert sorted(family.clients.values_list("relation", flat=True)) == ["child", "principal", "spouse"]
    assert (Case.objects.count(), Client.objects.count()) == (2, 4)
    assert {str(day) for day in Stay.objects.filter(client__case=family).values_list("entered_latest", flat=True)} == {
        "2026-11-01"
    }


@pytest.mark.django_db
def test_a_submission_that_was_imported_before_is_noticed_in_the_next_export() -> None:
    first = imported(xlsx_of(("main", MAIN[:2])))
    case = Case.objects.get()
    Client.objects.update(search_form=None)  # not found by name: by the submission alone

    again = checked(xlsx_of(("main", MAIN)), first.by)

    assert {row.number: (row.state, row.alike) for row in again.rows.order_by("number")} == {
        2: ("double", [{"case": str(case.pk)}]),
        3: ("good", []),
    }
    starting.record_people(of=again, by=again.by, now=NOW, asks=False)
    worked(again)
    assert Case.objects.count() == 2


@pytest.mark.django_db
def test_two_sheets_of_which_none_belongs_to_the_other_are_asked_about() -> None:
    with pytest.raises(UnableToReadTable) as refusal:
        brought_in(xlsx_of(("one", MAIN), ("two", MAIN)))

    assert refusal.value.sentence.startswith("The workbook has several sheets with something in them: one, two.")


@pytest.mark.django_db
def test_a_submission_whose_case_is_restricted_since_is_told_to_nobody_else() -> None:
    first = imported(xlsx_of(("main", MAIN[:2])))
    case = Case.objects.get()
    hide(case)

    again = checked(xlsx_of(("main", MAIN[:2])), first.by)

    assert again.rows.get().alike == []
