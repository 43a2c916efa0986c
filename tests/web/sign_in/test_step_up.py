"""Asked again: acts of weight want a fresh proof, and nothing that was typed is lost by it."""

import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.conf import LazySettings
from django.http import HttpRequest
from django.test import Client as Browser

from casework.accounts.models import Invitation, Session, User
from casework.accounts.roles import Role
from casework.web.sign_in.step_up import HELD_AT_MOST, ProofNeeded, ask_once
from tests.factories.accounts import PASSWORD, make_user
from tests.web.sign_in.codes import code, give_codes

pytestmark = pytest.mark.django_db

INVITE = "/people/invitations/new/"
QUESTION = "/account/reauthenticate/?next=%2Fpeople%2Finvitations%2Fnew%2F"
TYPED = {"email": "canary@example.org", "role": "auditor", "team": ""}


@pytest.fixture(autouse=True)
def one_factor(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def administrator() -> User:
    return make_user(Role.ADMINISTRATOR)


@pytest.fixture
def browser(administrator: User) -> Browser:
    """Somebody who signed in a while ago."""
    browser = Browser()
    browser.force_login(administrator)
    wait(browser)
    return browser


def wait(browser: Browser, time_passed: timedelta = timedelta(minutes=5, seconds=1)) -> None:
    session = browser.session
    for each in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        each["at"] -= time_passed.total_seconds()
    session.save()


def prove(browser: Browser, question: Any, password: str = PASSWORD) -> Any:
    """Answer the question to which `question` leads; return where it goes on."""
    address, query = question["Location"].split("?")
    [(_name, onward)] = parse_qsl(query)
    return browser.post(address, {"password": password, "next": onward})


def test_a_page_of_weight_asks_and_opens_after_the_answer(browser: Browser) -> None:
    question = browser.get(INVITE)
    assert (question.status_code, question["Location"]) == (302, QUESTION)

    assert prove(browser, question)["Location"] == INVITE
    assert browser.get(INVITE).status_code == 200


def test_an_answer_counts_for_five_minutes(browser: Browser) -> None:
    prove(browser, browser.get(INVITE))
    wait(browser, timedelta(minutes=4, seconds=50))
    assert browser.get(INVITE).status_code == 200

    wait(browser, timedelta(seconds=11))
    assert browser.get(INVITE).status_code == 302


def test_a_wrong_password_opens_nothing(browser: Browser) -> None:
    assert prove(browser, browser.get(INVITE), password="wrong").status_code == 200
    assert browser.get(INVITE).status_code == 302


def test_other_pages_do_not_ask(browser: Browser) -> None:
    assert browser.get("/people/").status_code == 200


def test_who_lacks_the_permission_is_refused_and_not_asked() -> None:
    browser = Browser()
    browser.force_login(make_user(Role.CASEWORKER))
    wait(browser)

    assert browser.get(INVITE).status_code == browser.post(INVITE, TYPED).status_code == 403


def test_where_there_is_a_second_factor_the_password_is_not_enough(browser: Browser, administrator: User) -> None:
    give_codes(administrator)
    question = browser.get(INVITE)

    asked = browser.get(question["Location"])
    assert asked["Location"].startswith("/account/2fa/reauthenticate/")
    browser.post("/account/reauthenticate/", {"password": PASSWORD, "next": INVITE})
    assert browser.get(INVITE).status_code == 302
    browser.post("/account/2fa/reauthenticate/", {"code": code(), "next": INVITE})
    assert browser.get(INVITE).status_code == 200


def test_a_fresh_password_is_not_enough_once_there_is_a_second_factor(browser: Browser, administrator: User) -> None:
    prove(browser, browser.get(INVITE))
    give_codes(administrator)

    assert browser.get(INVITE).status_code == 302


def test_the_passkey_is_asked_for_first(browser: Browser, administrator: User) -> None:
    give_codes(administrator)
    Authenticator.objects.create(user=administrator, type=Authenticator.Type.WEBAUTHN, data={"credential": {}})

    asked = browser.get(browser.get(INVITE)["Location"])

    assert asked["Location"].startswith("/account/2fa/webauthn/reauthenticate/")


def test_a_form_that_met_the_question_is_kept_and_sent_after_the_answer(browser: Browser) -> None:
    question = browser.post(INVITE, TYPED)
    assert not Invitation.objects.exists()

    onward = prove(browser, question)["Location"]
    page = browser.get(onward)
    kept = dict(page.context["fields"])
    browser.post(page.context["to"], kept)

    assert (onward, page.context["to"], kept) == ("/account/go-on/", INVITE, TYPED)
    assert Invitation.objects.get().email == TYPED["email"]
    assert browser.get(onward)["Location"] == "/"  # nothing waits any more


def test_what_is_kept_cannot_be_read_in_the_table(browser: Browser) -> None:
    browser.post(INVITE, TYPED)

    assert "canary" not in str(list(Session.objects.values()))


def test_nothing_kept_is_shown_without_the_answer(browser: Browser) -> None:
    browser.post(INVITE, TYPED)
    page = browser.get("/account/go-on/")

    assert page.status_code == 302
    assert page["Location"].startswith("/account/reauthenticate/")


def test_after_half_an_hour_nothing_waits_any_more(browser: Browser) -> None:
    question = browser.post(INVITE, TYPED)
    session = browser.session
    session["held_form"] |= {"at": time.time() - 31 * 60}
    session.save()
    prove(browser, question)

    assert browser.get("/account/go-on/")["Location"] == "/"


def test_what_is_too_long_to_keep_is_asked_for_once_more(browser: Browser) -> None:
    question = browser.post(INVITE, {**TYPED, "email": "x" * HELD_AT_MOST})
    asked = browser.get(question["Location"]).content.decode()

    assert question["Location"] == QUESTION
    assert "Please send it once more." in asked
    assert "What you have typed is kept" not in asked


def test_a_part_of_a_page_leads_the_whole_page_to_the_question(browser: Browser) -> None:
    answer = browser.get(INVITE, HTTP_HX_REQUEST="true")

    assert (answer.status_code, answer["HX-Redirect"]) == (204, QUESTION)


def test_once_in_a_session_is_enough_where_a_view_says_so(browser: Browser, administrator: User) -> None:
    def request() -> HttpRequest:
        asked = HttpRequest()
        asked.method, asked.user, asked.session = "GET", administrator, browser.session
        return asked

    with pytest.raises(ProofNeeded):
        ask_once(request(), "restricted")
    prove(browser, browser.get(INVITE))
    opened = request()
    ask_once(opened, "restricted")
    opened.session.save()
    wait(browser, timedelta(hours=1))

    ask_once(request(), "restricted")
    with pytest.raises(ProofNeeded):
        ask_once(request(), "something else")


def test_after_the_answer_the_session_goes_on_under_another_key(browser: Browser) -> None:
    before = browser.cookies["session"].value
    prove(browser, browser.get(INVITE))
    after = browser.cookies["session"].value
    assert before != after
    assert browser.get(INVITE).status_code == 200

    browser.cookies["session"] = before
    assert browser.get("/people/").status_code == 302
