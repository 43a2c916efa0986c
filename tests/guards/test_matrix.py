"""Every address x method x role x relation to the case, from the URLconf, against the policies that views declare."""

import pytest
from django.conf import LazySettings

from casework.accounts.roles import Role
from tests.factories.accounts import make_team, make_user
from tests.factories.files import File, make_file

from .matrix import ADDRESSES, METHODS, RELATIONS, Relation, Visitor, is_about_a_case, is_listed, wrong_answers

pytestmark = pytest.mark.django_db

ROLES = [None, *Role]
OF_CASES = [Role.CASEWORKER, Role.COORDINATOR]


@pytest.fixture
def file(settings: LazySettings) -> File:
    settings.SECOND_FACTOR_REQUIRED = False
    team = make_team()
    return make_file(team=team, worker=make_user(team=team), name="Тайнов")


def role_name(role: Role | None) -> str:
    return role.value if role else "no role"


@pytest.mark.parametrize("relation", [it for it in RELATIONS if not it.sees], ids=str)
def test_who_may_not_see_the_case_finds_nothing_of_it_anywhere(file: File, relation: Relation) -> None:
    assert wrong_answers(Visitor.come(Role.CASEWORKER, relation, file), ADDRESSES, METHODS[:2]) == []


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES, ids=role_name)
@pytest.mark.parametrize("relation", RELATIONS, ids=str)
def test_every_role_finds_what_its_relation_to_the_case_allows(
    file: File, role: Role | None, relation: Relation
) -> None:
    assert wrong_answers(Visitor.come(role, relation, file), ADDRESSES, METHODS) == []


def test_the_full_matrix_has_at_least_eight_thousand_cells() -> None:
    assert len(ADDRESSES) * len(METHODS) * len(ROLES) * len(RELATIONS) >= 8_000


def test_every_part_of_an_address_stands_for_something_of_a_case_or_is_known_not_to(file: File) -> None:
    assert [it.route for it in ADDRESSES if not is_listed(it, file)] == []


def test_a_relation_without_sight_and_one_with_it_are_both_tried_with_every_kind_of_row(file: File) -> None:
    used = {part for part in file.rows if any(is_about_a_case(it, file.only(part)) for it in ADDRESSES)}

    assert used == set(file.rows)


@pytest.mark.parametrize("relation", [it for it in RELATIONS if it.sees], ids=str)
def test_who_sees_the_case_finds_what_strangers_are_kept_from(file: File, relation: Relation) -> None:
    """Otherwise the tests above would look for what is shown to nobody."""
    visitor = Visitor.come(Role.CASEWORKER, relation, file)
    _status, page = visitor.asks("get", f"/cases/{file.case.code}/")

    assert all(secret in page for secret in file.secrets)
