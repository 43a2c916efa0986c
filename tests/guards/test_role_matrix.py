"""Every address against every role, from the URLconf: who lacks the permission is refused and sees nothing."""

import pytest
from django.conf import LazySettings
from django.test import Client

from casework.accounts.roles import DEFINITIONS, Permission, Role
from casework.config.admin_site import KEEPERS
from tests.factories.accounts import make_user

from .urls import Address, addresses

pytestmark = pytest.mark.django_db

# The pages of sign-in are tested by themselves: some of them end the session that this test goes by.
WITH_POLICY = [it for it in addresses() if not it.is_of_sign_in and it.policy is not None and not it.policy.demo_only]
ALL = [it for it in WITH_POLICY if it.policy is not None and not it.policy.token]
OF_TOKENS = [it for it in WITH_POLICY if it.policy is not None and it.policy.token]
ADMIN = [it for it in addresses() if it.is_admin]
ROLES = [None, *Role]
METHODS = ("get", "post")
REFUSED = "You may not open this page"


def ids(role: Role | None) -> str:
    return role.value if role else "no role"


def permissions(role: Role | None) -> frozenset[Permission]:
    return DEFINITIONS[role].permissions if role else frozenset()


def is_allowed(address: Address, role: Role | None) -> bool:
    assert address.policy is not None
    return address.policy.permission is None or address.policy.permission in permissions(role)


@pytest.fixture
def one_factor(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def browser(one_factor: None, request: pytest.FixtureRequest) -> Client:
    client = Client()
    client.force_login(make_user(request.param))
    return client


for_each_role = pytest.mark.parametrize(
    ("browser", "role"), [(role, role) for role in ROLES], indirect=["browser"], ids=map(ids, ROLES)
)


@for_each_role
def test_a_role_without_the_permission_is_refused_to_read_and_to_write(browser: Client, role: Role | None) -> None:
    wrong = []
    for place, address in enumerate(ALL):
        turn = place + ROLES.index(role)
        # Roles take turns, so that every address refuses several, by both methods; the full matrix tries each with every role.
        if not is_allowed(address, role) and turn % 2 == 0:
            method = METHODS[turn // 2 % len(METHODS)]
            response = getattr(browser, method)(address.path)
            if response.status_code != 403 or REFUSED not in response.content.decode():
                wrong.append((method, address.route, response.status_code))

    assert wrong == []


@for_each_role
def test_a_role_with_the_permission_is_not_refused(browser: Client, role: Role | None) -> None:
    answers = {address.route: browser.get(address.path).status_code for address in ALL if is_allowed(address, role)}

    assert {route: status for route, status in answers.items() if status not in {200, 302, 404, 405}} == {}


@for_each_role
def test_being_signed_in_opens_nothing_to_programs(browser: Client, role: Role | None) -> None:
    answers = {getattr(browser, method)(it.path).status_code for it in OF_TOKENS for method in METHODS}

    assert len(OF_TOKENS) > 10
    assert answers <= {401, 403, 405}
    assert 401 in answers


@for_each_role
def test_the_admin_opens_to_those_who_keep_the_rules(browser: Client, role: Role | None) -> None:
    keeps_rules = bool(KEEPERS & permissions(role))
    wrong = []
    for address in ADMIN:
        response = browser.get(address.path)
        # Of the admin's own pages, an unknown object sends back to the index, and strangers go to its door, which is shut.
        at_the_door = response.status_code == 302 and response["Location"].startswith("/admin/login/")
        is_refused = at_the_door or response.status_code in {403, 404}
        if not keeps_rules and not is_refused and address.name not in {"jsi18n", "logout"}:
            wrong.append((address.route, response.status_code))

    assert wrong == []
    assert browser.get("/admin/login/").status_code in {302, 403}
    assert (browser.get("/admin/").status_code == 200) is keeps_rules


def test_the_matrix_is_not_empty() -> None:
    asked = {address.policy.permission for address in ALL if address.policy is not None}

    assert len(ALL) > 25
    assert {Permission.CASE_VIEW, Permission.CASE_CHANGE, Permission.ACCOUNTS_MANAGE, Permission.AUDIT_VIEW} <= asked
