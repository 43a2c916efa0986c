"""Every address x method x role x relation to the case, from the URLconf, against the policies that views declare."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from casework.accounts.roles import DEFINITIONS, Role
from casework.residency.actions import ensure_fresh
from tests.factories.accounts import make_team, make_user
from tests.factories.files import File, make_file

from .matrix import (
    ADDRESSES,
    METHODS,
    RELATIONS,
    Answer,
    Relation,
    Taken,
    Visitor,
    answers,
    is_about_a_case,
    is_listed,
    methods_taken,
    of_the_team,
    problems,
)

pytestmark = pytest.mark.django_db

ROLES = [None, *Role]
WITHOUT_SIGHT = [it for it in RELATIONS if not it.sees]
CELLS = [
    (role, relation)
    for role in ROLES
    for relation in RELATIONS
    # Who is of no team stands to a case of a team as to one of another.
    if (role is not None and DEFINITIONS[role].of_a_team) or relation.come_about is not of_the_team
]


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scans")


@pytest.fixture(scope="module")
def one_file(django_db_setup: None, django_db_blocker: DjangoDbBlocker, scans: Path) -> Iterator[File]:
    """A file that all tests here begin with: each undoes what it does to it."""
    with django_db_blocker.unblock(), override_settings(SCANS_DIR=scans), transaction.atomic():
        team = make_team()
        file = make_file(team=team, worker=make_user(team=team), name="Тайнов")
        ensure_fresh(list(file.case.clients.values_list("pk", flat=True)), timezone.now())
        yield file
        transaction.set_rollback(True)


@pytest.fixture
def file(one_file: File, scans: Path, settings: LazySettings) -> File:
    settings.SECOND_FACTOR_REQUIRED = False
    settings.DEMO = False
    shutil.copytree(scans, settings.SCANS_DIR)  # files do not come back with a transaction
    return one_file


@pytest.fixture(scope="module")
def known() -> dict[str, set[tuple[str, str]]]:
    return {}


@pytest.fixture
def taken(file: File, known: dict[str, set[tuple[str, str]]]) -> Taken:
    """Which views take which methods besides GET and POST, asked once."""
    if "taken" not in known:
        known["taken"] = methods_taken(file)
    return known["taken"]


def name_of(value: Role | Relation | None) -> str:
    return str(value) if value else "no role"


def test_the_full_matrix_has_at_least_eight_thousand_cells() -> None:
    assert len(ADDRESSES) * len(METHODS) * len(CELLS) >= 8_000


@pytest.mark.parametrize("relation", WITHOUT_SIGHT, ids=str)
def test_who_may_not_see_the_case_finds_nothing_of_it_anywhere(file: File, relation: Relation) -> None:
    """They take turns: each address is asked by two of the three; by all of them in the full matrix."""
    turn = WITHOUT_SIGHT.index(relation)
    asked = [address for place, address in enumerate(ADDRESSES) if (place + turn) % len(WITHOUT_SIGHT)]

    assert problems(answers(Visitor.come(Role.CASEWORKER, relation, file), asked)) == {}


@pytest.mark.slow
@pytest.mark.parametrize(("role", "relation"), CELLS, ids=name_of)
def test_every_role_finds_what_its_relation_to_the_case_allows(
    file: File, role: Role | None, relation: Relation, taken: Taken, record_property: Callable[[str, object], None]
) -> None:
    given: list[Answer] = list(answers(Visitor.come(role, relation, file), ADDRESSES, taken=taken))

    record_property("checks", len(given))
    assert problems(given) == {}


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
