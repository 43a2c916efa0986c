"""The record of processing and the page of the organisation."""

import pytest
from django.urls import reverse

from casework.accounts.actions.organisation import organisation
from casework.accounts.roles import Role
from tests.factories.accounts import make_user
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.COORDINATOR])
def test_the_record_names_tables_columns_and_why(role: Role) -> None:
    page = signed_in(make_user(role)).get(reverse("processing"))

    assert page.status_code == 200
    assert "clients.Consent" in page.content.decode()
    assert "guardian" in page.content.decode()


def test_a_caseworker_is_refused() -> None:
    assert signed_in(make_user()).get(reverse("processing")).status_code == 403


def test_an_administrator_says_who_we_are_and_two_at_once_see_both() -> None:
    browser, url = signed_in(make_user(Role.ADMINISTRATOR)), reverse("organisation")
    data = {"version": "1", "name": "Invented Aid", "address": "", "data_contact": "", "age_of_consent": "16"}

    assert browser.post(url, data).status_code == 302
    conflict = browser.post(url, data | {"name": "Other Aid"})

    assert organisation().age_of_consent == 16
    assert conflict.status_code == 409
    assert "Invented Aid" in conflict.content.decode()


def test_an_age_out_of_bounds_is_asked_again() -> None:
    data = {"version": "1", "name": "", "address": "", "data_contact": "", "age_of_consent": "12"}

    page = signed_in(make_user(Role.ADMINISTRATOR)).post(reverse("organisation"), data)

    assert "age_of_consent" in page.context["form"].errors
