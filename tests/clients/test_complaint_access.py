"""Who may see which complaint: the predicate against the same rule written down a second time, over random people."""

import random
from datetime import timedelta

import pytest

from casework.accounts.models import Membership, Team, User
from casework.accounts.roles import DEFINITIONS, Permission, Role, roles_with
from casework.clients.models import Complaint
from tests.factories.accounts import NOW, make_membership, make_team, make_user
from tests.factories.referrals import make_complaint

pytestmark = pytest.mark.django_db

HANDLING = {role.value for role in roles_with(Permission.COMPLAINTS_HANDLE)}


def handled_teams(user: User) -> set[object]:
    return {
        each.team_id
        for each in Membership.objects.filter(user=user)
        if each.role in HANDLING
        and user.is_active
        and each.team.is_active
        and (each.ends_at is None or each.ends_at > NOW)
    }


def may_see(user: User, complaint: Complaint, everybody: list[User]) -> bool:
    """The rule in words of its own: never the accused; the team's, else everybody's, else another team's."""
    accused = {each.user_id for each in complaint.people.all()}
    teams = handled_teams(user)
    if user.pk in accused or not teams:
        return False
    if complaint.team is None:
        return True
    if complaint.team_id in teams:
        return not complaint.away_from_team
    left_there = [each for each in everybody if complaint.team_id in handled_teams(each) and each.pk not in accused]
    return complaint.away_from_team or not left_there


def random_people(dice: random.Random, teams: list[Team]) -> list[User]:
    people = [make_user(None) for _ in range(14)]
    for user in people:
        for role in dice.sample(
            [Role.COORDINATOR, Role.CASEWORKER, Role.AUDITOR, Role.ADMINISTRATOR], dice.randint(0, 2)
        ):
            ends_at = NOW - timedelta(days=1) if dice.random() < 0.2 else None
            make_membership(
                user, role, team=dice.choice(teams) if DEFINITIONS[role].of_a_team else None, ends_at=ends_at
            )
    gone = dice.choice(people)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    return list(User.objects.filter(pk__in=[each.pk for each in people]))


@pytest.mark.parametrize("seed", range(6))
def test_the_predicate_agrees_with_the_rule(seed: int) -> None:
    dice = random.Random(seed)
    teams = [make_team(), make_team(), make_team(is_active=dice.random() < 0.5)]
    people = random_people(dice, teams)
    for _ in range(12):
        complaint = make_complaint(
            team=dice.choice([None, *teams]),
            by=dice.choice(people),
            subject=dice.choice(["staff", "service"]),
            people=dice.sample(people, dice.randint(0, 3)),
            away_from_team=dice.random() < 0.2,
        )
        assert complaint.pk

    complaints = list(Complaint.objects.select_related("team"))
    wrong = [
        (user.pk, each.pk)
        for user in people
        for each in complaints
        if (each in set(Complaint.objects.visible_to(user, NOW))) != may_see(user, each, people)  # type: ignore[attr-defined]
    ]

    assert wrong == []
