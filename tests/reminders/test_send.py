from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.utils import translation

from casework.clients.models import Case
from casework.reminders import send
from casework.reminders.channels import DeliveryError, Message
from casework.reminders.models import Attempt, Reminder
from casework.reminders.plan import plan
from casework.reminders.wording import staff_reminder
from casework.residency.models import Deadline

from ..factories.accounts import NOW, make_user
from ..factories.clients import hide, make_case, make_client
from .deadlines import at_any_hour, make_deadline

pytestmark = pytest.mark.django_db


@pytest.fixture
def reminder() -> Reminder:
    make_deadline()
    plan(now=NOW)
    return Reminder.objects.get()


def fail_with(monkeypatch: pytest.MonkeyPatch, error: DeliveryError) -> None:
    class Failing:
        def deliver(self, message: Message) -> None:
            raise error

    monkeypatch.setattr(send, "channel", lambda name: Failing())


def test_it_sends_neutral_words_to_the_caseworker_and_records_the_attempt(reminder: Reminder) -> None:
    send.deliver_due(clock=lambda: NOW)

    reminder.refresh_from_db()
    [message] = mail.outbox
    assert message.to == [reminder.recipient.email]
    assert message.subject == "You have 1 item due."
    assert message.extra_headers["Message-ID"] == f"<{reminder.pk}@casework.invalid>"
    assert reminder.state == Reminder.State.SENT
    assert [it.outcome for it in reminder.attempts.all()] == ["delivered"]


def test_a_message_names_nobody_nothing_and_no_address(reminder: Reminder) -> None:
    send.deliver_due(clock=lambda: NOW)

    client = Deadline.objects.get().client
    words = mail.outbox[0].subject + mail.outbox[0].body
    for revealing in (
        client.family_name,
        client.reference,
        client.case.code,
        "KG",
        "http",
        "2026",
        client.case.team.name,
    ):
        assert revealing not in words


def test_it_counts_what_its_reader_looks_after_and_may_see(reminder: Reminder) -> None:
    """And nothing else: a number that grows tells of a case that somebody else keeps."""
    worker = reminder.recipient
    team = worker.memberships.get().team
    make_deadline(client=make_client(case=make_case(team=team, caseworker=make_user(team=team))))
    hidden = make_case(team=team, caseworker=worker)
    make_deadline(client=make_client(case=hidden))
    hide(hidden, make_user(team=team), make_user(team=team))

    assert send.message_of(reminder, NOW).wording == staff_reminder(items=1, language=worker.language)


def test_a_choice_that_has_passed_is_not_counted(reminder: Reminder) -> None:
    worker = reminder.recipient
    client = make_client(case=make_case(team=worker.memberships.get().team, caseworker=worker))
    make_deadline(client=client, due_on=NOW.date() - timedelta(days=2), optional=True)

    assert send.message_of(reminder, NOW).wording == staff_reminder(items=1, language=worker.language)


def test_a_message_speaks_the_language_of_its_reader() -> None:
    assert staff_reminder(items=5, language="ru") != staff_reminder(items=5, language="en")
    assert translation.get_language() == "en"


def test_what_was_answered_after_the_claim_is_not_sent(reminder: Reminder) -> None:
    send.claim(now=NOW)
    Deadline.objects.update(state="done")

    send.deliver_due(clock=lambda: NOW + send.LEASE + timedelta(seconds=1))

    reminder.refresh_from_db()
    assert mail.outbox == []
    assert (reminder.state, reminder.why) == ("stopped", "done")


@pytest.mark.parametrize("how", ["hidden", "given to a colleague"])
def test_what_is_not_theirs_any_more_after_the_claim_is_not_sent_to_them(reminder: Reminder, how: str) -> None:
    case, worker = reminder.case, reminder.recipient
    assert case is not None
    send.claim(now=NOW)
    if how == "hidden":
        hide(case)
    else:
        Case.objects.filter(pk=case.pk).update(caseworker=make_user(team=case.team))

    send.deliver_due(clock=lambda: NOW + send.LEASE + timedelta(seconds=1))

    reminder.refresh_from_db()
    assert mail.outbox == []
    assert (reminder.recipient, reminder.state, reminder.why) == (worker, "stopped", "no_access")


def test_a_claimed_reminder_is_left_alone_until_its_lease_runs_out(reminder: Reminder) -> None:
    send.claim(now=NOW)

    before = send.deliver_due(clock=lambda: NOW + send.LEASE)
    after = send.deliver_due(clock=lambda: NOW + send.LEASE + timedelta(seconds=1))

    assert (before, after) == (0, 1)
    assert [message.extra_headers["Message-ID"] for message in mail.outbox] == [f"<{reminder.pk}@casework.invalid>"]


def test_a_failure_is_tried_again_later(reminder: Reminder, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, DeliveryError("the mail server answered 451"))

    send.deliver_due(clock=lambda: NOW)

    reminder.refresh_from_db()
    assert (reminder.state, reminder.send_at) == ("waiting", NOW + timedelta(minutes=1))
    assert [(it.outcome, it.error) for it in reminder.attempts.all()] == [("retry", "the mail server answered 451")]


def test_after_the_last_try_a_person_is_asked(reminder: Reminder, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, DeliveryError("the mail server answered 451"))
    at_any_hour()
    now = NOW
    for _ in range(send.MOST_TRIES):
        send.deliver_due(clock=lambda: now)  # noqa: B023
        now += timedelta(hours=4)

    reminder.refresh_from_db()
    assert (reminder.state, reminder.why) == ("needs_person", "delivery_failed")
    assert Attempt.objects.count() == send.MOST_TRIES


def test_a_refused_address_asks_a_person_at_once(reminder: Reminder, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, DeliveryError("the address was refused", permanent=True))

    send.deliver_due(clock=lambda: NOW)

    reminder.refresh_from_db()
    assert reminder.state == Reminder.State.NEEDS_PERSON


def test_a_worker_that_woke_up_late_does_not_overwrite_what_another_did(reminder: Reminder) -> None:
    late = send.claim(now=NOW)
    assert late is not None
    send.deliver_due(clock=lambda: NOW + send.LEASE + timedelta(seconds=1))

    send.record_failure(late, DeliveryError("too late"), now=NOW + timedelta(minutes=5))

    reminder.refresh_from_db()
    assert reminder.state == Reminder.State.SENT
    assert Attempt.objects.count() == 1


def test_outside_production_a_message_sent_twice_is_one_file(reminder: Reminder, settings: object) -> None:
    settings.EMAIL_BACKEND = "casework.reminders.channels.files.OutgoingFiles"  # type: ignore[attr-defined]
    message = send.message_of(reminder, NOW)

    for _ in range(2):
        send.channel("email").deliver(message)

    [file] = Path(settings.OUTGOING_DIR).iterdir()  # type: ignore[attr-defined]
    assert file.name == f"{reminder.pk}.eml"
    assert file.stat().st_mode & 0o777 == 0o600
