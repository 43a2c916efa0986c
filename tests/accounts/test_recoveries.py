"""A second factor that was lost: what is taken away, of whom, and when the way back is over."""

import pytest
from allauth.mfa.models import Authenticator

from casework.accounts import actions
from casework.accounts.models import Recovery, Session, User
from casework.accounts.roles import Role
from tests.factories.accounts import NOW, make_user

pytestmark = pytest.mark.django_db


def signed_in(key: str) -> User:
    user = make_user()
    Session.objects.create(session_key=key * 64, user=user, session_data="", expire_date=NOW, opened_at=NOW)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    return user


def test_a_reset_takes_factors_and_sessions_of_one_person_and_of_nobody_else() -> None:
    loser, other = signed_in("a"), signed_in("b")

    actions.reset_second_factor(user=loser, by=make_user(Role.ADMINISTRATOR), now=NOW)

    assert list(Authenticator.objects.values_list("user", flat=True)) == [other.pk]
    assert list(Session.objects.values_list("user", flat=True)) == [other.pk]


def test_a_recovery_is_replaced_and_finished_by_itself() -> None:
    admin, loser, other = make_user(Role.ADMINISTRATOR), make_user(), make_user()
    theirs, _token = actions.reset_second_factor(user=other, by=admin, now=NOW)

    actions.reset_second_factor(user=loser, by=admin, now=NOW)
    mine, _token = actions.reset_second_factor(user=loser, by=admin, now=NOW)
    assert [actions.waiting_recovery(each) for each in (other, loser, admin)] == [theirs, mine, None]

    actions.finish_recovery(user=loser, now=NOW)
    assert [actions.waiting_recovery(each) for each in (other, loser)] == [theirs, None]
    assert Recovery.objects.get(used_at=NOW) == mine


def test_nobody_ends_the_session_of_somebody_else_even_behind_the_pages() -> None:
    one, other = signed_in("a"), signed_in("b")

    actions.end_session(session=Session.objects.get(user=other), by=one, now=NOW)

    assert Session.objects.count() == 2


def test_signing_somebody_out_everywhere_leaves_others_signed_in() -> None:
    one, other = signed_in("a"), signed_in("b")

    assert actions.end_sessions(user=one, by=one, now=NOW) == 1

    assert list(Session.objects.values_list("user", flat=True)) == [other.pk]
