from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions as clients
from casework.lib.ids import new_id
from casework.reminders.models import Reminder
from casework.reminders.plan import plan
from casework.reminders.words import Word
from casework.residency.models import Deadline
from tests.factories.accounts import make_user
from tests.factories.clients import make_case, make_client
from tests.factories.residency import make_deadline
from tests.reminders.deadlines import at_any_hour

pytestmark = pytest.mark.django_db

REASON = "Придуманная причина"
ACTS = ("on-it/", "speak-again/", "snooze/")


@pytest.fixture
def worker() -> User:
    return make_user(name="Придуманный Работник")


@pytest.fixture
def deadline(worker: User) -> Deadline:
    membership = worker.memberships.get()
    case = make_case(team=membership.team, caseworker=worker, by=worker)
    return make_deadline(make_client(case=case, by=worker), timezone.now().date() + timedelta(days=6))


@pytest.fixture
def url(client: Browser, deadline: Deadline, worker: User) -> str:
    client.force_login(worker)
    return f"/deadlines/{deadline.pk}/reminders/"


def typed(until: date) -> dict[str, Any]:
    parts = {"until_0": str(until.day), "until_1": str(until.month), "until_2": str(until.year)}
    named = {"until_day": str(until.day), "until_month": str(until.month), "until_year": str(until.year)}
    return {"id": str(new_id()), "reason": REASON} | parts | named


def test_it_shows_who_was_told_when_and_what_became_of_it(client: Browser, url: str, worker: User) -> None:
    at_any_hour()
    plan(now=timezone.now())

    page = client.get(url).content.decode()

    assert "Придуманный Работник" in page
    assert "waiting" in page
    assert "(e-mail)" in page


def test_it_says_when_nobody_was_told_yet(client: Browser, url: str) -> None:
    assert "Nobody yet" in client.get(url).content.decode()


def test_it_is_computed_anew_where_facts_have_changed_since(client: Browser, url: str, deadline: Deadline) -> None:
    clients.facts_changed(deadline.client, now=timezone.now())

    client.get(url)

    deadline.refresh_from_db()
    assert deadline.gone_at is not None  # nothing on record gives rise to it


def test_the_page_of_the_date_leads_there(client: Browser, url: str, deadline: Deadline) -> None:
    assert url in client.get(f"/deadlines/{deadline.pk}/").content.decode()


def test_one_says_that_one_is_on_it_and_takes_it_back(client: Browser, url: str, worker: User) -> None:
    said = client.post(f"{url}on-it/", follow=True).content.decode()
    assert "is on it since" in said
    assert Word.objects.standing().get().by == worker

    client.post(f"{url}speak-again/")
    assert not Word.objects.standing().exists()


def test_one_lets_the_reminders_wait_with_a_reason(client: Browser, url: str, deadline: Deadline) -> None:
    form = typed(deadline.due_on - timedelta(days=1))

    page = client.post(f"{url}snooze/", form, follow=True).content.decode()
    client.post(f"{url}snooze/", form)

    assert REASON in page
    assert Word.objects.count() == 1


def test_too_long_is_refused_and_what_was_typed_is_kept(client: Browser, url: str, deadline: Deadline) -> None:
    page = client.post(f"{url}snooze/", typed(deadline.due_on)).content.decode()

    assert "Choose a day before the deadline" in page
    assert REASON in page
    assert not Word.objects.exists()


def test_somebody_of_another_team_finds_nothing(client: Browser, url: str) -> None:
    client.force_login(make_user())

    assert client.get(url).status_code == 404
    assert {client.post(url + act).status_code for act in ACTS} == {404}
    assert not Word.objects.exists()


def test_of_a_restricted_case_who_is_not_named_finds_nothing(
    client: Browser, url: str, deadline: Deadline, worker: User
) -> None:
    case = deadline.client.case
    other, third = make_user(team=case.team), make_user(team=case.team)
    clients.restrict_case(case=case, people=[worker, other], version=case.version, by=worker, now=timezone.now())
    client.force_login(third)

    assert client.get(url).status_code == 404
    assert client.post(f"{url}on-it/").status_code == 404


def test_who_only_looks_for_a_time_says_nothing_to_the_reminders(
    client: Browser, url: str, deadline: Deadline, worker: User
) -> None:
    team, now, reader = deadline.client.case.team, timezone.now(), make_user()
    clients.give_access(
        team=team, user=reader, may_change=False, starts_at=now, ends_at=now + timedelta(days=9),
        reason="Отпуск", by=make_user(Role.COORDINATOR, team=team), now=now,
    )  # fmt: skip
    assert f"{url}on-it/" in client.get(url).content.decode()

    client.force_login(reader)

    assert f"{url}on-it/" not in client.get(url).content.decode()
    assert {client.post(url + act).status_code for act in ACTS} == {404}


def test_what_was_said_about_a_case_that_the_reader_does_not_see_is_not_shown(client: Browser, url: str) -> None:
    at_any_hour()
    plan(now=timezone.now())
    Reminder.objects.update(case=make_case())

    assert "Nobody yet" in client.get(url).content.decode()


def test_who_sees_no_cases_may_not_look(client: Browser, url: str) -> None:
    client.force_login(make_user(Role.ADMINISTRATOR))

    assert client.get(url).status_code == 403
    assert {client.post(url + act).status_code for act in ACTS} == {403}


def test_looking_leaves_an_event_with_the_case(client: Browser, url: str, deadline: Deadline) -> None:
    client.get(url)

    event = Event.objects.get(type="reminders.deadline_reminders_seen")
    assert event.case_id == deadline.client.case_id
