"""What somebody sent whose session had run out waits for that same person, and for nobody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts.models import Session, User
from casework.accounts.sessions import SessionStore
from casework.clients.models import ToDo
from casework.lib.ids import new_id
from casework.web.sign_in.step_up import HELD_AT_MOST
from tests.factories.accounts import PASSWORD, make_user

pytestmark = pytest.mark.django_db

NEW = "/to-dos/new/"
LOGIN = "/account/login/?next=/account/go-on/"


@pytest.fixture(autouse=True)
def one_factor(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def worker() -> User:
    return make_user()


def signed_out_meanwhile(worker: User) -> Browser:
    browser = Browser(headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    browser.force_login(worker)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    return browser


def send(browser: Browser, **typed: str) -> Any:
    return browser.post(NEW, {"text": "Позвонить Придумановым", "submit_token": str(new_id()), **typed})


def sign_in(browser: Browser, user: User) -> Any:
    return browser.post(
        "/account/login/", {"login": user.email, "password": PASSWORD, "next": "/account/go-on/"}, follow=True
    )


def test_it_goes_on_after_the_sign_in_and_is_sent_once(worker: User) -> None:
    browser = signed_out_meanwhile(worker)
    answer = send(browser)
    assert (answer.status_code, answer["Location"]) == (302, LOGIN)
    assert "What you typed is kept" in browser.get(answer["Location"]).content.decode()

    page = sign_in(browser, worker)
    held = dict(page.context["fields"])
    assert (page.context["to"], held["text"]) == (NEW, "Позвонить Придумановым")
    assert not ToDo.objects.exists()

    browser.post(page.context["to"], held)
    assert ToDo.objects.get().text == "Позвонить Придумановым"
    assert browser.get("/account/go-on/", follow=True).redirect_chain[0][0] == "/"


def test_nobody_else_sees_it_who_signs_in_there(worker: User) -> None:
    browser = signed_out_meanwhile(worker)
    send(browser)

    page = sign_in(browser, make_user(name="Другой Коллега"))

    assert "Придумановым" not in page.content.decode()
    assert "Nothing is waiting to be sent" in page.content.decode()
    assert "held_form" not in browser.session


def test_it_lies_sealed_in_a_session_of_nobody(worker: User) -> None:
    send(signed_out_meanwhile(worker))

    kept = Session.objects.get(user=None)
    assert "Придуман" not in kept.session_data
    assert "held_form" not in kept.session_data


@pytest.mark.parametrize("how", ["never signed in", "signed out", "forged"])
def test_nothing_is_kept_of_somebody_whose_session_did_not_run_out(worker: User, how: str) -> None:
    browser = signed_out_meanwhile(worker)
    if how == "never signed in":
        browser.cookies.clear()
    elif how == "signed out":
        Session.objects.all().delete()
    else:
        browser.cookies["session"] = "x" * 32

    answer = send(browser)

    assert answer["Location"] == f"/account/login/?next={NEW}"
    assert not Session.objects.filter(user=None).exists()


def test_what_scripts_send_is_not_kept(worker: User) -> None:
    browser = signed_out_meanwhile(worker)

    answer = browser.post(NEW, {"text": "Придумано"}, headers={"Accept": "application/json"})

    assert answer["Location"] == f"/account/login/?next={NEW}"


def test_what_is_too_large_is_not_kept_and_the_page_says_so(worker: User) -> None:
    browser = signed_out_meanwhile(worker)

    answer = send(browser, text="x" * (HELD_AT_MOST + 1))

    assert answer["Location"] == f"/account/login/?next={NEW}"
    assert "too large to keep" in browser.get(answer["Location"]).content.decode()


def test_an_answer_in_between_does_not_take_the_name_of_the_session_away(worker: User) -> None:
    browser = signed_out_meanwhile(worker)

    browser.post("/drafts/save/write_to_do/new/", {}, headers={"Accept": "*/*", "X-Draft": "1"})

    assert send(browser)["Location"] == LOGIN


def test_a_session_that_was_ended_leaves_no_name_behind(worker: User) -> None:
    browser = signed_out_meanwhile(worker)
    Session.objects.all().delete()

    assert browser.get("/my-day/").cookies["session"].value == ""


def left_of(browser: Browser) -> SessionStore:
    store = SessionStore(browser.cookies["session"].value)
    store.load()
    return store


def test_a_session_that_goes_on_has_not_run_out(worker: User) -> None:
    browser = Browser()
    browser.force_login(worker)

    assert left_of(browser).ran_out_of is None


def test_a_session_that_lasted_as_long_as_any_may_has_run_out(worker: User, settings: LazySettings) -> None:
    browser = Browser()
    browser.force_login(worker)
    Session.objects.update(opened_at=timezone.now() - settings.SESSION_AT_MOST)

    assert left_of(browser).ran_out_of == worker.pk
