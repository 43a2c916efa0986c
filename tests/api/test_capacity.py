"""Beds in numbers for programs: exact for the own teams, without small numbers of people for others, with HXL."""

import csv
from datetime import date, timedelta
from io import StringIO

import pytest
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from tests.counting import counted_queries
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import make_client
from tests.factories.housing import book, make_beds, make_site

from .programs import Program, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator() -> User:
    return make_user(Role.COORDINATOR)


def house(by: User, people: int, *, beds: int = 12) -> date:
    """Let some people live in beds of the team, and return the day."""
    now = timezone.now()
    places = make_beds(beds, site=make_site(team=team_of(by), by=by))
    for bed in places[:people]:
        client = make_client(team=team_of(by), by=by, now=now)
        book({client: bed}, by=by, now=now, since=now.date(), until=now.date() + timedelta(days=5), checks_in=True)
    return now.date()


def test_of_the_own_teams_it_is_exact(coordinator: User) -> None:
    day = house(coordinator, 3)
    said = Program(coordinator).get("capacity", on=day.isoformat()).json()

    keys = [column["key"] for column in said["columns"]]
    assert said["whose"] == "own"
    total = dict(zip(keys, said["rows"][-1], strict=True))
    assert (total["beds"], total["occupied"], total["free"]) == (12, 3, 9)
    assert {column["hxl"][0] for column in said["columns"]} == {"#"}
    assert Event.objects.get(type="reports.capacity_seen").actor_id == coordinator.pk


def test_a_small_number_of_people_of_others_is_not_told(coordinator: User) -> None:
    day = house(coordinator, 3)
    said = Program(make_user(Role.REPORT_READER)).get("capacity", on=day.isoformat(), by="kind").json()

    keys = [column["key"] for column in said["columns"]]
    assert said["whose"] == "others"
    assert "free" not in keys
    assert {row[keys.index("people")] for row in said["rows"]} == {"*"}
    assert said["rows"][-1][keys.index("beds")] == 12


def test_a_large_number_is_told_in_tens(coordinator: User) -> None:
    day = house(coordinator, 12, beds=14)
    said = Program(make_user(Role.REPORT_READER)).get("capacity", on=day.isoformat(), by="kind").json()

    assert said["rows"][-1][-1] == 10


def test_as_a_table_it_has_a_row_of_hashtags_and_says_who_took_it(coordinator: User) -> None:
    day = house(coordinator, 3)
    answer = Program(coordinator).get("capacity.csv", on=day.isoformat())

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    heads, tags, *rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert heads[:2] == ["country", "town"]
    assert tags[:3] == ["#country+code", "#loc+city+name", "#capacity+beds"]
    assert rows[-2][0] == "total"
    assert "token" in rows[-1][0]


def test_whose_figures_somebody_may_read(coordinator: User) -> None:
    assert problem(Program(coordinator).get("capacity", whose="others")) == (403, "not_of_others")
    reader = Program(make_user(Role.REPORT_READER))
    assert problem(reader.get("capacity", whose="own")) == (403, "no_team")
    assert problem(reader.get("capacity", by="site")) == (422, "invalid")
    assert problem(Program(make_user()).get("capacity")) == (403, "role_missing")
    assert problem(Program(coordinator, ["read:cases"]).get("capacity")) == (403, "scope_missing")
    assert problem(Program(coordinator, ["read:cases"]).get("capacity.csv")) == (403, "scope_missing")


@pytest.mark.parametrize("sites", [1, 4])
def test_it_costs_the_same_at_every_size(coordinator: User, sites: int) -> None:
    for _number in range(sites):
        day = house(coordinator, 1, beds=2)
    program, costs = Program(coordinator), []
    others = Program(make_user(Role.REPORT_READER))
    for each in (program, others):
        each.get("capacity", on=day.isoformat())
        with counted_queries() as asked:
            each.get("capacity", on=day.isoformat())
        costs.append(len(asked))

    assert max(costs) <= 12
