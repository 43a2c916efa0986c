"""Tokens of programs: what the database refuses, and whose are revoked."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, transaction

from casework.accounts import actions
from casework.accounts.actions import api_tokens
from casework.accounts.models import ApiToken, User
from casework.accounts.scopes import GRANTS, Scope, scopes_open_to
from casework.lib.ids import new_id
from tests.api.programs import make_token
from tests.factories.accounts import NOW, make_user

pytestmark = pytest.mark.django_db


def made(user: User, **other: Any) -> tuple[ApiToken, str]:
    known: dict[str, Any] = {"token_id": new_id(), "name": "Invented", "scopes": ["read:cases"], "by": user, "now": NOW}
    return actions.make_api_token(**(known | other))


def test_the_text_is_found_by_its_prefix_and_only_its_hash_is_kept() -> None:
    token, text = made(make_user())

    assert text.startswith("cw_")
    assert bytes(token.token_hash) == api_tokens.hash_of(text)
    assert actions.token_behind(text, NOW) == token
    assert actions.token_behind(text, NOW + timedelta(days=91)) is None


@pytest.mark.parametrize("other", [{"scopes": []}, {"lasts": timedelta(days=366)}, {"scopes": ["read:capacity"]}])
def test_what_no_token_is_made_for(other: dict[str, Any]) -> None:
    with pytest.raises(actions.UnableToMakeToken):
        made(make_user(), **other)


@pytest.mark.parametrize(
    ("constraint", "other"),
    [
        ("api_token_ends_within_a_year", {"expires_at": NOW + timedelta(days=366)}),
        ("api_token_ends_within_a_year", {"expires_at": NOW}),
        ("api_token_of_known_scopes", {"scopes": ["read:everything"]}),
        ("api_token_of_known_scopes", {"scopes": []}),
    ],
)
def test_what_the_database_refuses(constraint: str, other: dict[str, Any]) -> None:
    token, _text = make_token(make_user(), now=NOW)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ApiToken.objects.filter(pk=token.pk).update(**other)


def test_nobody_is_said_to_have_revoked_what_was_not_revoked() -> None:
    token, _text = make_token(make_user(), now=NOW)
    with pytest.raises(IntegrityError, match="api_token_revoked_at_a_time"), transaction.atomic():
        ApiToken.objects.filter(pk=token.pk).update(revoked_by=token.user)


def test_a_form_of_somebody_else_makes_nothing() -> None:
    token, _text = made(make_user())
    with pytest.raises(SuspiciousOperation):
        made(make_user(), token_id=token.pk)


def test_the_tokens_of_others_take_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_tokens, "AT_MOST", 1)
    user = make_user()
    made(make_user())
    made(user)
    with pytest.raises(actions.UnableToMakeToken, match="Revoke one"):
        made(user)


def test_whoever_leaves_loses_their_own_tokens_and_nobody_elses() -> None:
    user, other = make_user(), make_user()
    mine, its = make_token(user)[0], make_token(other)[0]
    actions.revoke_api_tokens_of(user=user, by=other, now=NOW)
    mine.refresh_from_db()
    its.refresh_from_db()

    assert (mine.revoked_at, mine.revoked_by) == (NOW, other)
    assert its.revoked_at is None


def test_every_scope_says_what_its_owner_needs() -> None:
    assert set(GRANTS) == set(Scope)
    assert scopes_open_to(frozenset()) == ()
