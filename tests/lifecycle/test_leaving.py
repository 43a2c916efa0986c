"""Somebody leaves: no restricted case is left with nobody who can see it."""

import pytest
from django.db import transaction

from casework.accounts.models import Membership, User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.models import Case, ToDo
from casework.lifecycle.leaving import UnableToLetGo, disable_user, end_role
from casework.reminders.models import Reminder
from tests.factories.accounts import NOW, make_membership, make_team, make_user
from tests.factories.clients import hide, make_case
from tests.racing import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return make_user(Role.ADMINISTRATOR)


@pytest.fixture
def named() -> list[User]:
    team = make_team()
    return [make_user(team=team), make_user(team=team)]


@pytest.fixture
def case(named: list[User]) -> Case:
    case = make_case(team=named[0].memberships.get().team)
    hide(case, *named)
    return case


def test_the_one_who_stays_is_told_to_name_somebody_else(case: Case, named: list[User], admin: User) -> None:
    end_role(membership=named[0].memberships.get(), by=admin, now=NOW)

    to_do = ToDo.objects.get()
    assert (to_do.owner, to_do.case, to_do.kind) == (named[1], case, ToDo.Kind.NAMED_ALONE)


def test_the_last_who_sees_a_case_does_not_leave(case: Case, named: list[User], admin: User) -> None:
    end_role(membership=named[0].memberships.get(), by=admin, now=NOW)

    with pytest.raises(UnableToLetGo) as refused:
        end_role(membership=named[1].memberships.get(), by=admin, now=NOW)
    with pytest.raises(UnableToLetGo):
        disable_user(user=named[1], by=admin, now=NOW)

    assert case.code not in refused.value.sentence
    assert Case.objects.visible_to(named[1], NOW).get() == case
    named[1].refresh_from_db()
    assert named[1].is_active


def test_an_account_in_wrong_hands_is_shut_at_once_and_the_auditor_told(
    case: Case, named: list[User], admin: User
) -> None:
    auditor = make_user(Role.AUDITOR)
    make_membership(make_user(None), Role.AUDITOR, ends_at=NOW)  # was one
    disable_user(user=named[0], by=admin, now=NOW)

    disable_user(user=named[1], by=admin, now=NOW, at_once=True)

    named[1].refresh_from_db()
    assert not named[1].is_active
    assert Reminder.objects.get().recipient == auditor
    assert Event.objects.get(type="clients.case_left_alone").case_id == case.pk


def test_who_keeps_another_role_in_the_team_leaves_nobody_alone(case: Case, named: list[User], admin: User) -> None:
    second = make_membership(named[0], Role.COORDINATOR, team=case.team)
    end_role(membership=named[1].memberships.get(), by=admin, now=NOW)

    end_role(membership=second, by=admin, now=NOW)

    assert Case.objects.visible_to(named[0], NOW).get() == case


def test_a_role_in_the_team_that_is_over_does_not_count(case: Case, named: list[User], admin: User) -> None:
    make_membership(named[0], Role.COORDINATOR, team=case.team, ends_at=NOW)
    end_role(membership=named[1].memberships.get(), by=admin, now=NOW)

    with pytest.raises(UnableToLetGo):
        end_role(membership=named[0].memberships.get(role=Role.CASEWORKER), by=admin, now=NOW)


def test_who_is_named_nowhere_leaves_as_ever(case: Case, admin: User) -> None:
    other = make_user(team=case.team)

    end_role(membership=other.memberships.get(), by=admin, now=NOW)
    disable_user(user=make_user(), by=admin, now=NOW)

    assert not ToDo.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_the_last_two_who_leave_at_once_one_stays() -> None:
    team, admin = make_team(), make_user(Role.ADMINISTRATOR)
    named = [make_user(team=team), make_user(team=team)]
    case = make_case(team=team)
    with transaction.atomic():
        hide(case, *named)
    held = [user.memberships.get() for user in named]

    def leave(membership: Membership) -> Membership:
        return end_role(membership=membership, by=admin, now=NOW)

    outcomes = at_once(lambda: leave(held[0]), lambda: leave(held[1]))

    assert sorted(type(each).__name__ for each in outcomes) == ["Membership", "UnableToLetGo"]
