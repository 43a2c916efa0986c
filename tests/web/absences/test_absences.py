"""Noting that somebody is away, who stands in, and that they are back."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts.models import Absence, User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.lib.dates import today_in
from casework.lib.ids import new_id
from casework.lifecycle.absence import record_absence
from casework.reminders.models import Reminder
from tests.counting import counted_queries
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import make_case, make_client
from tests.reminders.deadlines import make_deadline

pytestmark = pytest.mark.django_db

LIST, NEW = "/absences/", "/absences/new/"


@pytest.fixture
def worker() -> User:
    return make_user(name="Test Worker")


@pytest.fixture
def deputy(worker: User) -> User:
    return make_user(team=team_of(worker), name="Test Deputy")


@pytest.fixture
def coordinator(worker: User) -> User:
    return make_user(Role.COORDINATOR, team=team_of(worker), name="Test Coordinator")


def typed(user: User, deputy: User | None, *, first: int = 0, last: int = 6) -> dict[str, Any]:
    today = today_in(team_of(user).time_zone, timezone.now())
    since, until = today + timedelta(days=first), today + timedelta(days=last)
    days = {
        f"{name}_{part}": str(getattr(day, part))
        for name, day in (("since", since), ("until", until))
        for part in ("day", "month", "year")
    }
    return {"id": str(new_id()), "user": str(user.pk), "deputy": str(deputy.pk) if deputy else ""} | days


def away(user: User, deputy: User | None) -> Absence:
    now = timezone.now()
    return record_absence(user=user, deputy=deputy, starts_at=now, ends_at=now + timedelta(days=7), by=user, now=now)


def test_somebody_notes_that_they_are_away_and_who_stands_in(client: Browser, worker: User, deputy: User) -> None:
    client.force_login(worker)

    page = client.post(NEW, typed(worker, deputy), follow=True).content.decode()

    absence = Absence.objects.get()
    assert (absence.user, absence.deputy, absence.recorded_by) == (worker, deputy, worker)
    assert absence.ends_at - absence.starts_at == timedelta(days=7)
    assert "Test Deputy" in page
    assert "away now" in page


def test_sent_twice_it_is_noted_once(client: Browser, worker: User, deputy: User) -> None:
    client.force_login(worker)
    form = typed(worker, deputy)

    for _twice in range(2):
        assert client.post(NEW, form).status_code == 302

    assert Absence.objects.count() == 1
    assert Reminder.objects.filter(subject__startswith="absence:").count() == 1


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client: Browser, worker: User, deputy: User) -> None:
    client.force_login(worker)

    backwards = client.post(NEW, typed(worker, deputy, first=5, last=2)).content.decode()
    oneself = client.post(NEW, typed(worker, worker)).content.decode()

    assert "The last day must not lie before the first" in backwards
    assert f'value="{deputy.pk}" selected' in backwards
    assert "Somebody else has to stand in." in oneself
    assert not Absence.objects.exists()


def test_a_caseworker_notes_nobody_elses_absence(client: Browser, worker: User, deputy: User) -> None:
    client.force_login(worker)

    assert "Select a valid choice" in client.post(NEW, typed(deputy, None)).content.decode()
    assert not Absence.objects.exists()


def test_the_coordinator_notes_it_for_somebody_of_the_team(
    client: Browser, worker: User, deputy: User, coordinator: User
) -> None:
    client.force_login(coordinator)

    client.post(NEW, typed(worker, deputy, first=-1))
    client.post(NEW, typed(make_user(), None))

    assert [it.user for it in Absence.objects.all()] == [worker]


def test_only_colleagues_of_the_team_are_offered_to_stand_in(client: Browser, worker: User, deputy: User) -> None:
    stranger = make_user(name="Test Stranger")
    client.force_login(worker)

    page = client.get(NEW).content.decode()

    assert "Test Deputy" in page
    assert "Test Stranger" not in page
    assert "Select a valid choice" in client.post(NEW, typed(worker, stranger)).content.decode()


def test_who_is_back_ends_it(client: Browser, worker: User, deputy: User) -> None:
    absence = away(worker, deputy)
    client.force_login(worker)
    asked = client.get(f"/absences/{absence.pk}/end/").content.decode()

    page = client.post(f"/absences/{absence.pk}/end/", follow=True).content.decode()

    assert "Are you back?" in asked
    assert "Nobody is away" in page
    absence.refresh_from_db()
    assert absence.ended_by == worker


@pytest.mark.parametrize("who", ["deputy", "stranger", "foreign coordinator"])
def test_nobody_else_ends_it(client: Browser, worker: User, deputy: User, who: str) -> None:
    absence = away(worker, deputy)
    role = Role.COORDINATOR if "coordinator" in who else Role.CASEWORKER
    client.force_login(deputy if who == "deputy" else make_user(role))

    assert client.post(f"/absences/{absence.pk}/end/").status_code == 404
    assert client.post(f"/absences/{new_id()}/end/").status_code == 404
    absence.refresh_from_db()
    assert absence.ended_at is None


def test_the_list_shows_ones_own_those_one_stands_in_for_and_those_of_ones_teams(
    client: Browser, worker: User, deputy: User, coordinator: User
) -> None:
    away(worker, deputy)
    colleague = make_user(team=team_of(worker))
    seen = {}
    for user in (worker, deputy, coordinator, colleague, make_user(Role.COORDINATOR)):
        client.force_login(user)
        page = client.get(LIST).content.decode()
        seen[user] = ("away now" in page, "Back already" in page)

    assert list(seen.values()) == [(True, True), (True, False), (True, True), (False, False), (False, False)]
    assert Event.objects.filter(type="accounts.absences_listed").count() == 5


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.POLICY_EDITOR, Role.AUDITOR])
def test_roles_without_cases_have_no_such_page(client: Browser, role: Role) -> None:
    client.force_login(make_user(role))

    assert [client.get(url).status_code for url in (LIST, NEW, f"/absences/{new_id()}/end/")] == [403] * 3


def test_who_stands_in_finds_what_is_due_in_their_day_and_the_way_to_who_is_away(
    client: Browser, worker: User, deputy: User
) -> None:
    case = make_case(team=team_of(worker), caseworker=worker)
    person = make_client(case=case, family_name="Придуманова", patronymic="")
    make_deadline(client=person, due_on=timezone.now().date() + timedelta(days=3), now=timezone.now())
    make_case(team=team_of(worker), caseworker=deputy)
    client.force_login(deputy)
    before = client.get("/my-day/?whose=me").content.decode()

    away(worker, deputy)
    after = client.get("/my-day/?whose=me").content.decode()

    assert (case.code in before, case.code in after) == (False, True)
    assert "You stand in for a colleague" in after


def test_the_list_asks_the_same_few_questions_however_many_are_away(
    client: Browser, worker: User, coordinator: User
) -> None:
    away(worker, None)
    client.force_login(coordinator)
    client.get(LIST)
    with counted_queries() as few:
        client.get(LIST)
    for _number in range(10):
        away(make_user(team=team_of(worker)), coordinator)

    with counted_queries() as many:
        client.get(LIST)

    assert len(many) == len(few) <= 12


def test_only_who_stands_in_now_is_told_so_in_their_day(client: Browser, worker: User, deputy: User) -> None:
    case = make_case(team=team_of(worker), caseworker=worker)
    colleague = make_user(team=team_of(worker))
    for each in (deputy, colleague):
        make_case(team=team_of(worker), caseworker=each)
    absence = away(worker, deputy)

    def is_told(user: User) -> bool:
        client.force_login(user)
        return "You stand in for a colleague" in client.get("/my-day/?whose=me").content.decode()

    assert case.caseworker == worker
    assert [is_told(user) for user in (deputy, colleague)] == [True, False]
    Absence.objects.filter(pk=absence.pk).update(ended_at=timezone.now(), ended_by=worker)
    assert not is_told(deputy)
