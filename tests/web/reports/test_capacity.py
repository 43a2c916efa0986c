"""The capacity report: equal to the board, adding up in every way, exact for whose beds they are, and safe for others."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.housing.queries import numbers_on
from tests.counting import counted_queries
from tests.factories.accounts import make_membership, make_team, make_user
from tests.factories.clients import hide, make_client
from tests.factories.housing import book, hold, make_beds, make_block, make_lease, make_site
from tests.web.cases.pages import signed_in
from tests.web.exports.files import lines_of
from tests.web.facts.test_facts import day

from .pages import World, file_of, later, page_of, sheets_of, tables_on, totals_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

STATES = ("occupied", "booked", "held", "free", "blocked", "out_of_lease")


@pytest.fixture
def world(settings: Any) -> World:
    settings.SECOND_FACTOR_REQUIRED = False
    return World()


def with_everything(world: World) -> None:
    """One bed each that is booked, held and blocked; a flat without a lease any more; a site shared with another team."""
    person = make_client(team=world.team, by=world.coordinator)
    book({person: world.beds[2]}, by=world.coordinator, now=world.now, since=world.today)
    other = make_client(team=world.team, by=world.coordinator)
    hold({other: world.beds[3]}, by=world.coordinator, now=world.now, since=world.today)
    make_block(world.beds[4], by=world.coordinator, now=world.now, since=world.today, until=later(world, 3))
    flat = make_site(team=world.team, by=world.coordinator, kind="private_rental", city="Osh", code="OSH-9")
    make_beds(2, site=flat)
    make_lease(flat, by=world.coordinator, since=later(world, -90), until=world.today)
    shared = make_site(
        teams=[world.team, make_team(name="Almaty")], by=world.coordinator, code="ALA-9", city="Almaty", country="KZ"
    )
    make_beds(3, site=shared)


def test_every_row_adds_up_and_all_ways_have_one_total(world: World) -> None:
    with_everything(world)

    page = page_of(world.browser, "report_capacity")

    totals = {key: rows[0][-8:] for key, rows in totals_on(page).items() if rows}
    assert totals == {
        key: ["10", "2", "1", "1", "3", "1", "2", "29"] for key in ("by_site", "by_kind", "by_team", "by_town")
    }
    for rows in tables_on(page).values():
        for row in rows:
            beds, *states = map(int, row[-8:-1])
            assert sum(states) == beds
    assert [row[0] for row in tables_on(page)["by_team"]] == ["Almaty + Bishkek", "Bishkek", "Total"]
    assert [row[:2] for row in tables_on(page)["by_town"]] == [
        ["Bishkek", "Kyrgyzstan"],
        ["Osh", "Kyrgyzstan"],
        ["Almaty", "Kazakhstan"],
        ["Total", ""],
    ]


@pytest.mark.parametrize("days", [-3, 0, 3, 40])
def test_it_equals_the_board_on_any_day(world: World, days: int) -> None:
    with_everything(world)
    on = later(world, days)

    page = page_of(world.browser, "report_capacity", **day("day", on))

    [total] = totals_on(page)["by_site"]
    board = numbers_on(world.coordinator, world.now, on)
    assert dict(zip(STATES, map(int, total[-7:-1]), strict=True)) == {
        state.value: number for state, number in board.items()
    }


def test_it_goes_on_day_by_day_with_a_picture(world: World) -> None:
    page = page_of(world.browser, "report_capacity", weeks="4")

    rows = tables_on(page)["by_day"]
    assert len(rows) == 28
    assert [row[2] for row in rows] == ["2"] * 10 + ["0"] * 18
    text = page.content.decode()
    assert "140 bed-nights, and 20 of them occupied" in text.replace("\u00a0", " ")
    assert "<svg" in text
    assert "style=" not in text


def test_a_year_is_read_in_steps(world: World) -> None:
    assert len(tables_on(page_of(world.browser, "report_capacity", weeks="26"))["by_day"]) == 26
    assert len(tables_on(page_of(world.browser, "report_capacity", weeks="156"))["by_day"]) == 39


@pytest.mark.parametrize("format", ["xlsx", "pdf", "csv.by_site"])
def test_a_file_is_an_event_and_no_copy_stays(world: World, format: str) -> None:
    answer = file_of(world.browser, "capacity", format=format)

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    event = Event.objects.get(type="reports.list_exported")
    assert event.data["listing"] == "capacity"
    assert event.data["format"] == format[:4].rstrip(".")


def test_a_workbook_holds_what_the_page_shows(world: World) -> None:
    with_everything(world)
    asked = day("day", later(world, 2)) | {"weeks": "12"}
    shown = tables_on(page_of(world.browser, "report_capacity", **asked))

    taken = sheets_of(file_of(world.browser, "capacity", query=urlencode(asked)))

    for rows, sheet in zip(shown.values(), taken, strict=True):
        for row, line in zip(rows, sheet, strict=True):
            assert row[1:] == ["" if cell is None else str(cell) for cell in line[1:]]


def test_a_text_table_has_tags_in_its_second_line(world: World) -> None:
    _head, tags, *rows = lines_of(file_of(world.browser, "capacity", format="csv.by_site", with_hxl="on"))

    assert tags[:5] == ["#loc+site+code", "#loc+type", "#adm1+name", "#loc+city+name", "#capacity+beds"]
    assert rows[0][0] == "BSK-9"
    assert rows[-1][4:] == ["5", "2", "0", "0", "3", "0", "0", "40"]


@pytest.mark.parametrize("format", ["", "docx", "csv.nothing", "pdf.by_site"])
def test_a_shape_that_is_none_is_refused_with_a_sentence(world: World, format: str) -> None:
    answer = world.browser.post(reverse("report_file", args=["capacity"]), {"format": format}, follow=True)

    assert "Choose in which shape you want the report." in answer.content.decode()
    assert not Event.objects.filter(type="reports.list_exported").exists()


def test_a_day_that_is_none_is_said_and_kept(world: World) -> None:
    asked = {"day_day": "31", "day_month": "2", "day_year": "2026"}

    page = page_of(world.browser, "report_capacity", **asked)

    assert page.context["sections"] == []
    assert 'value="31"' in page.content.decode()
    assert file_of(world.browser, "capacity", query=urlencode(asked)).status_code == 302


def test_beds_of_other_teams_are_not_counted(world: World) -> None:
    make_beds(3, site=make_site())

    assert totals_on(page_of(world.browser, "report_capacity"))["by_site"][0][4] == "5"


def test_the_report_reader_reads_beds_exactly_and_people_never_in_small_numbers(world: World) -> None:
    reader = signed_in(make_user(Role.REPORT_READER))

    few = page_of(reader, "report_capacity")

    assert "by_site" not in tables_on(few)
    assert tables_on(few)["by_town"] == [
        ["Bishkek", "Kyrgyzstan", "5", "0", "0", "5", "*"],
        ["Total", "", "5", "0", "0", "5", "*"],
    ]
    assert world.site.code not in few.content.decode()


def test_many_people_are_told_in_tens_without_those_of_restricted_cases(world: World) -> None:
    beds = make_beds(12, site=world.site, capacity=12)
    people = [make_client(team=world.team, by=world.coordinator) for _bed in beds]
    for person, bed in zip(people, beds, strict=True):
        world.live(person, bed)
    reader = signed_in(make_user(Role.REPORT_READER))

    assert tables_on(page_of(reader, "report_capacity", by="kind"))["by_kind"][0][-1] == "10"
    for person in people[:7]:
        hide(person.case, world.coordinator)

    assert tables_on(page_of(reader, "report_capacity", by="kind"))["by_kind"][0][-1] == "*"


def test_who_reads_both_chooses_and_their_own_are_not_among_the_others(world: World) -> None:
    make_membership(world.coordinator, Role.REPORT_READER)
    make_beds(3, site=make_site(city="Osh"))

    own, others = (page_of(world.browser, "report_capacity", whose=whose) for whose in ("own", "others"))

    assert totals_on(own)["by_town"][0][2] == "5"
    assert [row[0] for row in tables_on(others)["by_town"]] == ["Osh", "Total"]


def test_whose_cannot_be_chosen_by_who_reads_one_alone(world: World) -> None:
    make_beds(3, site=make_site())

    page = page_of(world.browser, "report_capacity", whose="others")

    assert totals_on(page)["by_site"][0][4] == "5"


def test_its_queries_stay_the_same_however_much_there_is(world: World) -> None:
    page_of(world.browser, "report_capacity")
    with counted_queries() as few:
        page_of(world.browser, "report_capacity")
    for _number in range(4):
        make_beds(3, site=make_site(team=world.team, by=world.coordinator))
    with counted_queries() as many:
        page_of(world.browser, "report_capacity", weeks="52")

    assert len(many) == len(few) <= 12


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.COORDINATOR, Role.REPORT_READER}])
def test_other_roles_read_no_reports(world: World, role: Role) -> None:
    browser = signed_in(make_user(role))

    assert browser.get(reverse("reports")).status_code == 403
    assert page_of(browser, "report_capacity").status_code == 403
    assert file_of(browser, "capacity").status_code == 403


def test_the_list_of_reports_leads_to_them(world: World) -> None:
    text = world.browser.get(reverse("reports")).content.decode()

    assert reverse("report_capacity") in text


def test_a_report_that_is_none_is_not_there(world: World) -> None:
    assert file_of(world.browser, "nothing").status_code == 404


def test_an_old_proof_is_asked_for_again_before_a_file_leaves(world: World, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True

    answer = file_of(world.browser, "capacity")

    assert answer.status_code == 302
    assert not Event.objects.filter(type="reports.list_exported").exists()


def test_a_team_without_beds_reads_nothing_of_itself(world: World) -> None:
    page = page_of(signed_in(make_user(Role.COORDINATOR)), "report_capacity")

    assert totals_on(page)["by_site"] == [["Total", "", "", "", "0", "0", "0", "0", "0", "0", "0", ""]]


@pytest.mark.parametrize("roles", [[], [Role.REPORT_READER]], ids=["own", "own and others"])
def test_this_month_is_one_step_away_from_its_first_to_its_last_day(world: World, roles: list[Role]) -> None:
    for role in roles:
        make_membership(world.coordinator, role)
    [this_month] = page_of(world.browser, "report_capacity").context["acts"]

    page = world.browser.get(reverse("report_capacity") + this_month.url)

    rows = tables_on(page)["by_day"]
    first = world.today.replace(day=1)
    days = ((first + timedelta(days=31)).replace(day=1) - first).days
    assert page.status_code == 200
    assert len(rows) == days


def test_a_report_reader_takes_this_month_too(world: World) -> None:
    reader = signed_in(make_user(Role.REPORT_READER))
    [this_month] = page_of(reader, "report_capacity", by="kind").context["acts"]

    page = reader.get(reverse("report_capacity") + this_month.url)

    assert "by_kind" in tables_on(page)
    assert not page.context["form"].errors


def test_the_rest_of_a_month_on_its_last_day_is_that_day(world: World) -> None:
    last = (world.today.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)

    page = page_of(world.browser, "report_capacity", weeks=0, **day("day", last))

    assert len(tables_on(page)["by_day"]) == 1
