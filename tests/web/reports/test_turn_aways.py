"""Turn-aways: how many people, in three ways with one total; of others in tens, and one way at a time."""

from typing import Any

import pytest

from casework.accounts.models import Team
from casework.accounts.roles import Role
from casework.housing import actions
from tests.factories.accounts import make_team, make_user
from tests.factories.clients import hide, make_client
from tests.web.cases.pages import signed_in
from tests.web.facts.test_facts import day

from .pages import World, later, page_of, tables_on, totals_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Any) -> World:
    settings.SECOND_FACTOR_REQUIRED = False
    return World()


def turn_away(world: World, people: int, *, team: Team | None = None, **fields: Any) -> None:
    known: dict[str, Any] = {"day": world.today, "reason": "full", "country": "KG", "city": "Bishkek"}
    actions.record_turn_away(
        team=team or world.team, people=people, by=world.coordinator, now=world.now, **(known | fields)
    )


def test_three_ways_have_one_total(world: World) -> None:
    turn_away(world, 5)
    turn_away(world, 2, reason="no_fit", city="Osh")
    turn_away(world, 3, day=later(world, -40))
    turn_away(world, 9, day=later(world, -900))

    page = page_of(world.browser, "report_turn_aways")

    tables = tables_on(page)
    assert tables["by_reason"] == [
        ["no bed was free", "8", "2"],
        ["no bed that fits them", "2", "1"],
        ["Total", "10", "3"],
    ]
    assert tables["by_town"] == [
        ["Bishkek", "Kyrgyzstan", "8", "2"],
        ["Osh", "Kyrgyzstan", "2", "1"],
        ["Total", "", "10", "3"],
    ]
    assert [row[1:] for row in tables["by_month"]] == [["3", "1"], ["7", "2"], ["10", "3"]]
    assert {rows[0][-2] for rows in totals_on(page).values()} == {"10"}


def test_nobody_turned_away_is_said(world: World) -> None:
    assert "Nobody was turned away in this time." in page_of(world.browser, "report_turn_aways").content.decode()


def test_those_of_other_teams_are_not_among_them(world: World) -> None:
    turn_away(world, 5, team=make_team(name="Osh"))

    assert tables_on(page_of(world.browser, "report_turn_aways"))["by_reason"] == []


def test_what_a_restricted_case_heard_is_counted_for_those_who_see_it(world: World) -> None:
    secret = make_client(team=world.team, by=world.coordinator)
    turn_away(world, 4, case=secret.case)
    turn_away(world, 1)
    hide(secret.case)
    hidden = tables_on(page_of(world.browser, "report_turn_aways"))["by_reason"][-1]

    assert hidden == ["Total", "1", "1"]


def test_the_report_reader_is_told_no_small_number_and_one_way_at_a_time(world: World) -> None:
    month = world.today.replace(day=1)
    before = later(world, -world.today.day)
    assert before < month
    turn_away(world, 24, day=before)
    turn_away(world, 3, day=before, reason="no_fit")
    turn_away(world, 50, day=world.today)
    secret = make_client(team=world.team, by=world.coordinator)
    turn_away(world, 12, day=before, reason="unsafe", case=secret.case)
    hide(secret.case)
    reader = signed_in(make_user(Role.REPORT_READER))

    by_reason = tables_on(page_of(reader, "report_turn_aways"))
    by_town = tables_on(page_of(reader, "report_turn_aways", by="town", **day("since", world.today)))

    assert by_reason == {"by_reason": [["no bed was free", "*"], ["no bed that fits them", "*"], ["Total", "30"]]}
    assert by_town == {"by_town": [["Bishkek", "Kyrgyzstan", "30"], ["Total", "", "30"]]}
