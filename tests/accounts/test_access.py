"""Who may do what: of this user, by roles that hold now, in teams that are open."""

import pytest

from casework.accounts.access import may, people_with, permissions_and_teams_of, permissions_of, teams_with
from casework.accounts.models import Team, User
from casework.accounts.roles import Permission, Role
from tests.factories.accounts import NOW, make_membership, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return make_team(name="Demo Team")


def test_nobody_may_do_what_the_role_of_somebody_else_carries(team: Team) -> None:
    worker, other = make_user(team=team), make_user(Role.ADMINISTRATOR)

    assert may(worker, Permission.CASE_VIEW, NOW)
    assert not may(worker, Permission.ACCOUNTS_MANAGE, NOW)
    assert not may(other, Permission.CASE_VIEW, NOW)
    assert permissions_and_teams_of(other, NOW)[1] == []
    assert permissions_and_teams_of(worker, NOW)[1] == ["Demo Team"]


def test_a_role_that_is_over_allows_nothing(team: Team) -> None:
    user = make_user(None)
    make_membership(user, Role.CASEWORKER, team=team, ends_at=NOW)

    assert permissions_of(user, NOW) == frozenset()
    assert not may(user, Permission.CASE_VIEW, NOW)
    assert list(teams_with(user, Permission.CASE_VIEW, NOW)) == []
    assert list(people_with(Permission.CASE_VIEW, [team], NOW)) == []


def test_whoever_is_switched_off_may_do_nothing(team: Team) -> None:
    user = make_user(team=team)
    User.objects.filter(pk=user.pk).update(is_active=False)

    assert not may(user, Permission.CASE_VIEW, NOW)
    assert permissions_of(user, NOW) == frozenset()


def test_teams_and_people_are_those_of_the_permission_and_of_no_other_team(team: Team) -> None:
    coordinator, worker = make_user(Role.COORDINATOR, team=team), make_user(team=team)
    elsewhere = make_user(Role.COORDINATOR)

    assert list(teams_with(coordinator, Permission.CASE_ASSIGN, NOW)) == [team]
    assert list(teams_with(worker, Permission.CASE_ASSIGN, NOW)) == []
    assert set(people_with(Permission.CASE_VIEW, [team], NOW)) == {coordinator, worker}
    assert list(people_with(Permission.CASE_ASSIGN, [team], NOW)) == [coordinator]
    assert elsewhere not in people_with(Permission.CASE_VIEW, Team.objects.filter(pk=team.pk), NOW)
