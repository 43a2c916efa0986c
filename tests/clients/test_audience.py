"""Whoever is told about a case finds it among what they are told of, and nobody else does: two ways to ask the same."""

from datetime import timedelta
from itertools import product

import pytest

from casework.accounts.actions import end_role, record_absence
from casework.accounts.models import Absence, User
from casework.accounts.roles import Role
from casework.clients.audience import Audience, told_of_cases
from casework.clients.models import Case, CaseMember
from tests.factories.accounts import NOW, make_membership, make_team, make_user, team_of
from tests.factories.clients import hide, make_case

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


def away(user: User, deputy: User | None) -> None:
    record_absence(user=user, deputy=deputy, starts_at=NOW, ends_at=NOW + timedelta(days=7), by=user, now=NOW)


def test_while_the_caseworker_is_away_who_stands_in_is_told_else_those_who_give_out_the_cases() -> None:
    team = make_team()
    with_deputy, alone, deputy, colleague = (make_user(team=team) for _number in range(4))
    coordinator = make_user(Role.COORDINATOR, team=team)
    cases = [make_case(team=team, caseworker=who, by=coordinator) for who in (with_deputy, alone, deputy)]
    away(with_deputy, deputy)
    away(alone, None)

    audience = Audience(cases, NOW)

    assert [audience.of(case) for case in cases] == [[deputy.pk], [coordinator.pk], [deputy.pk]]
    # Who is away still finds what is theirs.
    people = {with_deputy: {cases[0]}, alone: {cases[1]}, deputy: {cases[0], cases[2]}, coordinator: {cases[1]}}
    assert {user: told(user) for user in (*people, colleague)} == people | {colleague: set()}


def test_whoever_is_back_is_told_again_and_nobody_instead_of_them() -> None:
    team = make_team()
    worker, coordinator = make_user(team=team), make_user(Role.COORDINATOR, team=team)
    case = make_case(team=team, caseworker=worker, by=coordinator)
    away(worker, None)
    later = NOW + timedelta(days=8)

    assert Audience([case], later).of(case) == [worker.pk]
    assert not Case.objects.filter(told_of_cases(coordinator, later, prefix="")).exists()


def test_who_stands_in_and_is_away_or_has_left_is_not_told() -> None:
    team = make_team()
    worker, deputy, coordinator = make_user(team=team), make_user(team=team), make_user(Role.COORDINATOR, team=team)
    case = make_case(team=team, caseworker=worker, by=coordinator)
    away(worker, deputy)

    end_role(membership=deputy.memberships.get(), by=None, now=NOW)
    assert (Audience([case], NOW).of(case), told(coordinator)) == ([coordinator.pk], {case})

    make_membership(deputy, Role.CASEWORKER, team=team)
    Absence.objects.update(deputy=deputy)  # who may not stand in any more was dropped
    away(deputy, None)
    assert (Audience([case], NOW).of(case), told(coordinator)) == ([coordinator.pk], {case})


def test_of_a_restricted_case_who_stands_in_is_told_only_if_they_are_named_on_it() -> None:
    team = make_team()
    worker, deputy, other = (make_user(team=team) for _number in range(3))
    case = make_case(team=team, caseworker=worker, by=worker)
    hide(case, worker, other)
    case.refresh_from_db()
    away(worker, deputy)

    assert Audience([case], NOW).of(case) == [other.pk]
    assert told(deputy) == set()

    CaseMember.objects.create(case=case, user=deputy, named_at=NOW)
    assert Audience([case], NOW).of(case) == [deputy.pk]
    assert told(deputy) == {case}


def test_where_everybody_is_away_somebody_is_told_all_the_same() -> None:
    team = make_team()
    worker = make_user(team=team)
    case = make_case(team=team, caseworker=worker, by=worker)
    away(worker, None)
    assert Audience([case], NOW).of(case) == [worker.pk]

    coordinator = make_user(Role.COORDINATOR, team=team)
    away(coordinator, None)
    assert Audience([case], NOW).of(case) == [coordinator.pk]
