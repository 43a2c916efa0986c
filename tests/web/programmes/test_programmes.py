"""Programmes as administrators keep them."""

import uuid

import pytest

from casework.accounts.roles import Role
from casework.clients.actions.programmes import set_programmes
from casework.clients.models import Programme
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import hide, make_case, make_client
from tests.factories.needs import make_programme
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db
TYPED = {"code": "WINTER", "name": "Winter", "donor": "Fund", "currency": "KGS", "approval_above": "5000"}


def test_a_programme_is_opened_once_changed_archived_and_taken_up_again() -> None:
    browser, token = signed_in(make_user(Role.ADMINISTRATOR)), uuid.uuid4()
    for _number in range(2):
        assert browser.post("/programmes/new/", TYPED | {"id": token}).status_code == 302
    programme = Programme.objects.get()
    browser.post(f"/programmes/{programme.pk}/", TYPED | {"version": 1, "name": "Winter help"})
    browser.post(f"/programmes/{programme.pk}/archive/")
    archived = Programme.objects.get()
    browser.post(f"/programmes/{programme.pk}/archive/", {"again": "1"})

    assert (archived.name, archived.is_archived) == ("Winter help", True)
    assert not Programme.objects.get().is_archived


def test_a_code_that_is_taken_and_a_change_meanwhile_are_told_and_what_was_typed_is_kept() -> None:
    browser = signed_in(make_user(Role.ADMINISTRATOR))
    programme = make_programme(code="WINTER")

    taken = browser.post("/programmes/new/", TYPED | {"id": uuid.uuid4(), "name": "Kept"}).content.decode()
    late = browser.post(f"/programmes/{programme.pk}/", TYPED | {"version": 9})

    assert "Another programme has this code." in taken
    assert 'value="Kept"' in taken
    assert late.status_code == 409


def test_few_people_are_hidden_and_nobody_is_named() -> None:
    programme, case = make_programme(), make_case()
    make_client(case=case)
    set_programmes(case=case, programmes=[programme], by=make_user(team=case.team), now=NOW)

    page = signed_in(make_user(Role.ADMINISTRATOR)).get("/programmes/").content.decode()

    assert "hidden" in page
    assert case.code not in page
    assert "Образцова" not in page


def test_eight_people_and_more_are_shown_in_tens_and_those_of_restricted_cases_are_not_counted() -> None:
    programme, case, restricted = make_programme(), make_case(), make_case()
    for _number in range(8):
        make_client(case=case)
    make_client(case=restricted)
    for each in (case, restricted):
        set_programmes(case=each, programmes=[programme], by=make_user(team=case.team), now=NOW)
    hide(restricted)

    rows = signed_in(make_user(Role.ADMINISTRATOR)).get("/programmes/").context["rows"]

    assert [row.people for row in rows] == [10]


def test_others_are_refused() -> None:
    for role in (Role.CASEWORKER, Role.COORDINATOR, Role.REPORT_READER):
        assert signed_in(make_user(role)).get("/programmes/").status_code == 403


def test_what_is_missing_is_not_found() -> None:
    browser = signed_in(make_user(Role.ADMINISTRATOR))

    assert browser.get(f"/programmes/{uuid.uuid4()}/").status_code == 404
    assert browser.post(f"/programmes/{uuid.uuid4()}/archive/").status_code == 404


def test_the_list_costs_the_same_at_every_size() -> None:
    browser = signed_in(make_user(Role.ADMINISTRATOR))

    def cost() -> int:
        with counted_queries() as asked:
            browser.get("/programmes/")
        return len(asked)

    make_programme()
    few = cost()
    for _number in range(3):
        make_programme()

    assert cost() == few <= 12
