"""Answering a deadline: in one step from a list, or on a page of its own."""

from datetime import date
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.clients.models import Client
from casework.residency import actions
from casework.residency.models import Deadline, Decision
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_case, make_client
from tests.factories.residency import make_rule, make_stay
from tests.pages import form_in

from .conftest import signed_in

pytestmark = pytest.mark.django_db

DUE = date(2026, 11, 30)
ANSWERS = ["done", "waive", "reopen", "impose", "lift", "note"]


@pytest.fixture
def client(worker: User) -> Client:
    make_rule("register_within", {"n": 30, "unit": "calendar_days", "day_one": "entry_day"}, duty="register")
    case = make_case(team=team_of(worker), caseworker=worker, by=worker)
    client = make_client(case=case, by=worker)
    make_stay(client, date(2026, 11, 1), by=worker)
    actions.refresh(client_ids=[client.pk], now=NOW)
    return client


@pytest.fixture
def deadline(client: Client) -> Deadline:
    return client.deadlines.get()


def url(deadline: Deadline, answer: str) -> str:
    return reverse("answer_deadline", args=[deadline.pk, answer])


def latest(deadline: Deadline) -> Decision:
    return deadline.decisions.order_by("number").last()


def test_done_takes_one_step_and_goes_back_to_the_list(browser: Browser, deadline: Deadline, worker: User) -> None:
    response = browser.post(url(deadline, "done"), {"seen_on": "2026-11-30", "next": "/my-day/?whose=me"})

    deadline.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, "/my-day/?whose=me")
    assert deadline.state == "done"
    assert (latest(deadline).decided_by, latest(deadline).answered_on) == (worker, DUE)


def test_what_was_done_says_so_with_a_button_that_takes_it_back(browser: Browser, deadline: Deadline) -> None:
    page = browser.post(url(deadline, "done"), {"seen_on": "2026-11-30", "next": "/my-day/"}, follow=True)
    assert "Marked as done." in page.content.decode()

    undone = browser.post(url(deadline, "reopen"), form_in(page.content.decode(), "decision"), follow=True)

    deadline.refresh_from_db()
    assert (deadline.state, latest(deadline).reason) == ("open", "Answered by mistake")
    assert undone.redirect_chain == [("/my-day/", 302)]
    assert "Undone." in undone.content.decode()


def test_undoing_takes_back_no_answer_that_somebody_gave_since(
    browser: Browser, deadline: Deadline, worker: User
) -> None:
    page = browser.post(url(deadline, "done"), {"seen_on": "2026-11-30"}, follow=True)
    fields = form_in(page.content.decode(), "decision")
    actions.reopen(deadline=deadline, reason="Not yet", by=worker, now=NOW)
    actions.waive(deadline=deadline, reason="Somebody else did it", seen_on=DUE, by=worker, now=NOW)

    refused = browser.post(url(deadline, "reopen"), fields)

    deadline.refresh_from_db()
    assert (refused.status_code, deadline.state) == (200, "waived")
    assert "It was answered again meanwhile." in refused.content.decode()


def test_waiving_takes_a_reason_in_the_same_step(browser: Browser, deadline: Deadline) -> None:
    browser.post(url(deadline, "waive"), {"seen_on": "2026-11-30", "reason": "The landlord did it"})

    deadline.refresh_from_db()
    assert (deadline.state, latest(deadline).reason) == ("waived", "The landlord did it")


def test_waiving_without_a_reason_asks_for_it(browser: Browser, deadline: Deadline) -> None:
    response = browser.post(url(deadline, "waive"), {"seen_on": "2026-11-30", "reason": " ", "next": "/my-day/"})

    deadline.refresh_from_db()
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"reason"}
    assert 'value="/my-day/"' in response.content.decode()
    assert deadline.state == "open"


def test_a_date_of_an_authority_is_recorded(browser: Browser, deadline: Deadline) -> None:
    typed = {
        "imposed_on_day": "25",
        "imposed_on_month": "Nov",
        "imposed_on_year": "2026",
        "authority": "Police",
        "reason": "Order 17",
    }

    response = browser.post(url(deadline, "impose"), typed)

    deadline.refresh_from_db()
    assert response["Location"] == reverse("why_this_date", args=[deadline.pk])
    assert (deadline.drives_on, deadline.imposed_on) == (date(2026, 11, 25), date(2026, 11, 25))


def test_a_slip_of_the_pen_is_shown_beside_the_date_and_kept(browser: Browser, deadline: Deadline) -> None:
    typed = {
        "imposed_on_day": "25",
        "imposed_on_month": "Nov",
        "imposed_on_year": "2062",
        "authority": "Police",
        "reason": "Order 17",
    }

    response = browser.post(url(deadline, "impose"), typed)

    assert response.context["form"].errors.keys() == {"imposed_on"}
    assert "Order 17" in response.content.decode()
    assert 'value="2062"' in response.content.decode()


def test_an_imposed_date_is_lifted(browser: Browser, deadline: Deadline, worker: User) -> None:
    actions.impose(
        deadline=deadline, imposed_on=date(2026, 11, 25), authority="Police", reason="Order", by=worker, now=NOW
    )

    browser.post(url(deadline, "lift"), {"reason": "Withdrawn"})

    deadline.refresh_from_db()
    assert deadline.drives_on == DUE


def test_a_new_date_is_noted(browser: Browser, deadline: Deadline) -> None:
    Deadline.objects.filter(pk=deadline.pk).update(was_due_on=date(2026, 12, 1), moved_at=NOW)

    browser.post(url(deadline, "note"), {"next": "/my-day/"})

    deadline.refresh_from_db()
    assert deadline.moved_at is None


def test_a_date_that_moved_meanwhile_is_shown_and_what_was_typed_is_kept(
    browser: Browser, deadline: Deadline, client: Client, worker: User
) -> None:
    stay = client.stays.get()
    day = date(2026, 10, 25)
    actions.change_stay(stay=stay, version=stay.version, entered_earliest=day, entered_latest=day, by=worker, now=NOW)

    response = browser.post(url(deadline, "waive"), {"seen_on": "2026-11-30", "reason": "Leaves tomorrow"})

    page = response.content.decode()
    assert response.status_code == 409
    for words in ("30 Nov 2026", "23 Nov 2026", "Leaves tomorrow", 'value="2026-11-23"'):
        assert words in page
    assert not deadline.decisions.exists()


def test_sent_again_it_answers_the_new_date(browser: Browser, deadline: Deadline, client: Client, worker: User) -> None:
    stay = client.stays.get()
    day = date(2026, 10, 25)
    actions.change_stay(stay=stay, version=stay.version, entered_earliest=day, entered_latest=day, by=worker, now=NOW)
    refused = browser.post(url(deadline, "waive"), {"seen_on": "2026-11-30", "reason": "Leaves tomorrow"})

    browser.post(url(deadline, "waive"), refused.context["form"].data.dict())

    assert latest(deadline).answered_on == date(2026, 11, 23)


def test_an_unknown_date_can_be_answered(browser: Browser, worker: User, client: Client) -> None:
    make_rule()
    other = make_client(case=client.case, by=worker)
    make_stay(other, None, by=worker)
    actions.refresh(client_ids=[other.pk], now=NOW)
    leave = other.deadlines.get(duty="leave")
    assert leave.drives_on is None

    browser.post(url(leave, "waive"), {"seen_on": "", "reason": "Has a permit, the card comes"})

    leave.refresh_from_db()
    assert leave.state == "waived"


def test_what_is_refused_is_said(browser: Browser, deadline: Deadline) -> None:
    response = browser.post(url(deadline, "reopen"), {"reason": "Why not"})

    assert "This deadline is open already." in response.content.decode()


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "evil"])
def test_nobody_is_sent_away(browser: Browser, deadline: Deadline, wanted: str) -> None:
    response = browser.post(url(deadline, "done"), {"seen_on": "2026-11-30", "next": wanted})

    assert response["Location"] == reverse("why_this_date", args=[deadline.pk])


@pytest.mark.parametrize("answer", ANSWERS)
def test_each_answer_has_a_page_that_asks_first(browser: Browser, deadline: Deadline, answer: str) -> None:
    response = browser.get(url(deadline, answer))

    assert response.status_code == 200
    assert "Register the stay" in response.content.decode()
    assert not deadline.decisions.exists()


def test_there_is_no_other_answer(browser: Browser, deadline: Deadline) -> None:
    assert browser.get(url(deadline, "forget")).status_code == 404


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_stranger_is_sent_to_sign_in(deadline: Deadline, answer: str) -> None:
    assert Browser().post(url(deadline, answer)).status_code == 302


@pytest.mark.parametrize("answer", ANSWERS)
def test_another_team_finds_nothing_and_changes_nothing(deadline: Deadline, answer: str) -> None:
    foreign = signed_in(make_user())

    assert foreign.get(url(deadline, answer)).status_code == 404
    assert foreign.post(url(deadline, answer), {"seen_on": "2026-11-30", "reason": "x"}).status_code == 404
    assert not deadline.decisions.exists()


@pytest.mark.parametrize("role", [Role.POLICY_EDITOR, Role.ADMINISTRATOR, Role.AUDITOR])
def test_it_is_refused_to_roles_without_cases(deadline: Deadline, role: Role) -> None:
    assert signed_in(make_user(role)).post(url(deadline, "done")).status_code == 403


def test_what_is_not_there_is_not_found(browser: Browser) -> None:
    assert browser.post(reverse("answer_deadline", args=[uuid4(), "done"])).status_code == 404


def test_it_does_not_answer_other_methods(browser: Browser, deadline: Deadline) -> None:
    assert browser.put(url(deadline, "done")).status_code == 405


def test_the_page_takes_few_queries(browser: Browser, deadline: Deadline) -> None:
    browser.get(url(deadline, "waive"))

    with counted_queries() as asked:
        browser.get(url(deadline, "waive"))

    assert len(asked) <= 12
