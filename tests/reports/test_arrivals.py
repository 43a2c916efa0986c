"""Entries into each country, by week and month."""

from datetime import date

import pytest

from casework.accounts.models import Team, User
from casework.accounts.roles import Role
from casework.reports.arrivals import Arrivals, Step, arrivals_of
from tests.factories.accounts import NOW, make_team, make_user
from tests.factories.clients import hide, make_client
from tests.factories.residency import make_stay

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def coordinator(team: Team) -> User:
    return make_user(Role.COORDINATOR, team=team)


def arrivals(user: User, step: Step = "month") -> Arrivals:
    return arrivals_of(user, step=step, first=date(2026, 9, 28), after=date(2026, 12, 1), now=NOW)


def test_entries_count_by_month_and_country(team: Team, coordinator: User) -> None:
    client, other = make_client(team=team), make_client(team=team)
    make_stay(client, date(2026, 9, 27), date(2026, 10, 1))
    make_stay(client, date(2026, 10, 1), date(2026, 11, 2), country="KG")
    make_stay(client, date(2026, 11, 2), country="KZ")
    make_stay(other, date(2026, 11, 30), planned=True)
    make_stay(other, date(2026, 10, 31), country="KG")

    found = arrivals(coordinator)

    assert found.counts == {(date(2026, 10, 1), "KG"): 2, (date(2026, 11, 1), "KZ"): 1}
    assert found.countries() == ["KG", "KZ"]
    assert found.unknown == 0


def test_weeks_begin_on_mondays(team: Team, coordinator: User) -> None:
    for day in (date(2026, 10, 4), date(2026, 10, 5)):
        make_stay(make_client(team=team), day)

    assert set(arrivals(coordinator, "week").counts) == {(date(2026, 9, 28), "KZ"), (date(2026, 10, 5), "KZ")}


def test_an_entry_between_two_days_counts_on_the_later_and_one_of_no_day_apart(team: Team, coordinator: User) -> None:
    make_stay(make_client(team=team), entered_earliest=date(2026, 10, 30), entered_latest=date(2026, 11, 2))
    make_stay(make_client(team=team), None)

    found = arrivals(coordinator)

    assert found.counts == {(date(2026, 11, 1), "KZ"): 1}
    assert found.unknown == 1


def test_others_and_restricted_cases_are_not_counted(team: Team, coordinator: User) -> None:
    hidden = make_client(team=team)
    make_stay(hidden)
    hide(hidden.case)
    make_stay(make_client())

    assert arrivals(coordinator).counts == {}
    assert arrivals(make_user(Role.REPORT_READER)).counts == {}
