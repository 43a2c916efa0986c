"""People to whom no bed could be given: noted, listed, corrected, taken back; and who may."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.housing import actions
from casework.housing.models import TurnAway
from tests.counting import counted_queries
from tests.factories.accounts import make_team, make_user, team_of
from tests.factories.clients import hide, make_client
from tests.pages import form_in
from tests.web.cases.pages import signed_in
from tests.web.facts.test_facts import day
from tests.web.housing.test_placements import World
from tests.web.housing.test_requests import sent

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
URL = "/housing/turn-aways/"
NEW = "/housing/turn-aways/new/"


@pytest.fixture
def world(settings: Any) -> World:
    settings.SECOND_FACTOR_REQUIRED = False
    return World()


def noted(world: World, **fields: Any) -> TurnAway:
    known: dict[str, Any] = {
        "team": team_of(world.worker), "day": world.today, "people": 3, "reason": "full", "country": "KG",
        "city": "Bishkek",
    }  # fmt: skip
    return actions.record_turn_away(by=world.worker, now=world.now, **(known | fields))


def rows(browser: Any, **query: Any) -> list[Any]:
    return list(browser.get(URL, query).context["page"].rows)


def test_it_is_noted_with_a_number_and_a_reason(world: World) -> None:
    fields = form_in(world.browser.get(URL).content.decode(), "people")

    answer = world.browser.post(NEW, fields | {"people": ["4"], "reason": ["not_together"]})

    row = TurnAway.objects.get()
    assert answer.url == URL
    assert (row.people, row.reason, row.day, row.team) == (4, "not_together", world.today, team_of(world.worker))
    assert "In the last 30 days: 4 people of your teams." in world.browser.get(URL).content.decode()


def test_the_place_of_the_last_one_is_filled_in(world: World) -> None:
    noted(world, city="Ош", country="KG")

    assert form_in(world.browser.get(URL).content.decode(), "people")["city"] == ["Ош"]


def test_nothing_is_filled_in_from_a_colleague_or_from_a_team_that_is_not_theirs(world: World) -> None:
    noted(world, team=make_team(), city="Ош")
    of_a_colleague = noted(world, city="Каракол")
    TurnAway.objects.filter(pk=of_a_colleague.pk).update(made_by=make_user(team=team_of(world.worker)))

    form = world.browser.get(URL).context["form"]

    assert (form["city"].value(), form["team"].value()) == (None, team_of(world.worker).pk)


def test_bad_input_is_said_and_what_was_typed_is_kept(world: World) -> None:
    page = sent(world.browser, NEW, "people", people="0", city="Ош", **day("day", world.today + DAY)).content.decode()

    assert 'value="Ош"' in page
    assert "greater than or equal to 1" in page
    late = sent(world.browser, NEW, "people", people="2", reason="full", **day("day", world.today + DAY))
    assert "This day has not come yet." in late.content.decode()
    assert not TurnAway.objects.exists()


def test_a_case_is_named_by_its_code_if_the_reader_sees_it(world: World) -> None:
    stranger = make_client()
    code = world.mother.case.code.lower()

    refused = sent(world.browser, NEW, "people", people="2", reason="full", case=stranger.case.code)
    missing = sent(world.browser, NEW, "people", people="2", reason="full", case="C-XXX-XXX")
    sent(world.browser, NEW, "people", people="2", reason="full", case=code)

    for page in (refused, missing):
        assert "You see no case with this code." in page.content.decode()
    assert TurnAway.objects.get().case == world.mother.case
    assert world.mother.case.code in world.browser.get(URL).content.decode()


def test_what_a_case_heard_that_the_reader_does_not_see_is_left_out_as_in_the_report(world: World) -> None:
    row = noted(world, case=world.mother.case, people=4)
    noted(world, people=1)
    colleague = signed_in(make_user(team=team_of(world.worker)))
    before = [each.people for each in rows(colleague)]
    hide(world.mother.case)

    assert sorted(before) == [1, 4]
    assert [each.people for each in rows(colleague)] == [1]
    assert "In the last 30 days: 1 person of your teams." in colleague.get(URL).content.decode()
    assert colleague.get(reverse("change_turn_away", args=[row.pk])).status_code == 404
    assert colleague.post(reverse("remove_turn_away", args=[row.pk])).status_code == 404


def test_whoever_noted_it_corrects_it_all_the_same_and_the_case_is_not_shown_and_stays(world: World) -> None:
    row = noted(world, case=world.mother.case)
    hide(world.mother.case)
    url = reverse("change_turn_away", args=[row.pk])

    listed, form = world.browser.get(URL).content.decode(), world.browser.get(url).content.decode()
    sent(world.browser, url, "people", people="5")

    row.refresh_from_db()
    assert world.mother.case.code not in listed + form
    assert (row.people, row.case) == (5, world.mother.case)


def test_it_is_corrected_and_the_second_is_told(world: World) -> None:
    row = noted(world)
    url = reverse("change_turn_away", args=[row.pk])
    opened = form_in(world.browser.get(url).content.decode(), "people")

    sent(world.browser, url, "people", people="6")
    late = world.browser.post(url, opened | {"people": ["9"]})

    row.refresh_from_db()
    assert (row.people, row.version, late.status_code) == (6, 2, 409)
    assert Event.objects.get(type="housing.turn_away_changed").data["fields"] == ["people"]


def test_it_is_taken_back(world: World) -> None:
    row = noted(world)

    sent(world.browser, reverse("remove_turn_away", args=[row.pk]), "id")

    assert not TurnAway.objects.exists()
    assert Event.objects.filter(type="housing.turn_away_removed").exists()


def test_it_is_narrowed_and_only_teams_of_the_reader_are_there(world: World) -> None:
    full, apart = noted(world), noted(world, reason="not_together", day=world.today - 40 * DAY)
    noted(world, team=make_team())
    team = str(team_of(world.worker).pk)

    assert rows(world.browser) == [full, apart]
    assert rows(world.browser, reason="full") == [full]
    assert rows(world.browser, **day("since", world.today - DAY)) == [full]
    assert rows(world.browser, team=team) == [full, apart]
    assert rows(signed_in(make_user(Role.COORDINATOR))) == []


@pytest.mark.parametrize("name", ["change_turn_away", "remove_turn_away"])
def test_another_team_finds_no_such_row(world: World, name: str) -> None:
    row = noted(world)

    for method in ("get", "post"):
        assert getattr(signed_in(make_user(Role.COORDINATOR)), method)(reverse(name, args=[row.pk])).status_code == 404


@pytest.mark.parametrize("role", [Role.POLICY_EDITOR, Role.REPORT_READER])
def test_who_works_with_no_beds_is_refused(world: World, role: Role) -> None:
    row = noted(world)
    urls = [URL, NEW, *(reverse(name, args=[row.pk]) for name in ("change_turn_away", "remove_turn_away"))]

    assert {signed_in(make_user(role)).get(url).status_code for url in urls} == {403}


def test_nobody_writes_for_a_team_that_is_not_theirs(world: World) -> None:
    foreign = make_team()

    page = sent(world.browser, NEW, "people", people="2", reason="full", team=str(foreign.pk))

    assert page.status_code == 200
    assert not TurnAway.objects.exists()


def test_the_list_takes_the_same_queries_at_every_size(world: World) -> None:
    noted(world)
    rows(world.browser)
    with counted_queries() as few:
        rows(world.browser)
    for number in range(20):
        noted(world, case=world.mother.case, people=number + 1)
    with counted_queries() as many:
        rows(world.browser)

    assert len(few) == len(many) <= 12
