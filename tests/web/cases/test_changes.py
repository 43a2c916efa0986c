"""Assigning, setting the priority, closing and reopening a case."""

import pytest
from django.utils import timezone

from casework.clients import actions
from casework.clients.models import Case, Note
from tests.factories.accounts import make_user

from .pages import make_world

pytestmark = pytest.mark.django_db


def test_a_case_is_given_to_a_colleague_and_to_nobody_of_another_team() -> None:
    world = make_world()
    colleague, stranger = make_user(team=world.team), make_user()
    url = world.urls()["assign_case"]

    refused = world.browser.post(url, {"version": "1", "caseworker": str(stranger.pk)})
    world.browser.post(url, {"version": "1", "caseworker": str(colleague.pk)})

    assert "caseworker" in refused.context["form"].errors
    assert Case.objects.get().caseworker == colleague


def test_the_priority_is_set() -> None:
    world = make_world()

    world.browser.post(world.urls()["change_priority"], {"version": "1", "priority": "urgent"})

    assert Case.objects.get().priority == "urgent"


def test_a_case_is_closed_for_a_reason_and_reopened_for_another() -> None:
    world = make_world()

    without_reason = world.browser.post(world.urls()["close_case"], {"version": "1", "remark": "останется"})
    world.browser.post(world.urls()["close_case"], {"version": "1", "reason": "moved_on", "remark": "Уехала"})
    closed = Case.objects.get()
    world.browser.post(world.urls()["reopen_case"], {"version": "2", "reason": "Вернулась"})

    assert "reason" in without_reason.context["form"].errors
    assert "останется" in without_reason.content.decode()
    assert (closed.status, closed.closing_reason) == ("closed", "moved_on")
    assert Case.objects.get().status == "open"
    assert {note.text for note in Note.objects.filter(kind="closing")} == {"Уехала", "Вернулась"}


def test_closing_a_case_that_somebody_else_has_changed_asks_again() -> None:
    world = make_world()
    actions.change_priority(case=world.case, priority="high", version=1, by=world.worker, now=timezone.now())

    conflict = world.browser.post(world.urls()["close_case"], {"version": "1", "reason": "needs_met"})

    assert conflict.status_code == 409
    assert Case.objects.get().status == "open"


def test_a_case_that_is_closed_already_says_so() -> None:
    world = make_world()
    actions.close_case(case=world.case, reason="needs_met", version=1, by=world.worker, now=timezone.now())

    page = world.browser.post(world.urls()["close_case"], {"version": "2", "reason": "other"})

    assert "closed already" in page.content.decode()
