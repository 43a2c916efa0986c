"""Whoever is told about a case finds it among what they are told of, and nobody else does: two ways to ask the same."""

from itertools import product

import pytest

from casework.accounts.actions import end_role
from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.clients.audience import Audience, told_of_cases
from casework.clients.models import Case, CaseMember
from tests.factories.accounts import NOW, make_membership, make_team, make_user, team_of
from tests.factories.clients import make_case

pytestmark = pytest.mark.django_db


def told(user: User) -> set[Case]:
    return set(Case.objects.filter(told_of_cases(user, NOW, prefix="")))


def test_the_caseworker_else_those_who_give_out_the_cases_of_the_team() -> None:
    team = make_team()
    worker, colleague, gone = (make_user(team=team) for _number in range(3))
    coordinator, stranger = make_user(Role.COORDINATOR, team=team), make_user(Role.COORDINATOR)
    cases = [make_case(team=team, caseworker=who, by=coordinator) for who in (worker, None, gone)]
    end_role(membership=gone.memberships.get(), by=None, now=NOW)
    make_membership(gone, Role.CASEWORKER)  # works in another team now

    audience = Audience(cases, NOW)

    for case, user in product(cases, (worker, colleague, gone, coordinator, stranger)):
        assert (case in told(user)) == (user.pk in audience.of(case)), (case, user)
    assert told(worker) == {cases[0]}
    assert told(coordinator) == {cases[1], cases[2]}


def test_of_a_restricted_case_nobody_is_told_who_is_not_named_on_it() -> None:
    named = make_user()
    team = team_of(named)
    other, coordinator = make_user(team=team), make_user(Role.COORDINATOR, team=team)
    case = make_case(team=team, caseworker=None, by=named)
    CaseMember.objects.bulk_create(CaseMember(case=case, user=user, named_at=NOW) for user in (named, other))
    Case.objects.filter(pk=case.pk).update(restricted=True)
    case.refresh_from_db()

    assert set(Audience([case], NOW).of(case)) == {named.pk, other.pk}
    assert [told(user) for user in (named, other, coordinator)] == [{case}, {case}, set()]
