"""Whom to ask about a place: those who keep it now, and nobody else of its teams."""

from datetime import timedelta

import pytest

from casework.accounts.roles import Role
from casework.housing.keepers import keepers_of
from tests.factories.accounts import NOW, make_membership, make_team, make_user
from tests.factories.housing import make_site

pytestmark = pytest.mark.django_db


def test_those_are_named_who_keep_the_places_of_its_team_now() -> None:
    team = make_team()
    site = make_site(team=team, by=make_user(Role.COORDINATOR, team=team, name="Keeper"))
    make_user(team=team, name="Caseworker")
    make_user(Role.COORDINATOR, name="Elsewhere")
    former = make_user(None, name="Former")
    make_membership(former, Role.COORDINATOR, team=team, ends_at=NOW - timedelta(days=1))

    assert keepers_of([site.pk], NOW) == {site.pk: ["Keeper"]}
