"""Who is of another team sees nothing of a case, and nobody sees anything after signing out."""

import pytest

from casework.accounts.roles import Role
from tests.browser import PHONE
from tests.factories.accounts import make_team, make_user
from tests.factories.clients import make_case, make_client
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, signed_in, worker_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_coordinator_of_another_team_finds_nothing_under_the_address_of_a_case(visit: Visit) -> None:
    client = make_client(team=almaty())
    elsewhere = make_user(Role.COORDINATOR, team=make_team(name="Tbilisi", country="GE", time_zone="Asia/Tbilisi"))
    visitor = signed_in(visit(viewport=PHONE), elsewhere)

    visitor.go_in_vain(f"/cases/{client.case.code}/", status=404)

    everything = visitor.page.content()
    assert visitor.page.locator("h1").inner_text() == "Page not found"
    assert client.family_name not in everything
    assert client.reference not in everything


def test_the_back_button_shows_nothing_after_signing_out(visit: Visit) -> None:
    team = almaty()
    worker = worker_of(team)
    client = make_client(case=make_case(team=team, caseworker=worker, by=worker), by=worker)
    visitor = signed_in(visit(viewport=PHONE), worker).go(f"/cases/{client.case.code}/")
    assert client.family_name in visitor.text

    visitor.page.click(".top-menu summary")
    visitor.press("Sign out", within=".top-menu")
    for _ in range(2):
        visitor.page.go_back()
        assert client.family_name not in visitor.page.content()
        assert client.case.code not in visitor.text
