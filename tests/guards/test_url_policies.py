"""Every address declares who may use it, and strangers reach none but those declared public."""

import pytest
from django.test import Client

from .urls import Address, addresses

ALL = addresses()
OPEN_MODULES = ("django.views.i18n",)
METHODS = ("get", "post", "put", "patch", "delete")


def ids(address: Address) -> str:
    return address.route or "/"


def is_open(address: Address) -> bool:
    return bool(address.policy and address.policy.public) or address.module.startswith(OPEN_MODULES)


@pytest.mark.parametrize("address", ALL, ids=ids)
def test_every_view_declares_who_may_use_it(address: Address) -> None:
    assert (
        address.policy is not None
        or address.is_admin
        or address.is_of_sign_in
        or address.module.startswith(OPEN_MODULES)
    )


def test_the_walk_finds_the_application() -> None:
    names = {address.name for address in ALL}

    assert {"home", "livez", "my_day", "cases", "case", "log_case", "account_login"} <= names


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("address", [it for it in ALL if not is_open(it) and not it.is_of_sign_in], ids=ids)
def test_a_stranger_is_sent_to_sign_in(address: Address, method: str) -> None:
    response = getattr(Client(), method)(address.path)

    assert response.status_code == 302
    assert response["Location"].startswith(("/account/login/", "/admin/"))


@pytest.mark.django_db
def test_the_admin_has_no_door_of_its_own() -> None:
    response = Client().get("/admin/login/")

    assert response.status_code == 302
    assert response["Location"].startswith("/account/login/")


@pytest.mark.django_db
@pytest.mark.parametrize("address", [it for it in ALL if it.is_of_sign_in], ids=ids)
def test_a_stranger_finds_only_the_door_on_the_pages_of_sign_in(address: Address) -> None:
    response = Client().get(address.path)

    assert response.status_code in {200, 302, 404, 405}
    if response.status_code == 302:
        assert response["Location"].startswith(("/account/", "/"))
    assert b"@" not in response.content


@pytest.mark.django_db
@pytest.mark.parametrize("address", [it for it in ALL if not it.is_of_sign_in], ids=ids)
def test_nothing_changes_without_a_csrf_token(address: Address) -> None:
    response = Client(enforce_csrf_checks=True).post(address.path)

    assert response.status_code in {302, 403, 405}
