"""Who gets in: a token that works, of somebody who works here, as often as a program needs."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts import actions
from casework.accounts.models import ApiToken
from casework.accounts.roles import Role
from casework.accounts.scopes import Scope
from casework.api import entry
from casework.audit.models import Event
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import make_client

from .programs import Program, make_token, problem

pytestmark = pytest.mark.django_db


def test_a_token_opens_what_it_was_given_and_its_owner_may() -> None:
    user = make_user(Role.CASEWORKER)
    said = Program(user, [Scope.READ_CASES, Scope.READ_CAPACITY]).get("me").json()

    assert said["scopes"] == ["read:cases"]
    assert said["given"] == ["read:cases", "read:capacity"]
    assert [team["code"] for team in said["teams"]] == [team_of(user).code]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer cw_nothing", "Basic Y3c6Y3c=", "Bearer \xe9", "cw_nothing"])
def test_without_a_token_that_works_nothing_is_told(header: str) -> None:
    answer = Browser(raise_request_exception=False).get("/api/v1/me", HTTP_AUTHORIZATION=header)

    assert problem(answer) == (401, "no_token")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_an_expired_a_revoked_and_a_token_of_somebody_who_left_open_nothing() -> None:
    user, now = make_user(), timezone.now()
    expired = Program(user, now=now - timedelta(days=10), lasts=timedelta(days=9))
    revoked, of_leaver = Program(user), Program(make_user())
    actions.revoke_api_token(token=revoked.token, by=user, now=now)
    administrator = make_user(Role.ADMINISTRATOR)
    make_user(Role.ADMINISTRATOR)
    actions.disable_user(user=of_leaver.token.user, by=administrator, now=now)

    assert [problem(each.get("me")) for each in (expired, revoked, of_leaver)] == [(401, "no_token")] * 3
    of_leaver.token.refresh_from_db()
    assert of_leaver.token.revoked_at == now


def test_an_account_that_was_shut_without_revoking_opens_nothing_either() -> None:
    program = Program(make_user())
    program.token.user.is_active = False
    program.token.user.save()

    assert problem(program.get("me")) == (401, "no_token")


def test_whoever_has_no_role_any_more_is_told_so() -> None:
    program = Program(make_user(None))

    assert problem(program.get("me")) == (403, "no_role")
    assert problem(program.get("cases")) == (403, "no_role")


def test_a_scope_that_is_missing_and_a_role_that_is_gone_are_told_apart() -> None:
    assert problem(Program(make_user(), [Scope.READ_CAPACITY]).get("cases")) == (403, "scope_missing")
    assert problem(Program(make_user(Role.ADMINISTRATOR)).get("cases")) == (403, "role_missing")


def test_a_session_opens_nothing_and_is_not_kept_alive() -> None:
    browser = Browser(raise_request_exception=False)
    browser.force_login(make_user())

    answer = browser.get("/api/v1/me")

    assert problem(answer) == (401, "no_token")
    assert not answer.cookies


def test_a_token_opens_no_page(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    _token, text = make_token(make_user())

    answer = Browser().get("/cases/", HTTP_AUTHORIZATION=f"Bearer {text}")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")


def test_what_is_not_there_says_so_to_programs_alone() -> None:
    assert problem(Program(make_user()).get("nothing/here")) == (404, "not_there")
    assert problem(Browser().get("/api/v1/nothing/here")) == (401, "no_token")


def test_a_method_that_an_address_does_not_take() -> None:
    answer = Program(make_user()).browser.delete("/api/v1/me")

    assert problem(answer) == (405, "method")
    assert answer["Allow"] == "GET"


def test_it_is_told_when_it_asks_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "CALLS_A_MINUTE", 3)
    user = make_user()
    program, other = Program(user), Program(user)
    first = [program.get("me").status_code for _call in range(3)]
    answer = program.get("me")

    assert first == [200, 200, 200]
    assert problem(answer) == (429, "too_often")
    assert 0 < int(answer["Retry-After"]) <= 61
    assert other.get("me").status_code == 200


def test_it_speaks_the_language_that_is_asked_for_else_that_of_the_owner() -> None:
    user = make_user(language="ru")

    assert Program(user).get("nothing").json()["title"] == "Этого нет"
    assert Program(user).get("nothing")["Content-Language"] == "ru"
    assert Program(user, language="en").get("nothing").json()["title"] == "Not there"


def test_the_day_of_use_is_written_once_a_day() -> None:
    program = Program(make_user())
    program.get("me")
    first = ApiToken.objects.get(pk=program.token.pk).used_on
    program.get("me")

    assert first == timezone.now().date()


def test_every_event_names_the_token() -> None:
    user = make_user()
    client = make_client(team=team_of(user), by=user)
    program = Program(user)
    program.get(f"cases/{client.case.code}")

    event = Event.objects.filter(type="clients.case_seen").get()
    assert (event.actor_id, event.case_id) == (user.pk, client.case_id)
    assert event.data == {"token": str(program.token.pk)}


def test_a_body_that_is_too_large_or_no_json(monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program(make_user())
    send = program.browser.post

    assert problem(send("/api/v1/cases", "x" * 70_000, content_type="application/json")) == (413, "too_large")
    assert problem(send("/api/v1/cases", "a=b", content_type="application/x-www-form-urlencoded")) == (415, "not_json")


def test_a_filter_that_is_misspelt_lets_nothing_through() -> None:
    answer = Program(make_user()).get("cases", statsu="closed")

    assert problem(answer) == (422, "invalid")
    assert [each["where"] for each in answer.json()["errors"]] == ["query"]
