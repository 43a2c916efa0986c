"""Access for a time: who gives it to whom, what it shows, when it ends."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from casework.accounts.models import Team, User
from casework.accounts.roles import DEFINITIONS, Role
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.access import needs_visible_to
from casework.clients.actions import UnableToGiveAccess
from casework.clients.models import Case, TimedAccess, ToDo
from casework.lib.ids import new_id
from tests.factories.accounts import NOW, make_team, make_user, team_of
from tests.factories.clients import make_case

pytestmark = pytest.mark.django_db

TOMORROW = NOW + timedelta(days=1)


def given(user: User, *, by: User, **changes: Any) -> TimedAccess:
    known: dict[str, Any] = {"starts_at": NOW, "ends_at": TOMORROW, "reason": "Stands in", "now": NOW}
    return actions.give_access(user=user, by=by, **(known | changes))


def sees(user: User, case: Case, **at: Any) -> bool:
    return Case.objects.visible_to(user, at.get("now", NOW)).filter(pk=case.pk).exists()


def changes(user: User, case: Case) -> bool:
    return Case.objects.changeable_by(user, NOW).filter(pk=case.pk).exists()


@pytest.fixture
def coordinator() -> User:
    return make_user(Role.COORDINATOR)


@pytest.fixture
def case(coordinator: User) -> Case:
    return make_case(team=team_of(coordinator))


def test_a_guest_sees_the_case_and_no_other_until_the_time_is_over(case: Case, coordinator: User) -> None:
    guest, other = make_user(), make_case(team=case.team)

    given(guest, by=coordinator, case=case)

    assert sees(guest, case)
    assert not sees(make_user(), case)
    assert not sees(guest, other)
    assert not changes(guest, case)
    assert sees(guest, case, now=TOMORROW - timedelta(seconds=1))
    assert not sees(guest, case, now=TOMORROW)


def test_a_guest_changes_the_case_where_that_was_given_and_reads_its_needs_then(case: Case, coordinator: User) -> None:
    looker, worker = make_user(), make_user()

    given(looker, by=coordinator, case=case)
    given(worker, by=coordinator, case=case, may_change=True)

    assert [changes(looker, case), changes(worker, case)] == [False, True]
    assert not Case.objects.filter(needs_visible_to(looker, NOW), pk=case.pk).exists()
    assert Case.objects.filter(needs_visible_to(worker, NOW), pk=case.pk).exists()


def test_a_deputy_sees_the_cases_of_the_team_but_no_restricted_one(case: Case, coordinator: User) -> None:
    deputy, colleague, stranger = make_user(), make_user(team=case.team), make_user()
    hidden = make_case(team=case.team)
    actions.restrict_case(case=hidden, people=[coordinator, colleague], version=1, by=coordinator, now=NOW)

    given(deputy, by=coordinator, team=case.team, may_change=True)

    assert [sees(deputy, case), changes(deputy, case), sees(deputy, hidden)] == [True, True, False]
    assert not sees(stranger, case)


def test_what_is_given_for_later_shows_nothing_yet(case: Case, coordinator: User) -> None:
    guest = make_user()

    given(guest, by=coordinator, case=case, starts_at=TOMORROW, ends_at=TOMORROW + timedelta(days=1))

    assert not sees(guest, case)
    assert sees(guest, case, now=TOMORROW)


def test_ended_at_once_it_shows_nothing_from_then_on(case: Case, coordinator: User) -> None:
    guest = make_user()
    access = given(guest, by=coordinator, case=case)

    for _each in range(2):
        actions.end_access(access=access, by=coordinator, now=NOW)

    assert not sees(guest, case)
    assert Event.objects.filter(type="clients.access_ended", case_id=case.pk).count() == 1


def test_a_guest_who_has_no_role_any_more_sees_nothing(case: Case, coordinator: User) -> None:
    guest = make_user()
    given(guest, by=coordinator, case=case, may_change=True)

    guest.memberships.update(ends_at=NOW)

    assert not sees(guest, case)
    assert not changes(guest, case)


def test_a_guest_who_works_with_no_cases_any_more_sees_nothing(case: Case, coordinator: User) -> None:
    guest = make_user()
    given(guest, by=coordinator, case=case)

    guest.memberships.update(role=Role.AUDITOR, team=None)

    assert not sees(guest, case)


def test_restricting_a_case_ends_what_was_given(case: Case, coordinator: User) -> None:
    guest, colleague = make_user(), make_user(team=case.team)
    access = given(guest, by=coordinator, case=case)

    actions.restrict_case(case=case, people=[coordinator, colleague], version=1, by=coordinator, now=NOW)
    actions.lift_restriction(case=case, version=2, by=coordinator, now=NOW)

    access.refresh_from_db()
    assert access.ended_by == coordinator
    assert not sees(guest, case)


def test_a_restricted_case_is_not_lent(case: Case, coordinator: User) -> None:
    actions.restrict_case(
        case=case, people=[coordinator, make_user(team=case.team)], version=1, by=coordinator, now=NOW
    )

    with pytest.raises(UnableToGiveAccess, match="restricted"):
        given(make_user(), by=coordinator, case=case)


def test_nobody_gives_access_to_themselves(case: Case, coordinator: User) -> None:
    both = make_user(Role.COORDINATOR, team=case.team)

    with pytest.raises(UnableToGiveAccess, match="themselves"):
        given(both, by=both, case=case)


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.ADMINISTRATOR])
def test_only_who_assigns_the_case_gives_access(role: Role, case: Case) -> None:
    by = make_user(role, team=case.team if DEFINITIONS[role].of_a_team else None)

    with pytest.raises(UnableToGiveAccess, match="coordinator"):
        given(make_user(), by=by, case=case)
    with pytest.raises(UnableToGiveAccess, match="coordinator"):
        given(make_user(), by=by, team=case.team)


def test_a_coordinator_of_another_team_gives_nothing_of_this_one(case: Case) -> None:
    with pytest.raises(UnableToGiveAccess, match="coordinator"):
        given(make_user(), by=make_user(Role.COORDINATOR), case=case)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, None])
def test_who_works_with_no_cases_is_given_none(role: Role | None, case: Case, coordinator: User) -> None:
    with pytest.raises(UnableToGiveAccess, match="work with cases"):
        given(make_user(role), by=coordinator, case=case)


def test_a_colleague_of_the_team_needs_none(case: Case, coordinator: User) -> None:
    with pytest.raises(UnableToGiveAccess, match="already"):
        given(make_user(team=case.team), by=coordinator, case=case)


@pytest.mark.parametrize(
    ("starts", "ends"), [(0, 0), (-2, -1), (2, 1), (0, 93)], ids=["empty", "past", "backwards", "too long"]
)
def test_it_ends_later_than_it_begins_and_within_three_months(
    starts: int, ends: int, case: Case, coordinator: User
) -> None:
    with pytest.raises(UnableToGiveAccess) as refused:
        given(
            make_user(),
            by=coordinator,
            case=case,
            starts_at=NOW + timedelta(days=starts),
            ends_at=NOW + timedelta(days=ends),
        )
    assert refused.value.field == "until"


def test_the_same_form_sent_twice_gives_it_once(case: Case, coordinator: User) -> None:
    guest, access_id = make_user(), new_id()

    for _each in range(2):
        given(guest, by=coordinator, case=case, access_id=access_id)

    assert TimedAccess.objects.count() == 1
    assert Event.objects.filter(type="clients.access_given").count() == 1


def row(case: Case | None, team: Team | None, user: User, by: User, *, days: int = 1) -> TimedAccess:
    key = (case or user).data_key
    access = TimedAccess(
        data_key=key, case=case, team=team, user=user, given_by=by, given_at=NOW, starts_at=NOW, ends_at=NOW
    )
    access.ends_at = NOW + timedelta(days=days)
    access.reason = "x"
    return access


def test_the_database_refuses_what_must_never_be(case: Case, coordinator: User) -> None:
    guest, team = make_user(), make_team()
    wrong = {
        "timed_access_of_a_case_or_a_team": [row(None, None, guest, coordinator), row(case, team, guest, coordinator)],
        "timed_access_not_given_to_oneself": [row(case, None, coordinator, coordinator)],
        "timed_access_ends_in_time": [
            row(case, None, guest, coordinator, days=0),
            row(case, None, guest, coordinator, days=93),
        ],
    }

    for name, rows in wrong.items():
        for each in rows:
            with pytest.raises(IntegrityError, match=name), transaction.atomic():
                each.save(force_insert=True)


def test_what_those_not_named_still_had_to_do_goes_to_who_looks_after_the_case(coordinator: User) -> None:
    worker = make_user(team=team_of(coordinator))
    case = make_case(team=team_of(coordinator), caseworker=worker)
    unnamed = make_user(team=case.team)
    theirs = actions.write_to_do(text="Позвонить", owner=unnamed, case=case, by=unnamed, now=NOW)
    kept = actions.write_to_do(text="Написать", owner=coordinator, case=case, by=coordinator, now=NOW)

    actions.restrict_case(case=case, people=[worker, coordinator], version=1, by=worker, now=NOW)

    theirs.refresh_from_db()
    kept.refresh_from_db()
    assert (theirs.owner, kept.owner) == (worker, coordinator)
    assert list(ToDo.objects.visible_to(unnamed, NOW)) == []
