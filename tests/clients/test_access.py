"""Who may see a case: one predicate for lists and for pages."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.accounts.access import permissions_of
from casework.accounts.models import Team, User
from casework.accounts.roles import DEFINITIONS, Permission, Role
from casework.clients import actions
from casework.clients.access import cases_visible_to, needs_visible_to, team_ids_in_sight
from casework.clients.in_sight import LASTS
from casework.clients.models import Case, CaseMember, Client, Contact, EmergencyAccess, Note, TimedAccess
from casework.clients.models.case import NAMED_AT_LEAST
from casework.clients.models.emergency import EMERGENCY_LASTS
from casework.clients.prepared_in_sight import PreparedInSight
from casework.clients.reading_sight import read_sight
from casework.clients.who_sees import viewers_of
from casework.lib.ids import new_id
from tests.factories.accounts import LONG_AGO, NOW, make_membership, make_team, make_user, team_of
from tests.factories.clients import make_case, make_client, make_contact, make_note

pytestmark = pytest.mark.django_db


def sees(user: User, case: Case) -> bool:
    return Case.objects.visible_to(user, NOW).filter(pk=case.pk).exists()


def restricted_to(case: Case, *people: User) -> Case:
    return actions.restrict_case(case=case, people=people, version=case.version, by=people[0], now=NOW)


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.COORDINATOR])
def test_a_case_is_seen_by_its_own_team(role: Role) -> None:
    case = make_case()

    assert sees(make_user(role, team=case.team), case)


def test_a_case_is_not_seen_by_another_team() -> None:
    assert not sees(make_user(), make_case())


@pytest.mark.parametrize("role", [role for role in Role if not DEFINITIONS[role].of_a_team])
def test_roles_without_people_see_no_case(role: Role) -> None:
    assert not sees(make_user(role), make_case())


def test_a_membership_that_has_ended_shows_nothing_from_that_moment_on() -> None:
    case, user = make_case(), make_user(role=None)
    make_membership(user, Role.CASEWORKER, team=case.team, ends_at=NOW)

    assert not sees(user, case)
    assert Case.objects.visible_to(user, NOW - timedelta(seconds=1)).exists()


def test_a_membership_that_has_not_begun_shows_nothing() -> None:
    case, user = make_case(), make_user(role=None)
    make_membership(user, Role.CASEWORKER, team=case.team, starts_at=NOW + timedelta(seconds=1))

    assert not sees(user, case)


def test_a_user_who_was_switched_off_sees_nothing() -> None:
    user = make_user()
    case = make_case(team=team_of(user))
    User.objects.filter(pk=user.pk).update(is_active=False)

    assert not sees(user, case)


def test_a_team_that_was_closed_shows_nothing() -> None:
    user = make_user()
    case = make_case(team=team_of(user))
    Team.objects.filter(pk=case.team_id).update(is_active=False)

    assert not sees(user, case)


def test_a_restricted_case_is_seen_by_the_people_named_and_by_nobody_else() -> None:
    worker = make_user()
    team = team_of(worker)
    named, unnamed, coordinator = make_user(team=team), make_user(team=team), make_user(Role.COORDINATOR, team=team)

    case = restricted_to(make_case(team=team), worker, named)

    assert [sees(user, case) for user in (worker, named, unnamed, coordinator)] == [True, True, False, False]


def test_being_named_shows_nothing_to_somebody_who_has_left_the_team() -> None:
    worker = make_user()
    case = restricted_to(make_case(team=team_of(worker)), worker, make_user(team=team_of(worker)))
    worker.memberships.update(ends_at=NOW)

    assert not sees(worker, case)


@pytest.mark.parametrize("model", [Client, Contact, Note])
def test_what_belongs_to_a_case_is_seen_with_it(model: Any) -> None:
    worker, stranger = make_user(), make_user()
    client = make_client(team=team_of(worker))
    make_contact(client)
    make_note(client.case)

    assert model.objects.visible_to(worker, NOW).count() == 1
    assert model.objects.visible_to(stranger, NOW).count() == 0


def test_what_belongs_to_a_restricted_case_is_not_seen_without_it() -> None:
    worker = make_user()
    team = team_of(worker)
    client = make_client(team=team)
    make_note(client.case)
    restricted_to(client.case, worker, make_user(team=team))
    unnamed = make_user(team=team)

    assert not Client.objects.visible_to(unnamed, NOW).exists()
    assert not Note.objects.visible_to(unnamed, NOW).exists()


# A small world: two teams, three users with any memberships, one case that may be restricted to any of them.
memberships = st.lists(
    st.tuples(
        st.integers(0, 2), st.integers(0, 1), st.sampled_from([Role.CASEWORKER, Role.COORDINATOR]), st.booleans()
    ),
    max_size=6,
    unique_by=lambda each: each[:3],
)


# Who was given what, of the case or of its team: by whom does not matter here.
lent = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["case", "team"]), st.booleans(), st.sampled_from([-1, 0, 1])),
    max_size=3,
)


@given(
    held=memberships,
    restricted=st.booleans(),
    named=st.sets(st.integers(0, 2)),
    lent=lent,
    broken=st.booleans(),
    minutes=st.sampled_from([0, 59, 60]),
)
@settings(max_examples=60)
def test_the_list_and_the_page_always_agree_with_the_rule(
    held: list[tuple[int, int, Role, bool]],
    restricted: bool,
    named: set[int],
    lent: list[tuple[int, str, bool, int]],
    broken: bool,
    minutes: int,
) -> None:
    teams, users = [make_team(), make_team()], [make_user(role=None) for _ in range(3)]
    for user, team, role, has_ended in held:
        make_membership(users[user], role, team=teams[team], ends_at=NOW if has_ended else None, starts_at=LONG_AGO)
    case = make_case(team=teams[0])
    restricted = restricted and len(named) >= NAMED_AT_LEAST
    CaseMember.objects.bulk_create(CaseMember(case=case, user=users[each], named_at=NOW) for each in named)
    Case.objects.filter(pk=case.pk).update(restricted=restricted)
    case.refresh_from_db()
    for user, of, may_change, days in lent:
        lend(case, users[user], of, may_change=may_change, days=days)
    if broken:
        break_glass(case, users[0], minutes=minutes)

    for number, user in enumerate(users):
        works_there = any(who == number and team == 0 and not ended for who, team, _role, ended in held)
        works = any(who == number and not ended for who, _team, _role, ended in held)
        runs = [may for who, _of, may, days in lent if who == number and days == 0 and works and not restricted]
        by_team = works_there and (not restricted or number in named)
        in_emergency = broken and number == 0 and works and minutes < 60
        expected = by_team or bool(runs) or in_emergency
        in_list = case in Case.objects.visible_to(user, NOW)
        on_page = Case.objects.visible_to(user, NOW).filter(code=case.code).exists()
        by_hand = Case.objects.filter(cases_visible_to(user, NOW, permission=Permission.CASE_VIEW), pk=case.pk)
        told = user.pk in {viewer.user.pk for viewer in viewers_of(case, NOW)}
        assert [in_list, on_page, by_hand.exists(), told] == [expected] * 4
        may_change = Case.objects.changeable_by(user, NOW).filter(code=case.code).exists()
        told = user.pk in {viewer.user.pk for viewer in viewers_of(case, NOW) if viewer.may_change}
        assert [may_change, told] == [by_team or any(runs)] * 2
        assert_a_page_sees_the_same(user)


CONDITIONS: dict[str, Callable[[User, datetime], Any]] = {
    "view": cases_visible_to,
    "by token": partial(cases_visible_to, by_token=True),
    "needs": needs_visible_to,
    "change": partial(cases_visible_to, permission=Permission.CASE_CHANGE),
    "assign": partial(cases_visible_to, permission=Permission.CASE_ASSIGN),
}


def _codes(user: User, now: datetime, which: str) -> Any:
    return Case.objects.filter(CONDITIONS[which](user, now)).order_by().values_list("code")


CODES = PreparedInSight(_codes)


def assert_a_page_sees_the_same(user: User) -> None:
    """What is read once for a page and what each statement asks for itself let through the same."""

    def seen() -> list[set[Any]]:
        rows = [set(_codes(user, NOW, which).values_list("code", flat=True)) for which in CONDITIONS]
        view = cases_visible_to(user, NOW)
        teams = set(Case.objects.filter(view, team__in=team_ids_in_sight(user, NOW)).values_list("code", flat=True))
        return [*rows, teams, set(permissions_of(user, NOW))]

    def seen_by_words_of_others() -> list[set[Any]]:
        return [{code for (code,) in CODES.ask(user, NOW, which)} for which in CONDITIONS]

    asked, asked_by_words = seen(), seen_by_words_of_others()
    sight = read_sight(user, NOW)
    user.in_sight = sight
    read, read_by_words = seen(), seen_by_words_of_others()
    user.in_sight = None

    assert read == asked
    assert read_by_words == asked_by_words == asked[: len(CONDITIONS)]
    assert sight.permissions == permissions_of(user, NOW)


def test_what_was_read_for_a_page_holds_for_no_longer_than_a_page() -> None:
    case = make_case()
    user = make_user(team=case.team)
    user.in_sight = read_sight(user, NOW)
    user.memberships.update(ends_at=NOW)

    assert Case.objects.visible_to(user, NOW).exists()
    assert not Case.objects.visible_to(user, NOW + LASTS + timedelta(seconds=1)).exists()


def test_the_newest_cases_of_the_only_team_are_read_in_their_order_and_not_sorted() -> None:
    user = make_user(team=make_case().team)
    first = Case.objects.newest_first()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")  # as among many

    def plan() -> str:
        return first.visible_to(user, NOW)[:50].explain()

    assert "Sort" in plan()
    user.in_sight = read_sight(user, NOW)
    assert "case_of_team_newest" in plan()
    assert "Sort" not in plan()


def lend(case: Case, user: User, of: str, *, may_change: bool, days: int) -> TimedAccess:
    """Access that ended (-1), runs (0) or begins tomorrow (1)."""
    starts_at = NOW + timedelta(days=days)
    access = TimedAccess(
        data_key=user.data_key,
        case=case if of == "case" else None,
        team=case.team if of == "team" else None,
        user=user,
        may_change=may_change,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(days=1),
        given_by=make_user(team=case.team),
        given_at=NOW,
    )
    access.reason = "x"
    access.save(force_insert=True)
    return access


def break_glass(case: Case, user: User, *, minutes: int) -> EmergencyAccess:
    """Opened so many minutes ago."""
    opened_at = NOW - timedelta(minutes=minutes)
    access = EmergencyAccess(
        data_key=case.data_key, case=case, user=user, opened_at=opened_at, ends_at=opened_at + EMERGENCY_LASTS
    )
    access.reason = "x"
    access.save(force_insert=True)
    return access


def test_what_was_opened_in_an_emergency_is_that_case_alone_and_only_looked_at() -> None:
    user, case, other = make_user(), make_case(), make_case()

    break_glass(case, user, minutes=0)

    assert [sees(user, case), sees(user, other)] == [True, False]
    assert not Case.objects.changeable_by(user, NOW).filter(pk=case.pk).exists()


def test_what_was_opened_in_an_emergency_is_shut_to_who_works_with_no_cases_any_more() -> None:
    user, case = make_user(), make_case()
    break_glass(case, user, minutes=0)

    user.memberships.update(role=Role.AUDITOR, team=None)

    assert not sees(user, case)


def test_an_emergency_opens_nothing_before_it_begins() -> None:
    user, case = make_user(), make_case()

    break_glass(case, user, minutes=-1)

    assert not sees(user, case)


def test_the_database_keeps_what_was_opened_in_an_emergency() -> None:
    access = break_glass(make_case(), make_user(), minutes=0)

    for act in (
        access.delete,
        lambda: EmergencyAccess.objects.update(ends_at=NOW),
        lambda: EmergencyAccess.objects.update(user=make_user()),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_the_database_refuses_an_emergency_longer_than_an_hour() -> None:
    access = break_glass(make_case(), make_user(), minutes=0)
    access.pk, access.ends_at = new_id(), NOW + timedelta(minutes=61)

    with pytest.raises(IntegrityError, match="emergency_access_lasts_an_hour"), transaction.atomic():
        access.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_a_restricted_case_with_fewer_than_two_people_named() -> None:
    worker = make_user()
    case = restricted_to(make_case(team=team_of(worker)), worker, make_user(team=team_of(worker)))
    lonely = make_case(team=team_of(worker))

    with pytest.raises(IntegrityError, match="needs 2 people"):
        Case.objects.filter(pk=lonely.pk).update(restricted=True)
    with pytest.raises(IntegrityError, match="needs 2 people"):
        CaseMember.objects.filter(case=case, user=worker).delete()
    with transaction.atomic():  # within a transaction names are exchanged freely
        CaseMember.objects.filter(case=case, user=worker).delete()
        CaseMember.objects.create(case=case, user=make_user(team=team_of(worker)), named_at=NOW)

    assert case.members.count() == 2
