"""Which passwords are taken, and how they are typed."""

import re

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client as Browser

from casework.accounts.models import User
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db


def is_refused(password: str, user: User | None = None) -> bool:
    try:
        validate_password(password, user)
    except ValidationError:
        return True
    return False


def test_a_password_of_eleven_letters_is_refused() -> None:
    assert is_refused("жук на ёлке")
    assert not is_refused("жук на ёлках")


@pytest.mark.parametrize("common", ["q1w2e3r4t5y6", "1qaz2wsx3edc", "Q1W2E3R4T5Y6"])
def test_a_password_that_many_use_is_refused(common: str) -> None:
    assert is_refused(common)


@pytest.mark.parametrize(
    "password",
    ["casework2026!", "Casework-Casework", "refugeehelp2026", "Пароль-пароль-1", "Убежище2026!!", "qwertyqwerty12"],
)
def test_a_password_made_of_words_of_this_place_is_refused(password: str) -> None:
    assert is_refused(password)


def test_a_password_made_of_ones_own_name_or_address_is_refused() -> None:
    user = make_user()
    user.display_name, user.email = "Жанар Ахметова", "zhanar.akhmetova@example.org"

    assert is_refused("Ахметова-1988-!", user)
    assert is_refused("akhmetova.2026", user)
    assert not is_refused("четыре жёлтых зонта и Ахметова", user)


@pytest.mark.parametrize(
    "password",
    [
        "четырежёлтыхзонта",
        "correct horse battery",
        "casework is where we met in the rain",
        "длинный " * 16,
        "314159265358979",
    ],
)
def test_a_password_may_be_of_letters_alone_and_be_long(password: str) -> None:
    assert not is_refused(password)


def test_a_password_is_taken_letter_by_letter() -> None:
    exact = "  Жёлтый зонт у двери  "
    user = make_user()
    user.set_password(exact)
    user.save()
    for typed, opens in ((exact, True), (exact.strip(), False), (exact.casefold(), False), (exact[:20], False)):
        browser = Browser()
        browser.post("/account/login/", {"login": user.email, "password": typed})
        assert ("_auth_user_id" in browser.session) is opens


def test_the_boxes_for_passwords_are_masked_and_may_be_filled_by_programs() -> None:
    page = Browser().get("/account/login/").content.decode()
    [box] = re.findall(r"<input[^>]*name=\"password\"[^>]*>", page)

    assert 'type="password"' in box
    assert 'autocomplete="current-password"' in box
    assert "onpaste" not in page
