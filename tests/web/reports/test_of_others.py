"""Arrivals and deadlines as a report reader sees them: people of whole months, in tens, in one way at a time."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts.models import Team, User
from casework.accounts.roles import Role
from casework.clients.models import Client
from casework.lib.dates import today_in
from casework.residency.rules.kinds import Duty
from tests.counting import counted_queries
from tests.factories.accounts import make_membership, make_team, make_user
from tests.factories.clients import hide, make_case, make_client
from tests.factories.residency import make_deadline, make_stay
from tests.web.cases.pages import signed_in

from .pages import file_of, page_of, sheets_of, tables_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


@pytest.fixture(autouse=True)
def _one_factor(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def worker(team: Team) -> User:
    return make_user(team=team)


@pytest.fixture
def reader() -> Browser:
    return signed_in(make_user(Role.REPORT_READER))


def last_month(day: int) -> date:
    this = timezone.now().date().replace(day=1)
    return (this - timedelta(days=1)).replace(day=day)


def come(team: Team, worker: User, number: int, **of_deadline: Any) -> list[Client]:
    """So many people who came into Georgia last month, with a deadline of last month that was missed unless it is said otherwise."""
    now, found = timezone.now(), []
    for _number in range(number):
        client = make_client(case=make_case(team=team, caseworker=worker), by=worker)
        make_stay(client, last_month(3), last_month(5), country="GE", by=worker, now=now)
        make_deadline(client, duty=Duty.REGISTER, due_on=last_month(10), **of_deadline)
        found.append(client)
    return found


def numbers(browser: Browser, name: str, **asked: str) -> list[list[str]]:
    (rows,) = tables_on(page_of(browser, name, **asked)).values()
    return [row[1:] for row in rows]


def test_few_are_hidden_and_many_stand_in_tens(reader: Browser, team: Team, worker: User) -> None:
    come(team, worker, 7)
    assert [numbers(reader, name) for name in ("report_arrivals", "report_deadlines")] == [[["*"]], [["*", "*"]]]

    come(team, worker, 5)
    assert numbers(reader, "report_arrivals") == [["10"]]
    assert numbers(reader, "report_arrivals", by="country") == [["10"]]
    assert numbers(reader, "report_deadlines", by="duty") == [["10", "10"]]
    assert numbers(reader, "report_deadlines", by="country") == [["10", "10"]]


def test_somebody_counts_once_however_often_they_came(reader: Browser, team: Team, worker: User) -> None:
    for client in come(team, worker, 7):
        make_stay(client, last_month(12), last_month(14), country="GE", by=worker, now=timezone.now())
        make_deadline(client, duty=Duty.LEAVE, due_on=last_month(20))

    assert [numbers(reader, name) for name in ("report_arrivals", "report_deadlines")] == [[["*"]], [["*", "*"]]]


def test_a_few_who_missed_theirs_are_hidden_among_many_who_did_not(reader: Browser, team: Team, worker: User) -> None:
    come(team, worker, 12, state="done")
    come(team, worker, 3)

    assert numbers(reader, "report_deadlines") == [["20", "*"]]


def test_people_of_restricted_cases_are_among_none(reader: Browser, team: Team, worker: User) -> None:
    come(team, worker, 12)
    second = make_user(Role.COORDINATOR, team=team)
    for client in come(team, worker, 9):
        hide(client.case, worker, second)

    assert numbers(reader, "report_arrivals") == [["10"]]
    assert numbers(reader, "report_deadlines") == [["10", "10"]]


def test_what_is_planned_or_of_this_month_or_long_ago_is_not_there(reader: Browser, team: Team, worker: User) -> None:
    now, today = timezone.now(), today_in(team.time_zone, timezone.now())
    for _number in range(9):
        client = make_client(case=make_case(team=team, caseworker=worker), by=worker)
        make_stay(
            client,
            last_month(3) - timedelta(days=500),
            last_month(3) - timedelta(days=490),
            country="GE",
            by=worker,
            now=now,
        )
        make_stay(client, today + timedelta(days=400), country="GE", planned=True, by=worker, now=now)
        make_deadline(client, duty=Duty.REGISTER, due_on=today)

    assert [tables_on(page_of(reader, name)) for name in ("report_arrivals", "report_deadlines")] == [
        {"by_month": []},
        {"by_month": []},
    ]


def test_whoever_coordinates_too_reads_their_own_exactly_and_others_without_them(team: Team, worker: User) -> None:
    both = make_user(Role.REPORT_READER)
    make_membership(both, Role.COORDINATOR, team=team)
    browser, other = signed_in(both), make_team(name="Osh")
    come(team, worker, 3)
    come(other, make_user(team=other), 12)

    assert tables_on(page_of(browser, "report_arrivals"))["arrivals"][-1] == ["Total", "3", "3"]
    assert numbers(browser, "report_arrivals", whose="others") == [["10"]]
    assert numbers(browser, "report_deadlines", whose="others") == [["10", "10"]]


def test_the_file_holds_what_the_page_shows_and_both_cost_few_queries(
    reader: Browser, team: Team, worker: User
) -> None:
    come(team, worker, 9)

    for key in ("arrivals", "deadlines"):
        page_of(reader, f"report_{key}")
        with counted_queries() as asked:
            page_of(reader, f"report_{key}")
        assert len(asked) <= 12
        ((row,),) = sheets_of(file_of(reader, key))
        assert row[1] == 10
