"""Every address declares who may use it, and strangers reach none but those declared public."""

import pytest
from django.test import Client

from casework.accounts.roles import Role
from casework.api.middleware import PREFIX
from tests.factories.accounts import make_membership, make_user

from .urls import Address, addresses

ALL = addresses()
OPEN_MODULES = ("django.views.i18n",)
METHODS = ("get", "post", "put", "patch", "delete")


def is_open(address: Address) -> bool:
    return bool(address.policy and address.policy.public) or address.module.startswith(OPEN_MODULES)


def test_every_view_declares_who_may_use_it() -> None:
    undeclared = [
        it.route
        for it in ALL
        if it.policy is None and not it.is_admin and not it.is_of_sign_in and not it.module.startswith(OPEN_MODULES)
    ]

    assert undeclared == []


def test_the_walk_finds_the_application() -> None:
    names = {address.name for address in ALL}

    assert {"home", "livez", "my_day", "cases", "case", "log_case", "account_login"} <= names


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
def test_a_stranger_is_sent_to_sign_in(method: str) -> None:
    closed = [it for it in ALL if not is_open(it) and not it.is_of_sign_in and not it.is_of_programs]
    answers = {it.route: getattr(Client(), method)(it.path) for it in closed}

    assert {
        route: answer.status_code
        for route, answer in answers.items()
        if answer.status_code != 302 or not answer["Location"].startswith(("/account/login/", "/admin/"))
    } == {}


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
def test_without_a_token_the_interface_of_programs_opens_to_nobody_signed_in_or_not(method: str) -> None:
    of_programs = [it for it in ALL if it.is_of_programs]
    stranger, signed_in = Client(), Client()
    user = make_user(None)
    for role in Role:
        make_membership(user, role)
    signed_in.force_login(user)

    answers = {
        (it.route, who): getattr(browser, method)(it.path).status_code
        for it in of_programs
        for who, browser in (("a stranger", stranger), ("somebody signed in", signed_in))
    }

    assert len(of_programs) > 3
    assert all(it.route.startswith("api/v1/") for it in of_programs)
    assert {asked: status for asked, status in answers.items() if status != 401} == {}


def test_nothing_but_the_interface_of_programs_lies_where_cookies_are_taken_away() -> None:
    assert {it.route for it in ALL if f"/{it.route}".startswith(PREFIX)} == {
        it.route for it in ALL if it.is_of_programs
    }


@pytest.mark.django_db
def test_the_admin_has_no_door_of_its_own() -> None:
    response = Client().get("/admin/login/")

    assert response.status_code == 302
    assert response["Location"].startswith("/account/login/")


@pytest.mark.django_db
def test_a_stranger_finds_only_the_door_on_the_pages_of_sign_in() -> None:
    wrong = []
    for address in ALL:
        if address.is_of_sign_in:
            response = Client().get(address.path)
            strays = response.status_code == 302 and not response["Location"].startswith("/account/")
            if response.status_code not in {200, 302, 404, 405} or strays or b"@" in response.content:
                wrong.append((address.route, response.status_code))

    assert wrong == []


@pytest.mark.django_db
def test_nothing_changes_without_a_csrf_token() -> None:
    asked = [it for it in ALL if not it.is_of_sign_in and not it.is_of_programs]
    answers = {it.route: Client(enforce_csrf_checks=True).post(it.path).status_code for it in asked}

    assert {route: status for route, status in answers.items() if status not in {302, 403, 405}} == {}
