"""Recent cases: a way back to what one opened, and never to what one may not see any more."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.actions import restrict_case
from casework.clients.models import Case, CaseSight
from tests.counting import counted_queries
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import make_case, make_client

from .pages import signed_in

pytestmark = pytest.mark.django_db


def recent_codes(user: User) -> list[str]:
    return [row.case.code for row in signed_in(user).get(reverse("recent_cases")).context["rows"]]


def open_page(user: User, case: Case) -> None:
    assert signed_in(user).get(reverse("case", args=[case.code])).status_code == 200


def seen(user: User, case: Case, at: datetime) -> None:
    CaseSight.objects.create(user=user, case=case, at=at)


def test_what_one_opened_last_stands_first_with_whom_it_is_about() -> None:
    worker = make_user()
    colleague = make_user(team=team_of(worker))
    second = make_client(team=team_of(worker), by=worker).case
    first = make_client(family_name="Придуманова", team=team_of(worker), by=worker).case
    open_page(worker, second)
    open_page(worker, first)

    rows = signed_in(worker).get(reverse("recent_cases")).context["rows"]
    assert [row.case.code for row in rows] == [first.code, second.code]
    assert "Придуманова" in rows[0].applicant
    assert recent_codes(colleague) == []


def test_there_are_ten_at_most() -> None:
    worker, now = make_user(), timezone.now()
    cases = [make_case(team=team_of(worker), by=worker) for _ in range(12)]
    for number, case in enumerate(cases):
        seen(worker, case, now - timedelta(minutes=number))

    assert recent_codes(worker) == [case.code for case in cases[:10]]


def test_a_colleague_who_opened_the_same_case_changes_nothing() -> None:
    worker, now = make_user(), timezone.now()
    colleague = make_user(team=team_of(worker))
    case, other = (make_case(team=team_of(worker), by=worker) for _ in range(2))
    seen(worker, case, now - timedelta(hours=1))
    seen(worker, other, now - timedelta(hours=2))
    seen(colleague, other, now)

    assert recent_codes(worker) == [case.code, other.code]


def test_a_case_that_was_restricted_since_drops_out_for_whoever_is_not_named() -> None:
    worker = make_user()
    named = [worker, make_user(team=team_of(worker))]
    other = make_user(team=team_of(worker))
    case = make_client(team=team_of(worker), by=worker).case
    for user in (worker, other):
        open_page(user, case)
    case.refresh_from_db()
    restrict_case(case=case, people=named, version=case.version, by=worker, now=timezone.now())

    assert recent_codes(worker) == [case.code]
    assert recent_codes(other) == []


def test_cases_of_a_team_that_one_left_drop_out() -> None:
    worker = make_user()
    case = make_client(team=team_of(worker), by=worker).case
    open_page(worker, case)
    worker.memberships.update(ends_at=timezone.now())
    elsewhere = make_user()
    elsewhere.memberships.update(user=worker)

    assert recent_codes(worker) == []


def test_only_those_who_look_at_cases_have_such_a_page() -> None:
    for role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.POLICY_EDITOR, Role.REPORT_READER, Role.DUPLICATE_REVIEWER):
        assert signed_in(make_user(role)).get(reverse("recent_cases")).status_code == 403


def test_looking_is_an_event_and_costs_the_same_at_any_size() -> None:
    worker, now = make_user(), timezone.now()
    browser, counts = signed_in(worker), []
    for number in (1, 6):
        for _ in range(number):
            seen(worker, make_client(team=team_of(worker), by=worker).case, now)
        with counted_queries() as asked:
            browser.get(reverse("recent_cases"))
        counts.append(len(asked))

    event = Event.objects.filter(type="clients.cases_listed").latest("pk")
    assert (event.actor_id, len(event.data["cases"])) == (worker.pk, 7)
    assert counts[0] == counts[1] <= 12
