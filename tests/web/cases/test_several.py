"""Several cases at once: shown first, done to each by itself, said in words what came of it."""

import re
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.models import Case, ToDo
from tests.factories.accounts import make_team, make_user, team_of
from tests.factories.clients import hide, make_case
from tests.pages import form_in
from tests.web.sign_in.test_step_up import wait

from .pages import signed_in

pytestmark = pytest.mark.django_db

URL = "/cases/several/"


@pytest.fixture
def coordinator() -> User:
    return make_user(Role.COORDINATOR)


def cases_of(user: User, number: int = 2) -> list[Case]:
    return [make_case(team=team_of(user), by=user) for _ in range(number)]


def shown(browser: Browser, act: str, cases: list[Case]) -> dict[str, Any]:
    """Tick cases and return what the page that shows them would send."""
    page = browser.post(URL, {"act": act, "case": [case.code for case in cases]})
    assert page.status_code == 200
    return form_in(page.content.decode(), "confirmed")


def said(browser: Browser, fields: dict[str, Any]) -> str:
    page = browser.post(URL, fields, follow=True).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page.split('class="messages"')[1]).split())


def test_they_are_shown_first_and_nothing_is_done_yet(coordinator: User) -> None:
    cases = cases_of(coordinator)
    browser = signed_in(coordinator)

    fields = shown(browser, "priority", cases)

    assert fields["case"] == sorted(case.code for case in cases)
    assert set(Case.objects.values_list("priority", flat=True)) == {"normal"}
    assert Event.objects.filter(type="clients.cases_listed").exists()


def test_assigned_to_somebody(coordinator: User) -> None:
    cases, worker = cases_of(coordinator), make_user(team=team_of(coordinator))
    browser = signed_in(coordinator)

    told = said(browser, shown(browser, "assign", cases) | {"caseworker": str(worker.pk)})

    assert "Done for 2 cases." in told
    assert set(Case.objects.values_list("caseworker", flat=True)) == {worker.pk}
    assert Event.objects.filter(type="clients.case_assigned").count() == 2


def test_their_priority(coordinator: User) -> None:
    cases, browser = cases_of(coordinator), signed_in(coordinator)
    assert "Done for 2 cases." in said(browser, shown(browser, "priority", cases) | {"priority": "urgent"})
    assert set(Case.objects.values_list("priority", flat=True)) == {"urgent"}


def test_a_to_do_for_each_once_however_often_it_is_sent(coordinator: User) -> None:
    led, alone = cases_of(coordinator)
    worker = make_user(team=team_of(coordinator))
    Case.objects.filter(pk=led.pk).update(caseworker=worker)
    browser = signed_in(coordinator)
    fields = shown(browser, "to_do", [led, alone]) | {"text": "Проверить адрес", "whose": "theirs"}

    for _ in range(2):
        browser.post(URL, fields)

    told = {(to_do.case_id, to_do.owner_id, str(to_do.text)) for to_do in ToDo.objects.all()}
    assert told == {(led.pk, worker.pk, "Проверить адрес"), (alone.pk, coordinator.pk, "Проверить адрес")}
    assert ToDo.objects.count() == 2


def test_one_that_cannot_be_done_says_why_and_the_others_are_done(coordinator: User) -> None:
    first, second, third = cases_of(coordinator, 3)
    other = make_user(team=make_team())
    browser = signed_in(coordinator)
    fields = shown(browser, "priority", [first, second, third]) | {"priority": "high"}
    Case.objects.filter(pk=second.pk).update(version=second.version + 1)

    told = said(browser, fields)

    assert "Done for 2 cases." in told
    assert f"{second.code}: somebody else has changed it meanwhile." in told
    assert dict(Case.objects.values_list("code", "priority")) == {
        first.code: "high",
        second.code: "normal",
        third.code: "high",
    }
    page = browser.post(URL, shown(browser, "assign", [first]) | {"caseworker": str(other.pk)})
    assert page.status_code == 200  # nobody of another team can be chosen


def test_what_is_missing_is_asked_for_and_what_was_typed_is_kept(coordinator: User) -> None:
    cases, browser = cases_of(coordinator), signed_in(coordinator)
    page = browser.post(URL, shown(browser, "to_do", cases) | {"text": "", "whose": "mine"})

    assert (page.status_code, ToDo.objects.count()) == (200, 0)
    assert form_in(page.content.decode(), "confirmed")["whose"] == ["mine"]


def test_cases_that_one_may_not_change_are_not_among_them(coordinator: User) -> None:
    [own] = cases_of(coordinator, 1)
    foreign = make_case()
    hidden = make_case(team=team_of(coordinator), by=coordinator)
    hide(hidden, make_user(team=team_of(coordinator)), make_user(team=team_of(coordinator)))
    browser = signed_in(coordinator)

    fields = shown(browser, "priority", [own, foreign, hidden])
    browser.post(URL, fields | {"priority": "urgent", "case": [own.code, foreign.code, hidden.code]})

    assert fields["case"] == [own.code]
    assert set(Case.objects.filter(priority="urgent")) == {own}


def test_a_restricted_case_asks_first_who_it_is(coordinator: User) -> None:
    case = make_case(team=team_of(coordinator), by=coordinator)
    hide(case, coordinator, make_user(team=team_of(coordinator)))
    browser = signed_in(coordinator)
    wait(browser)

    answer = browser.post(URL, {"act": "priority", "case": [case.code]})

    assert answer.status_code == 302
    assert reverse("account_reauthenticate") in answer["Location"]


def test_nothing_ticked_and_acts_that_there_are_not(coordinator: User) -> None:
    browser = signed_in(coordinator)
    assert "Tick the cases first." in said(browser, {"act": "assign"})
    assert browser.post(URL, {"act": "erase", "case": ["C-AAA-AAA"]}).status_code == 404
    assert browser.get(URL).status_code == 405
    assert signed_in(make_user(Role.ADMINISTRATOR)).post(URL, {"act": "assign"}).status_code == 403
