"""Whatever policy or filter is taken out, some check fails: each is tried in the process, and those not noticed are named.

After a change, `KEEP_NOTICED=1 bin/test --all tests/guards/test_mutants.py -k filter` writes anew what notices each filter.
"""

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import LazySettings
from django.test import Client

from casework.accounts.roles import DEFINITIONS, Permission, Role
from casework.web.sign_in.step_up import FRESH_FOR
from tests.factories.accounts import make_membership, make_user

from .equivalent import EQUIVALENT
from .matrix import ADDRESSES, answers, browser_of, problems
from .mutants import open_to_strangers, without_filters, without_permission, without_proof
from .noticing import KEPT, SEPARATOR, Cells, come, folder_of, noticed_by_tests
from .urls import Address

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

Note = Callable[[str, object], None]

GUARDED = [it for it in ADDRESSES if it.policy is not None and it.policy.permission is not None]
# What opens to a token alone has one door for all of it, tried with each address in `test_url_policies`.
NOT_PUBLIC = [it for it in ADDRESSES if it.policy is not None and not it.policy.public and not it.is_of_programs]
PROVED = [it for it in GUARDED if it.policy is not None and it.policy.step_up]


@pytest.fixture(autouse=True)
def outside_the_demo(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    settings.DEMO = False


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


# Filters


def test_no_filter_can_be_taken_out_unnoticed(record_property: Note, tmp_path: Path) -> None:
    mutants = {it.place: it for it in without_filters()}
    known: dict[str, str] = json.loads(KEPT.read_text())
    cells, tests = Cells(), tmp_path / "mutants.json"

    by_cell = {place: it for place, it in known.items() if SEPARATOR in it and place in mutants}
    noticed = {place: it for place, it in by_cell.items() if cells.notices(mutants[place], it)}
    by_test = {place: [it] for place, it in known.items() if place in mutants and place not in by_cell}
    noticed |= noticed_by_tests(by_test, tests)
    new = [it for place, it in mutants.items() if place not in noticed.keys() | EQUIVALENT.keys()]
    noticed |= cells.found_for(new)
    left = {it.place: [folder_of(it.place)] for it in new if it.place not in noticed}
    noticed |= noticed_by_tests(left, tests)

    if os.environ.get("KEEP_NOTICED"):
        KEPT.write_text(json.dumps(noticed, indent=0, ensure_ascii=False, sort_keys=True) + "\n")
    assert [it for it in EQUIVALENT if it not in mutants or it in noticed] == []
    tell(record_property, "filters", len(mutants), sorted(mutants.keys() - noticed.keys() - EQUIVALENT.keys()))


def test_every_role_of_a_team_sees_cases_and_changes_them() -> None:
    """What some rows of `equivalent.py` rest on."""
    of_teams = [it.permissions for it in DEFINITIONS.values() if it.of_a_team]

    assert all({Permission.CASE_VIEW, Permission.CASE_CHANGE} <= permissions for permissions in of_teams)


def tell(record_property: Note, kind: str, count: int, unnoticed: Sequence[str]) -> None:
    record_property(kind, count)
    record_property("unnoticed", len(unnoticed))
    assert list(unnoticed) == []
