"""The forecast as its readers see it: every number with what makes it so, and a surge tried out in words and figures."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest

from casework.accounts.roles import Role
from tests.counting import counted_queries
from tests.factories.accounts import make_user
from tests.factories.clients import hide, make_client
from tests.factories.housing import book, make_beds, make_block, make_lease, make_request, make_site
from tests.web.cases.pages import signed_in
from tests.web.facts.test_facts import day

from .pages import World, file_of, later, page_of, sheets_of, tables_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

# Columns of the table by week.
FREE, FREED, TAKEN, FEWEST, WAIT, WHY = 1, 2, 3, 4, 6, 7


@pytest.fixture
def world(settings: Any) -> World:
    """Two of five beds are occupied for ten days."""
    settings.SECOND_FACTOR_REQUIRED = False
    return World()


def weeks(world: World, **asked: Any) -> list[list[str]]:
    return tables_on(page_of(world.browser, "report_forecast", **asked))["weeks"]


def test_each_week_is_the_line_above_and_what_happens_in_it(world: World) -> None:
    person = make_client(team=world.team, by=world.coordinator)
    book({person: world.beds[2]}, by=world.coordinator, now=world.now, since=later(world, 3), until=later(world, 5))
    make_block(world.beds[3], by=world.coordinator, now=world.now, since=later(world, 1), until=later(world, 20))

    rows = weeks(world)

    assert [row[FREE] for row in rows[:5]] == ["3", "2", "4", "5", "5"]
    assert rows[1][FREED : TAKEN + 1] == ["1", "2"]
    assert (rows[1][FEWEST], rows[2][FREED]) == ("1", "2")
    for before, row in pairwise(rows):
        assert int(row[FREE]) == int(before[FREE]) + int(row[FREED]) - int(row[TAKEN])
    assert rows[1][WHY] == "bookings end: 1 (BSK-9 1); bookings begin: 1 (BSK-9 1); blocks begin: 1 (BSK-9 1)"
    assert rows[2][WHY] == "people leave: 2 (BSK-9 2)"
    assert rows[-1][WHY] == "nothing changes"
    assert len(rows) == 13


def test_nights_on_which_it_changes_are_listed_with_the_reason(world: World) -> None:
    days = tables_on(page_of(world.browser, "report_forecast"))["days"]

    assert [row[1:] for row in days] == [["5", "2", "people leave: 2 (BSK-9 2)"]]


def test_who_has_no_known_end_is_said_to_stay_and_who_should_have_left_is_told_of(world: World) -> None:
    staying, late = (make_client(team=world.team, by=world.coordinator) for _number in range(2))
    world.live(staying, world.beds[2], until=None)
    ago = timedelta(days=9)
    world.live(late, world.beds[3], since=later(world, -9), until=later(world, -1), now=world.now - ago)

    page = page_of(world.browser, "report_forecast")

    text = page.content.decode()
    assert "on the last night without a known end: 1." in text
    assert "were to have left and have not been checked out: 1." in text
    assert tables_on(page)["weeks"][-1][FREE] == "4"


def test_a_lease_that_ends_takes_its_beds_and_its_notice_day_is_marked(world: World) -> None:
    flat = make_site(team=world.team, by=world.coordinator, code="OSH-9", city="Osh")
    make_beds(3, site=flat)
    make_lease(flat, by=world.coordinator, since=later(world, -9), until=later(world, 30), notice_on=later(world, 15))

    page = page_of(world.browser, "report_forecast")

    [lease] = tables_on(page)["leases"]
    assert lease[:4] == ["OSH-9", "whole site", "Osh", "3"]
    assert "leases end: 3 (OSH-9 3)" in [row[WHY] for row in tables_on(page)["weeks"]]
    assert "notice OSH-9" in page.content.decode()


def test_who_waits_stands_apart_and_is_not_among_the_beds(world: World) -> None:
    waiting = make_client(team=world.team, by=world.coordinator)
    make_request([waiting], by=world.coordinator, needed_from=later(world, 9))
    booked = make_client(team=world.team, by=world.coordinator)
    make_request([booked], by=world.coordinator, needed_from=later(world, 2))
    book({booked: world.beds[4]}, by=world.coordinator, now=world.now, since=later(world, 2), until=later(world, 80))

    rows = weeks(world)

    assert [row[WAIT] for row in rows[:4]] == ["0", "0", "1", "1"]


def test_people_of_restricted_cases_wait_for_nobody_who_may_not_see_them(world: World) -> None:
    waiting = make_client(team=world.team, by=world.coordinator)
    make_request([waiting], by=world.coordinator)
    hide(waiting.case)

    assert weeks(world)[0][WAIT] == "0"


def test_two_hundred_people_are_met_with_what_is_free(world: World) -> None:
    asked = {"people": "200"} | day("arrive", later(world, 1))

    page = page_of(world.browser, "report_forecast", **asked)

    text = page.content.decode()
    assert "With what is free, everybody has a bed for 0 nights." in text
    # Three beds are free, five from the tenth day on.
    assert [row[1:] for row in tables_on(page)["surge"]] == [
        ["200", "200", "3", "197"],
        ["0", "200", "3", "197"],
        ["0", "200", "5", "195"],
    ]


def test_people_who_come_by_and_by_have_beds_for_some_nights(world: World) -> None:
    asked = {"people": "200", "per_day": "2"} | day("arrive", world.today)

    text = page_of(world.browser, "report_forecast", **asked).content.decode()

    # Two have a bed on the first night, three are free; of four on the second one has none.
    assert "With what is free, everybody has a bed for 1 night." in text
    assert "; without a bed: 1." in text


def test_who_waits_already_comes_first_where_that_is_asked(world: World) -> None:
    waiting = [make_client(team=world.team, by=world.coordinator) for _number in range(2)]
    for person in waiting:
        make_request([person], by=world.coordinator)
    asked = {"people": "3"} | day("arrive", world.today)

    alone, after = (
        tables_on(page_of(world.browser, "report_forecast", **asked, **more))["surge"]
        for more in ({}, {"with_waiting": "on"})
    )

    assert alone[0][1:] == ["3", "3", "3", "0"]
    assert after[0][1:] == ["3", "5", "3", "2"]


def test_enough_beds_are_said_to_be_enough(world: World) -> None:
    text = page_of(world.browser, "report_forecast", people="2").content.decode()

    assert "Everybody has a bed on every night of the forecast." in text


def test_it_is_of_one_town(world: World) -> None:
    make_beds(4, site=make_site(team=world.team, by=world.coordinator, city="Osh"))

    assert weeks(world)[0][FREE] == "7"
    assert weeks(world, town="KG/Osh")[0][FREE] == "4"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"people": "0"}, "greater than or equal to 1"),
        ({"people": "many"}, "whole number"),
        ({"per_day": "9"}, "Say how many people arrive."),
        ({"people": "5"} | day("arrive", date(2020, 1, 1)), "so far goes the forecast"),
        ({"people": "5"} | day("arrive", date(2039, 1, 1)), "so far goes the forecast"),
        ({"town": "XX/Nowhere"}, "valid choice"),
    ],
)  # fmt: skip
def test_what_cannot_be_tried_is_said_and_kept(world: World, asked: dict[str, str], sentence: str) -> None:
    page = page_of(world.browser, "report_forecast", **asked)

    assert sentence in page.content.decode()
    assert page.context["sections"] == []
    assert file_of(world.browser, "forecast", query=urlencode(asked)).status_code == 302


def test_a_workbook_holds_what_the_page_shows(world: World) -> None:
    asked = {"people": "9"}
    shown = tables_on(page_of(world.browser, "report_forecast", **asked))

    taken = sheets_of(file_of(world.browser, "forecast", query=urlencode(asked)))

    assert [[cell or None for cell in row[1:5]] for row in shown["surge"]] == [
        [None if cell is None else str(cell) for cell in row[1:5]] for row in taken[0]
    ]
    assert [row[WHY] for row in shown["weeks"]] == [row[WHY] for row in taken[1]]
    assert [len(rows) for rows in shown.values()] == [len(rows) for rows in taken]


def test_the_report_reader_is_told_people_in_tens_and_no_reason_that_is_a_person(world: World) -> None:
    waiting = make_client(team=world.team, by=world.coordinator)
    make_request([waiting], by=world.coordinator)
    make_block(world.beds[4], by=world.coordinator, now=world.now, since=later(world, 2), until=later(world, 3))
    reader = signed_in(make_user(Role.REPORT_READER))

    page = page_of(reader, "report_forecast", people="3")

    rows = tables_on(page)["weeks"]
    assert rows[0][1:] == ["5", "*", "*", "nothing changes"]
    assert rows[1][4] == "blocks end: 1 (BSK-9 1); blocks begin: 1 (BSK-9 1)"
    # Two are there; nobody is told whether it is two or seven.
    assert "people leave" not in page.content.decode()
    assert tables_on(page)["surge"][0][1:] == ["3", "3", "0", "3"]


def test_it_tells_the_report_reader_the_same_of_two_and_of_five(world: World) -> None:
    reader = signed_in(make_user(Role.REPORT_READER))
    few = tables_on(page_of(reader, "report_forecast", people="2"))
    for bed in world.beds[2:]:
        world.live(make_client(team=world.team, by=world.coordinator), bed)

    assert tables_on(page_of(reader, "report_forecast", people="2")) == few


def test_its_queries_stay_the_same_however_much_there_is(world: World) -> None:
    page_of(world.browser, "report_forecast")
    with counted_queries() as few:
        page_of(world.browser, "report_forecast")
    for _number in range(3):
        site = make_site(team=world.team, by=world.coordinator)
        [bed] = make_beds(1, site=site)
        make_lease(site, by=world.coordinator, until=later(world, 30))
        person = make_client(team=world.team, by=world.coordinator)
        make_request([person], by=world.coordinator)
        world.live(make_client(team=world.team, by=world.coordinator), bed)
    with counted_queries() as many:
        page_of(world.browser, "report_forecast", people="40")

    assert len(many) == len(few) <= 13


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.COORDINATOR, Role.REPORT_READER}])
def test_other_roles_read_no_forecast(world: World, role: Role) -> None:
    browser = signed_in(make_user(role))

    assert page_of(browser, "report_forecast").status_code == 403
    assert file_of(browser, "forecast").status_code == 403
