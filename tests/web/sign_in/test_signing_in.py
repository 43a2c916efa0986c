"""The door: who comes in, who does not, and what is written down about it."""

import time
from statistics import median
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import LazySettings
from django.contrib.auth.hashers import BasePasswordHasher, MD5PasswordHasher
from django.core.cache import cache
from django.test import Client as Browser
from django.urls import NoReverseMatch, reverse

from casework.accounts.models import Session, User
from casework.audit.models import Event
from casework.web.sign_in.adapter import AccountAdapter
from tests.factories.accounts import PASSWORD, make_user
from tests.racing import at_once
from tests.web.sign_in.codes import SECRET, code, give_codes

pytestmark = pytest.mark.django_db

LOGIN = "/account/login/"


@pytest.fixture(autouse=True)
def fresh_counters() -> None:
    cache.clear()


@pytest.fixture
def one_factor(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def two_factors(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


def sign_in(browser: Browser, email: str, password: str = PASSWORD, address: str = "10.0.0.1") -> Any:
    return browser.post(LOGIN, {"login": email, "password": password}, REMOTE_ADDR=address)


def types() -> list[str]:
    return list(Event.objects.order_by("id").values_list("type", flat=True))


def test_signing_in_and_out_is_written_down_and_ends_the_session(one_factor: None) -> None:
    user, browser = make_user(), Browser()
    browser.get(LOGIN)
    assert sign_in(browser, user.email).status_code == 302
    cookie = browser.cookies["session"].value
    browser.post("/account/logout/")

    assert types() == ["accounts.signed_in", "accounts.signed_out"]
    browser.cookies["session"] = cookie
    assert browser.get("/account/settings/").status_code == 302


def test_the_key_of_the_session_changes_at_sign_in(one_factor: None) -> None:
    user, browser = make_user(), Browser()
    planted = browser.session
    planted["planted"] = "by somebody else"
    planted.save()
    before = browser.cookies["session"].value

    sign_in(browser, user.email)

    assert browser.cookies["session"].value != before
    assert Session.objects.count() == 1


def test_wrong_password_unknown_account_and_disabled_account_answer_alike(one_factor: None) -> None:
    user, disabled = make_user(), make_user()
    User.objects.filter(pk=disabled.pk).update(is_active=False)

    answers = [
        (sign_in(Browser(), user.email, "wrong"), user.email),
        (sign_in(Browser(), "nobody@example.org", "wrong"), "nobody@example.org"),
        (sign_in(Browser(), disabled.email), disabled.email),
    ]

    pages = {without_tokens(answer.content.decode(), email) for answer, email in answers}
    assert {answer.status_code for answer, _email in answers} == {200}
    assert len(pages) == 1


def without_tokens(page: str, email: str) -> str:
    lines = page.replace(email, "EMAIL").splitlines()
    return "\n".join(line for line in lines if "csrf" not in line)


def test_an_unknown_account_costs_a_hash_as_a_wrong_password_does(
    one_factor: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    encode = MD5PasswordHasher.encode

    def counting(self: BasePasswordHasher, password: str, salt: str) -> str:
        counted.append(password)
        return encode(self, password, salt)

    user = make_user()
    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    sign_in(Browser(), user.email, "wrong one")
    sign_in(Browser(), "nobody@example.org", "wrong two")

    assert counted.count("wrong one") == counted.count("wrong two") == 1


def test_a_refused_sign_in_is_written_down_without_the_address(one_factor: None) -> None:
    for _time in range(2):
        sign_in(Browser(), "nobody@example.org", "wrong")

    events = list(Event.objects.filter(type="accounts.sign_in_failed"))
    assert len({event.data["account"] for event in events}) == 1
    assert all(event.actor_id is None and "nobody" not in str(event.data) for event in events)


def test_after_five_wrong_passwords_this_address_waits_and_the_owner_elsewhere_does_not(one_factor: None) -> None:
    user = make_user()
    for _time in range(5):
        sign_in(Browser(), user.email, "wrong", address="10.9.9.9")

    assert sign_in(Browser(), user.email, address="10.9.9.9").status_code == 200
    assert sign_in(Browser(), make_user().email, address="10.9.9.9").status_code == 302
    assert sign_in(Browser(), user.email, address="10.0.0.2").status_code == 302


def guesses_tried() -> int:
    return Event.objects.filter(type="accounts.sign_in_failed").count()


@pytest.mark.parametrize("guesses", [60, pytest.param(1000, marks=pytest.mark.slow)])
def test_of_a_thousand_guesses_from_fifty_addresses_twenty_are_tried(one_factor: None, guesses: int) -> None:
    user = make_user()
    for guess in range(guesses):
        sign_in(Browser(), user.email, f"wrong {guess}", address=f"10.1.0.{guess % 50}")

    assert guesses_tried() == 20


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_no_more_are_tried(one_factor: None) -> None:
    user = make_user()

    def four(first: int) -> None:
        for guess in range(first, first + 4):
            sign_in(Browser(), user.email, f"wrong {guess}", address=f"10.2.0.{guess}")

    assert at_once(*[lambda first=first: four(first) for first in range(0, 32, 4)]) == [None] * 8
    assert guesses_tried() <= 20


def test_a_right_password_is_not_counted_as_a_guess(one_factor: None) -> None:
    user = make_user()
    for _time in range(25):
        assert sign_in(Browser(), user.email).status_code == 302


def test_an_office_behind_one_address_is_not_locked_out(one_factor: None) -> None:
    people = [make_user() for _person in range(40)]
    for user in people:
        sign_in(Browser(), user.email, "a slip of the finger", address="10.3.0.1")

    assert {sign_in(Browser(), user.email, address="10.3.0.1").status_code for user in people} == {302}


def test_an_error_later_on_does_not_take_a_guess_back(one_factor: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_more: Any) -> None:
        raise RuntimeError

    user = make_user()
    monkeypatch.setattr(AccountAdapter, "authentication_failed", broken)
    for guess in range(5):
        with pytest.raises(RuntimeError):
            sign_in(Browser(), user.email, f"wrong {guess}", address="10.4.0.1")
    monkeypatch.undo()

    assert sign_in(Browser(), user.email, address="10.4.0.1").status_code == 200


@pytest.mark.slow
def test_known_and_unknown_accounts_take_the_same_time(one_factor: None, settings: LazySettings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
    taken: dict[str, list[float]] = {"known": [], "unknown": []}
    for attempt in range(60):
        known = make_user().email
        for kind, email in (("known", known), ("unknown", f"nobody{attempt}@example.org")):
            began = time.perf_counter()
            sign_in(Browser(), email, "wrong", address=f"10.5.{attempt}.1")
            taken[kind].append(time.perf_counter() - began)

    assert 0.9 < median(taken["known"]) / median(taken["unknown"]) < 1.1


def test_without_a_second_factor_only_its_activation_opens(two_factors: None) -> None:
    user, browser = make_user(), Browser()
    sign_in(browser, user.email)

    for address in ("/", "/cases/", "/account/settings/", "/roles/"):
        answer = browser.get(address)
        assert (answer.status_code, answer["Location"]) == (302, "/account/2fa/totp/activate/")
    browser.post("/account/reauthenticate/", {"password": PASSWORD})
    assert browser.get("/account/2fa/totp/activate/").status_code == 200


def test_a_session_that_never_showed_the_second_factor_is_refused(two_factors: None) -> None:
    user, browser = make_user(), Browser()
    give_codes(user)
    browser.force_login(user)

    answer = browser.get("/roles/")

    assert answer.status_code == 302
    assert answer["Location"].startswith(LOGIN)
    assert browser.get(answer["Location"]).status_code == 200  # and not back again for ever


def test_password_and_code_open_and_the_password_alone_does_not(two_factors: None) -> None:
    user, browser = make_user(), Browser()
    give_codes(user)

    assert sign_in(browser, user.email)["Location"].startswith("/account/2fa/authenticate/")
    assert browser.get("/roles/").status_code == 302
    browser.post("/account/2fa/authenticate/", {"code": code()})

    assert browser.get("/roles/").status_code == 200
    assert Event.objects.get(type="accounts.signed_in").data == {"methods": ["mfa", "password"]}


def test_a_code_works_once(two_factors: None) -> None:
    user, again = make_user(), Browser()
    give_codes(user)
    shown = code()
    for browser in (Browser(), again):
        sign_in(browser, user.email)
        browser.post("/account/2fa/authenticate/", {"code": shown})

    assert again.get("/roles/").status_code == 302


def test_the_secret_of_the_codes_is_ciphertext_everywhere_also_before_it_is_confirmed(two_factors: None) -> None:
    user, browser = make_user(), Browser()
    sign_in(browser, user.email)
    browser.post("/account/reauthenticate/", {"password": PASSWORD})
    browser.get("/account/2fa/totp/activate/")
    secret = browser.session["mfa.totp.secret"]
    give_codes(user)

    assert secret not in str(list(Session.objects.values()))
    assert SECRET not in str(list(Authenticator.objects.values()))


@pytest.mark.django_db(transaction=True)
def test_setting_up_codes_is_written_down_and_opens_the_pages_at_once(two_factors: None) -> None:
    user, browser = make_user(), Browser()
    sign_in(browser, user.email)
    browser.post("/account/reauthenticate/", {"password": PASSWORD})
    browser.get("/account/2fa/totp/activate/")
    secret = browser.session["mfa.totp.secret"]
    shown = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    browser.post("/account/2fa/totp/activate/", {"code": shown})

    assert "accounts.one_time_codes_added" in types()
    assert browser.get("/cases/").status_code == 200


def test_changing_the_password_is_written_down_and_ends_every_session(one_factor: None) -> None:
    user, here, elsewhere = make_user(), Browser(), Browser()
    sign_in(here, user.email)
    sign_in(elsewhere, user.email)
    here.post(
        "/account/password/change/",
        {"oldpassword": PASSWORD, "password1": "quite another sentence", "password2": "quite another sentence"},
    )

    assert "accounts.password_changed" in types()
    assert here.get("/account/settings/").status_code == elsewhere.get("/account/settings/").status_code == 302
    assert sign_in(here, user.email, "quite another sentence").status_code == 302


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else(one_factor: None, target: str) -> None:
    answer = Browser().post(LOGIN, {"login": make_user().email, "password": PASSWORD, "next": target})

    assert answer.status_code == 302
    assert "evil" not in answer["Location"]
    assert answer["Location"].startswith("/")


@pytest.mark.parametrize(
    "address",
    ["signup/", "email/", "password/reset/", "password/set/", "confirm-email/", "inactive/", "login/code/confirm/"],
)
def test_pages_that_are_not_offered_do_not_exist(one_factor: None, address: str) -> None:
    browser = Browser()
    assert browser.get(f"/account/{address}").status_code in {302, 404}
    browser.force_login(make_user())
    assert browser.get(f"/account/{address}").status_code == 404


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_reset_password"])
def test_no_link_leads_there(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize(
    "credential", ["", "x", "[]", "1", "{}", '{"id": "x", "response": {}}', '{"id": 1, "rawId": 1, "response": []}']
)
def test_what_is_no_passkey_is_refused(one_factor: None, credential: str) -> None:
    browser = Browser()

    assert browser.post("/account/2fa/webauthn/login/", {"credential": credential})["Location"] == LOGIN
    browser.force_login(make_user())
    assert browser.post("/account/2fa/webauthn/add/", {"credential": credential, "name": "x"}).status_code == 200
