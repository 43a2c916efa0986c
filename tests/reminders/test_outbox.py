"""What somebody does by hand to messages on their way."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from casework.audit.models import Event
from casework.reminders import actions, send
from casework.reminders.channels import DeliveryError
from casework.reminders.models import Reminder
from casework.reminders.plan import plan
from casework.residency.models import Deadline

from ..factories.accounts import NOW, make_user
from ..factories.clients import make_case, make_client
from ..factories.messages import make_letter
from .deadlines import at_any_hour, make_deadline
from .test_send import fail_with

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def reminder() -> Reminder:
    at_any_hour()
    make_deadline()
    plan(now=NOW)
    return Reminder.objects.get()


@pytest.fixture
def failed(reminder: Reminder, monkeypatch: pytest.MonkeyPatch) -> Reminder:
    with monkeypatch.context() as patch:
        fail_with(patch, DeliveryError("the address was refused", permanent=True))
        send.deliver_due(clock=lambda: NOW)
    reminder.refresh_from_db()
    assert reminder.state == "needs_person"
    return reminder


def by_hand(act: Any, reminder: Reminder) -> int:
    done: int = act(reminders=[reminder.pk], by=make_user(), now=LATER)
    reminder.refresh_from_db()
    return done


def test_what_failed_goes_again_under_the_same_key_and_the_log_goes_on(failed: Reminder) -> None:
    assert by_hand(actions.send_again, failed) == 1
    send.deliver_due(clock=lambda: LATER)

    failed.refresh_from_db()
    assert failed.state == "sent"
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<{failed.pk}@casework.invalid>"
    assert [(it.number, it.outcome) for it in failed.attempts.order_by("number")] == [(1, "failed"), (2, "delivered")]
    event = Event.objects.get(type="reminders.message_sent_again")
    assert (event.case_id, event.subject_id) == (failed.case_id, str(failed.pk))


def test_what_need_not_be_said_any_more_is_not_sent_again(failed: Reminder) -> None:
    Deadline.objects.update(state="done")

    by_hand(actions.send_again, failed)
    send.deliver_due(clock=lambda: LATER)

    failed.refresh_from_db()
    assert (failed.state, failed.why, mail.outbox) == ("stopped", "done", [])


def test_what_was_sent_is_not_sent_twice(reminder: Reminder) -> None:
    send.deliver_due(clock=lambda: NOW)

    assert by_hand(actions.send_again, reminder) == 0
    assert reminder.state == "sent"


def test_what_waits_for_a_further_try_goes_at_once(reminder: Reminder, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        fail_with(patch, DeliveryError("the mail server answered 451"))
        send.deliver_due(clock=lambda: NOW)

    assert by_hand(actions.send_again, reminder) == 1
    assert (reminder.state, reminder.send_at) == ("waiting", LATER)


def test_what_waits_for_its_hour_is_not_hurried(reminder: Reminder) -> None:
    assert by_hand(actions.send_again, reminder) == 0
    assert reminder.send_at == NOW


def test_what_is_called_off_is_not_said_nor_queued_again_and_can_be_sent_after_all(reminder: Reminder) -> None:
    assert by_hand(actions.call_off, reminder) == 1
    plan(now=LATER)
    send.deliver_due(clock=lambda: LATER)
    assert (mail.outbox, Reminder.objects.count(), reminder.why) == ([], 1, "called_off")

    assert by_hand(actions.send_again, reminder) == 1
    send.deliver_due(clock=lambda: LATER)
    assert len(mail.outbox) == 1


def test_the_next_day_to_speak_comes_although_one_was_called_off(reminder: Reminder) -> None:
    by_hand(actions.call_off, reminder)

    plan(now=NOW + timedelta(days=1))

    assert list(Reminder.objects.filter(state="waiting", rung=0).values_list("lead_days", flat=True)) == [-1]


def test_what_is_on_its_way_cannot_be_called_off_until_whoever_claimed_it_is_gone(reminder: Reminder) -> None:
    send.claim(now=NOW)
    assert by_hand(actions.call_off, reminder) == 0

    after = NOW + send.LEASE + timedelta(seconds=1)
    assert actions.call_off(reminders=[reminder.pk], by=make_user(), now=after) == 1


def test_somebody_who_told_them_another_way_settles_it(failed: Reminder, reminder: Reminder) -> None:
    assert by_hand(actions.tell_otherwise, failed) == 1
    assert (failed.state, failed.why) == ("stopped", "told_otherwise")
    assert by_hand(actions.tell_otherwise, failed) == 0
    assert Event.objects.filter(type="reminders.message_told_otherwise").count() == 1


def test_only_what_asks_for_a_person_is_told_otherwise(reminder: Reminder) -> None:
    assert by_hand(actions.tell_otherwise, reminder) == 0


@pytest.mark.parametrize("act", [actions.send_again, actions.tell_otherwise, actions.call_off])
def test_a_letter_is_printed_and_handed_over_instead(act: Any) -> None:
    case = make_case()
    letter = make_letter(make_client(case=case), by=make_user(team=case.team))

    assert by_hand(act, letter) == 0
    assert letter.state == "needs_person"


def test_what_was_tried_before_a_snooze_does_not_stop_the_log_after_it(reminder: Reminder) -> None:
    """Spoken of anew, its tries begin anew, and the log goes on counting."""
    reminder.attempts.create(number=1, at=NOW, outcome="retry")
    Reminder.objects.update(state="stopped", why="snoozed", settled_at=NOW, tries=1)
    plan(now=LATER)

    send.deliver_due(clock=lambda: LATER)

    assert list(reminder.attempts.order_by("number").values_list("number", "outcome")) == [
        (1, "retry"),
        (2, "delivered"),
    ]
