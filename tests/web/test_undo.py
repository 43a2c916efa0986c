"""What was done carries its way back: a button that sends it, and that restores nothing that has changed meanwhile."""

from datetime import date
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.clients.models import Address, Case, Contact, Need
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import make_address, make_case, make_client, make_contact, make_note
from tests.factories.needs import make_need
from tests.pages import form_in, forms_in
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker() -> User:
    return make_user(Role.COORDINATOR)


@pytest.fixture
def case(worker: User) -> Case:
    return make_client(case=make_case(team=team_of(worker), caseworker=worker, by=worker), by=worker).case


def after(browser: Browser, url: str, **typed: Any) -> tuple[str, dict[str, Any]]:
    """Do something by its own form, and return the address and the fields of the button that takes it back."""
    fields = form_in(browser.get(url).content.decode(), "version") | typed
    page = browser.post(url, fields, follow=True).content.decode()
    [(attributes, undo)] = [(it, held) for it, held in forms_in(page) if "undone" in held]
    return str(attributes["action"]), undo


def test_an_assigned_case_goes_back_to_whom_it_was(worker: User, case: Case) -> None:
    browser, other = signed_in(worker), make_user(team=case.team)

    url, undo = after(browser, reverse("assign_case", args=[case.code]), caseworker=str(other.pk))
    assert Case.objects.get().caseworker == other
    page = browser.post(url, undo, follow=True).content.decode()

    assert Case.objects.get().caseworker == worker
    assert "Undone." in page


def test_what_somebody_else_changed_since_is_not_overwritten(worker: User, case: Case) -> None:
    browser = signed_in(worker)
    url, undo = after(browser, reverse("change_priority", args=[case.code]), priority="urgent")
    Case.objects.update(priority="high", version=case.version + 5)

    assert browser.post(url, undo).status_code == 409
    assert Case.objects.get().priority == "high"


def test_a_priority_goes_back(worker: User, case: Case) -> None:
    browser = signed_in(worker)
    url, undo = after(browser, reverse("change_priority", args=[case.code]), priority="urgent")
    browser.post(url, undo)

    assert Case.objects.get().priority == "normal"


def test_a_need_that_was_ended_goes_on(worker: User, case: Case) -> None:
    browser = signed_in(worker)
    need = make_need(case.clients.get(), since=date(2026, 11, 1))
    url, undo = after(browser, reverse("end_need", args=[need.pk]))
    assert Need.objects.get().until is not None

    browser.post(url, undo)
    assert Need.objects.get().until is None


def test_a_note_that_was_pinned_stands_in_its_place_again(worker: User, case: Case) -> None:
    browser, note = signed_in(worker), make_note(case, by=worker)
    page = browser.post(reverse("pin_note", args=[note.pk]), {"pinned": "yes"}, follow=True).content.decode()
    [(attributes, undo)] = [(it, held) for it, held in forms_in(page) if "undone" in held]
    note.refresh_from_db()
    assert note.pinned

    browser.post(str(attributes["action"]), undo)
    note.refresh_from_db()
    assert not note.pinned


def test_the_way_back_holds_no_words_of_anybody(worker: User, case: Case) -> None:
    browser, other = signed_in(worker), make_user(team=case.team, name="Придуманный Коллега")
    _url, undo = after(browser, reverse("assign_case", args=[case.code]), caseworker=str(other.pk))

    assert undo.keys() - {"csrfmiddlewaretoken"} == {"caseworker", "version", "undone"}
    assert "Придуманный" not in str(undo)


def test_a_way_to_reach_them_is_used_again(worker: User, case: Case) -> None:
    browser, contact = signed_in(worker), make_contact(case.clients.get(), by=worker)
    url, undo = after(browser, reverse("end_contact", args=[contact.pk]))
    assert Contact.objects.get().ended_at is not None

    assert "Undone." in browser.post(url, undo, follow=True).content.decode()
    assert Contact.objects.get().ended_at is None
    assert undo.keys() - {"csrfmiddlewaretoken"} == {"version", "undone"}


def test_they_live_there_after_all(worker: User, case: Case) -> None:
    browser, address = signed_in(worker), make_address(case.clients.get(), by=worker, since=date(2026, 10, 1))
    moved = {"until_day": "20", "until_month": "11", "until_year": "2026"}
    url, undo = after(browser, reverse("end_address", args=[address.pk]), **moved)
    assert Address.objects.get().until == date(2026, 11, 20)

    browser.post(url, undo)
    assert Address.objects.get().until is None


def test_what_was_changed_since_or_is_not_ones_own_any_more_stays_ended(worker: User, case: Case) -> None:
    client, browser = case.clients.get(), signed_in(worker)
    contact, address = make_contact(client, by=worker), make_address(client, by=worker, since=date(2026, 10, 1))
    ways = [
        after(browser, reverse("end_contact", args=[contact.pk])),
        after(browser, reverse("end_address", args=[address.pk]), until_day="20", until_month="11", until_year="2026"),
    ]
    Contact.objects.update(version=9)
    Address.objects.update(version=9)
    assert [browser.post(url, undo).status_code for url, undo in ways] == [409, 409]

    Contact.objects.update(version=2)
    Address.objects.update(version=2)
    worker.memberships.update(ends_at=timezone.now())
    assert {browser.post(url, undo).status_code for url, undo in ways} <= {403, 404}
    assert Contact.objects.get().ended_at is not None
    assert Address.objects.get().until is not None


def test_an_end_that_replaced_another_has_no_button(worker: User, case: Case) -> None:
    """The day that was there before would have to wait in the session."""
    browser = signed_in(worker)
    address = make_address(case.clients.get(), by=worker, since=date(2026, 10, 1), until=date(2026, 12, 1))
    url = reverse("end_address", args=[address.pk])
    fields = form_in(browser.get(url).content.decode(), "version") | {"until_day": "20", "until_month": "11"}
    page = browser.post(url, fields | {"until_year": "2026"}, follow=True).content.decode()

    assert Address.objects.get().until == date(2026, 11, 20)
    assert not [held for _it, held in forms_in(page) if "undone" in held]
