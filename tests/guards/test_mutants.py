"""Whatever policy is taken out, some check fails: each is tried in this process, and those not noticed are named."""

from collections.abc import Callable, Sequence

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import LazySettings
from django.test import Client

from casework.accounts.roles import Role
from casework.web.sign_in.step_up import FRESH_FOR
from tests.factories.accounts import make_membership, make_team, make_user
from tests.factories.files import make_file

from .matrix import ADDRESSES, RELATIONS, Visitor, answers, browser_of, problems
from .mutants import open_to_strangers, without_permission, without_proof
from .urls import Address

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

Note = Callable[[str, object], None]

GUARDED = [it for it in ADDRESSES if it.policy is not None and it.policy.permission is not None]
NOT_PUBLIC = [it for it in ADDRESSES if it.policy is not None and not it.policy.public]
PROVED = [it for it in GUARDED if it.policy is not None and it.policy.step_up]


@pytest.fixture(autouse=True)
def outside_the_demo(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    settings.DEMO = False


def come(role: Role | None, relation: str) -> Visitor:
    """Return somebody with a file of their own."""
    team = make_team()
    file = make_file(team=team, worker=make_user(team=team), name=f"Тайнов{role or ''}{relation[-4:]}")
    return Visitor.come(role, next(it for it in RELATIONS if it.name == relation), file)


# Policies


def test_no_view_can_lose_its_permission_unnoticed(record_property: Note) -> None:
    stranger = come(None, "own case")
    unnoticed = []
    for address in GUARDED:
        assert problems(answers(stranger, [address])) == {}
        mutant = without_permission(address)
        with mutant.alive():
            if not problems(answers(stranger, [address])):
                unnoticed.append(mutant.place)

    tell(record_property, "policies", len(GUARDED), unnoticed)


def test_no_view_can_lose_its_question_who_it_is_unnoticed(
    record_property: Note,
) -> None:
    """Somebody who holds every role and signed in long ago is asked again."""
    browser = long_signed_in()
    unnoticed = []
    for address in PROVED:
        mutant = without_proof(address)
        assert asks_again(browser, address)
        with mutant.alive():
            if asks_again(browser, address):
                unnoticed.append(mutant.place)

    tell(record_property, "policies", len(PROVED), unnoticed)


def test_no_view_can_open_to_strangers_unnoticed(record_property: Note) -> None:
    unnoticed = []
    for address in NOT_PUBLIC:
        assert is_sent_away(address)
        with open_to_strangers(address):
            if is_sent_away(address):
                unnoticed.append(address.route)

    tell(record_property, "policies", len(NOT_PUBLIC), unnoticed)


def is_sent_away(address: Address) -> bool:
    answer = Client(raise_request_exception=False).get(address.path)
    return answer.status_code == 302 and answer["Location"].startswith("/account/login/")


def long_signed_in() -> Client:
    user = make_user(None)
    for role in Role:
        make_membership(user, role)
    browser = browser_of(user)
    session = browser.session
    for each in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        each["at"] -= 2 * FRESH_FOR.total_seconds()
    session.save()
    return browser


def asks_again(browser: Client, address: Address) -> bool:
    answer = browser.get(address.path)
    return answer.status_code == 302 and answer["Location"].startswith("/account/reauthenticate/")


def tell(record_property: Note, kind: str, count: int, unnoticed: Sequence[str]) -> None:
    record_property(kind, count)
    record_property("unnoticed", len(unnoticed))
    assert list(unnoticed) == []
