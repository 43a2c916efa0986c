"""The pages of housing lie side by side: each reader sees those that open for them."""

from typing import Any

import pytest
from django.urls import reverse

from casework.accounts.roles import Role
from tests.factories.accounts import make_user
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_factor(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.CASEWORKER])
@pytest.mark.parametrize("name", ["housing_board", "sites"])
def test_every_tab_that_is_shown_opens(role: Role, name: str) -> None:
    browser = signed_in(make_user(role))
    page = browser.get(reverse(name))

    tabs = page.context["tabs"]
    assert [tab.url for tab in tabs if tab.is_current] == [reverse(name)]
    assert {browser.get(tab.url).status_code for tab in tabs} == {200}
    assert all(f'href="{tab.url}"' in page.content.decode() for tab in tabs)


def test_the_navigation_leads_to_housing_once() -> None:
    page = signed_in(make_user(Role.COORDINATOR)).get(reverse("my_day"))

    assert [item.url for item in page.context["nav_items"] if "/housing/" in item.url] == [reverse("housing_board")]
