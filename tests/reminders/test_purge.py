from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from casework.audit.models import Event
from casework.clients import actions as clients
from casework.reminders import actions
from casework.reminders.models import Attempt, Reminder
from casework.reminders.plan import plan
from casework.reminders.purge import KEPT, KEPT_OF_LOG, purge
from casework.reminders.send import deliver_due
from casework.residency.models import Deadline

from ..factories.accounts import NOW, make_user
from ..factories.messages import TODAY, make_willing
from .deadlines import at_any_hour, make_deadline

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def sent() -> Reminder:
    at_any_hour()
    make_deadline()
    plan(now=NOW)
    deliver_due(clock=lambda: NOW)
    return Reminder.objects.get()


def test_the_log_of_tries_goes_first_and_the_message_later(sent: Reminder) -> None:
    Deadline.objects.update(state="done")

    before = purge(now=NOW + KEPT_OF_LOG)
    log_gone = purge(now=NOW + KEPT_OF_LOG + DAY)
    still_there = Reminder.objects.filter(pk=sent.pk).exists()
    gone = purge(now=NOW + KEPT + DAY)

    assert (before.tries, before.messages) == (0, 0)
    assert (log_gone.tries, log_gone.messages, still_there) == (1, 0, True)
    assert (gone.tries, gone.messages) == (0, 1)
    assert not Reminder.objects.exists()
    assert [it.data for it in Event.objects.filter(type="reminders.purged").order_by("id")] == [
        {"tries": 1, "messages": 0},
        {"tries": 0, "messages": 1},
    ]


def test_what_is_still_spoken_of_is_kept_so_that_it_is_not_said_again(sent: Reminder) -> None:
    """An open deadline speaks for ever on its last lead: without the row the planner would say it once more."""
    later = NOW + KEPT + DAY
    plan(now=later - DAY)
    Reminder.objects.filter(state="waiting").update(state="sent", settled_at=NOW)

    assert purge(now=later).messages == 0
    assert plan(now=later).queued == 0


@pytest.mark.parametrize("how", ["done", "taken back"])
def test_what_was_asked_for_goes_once_there_is_an_answer_or_nobody_wants_to_hear_of_it(how: str) -> None:
    at_any_hour()
    worker = make_user()
    to_do = clients.write_to_do(text="Придумано", owner=worker, by=worker, now=NOW)
    row = actions.follow_up(about=to_do, on=NOW.date() + DAY, today=NOW.date(), by=worker, now=NOW)
    plan(now=NOW + DAY)
    deliver_due(clock=lambda: NOW + DAY)
    if how == "done":
        clients.finish_to_do(to_do=to_do, by=worker, now=NOW + DAY)
    else:
        actions.end_follow_up(row=row, by=worker, now=NOW + DAY)

    assert purge(now=NOW + KEPT + 2 * DAY).messages == 1
    assert plan(now=NOW + KEPT + 2 * DAY).queued == 0


def test_what_waits_is_never_forgotten(sent: Reminder) -> None:
    Deadline.objects.update(state="done")
    Reminder.objects.update(state="waiting", settled_at=None)

    assert purge(now=NOW + KEPT + DAY).messages == 0
    assert Attempt.objects.count() == 1


def test_a_notice_and_what_was_said_to_a_person_of_a_past_day_are_forgotten() -> None:
    agreement = make_willing()
    worker = make_user()
    known = {"lead_days": 0, "due_on": TODAY, "state": "sent", "send_at": NOW, "created_at": NOW, "settled_at": NOW}
    Reminder.objects.create(subject="emergency:1", recipient=worker, channel="email", **known)
    client = agreement.client
    told = f"client_deadline:{make_deadline(client=client, due_on=TODAY).pk}"
    Reminder.objects.create(subject=told, client=client, case=client.case, channel="sms", **known)

    assert purge(now=NOW + KEPT + DAY).messages == 2


def test_the_command_counts_first_and_then_forgets(sent: Reminder) -> None:
    Deadline.objects.update(state="done")
    Reminder.objects.update(settled_at=timezone.now() - 3 * DAY)
    said = StringIO()

    call_command("purge_reminders", "--days=2", "--log-days=2", "--dry-run", stdout=said)
    kept = Reminder.objects.count()
    call_command("purge_reminders", "--days=2", "--log-days=2", stdout=said)

    assert said.getvalue().splitlines() == [
        "would forget 1 messages and 1 tries",
        "forgot 1 messages and 1 tries",
    ]
    assert (kept, Reminder.objects.count()) == (1, 0)


def test_the_command_refuses_days_that_make_no_sense() -> None:
    with pytest.raises(CommandError):
        call_command("purge_reminders", "--days=10", "--log-days=20")
