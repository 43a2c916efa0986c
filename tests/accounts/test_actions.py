"""What happens to users, teams, roles and invitations, and what is refused."""

import hashlib
from datetime import timedelta

import pytest
from django.db import IntegrityError

from casework.accounts import actions
from casework.accounts.access import may
from casework.accounts.models import Invitation, Membership, Session, User
from casework.accounts.roles import Permission, Role
from casework.audit.models import Event
from tests.factories.accounts import LONG_AGO, NOW, make_membership, make_team, make_user

pytestmark = pytest.mark.django_db

EMAIL = "new.colleague@example.org"


@pytest.fixture
def admin() -> User:
    return make_user(Role.ADMINISTRATOR)


def invited(admin: User, **fields: object) -> tuple[Invitation, str]:
    known = {"email": EMAIL, "role": Role.CASEWORKER, "team": make_team(), "by": admin, "now": NOW}
    return actions.invite(**(known | fields))  # type: ignore[arg-type]


def accepted(token: str, now: object = NOW) -> User:
    return actions.accept_invitation(
        token=token,
        display_name="New Colleague",
        password="a long enough password",
        language="ru",
        now=now,  # type: ignore[arg-type]
    )


def events() -> list[str]:
    return list(Event.objects.order_by("id").values_list("type", flat=True))


def test_an_invitation_becomes_an_account_with_its_role(admin: User) -> None:
    invitation, token = invited(admin)

    user = accepted(token)

    membership = user.memberships.get()
    assert (user.email, user.language, user.time_zone) == (EMAIL, "ru", "Asia/Bishkek")
    assert user.check_password("a long enough password")
    assert (membership.role, membership.team, membership.granted_by) == (Role.CASEWORKER, invitation.team, admin)
    assert events() == ["accounts.user_invited", "accounts.invitation_accepted", "accounts.role_granted"]


def test_only_the_hash_of_the_token_is_stored(admin: User) -> None:
    invitation, token = invited(admin)
    invitation.refresh_from_db()

    assert bytes(invitation.token_hash) == hashlib.sha256(token.encode()).digest()
    assert token not in str(Event.objects.values_list("data", flat=True))


def test_an_invitation_works_once(admin: User) -> None:
    _invitation, token = invited(admin)
    accepted(token)

    with pytest.raises(actions.UnableToAcceptInvitation):
        accepted(token)
    assert User.objects.filter(email=EMAIL).count() == 1


def test_an_invitation_works_for_48_hours(admin: User) -> None:
    _invitation, token = invited(admin)

    with pytest.raises(actions.UnableToAcceptInvitation):
        accepted(token, NOW + timedelta(hours=48))
    assert accepted(token, NOW + timedelta(hours=47, minutes=59)).email == EMAIL


def test_a_withdrawn_invitation_opens_nothing(admin: User) -> None:
    invitation, token = invited(admin)
    actions.withdraw_invitation(invitation=invitation, by=admin, now=NOW)

    with pytest.raises(actions.UnableToAcceptInvitation):
        accepted(token)


def test_nobody_is_invited_twice_nor_with_an_account(admin: User) -> None:
    invited(admin)

    with pytest.raises(actions.UnableToInvite):
        invited(admin, email=EMAIL.upper())
    with pytest.raises(actions.UnableToInvite):
        invited(admin, email=admin.email)


def test_a_role_of_a_team_needs_one_and_the_others_have_none(admin: User) -> None:
    with pytest.raises(actions.UnableToInvite):
        invited(admin, team=None)
    with pytest.raises(actions.UnableToInvite):
        invited(admin, role=Role.AUDITOR)
    with pytest.raises(actions.UnableToInvite):
        invited(admin, team=make_team(is_active=False))


def test_nobody_grants_or_ends_a_role_of_their_own(admin: User) -> None:
    make_user(Role.ADMINISTRATOR)

    with pytest.raises(actions.UnableToGrantRole):
        actions.grant_role(user=admin, role=Role.AUDITOR, team=None, by=admin, now=NOW)
    with pytest.raises(actions.UnableToEndRole):
        actions.end_role(membership=admin.memberships.get(), by=admin, now=NOW)


def test_the_database_too_refuses_a_role_that_somebody_gave_themselves(admin: User) -> None:
    with pytest.raises(IntegrityError, match="membership_not_granted_to_oneself"):
        Membership.objects.create(user=admin, role=Role.AUDITOR, starts_at=NOW, granted_by=admin)


def test_a_role_granted_twice_is_held_once(admin: User) -> None:
    user = make_user(None)
    for _time in range(2):
        actions.grant_role(user=user, role=Role.AUDITOR, team=None, by=admin, now=NOW)

    assert user.memberships.count() == 1
    assert events() == ["accounts.role_granted"]


def test_a_role_that_a_colleague_holds_is_granted_all_the_same(admin: User) -> None:
    team = make_team()
    for user in (one := make_user(None), other := make_user(None)):
        actions.grant_role(user=user, role=Role.CASEWORKER, team=team, by=admin, now=NOW)

    assert [user.memberships.get().team for user in (one, other)] == [team, team]


def test_an_ended_role_allows_nothing_any_more(admin: User) -> None:
    worker = make_user()
    actions.end_role(membership=worker.memberships.get(), by=admin, now=NOW)

    assert not may(worker, Permission.CASE_VIEW, NOW)
    assert events() == ["accounts.role_ended"]


def test_the_last_administrator_stays(admin: User) -> None:
    other = make_user(Role.AUDITOR)

    with pytest.raises(actions.UnableToEndRole):
        actions.end_role(membership=admin.memberships.get(), by=other, now=NOW)
    with pytest.raises(actions.UnableToDisableUser):
        actions.disable_user(user=admin, by=other, now=NOW)


def test_a_disabled_administrator_does_not_count_as_another(admin: User) -> None:
    second = make_user(Role.ADMINISTRATOR)
    actions.disable_user(user=second, by=admin, now=NOW)

    with pytest.raises(actions.UnableToEndRole):
        actions.end_role(membership=admin.memberships.get(), by=None, now=NOW)


def test_disabling_ends_sessions_and_invitations_and_keeps_the_roles(admin: User) -> None:
    leaver = make_user(Role.ADMINISTRATOR)
    Session.objects.create(session_key="a" * 64, user=leaver, session_data="", expire_date=NOW, opened_at=NOW)
    _invitation, token = invited(leaver)

    actions.disable_user(user=leaver, by=admin, now=NOW)

    assert not Session.objects.filter(user=leaver).exists()
    assert not may(leaver, Permission.ACCOUNTS_MANAGE, NOW) or not User.objects.get(pk=leaver.pk).is_active
    with pytest.raises(actions.UnableToAcceptInvitation):
        accepted(token)
    assert may(actions.enable_user(user=leaver, by=admin, now=NOW), Permission.ACCOUNTS_MANAGE, NOW)


def test_disabling_somebody_leaves_the_sessions_and_invitations_of_others(admin: User) -> None:
    stays = make_user(Role.ADMINISTRATOR)
    Session.objects.create(session_key="b" * 64, user=stays, session_data="", expire_date=NOW, opened_at=NOW)
    _invitation, token = invited(stays)

    actions.disable_user(user=make_user(), by=admin, now=NOW)

    assert Session.objects.filter(user=stays).exists()
    assert accepted(token).email == EMAIL


def test_nobody_disables_themselves(admin: User) -> None:
    make_user(Role.ADMINISTRATOR)

    with pytest.raises(actions.UnableToDisableUser):
        actions.disable_user(user=admin, by=admin, now=NOW)


def test_a_team_has_a_country_and_a_zone_that_exist(admin: User) -> None:
    known = {"code": "ala", "name": "Almaty", "country": "KZ", "time_zone": "Asia/Almaty", "by": admin, "now": NOW}
    team = actions.create_team(**known)  # type: ignore[arg-type]

    assert team.code == "ALA"
    for wrong in ({"code": "ALA"}, {"code": "X", "country": "QQ"}, {"code": "X", "time_zone": "Asia/Nowhere"}):
        with pytest.raises(actions.UnableToChangeTeam):
            actions.create_team(**(known | wrong))  # type: ignore[arg-type]


def test_a_closed_team_opens_its_cases_to_nobody(admin: User) -> None:
    worker = make_user()
    team = worker.memberships.get().team
    assert team is not None

    actions.change_team(
        team=team, name=team.name, country="KG", time_zone="Asia/Bishkek", is_active=False, by=admin, now=NOW
    )

    assert not may(worker, Permission.CASE_VIEW, NOW)
    assert Event.objects.get().data == {"fields": ["is_active"]}


def test_a_profile_keeps_names_out_of_the_audit() -> None:
    user = make_user(None)
    actions.change_own_profile(
        user=user, display_name="Somebody Else", language="ru", time_zone="Asia/Tbilisi", now=NOW
    )

    assert Event.objects.get().data == {"fields": ["display_name", "language", "time_zone"]}
    for wrong in ({"language": "xx"}, {"time_zone": "Mars/Base"}):
        known = {"display_name": "", "language": "en", "time_zone": ""}
        with pytest.raises(actions.UnableToChangeProfile):
            actions.change_own_profile(user=user, **(known | wrong), now=NOW)


def test_a_membership_of_the_past_or_future_is_not_current() -> None:
    user = make_user(None)
    make_membership(user, Role.AUDITOR, ends_at=LONG_AGO + timedelta(days=1))
    make_membership(user, Role.REPORT_READER, starts_at=NOW + timedelta(days=1))

    assert not Membership.objects.current(NOW).filter(user=user).exists()


@pytest.mark.parametrize("name", ["invitation_expires_later"])
def test_the_database_refuses_an_invitation_that_ends_before_it_begins(admin: User, name: str) -> None:
    with pytest.raises(IntegrityError, match=name):
        Invitation.objects.create(
            email=EMAIL, role=Role.AUDITOR, token_hash=b"x", invited_by=admin, invited_at=NOW, expires_at=NOW
        )
