"""What holds of every report: who may open it, that its files are its page, that it costs always the same, and that it reads well."""

from decimal import Decimal
from typing import Any

import pytest

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.web.reports.answering import Report
from casework.web.reports.listed import REPORTS
from tests.counting import counted_queries
from tests.factories.accounts import make_membership, make_user
from tests.factories.clients import make_client
from tests.factories.housing import make_beds, make_lease, make_request, make_site
from tests.web.cases.pages import signed_in
from tests.web.exports.files import content_of, lines_of
from tests.web.sign_in.test_step_up import wait

from .pages import World, file_of, page_of, sheets_of, tables_on
from .test_turn_aways import turn_away

pytestmark = pytest.mark.django_db

OF_BEDS = [
    report for report in REPORTS if report.key in {"capacity", "forecast", "crowding", "stays", "turn-aways", "rents"}
]
each_report = pytest.mark.parametrize("report", OF_BEDS, ids=[report.key for report in OF_BEDS])


@pytest.fixture
def world(settings: Any) -> World:
    settings.SECOND_FACTOR_REQUIRED = False
    world = World()
    grow(world)
    return world


def grow(world: World) -> None:
    """One more of everything that a report counts."""
    site = make_site(team=world.team, by=world.coordinator)
    beds = make_beds(2, site=site, floor_area=Decimal(9))
    make_lease(site, by=world.coordinator)
    world.live(make_client(team=world.team, by=world.coordinator), beds[0])
    make_request([make_client(team=world.team, by=world.coordinator)], by=world.coordinator)
    turn_away(world, 9)


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.COORDINATOR, Role.REPORT_READER}])
def test_other_roles_may_open_none(settings: Any, role: Role) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    browser = signed_in(make_user(role))

    pages = [page_of(browser, report.url_name) for report in OF_BEDS]
    files = [file_of(browser, report.key) for report in OF_BEDS]

    assert {answer.status_code for answer in pages + files} == {403}


def test_a_file_asks_first_who_it_is(world: World) -> None:
    wait(world.browser)

    answer = file_of(world.browser, "capacity")

    assert answer["Location"].startswith("/account/reauthenticate/")
    assert not Event.objects.filter(type="reports.list_exported").exists()


@each_report
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.REPORT_READER])
def test_a_workbook_holds_the_tables_of_the_page(world: World, report: Report, role: Role) -> None:
    browser = world.browser if role == Role.COORDINATOR else signed_in(make_user(role))
    page = page_of(browser, report.url_name)

    sheets = sheets_of(file_of(browser, report.key))

    shown = [section["rows"] for section in page.context["sections"]]
    assert len(shown) == len(sheets)
    for rows, lines in zip(shown, sheets, strict=True):
        for row, line in zip(rows, lines, strict=True):
            for cell, value in zip(row.cells, line, strict=True):
                if cell.is_number and isinstance(value, int | float):
                    assert Decimal(cell.text) == Decimal(str(value))
                elif not hasattr(value, "year"):
                    assert cell.text == (value or "")


@each_report
def test_each_of_its_tables_is_a_text_table_with_tags_and_all_of_them_a_print(world: World, report: Report) -> None:
    for section in page_of(world.browser, report.url_name).context["sections"]:
        head, tags, *rows = lines_of(file_of(world.browser, report.key, format=f"csv.{section['key']}", with_hxl="on"))
        assert [label for label, _is_number in section["heads"]] == head
        assert any(tags)
        assert all(tag == "" or tag.startswith("#") for tag in tags)
        assert len(rows) == len(section["rows"])
    assert content_of(file_of(world.browser, report.key, format="pdf")).startswith(b"%PDF")


@each_report
def test_it_costs_the_same_however_much_there_is(world: World, report: Report) -> None:
    page_of(world.browser, report.url_name)
    with counted_queries() as few:
        page_of(world.browser, report.url_name)
    for _number in range(3):
        grow(world)
    with counted_queries() as many:
        page_of(world.browser, report.url_name)

    assert len(many) == len(few) <= 13


@each_report
def test_it_is_read_in_russian_and_by_everybody(world: World, report: Report) -> None:
    world.coordinator.language = "ru"
    world.coordinator.save()
    make_membership(world.coordinator, Role.REPORT_READER)

    for whose in ("own", "others"):
        page = page_of(world.browser, report.url_name, whose=whose)
        text = page.content.decode()
        assert page.status_code == 200
        assert "style=" not in text
        assert '<html lang="ru"' in text
        for section in page.context["sections"]:
            assert section["title"] in text


@each_report
def test_numbers_stand_to_the_right_and_every_row_has_a_heading(world: World, report: Report) -> None:
    page = page_of(world.browser, report.url_name)

    for section in page.context["sections"]:
        for row in section["rows"]:
            assert row.cells[0].is_heading
    assert '<th scope="col" class="report-number">' in page.content.decode()
    assert tables_on(page)
