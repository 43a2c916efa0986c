"""Sending again, calling off and telling another way from the page of outgoing messages."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.actions import give_access
from casework.reminders.models import Reminder
from casework.reminders.plan import plan
from tests.counting import counted_queries
from tests.factories.accounts import make_membership, make_user
from tests.factories.clients import hide
from tests.reminders.deadlines import at_any_hour, make_deadline
from tests.web.sign_in.test_step_up import prove, wait

pytestmark = pytest.mark.django_db

LIST = "/messages/"
AGAIN, TOLD, OFF = "/messages/send-again/", "/messages/told-another-way/", "/messages/call-off/"
FAILED = {"state": "needs_person", "why": "delivery_failed", "settled_at": timezone.now()}


@pytest.fixture
def waiting() -> Reminder:
    at_any_hour()
    make_deadline(due_on=timezone.now().date() + timedelta(days=3))
    plan(now=timezone.now())
    return Reminder.objects.get()


@pytest.fixture
def failed(waiting: Reminder) -> Reminder:
    Reminder.objects.update(**FAILED)
    waiting.refresh_from_db()
    return waiting


@pytest.fixture
def worker(waiting: Reminder) -> User:
    assert waiting.recipient is not None
    return waiting.recipient


@pytest.fixture
def coordinator(waiting: Reminder) -> User:
    assert waiting.case is not None
    return make_user(Role.COORDINATOR, team=waiting.case.team)


def state_of(reminder: Reminder) -> tuple[str, str]:
    reminder.refresh_from_db()
    return reminder.state, reminder.why


def make_failed(reminder: Reminder, **other: Any) -> Reminder:
    """One more that failed about the same case."""
    known = {
        "subject": "deadline:0",
        "due_on": reminder.due_on,
        "lead_days": 1,
        "channel": "email",
        "case": reminder.case,
    }
    times = {"send_at": reminder.send_at, "created_at": reminder.created_at, "recipient": reminder.recipient}
    return Reminder.objects.create(**(FAILED | known | times | other))


def test_one_that_failed_is_sent_again_by_its_own_button(client: Browser, failed: Reminder, worker: User) -> None:
    client.force_login(worker)
    page = client.get(LIST).content.decode()

    answer = client.post(AGAIN, {"one": failed.pk}, follow=True)

    assert f'name="one" value="{failed.pk}"' in page
    assert "1 message goes again within a minute." in answer.content.decode()
    assert state_of(failed) == ("waiting", "")


def test_only_the_ticked_ones_are_sent_again(client: Browser, failed: Reminder, worker: User) -> None:
    other, third = make_failed(failed), make_failed(failed, lead_days=2)
    client.force_login(worker)

    client.post(AGAIN, {"message": [failed.pk, third.pk]})

    assert [state_of(each)[0] for each in (failed, other, third)] == ["waiting", "needs_person", "waiting"]


def test_the_button_of_one_counts_more_than_the_ticks(client: Browser, failed: Reminder, worker: User) -> None:
    other = make_failed(failed)
    client.force_login(worker)

    client.post(AGAIN, {"one": failed.pk, "message": [other.pk], "all": "1"})

    assert [state_of(each)[0] for each in (failed, other)] == ["waiting", "needs_person"]


def test_all_that_the_filter_finds_are_sent_again_and_nothing_else(
    client: Browser, failed: Reminder, worker: User
) -> None:
    inbox = make_failed(failed, channel="inbox")
    client.force_login(worker)

    answer = client.post(f"{AGAIN}?channel=email", {"all": "1"})

    assert answer.headers["Location"] == "/messages/?channel=email"
    assert [state_of(each)[0] for each in (failed, inbox)] == ["waiting", "needs_person"]


def test_somebody_who_told_them_another_way_notes_it(client: Browser, failed: Reminder, worker: User) -> None:
    client.force_login(worker)

    answer = client.post(TOLD, {"message": failed.pk}, follow=True)

    assert state_of(failed) == ("stopped", "told_otherwise")
    assert "somebody told them another way" in answer.content.decode()


def test_the_coordinator_calls_off_what_waits(client: Browser, waiting: Reminder, coordinator: User) -> None:
    client.force_login(coordinator)

    client.post(OFF, {"message": waiting.pk})

    assert state_of(waiting) == ("stopped", "called_off")


def test_a_caseworker_calls_nothing_off(client: Browser, waiting: Reminder, worker: User) -> None:
    client.force_login(worker)
    page = client.get(LIST).content.decode()

    assert OFF not in page
    assert client.post(OFF, {"message": waiting.pk}).status_code == 403
    assert state_of(waiting) == ("waiting", "")


def test_a_coordinator_of_another_team_as_well_calls_off_only_what_is_of_their_own(
    client: Browser, waiting: Reminder
) -> None:
    client.force_login(make_user(Role.COORDINATOR))

    answer = client.post(OFF, {"message": waiting.pk}, follow=True)

    assert "Nothing was changed" in answer.content.decode()
    assert state_of(waiting) == ("waiting", "")


@pytest.mark.parametrize("url", [AGAIN, TOLD])
def test_a_worker_of_another_team_changes_nothing(client: Browser, failed: Reminder, url: str) -> None:
    client.force_login(make_user())

    client.post(url, {"message": failed.pk})
    client.post(url, {"all": "1"})

    assert state_of(failed) == ("needs_person", "delivery_failed")


@pytest.mark.parametrize("url", [AGAIN, TOLD, OFF])
def test_whoever_is_not_named_on_a_restricted_case_changes_nothing(
    client: Browser, failed: Reminder, coordinator: User, url: str
) -> None:
    assert failed.case is not None
    hide(failed.case)
    client.force_login(coordinator)

    client.post(url, {"message": failed.pk})

    assert state_of(failed) == ("needs_person", "delivery_failed")


@pytest.mark.parametrize("ticked", [True, False])
def test_messages_of_a_restricted_case_are_changed_once_somebody_has_shown_who_sits_there(
    client: Browser, failed: Reminder, worker: User, ticked: bool
) -> None:
    assert failed.case is not None
    hide(failed.case, worker)
    client.force_login(worker)
    wait(client)

    question = client.post(AGAIN, {"message": failed.pk} if ticked else {"all": "1"})

    assert question["Location"].startswith("/account/reauthenticate/")
    assert state_of(failed) == ("needs_person", "delivery_failed")
    prove(client, question)
    client.post(AGAIN, {"message": failed.pk})
    assert state_of(failed) == ("waiting", "")


@pytest.mark.parametrize("url", [AGAIN, TOLD, OFF])
def test_administrators_may_not(client: Browser, failed: Reminder, url: str) -> None:
    client.force_login(make_user(Role.ADMINISTRATOR))

    assert client.post(url, {"message": failed.pk}).status_code == 403


@pytest.mark.parametrize(("url", "state"), [(AGAIN, "waiting"), (TOLD, "stopped")])
def test_what_was_said_about_no_case_is_of_its_recipient(
    client: Browser, failed: Reminder, worker: User, url: str, state: str
) -> None:
    own = make_failed(failed, case=None, subject="lease:1")
    other = make_failed(failed, case=None, subject="lease:1", recipient=make_user())
    client.force_login(worker)

    client.post(url, {"message": [own.pk, other.pk]})

    assert [state_of(each)[0] for each in (own, other)] == [state, "needs_person"]


def test_the_recipient_calls_off_what_is_about_no_case(client: Browser, waiting: Reminder, coordinator: User) -> None:
    known = {"case": None, "subject": "lease:1", "state": "waiting", "why": "", "settled_at": None}
    own = make_failed(waiting, recipient=coordinator, **known)
    other = make_failed(waiting, recipient=make_user(), **known)
    client.force_login(coordinator)

    client.post(OFF, {"message": [own.pk, other.pk]})

    assert [state_of(each)[0] for each in (own, other)] == ["stopped", "waiting"]


@pytest.mark.parametrize("typed", [{}, {"message": "nonsense"}, {"message": "00000000-0000-4000-8000-000000000000"}])
def test_nothing_ticked_or_nonsense_changes_nothing_and_says_so(
    client: Browser, failed: Reminder, worker: User, typed: dict[str, str]
) -> None:
    client.force_login(worker)

    assert "Nothing was changed" in client.post(AGAIN, typed, follow=True).content.decode()
    assert state_of(failed) == ("needs_person", "delivery_failed")


@pytest.mark.parametrize("url", [AGAIN, TOLD, OFF])
def test_reading_changes_nothing(client: Browser, coordinator: User, url: str) -> None:
    client.force_login(coordinator)

    assert client.get(url).status_code == 405


def test_the_log_tells_every_try_and_every_hand_and_nothing_that_was_said(
    client: Browser, failed: Reminder, worker: User
) -> None:
    failed.attempts.create(number=1, at=timezone.now(), outcome="failed", error="the address was refused")
    worker.display_name = "Test Worker"
    worker.save()
    client.force_login(worker)
    client.post(AGAIN, {"one": failed.pk})

    page = client.get(f"/messages/{failed.pk}/").content.decode()

    assert "failed for good (the address was refused)" in page
    assert "let a message be sent again" in page
    assert page.count("Test Worker") > 1  # their own menu, and the log
    assert "item due" not in page
    assert Event.objects.filter(type="reminders.message_log_seen", actor_id=worker.pk).count() == 1


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.COORDINATOR])
def test_the_log_of_a_case_of_another_team_is_not_there(client: Browser, failed: Reminder, role: Role) -> None:
    client.force_login(make_user(role))

    assert client.get(f"/messages/{failed.pk}/").status_code == 404
    assert client.get("/messages/00000000-0000-4000-8000-000000000000/").status_code == 404


def test_the_log_of_what_was_said_to_somebody_else_about_no_case_is_not_there(
    client: Browser, failed: Reminder, worker: User
) -> None:
    own = make_failed(failed, case=None, subject="lease:1")
    client.force_login(worker)
    assert client.get(f"/messages/{own.pk}/").status_code == 200

    client.force_login(make_user())
    assert client.get(f"/messages/{own.pk}/").status_code == 404


def test_an_administrator_reads_no_log(client: Browser, failed: Reminder) -> None:
    client.force_login(make_user(Role.ADMINISTRATOR))

    assert client.get(f"/messages/{failed.pk}/").status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"kind": "deadline:"}, {"deadline"}),
        ({"kind": "lease:"}, {"lease"}),
        ({"kind": "notice:"}, {"notice"}),
        ({"channel": "inbox"}, {"lease"}),
        ({"state": "waiting"}, {"deadline"}),
        ({"since_day": "5", "since_month": "11", "since_year": "2025"}, {"deadline", "notice"}),
        ({"until_day": "5", "until_month": "11", "until_year": "2025"}, {"lease"}),
        (
            {"until_day": "1", "until_month": "11", "until_year": "2025", "since_day": "3", "since_month": "11"}
            | {"since_year": "2025"},
            {"deadline", "lease", "notice"},  # it cannot be so: the filter says it and finds all
        ),
    ],
)
def test_it_filters_by_kind_channel_state_and_days(
    client: Browser, waiting: Reminder, worker: User, query: dict[str, str], found: set[str]
) -> None:
    old = waiting.send_at.replace(year=2025, month=11, day=4, hour=12)
    lease = make_failed(waiting, subject="lease:1", channel="inbox", send_at=old)
    notice = make_failed(waiting, subject="emergency:1")
    client.force_login(worker)

    page = client.get(LIST, query).content.decode()

    rows = {"deadline": waiting, "lease": lease, "notice": notice}
    assert {name for name, row in rows.items() if f"/messages/{row.pk}/" in page} == found


def test_it_filters_by_team(client: Browser, waiting: Reminder, coordinator: User) -> None:
    assert waiting.case is not None
    code = waiting.case.team.code
    client.force_login(coordinator)

    assert f"/messages/{waiting.pk}/" in client.get(LIST, {"team": code}).content.decode()
    assert f"/messages/{waiting.pk}/" in client.get(LIST, {"team": "NO-SUCH"}).content.decode()
    assert "Select a valid choice" in client.get(LIST, {"team": "NO-SUCH"}).content.decode()


def test_the_list_asks_the_same_few_questions_however_many_there_are(
    client: Browser, failed: Reminder, coordinator: User
) -> None:
    client.force_login(coordinator)
    client.get(LIST)
    with counted_queries() as few:
        client.get(LIST)
    for lead in range(20, 40):
        make_failed(failed, lead_days=lead)

    with counted_queries() as many:
        client.get(LIST)

    assert len(many) == len(few) <= 12


def test_who_may_only_look_finds_no_button(client: Browser, failed: Reminder, coordinator: User) -> None:
    assert failed.case is not None
    guest, now = make_user(), timezone.now()
    lent = {"starts_at": now, "ends_at": now + timedelta(days=5), "reason": "Придумано", "may_change": False}
    give_access(case=failed.case, user=guest, by=coordinator, now=now, **lent)
    buttons = {}
    for user in (coordinator, guest):
        client.force_login(user)
        page = client.get(f"/messages/{failed.pk}/").content.decode()
        buttons[user] = [words in page for words in ("Send again", "Somebody told them")]

    assert buttons == {coordinator: [True, True], guest: [False, False]}


def test_a_coordinator_of_another_team_who_works_here_is_offered_no_calling_off(
    client: Browser, waiting: Reminder, worker: User, coordinator: User
) -> None:
    make_membership(worker, Role.COORDINATOR)
    offered = {}
    for user in (coordinator, worker):
        client.force_login(user)
        offered[user] = "Call off" in client.get(f"/messages/{waiting.pk}/").content.decode()

    assert offered == {coordinator: True, worker: False}


def test_who_was_told_of_a_case_that_is_hidden_now_changes_nothing(
    client: Browser, failed: Reminder, worker: User
) -> None:
    assert failed.case is not None
    assert failed.recipient == worker
    hide(failed.case)
    make_membership(worker, Role.COORDINATOR, team=failed.case.team)
    client.force_login(worker)

    for url in (AGAIN, TOLD):
        client.post(url, {"message": failed.pk})
    assert state_of(failed) == ("needs_person", "delivery_failed")
    Reminder.objects.update(state="waiting", why="", settled_at=None)
    client.post(OFF, {"message": failed.pk})
    assert state_of(failed) == ("waiting", "")
