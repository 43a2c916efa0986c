"""Somebody who is on file in other letters is found while their name is typed."""

import pytest

from tests.browser import PHONE
from tests.factories.accounts import make_user
from tests.factories.clients import make_case, make_client
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, signed_in, worker_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_natalya_is_found_while_her_name_is_typed_into_intake_and_not_by_another_team(visit: Visit) -> None:
    team = almaty()
    worker = worker_of(team)
    case = make_case(team=team, caseworker=worker, by=worker)
    make_client(case=case, by=worker, family_name="Oorzhak", given_name="Natalya")

    for user, is_found in ((worker, True), (make_user(), False)):
        visitor = signed_in(visit(viewport=PHONE), user).go("/cases/new/")
        for name, text in (("family_name", "Ооржак"), ("given_name", "Наталья")):
            visitor.page.locator(f"#id_{name}").press_sequentially(text)
        found = visitor.page.locator("[data-look-alikes] [data-found]").first
        found.locator("p").first.wait_for()
        visitor.look()

        assert ("Oorzhak Natalya" in found.inner_text()) is is_found
        assert (case.code in found.inner_text()) is is_found
        assert visitor.page.locator("#id_given_name").input_value() == "Наталья"
