"""Several cases at once: shown first, done to each by itself, said in words what came of it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.actions import change_to_do, finish_to_do, write_to_do
from casework.clients.models import Case, ToDo
from casework.reminders.actions.follow_ups import follow_up
from tests.factories.accounts import make_team, make_user, team_of
from tests.factories.clients import hide, make_case
from tests.pages import form_in, forms_in
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


# Taken back


def way_back(browser: Browser, fields: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Do it, and return the address and the fields of the button that takes it back."""
    page = browser.post(URL, fields, follow=True).content.decode()
    [(attributes, undo)] = [(it, held) for it, held in forms_in(page) if "made" in held]
    return str(attributes["action"]), undo


def told(page: Any) -> str:
    text = page.content.decode().split('class="messages"')[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_priorities_go_back_all_but_the_one_that_somebody_changed_meanwhile(coordinator: User) -> None:
    first, second, third = cases_of(coordinator, 3)
    Case.objects.filter(pk=first.pk).update(priority="urgent")
    browser = signed_in(coordinator)
    url, undo = way_back(browser, shown(browser, "priority", [first, second, third]) | {"priority": "high"})
    Case.objects.filter(pk=third.pk).update(priority="urgent", version=third.version + 2)

    said_back = told(browser.post(url, undo, follow=True))

    assert "Undone for 2 cases." in said_back
    assert f"{third.code}: somebody else has changed it meanwhile." in said_back
    assert dict(Case.objects.values_list("code", "priority")) == {
        first.code: "urgent",
        second.code: "normal",
        third.code: "urgent",
    }


def test_assigned_cases_go_back_to_whom_they_were_but_where_the_new_one_had_work_already(coordinator: User) -> None:
    before, worker = make_user(team=team_of(coordinator)), make_user(team=team_of(coordinator))
    led, free, busy = cases_of(coordinator, 3)
    Case.objects.filter(pk=led.pk).update(caseworker=before)
    write_to_do(text="Позвонить", owner=worker, case=busy, by=worker, now=timezone.now())
    browser = signed_in(coordinator)
    url, undo = way_back(browser, shown(browser, "assign", [led, free, busy]) | {"caseworker": str(worker.pk)})

    said_back = told(browser.post(url, undo, follow=True))

    assert "Undone for 2 cases." in said_back
    assert f"{busy.code}: the new caseworker had work of their own in it before." in said_back
    workers = dict(Case.objects.values_list("code", "caseworker"))
    assert workers == {led.code: before.pk, free.code: None, busy.code: worker.pk}


def test_to_dos_are_removed_but_those_that_are_done_changed_or_asked_after(coordinator: User) -> None:
    first, done, changed, asked, again = cases_of(coordinator, 5)
    browser, now = signed_in(coordinator), timezone.now()
    fields = shown(browser, "to_do", [first, done, changed, asked, again]) | {"text": "Проверить", "whose": "mine"}
    url, undo = way_back(browser, fields)
    finish_to_do(to_do=ToDo.objects.get(case=done), by=coordinator, now=now)
    change_to_do(to_do=ToDo.objects.get(case=changed), version=1, text="Другое", by=coordinator, now=now)
    today = timezone.localdate(now)
    on = today + timedelta(days=3)
    follow_up(about=ToDo.objects.get(case=asked), on=on, today=today, by=coordinator, now=now)
    ToDo.objects.filter(case=again).delete()

    said_back = told(browser.post(url, undo, follow=True))

    assert "Undone for 1 case." in said_back
    assert f"{again.code}: the to-do is not there any more." in said_back
    assert f"{asked.code}: somebody wants to be reminded of the to-do." in said_back
    assert said_back.count("somebody else has changed it meanwhile") == 2
    assert set(ToDo.objects.values_list("case__code", flat=True)) == {done.code, changed.code, asked.code}
    assert Event.objects.filter(type="clients.to_do_taken_back").count() == 1


def test_a_to_do_of_somebody_else_is_not_removed_by_a_button_made_up(coordinator: User) -> None:
    [case] = cases_of(coordinator, 1)
    worker = make_user(team=team_of(coordinator))
    to_do = write_to_do(text="Позвонить", owner=worker, case=case, by=worker, now=timezone.now())

    made_up = {"act": "to_do", "made": f"{case.code}:1:{to_do.pk}"}
    signed_in(coordinator).post(reverse("take_back_several"), made_up)

    assert ToDo.objects.filter(pk=to_do.pk).exists()


def test_whoever_may_not_change_a_case_any_more_takes_nothing_back_and_reads_no_code(coordinator: User) -> None:
    stays, hidden = cases_of(coordinator)
    browser = signed_in(coordinator)
    url, undo = way_back(browser, shown(browser, "priority", [stays, hidden]) | {"priority": "urgent"})
    hide(hidden, make_user(team=team_of(coordinator)), make_user(team=team_of(coordinator)))

    page = browser.post(url, undo, follow=True)

    assert "1 case stays as it is: you cannot change it any more." in told(page)
    assert hidden.code not in page.content.decode()
    assert dict(Case.objects.values_list("code", "priority")) == {stays.code: "normal", hidden.code: "urgent"}


def test_what_changed_nothing_has_no_way_back(coordinator: User) -> None:
    cases, browser = cases_of(coordinator), signed_in(coordinator)
    page = browser.post(URL, shown(browser, "priority", cases) | {"priority": "normal"}, follow=True)
    assert not [held for _it, held in forms_in(page.content.decode()) if "made" in held]


@pytest.mark.parametrize(
    "sent",
    [
        {"act": "erase", "made": "C-AAA-AAA:2:normal"},
        {"act": "priority", "made": ""},
        {"act": "priority", "made": "C-AAA-AAA:x:normal"},
        {"act": "priority"},
    ],
)
def test_a_button_that_says_nothing_known_takes_nothing_back(coordinator: User, sent: dict[str, str]) -> None:
    assert signed_in(coordinator).post(reverse("take_back_several"), sent).status_code == 404


def test_values_that_no_act_leaves_behind_are_refused(coordinator: User) -> None:
    [case] = cases_of(coordinator, 1)
    browser = signed_in(coordinator)
    for act, before in (("priority", "loud"), ("assign", "somebody"), ("to_do", "mine"), ("to_do", "")):
        sent = {"act": act, "made": f"{case.code}:{case.version}:{before}"}
        assert browser.post(reverse("take_back_several"), sent).status_code == 404, act
    assert Case.objects.get().version == case.version
