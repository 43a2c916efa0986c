"""What users of other systems have asked for and no other test of ours says; docs/reminders.md lists all of it."""

import pytest
from django.core import mail

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.reminders import send
from casework.reminders.channels import Message
from casework.reminders.models import Attempt, Reminder
from casework.reminders.plan import plan
from casework.reminders.watch import reconcile
from casework.residency.models import Deadline
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_case, make_client

from .deadlines import make_deadline

pytestmark = pytest.mark.django_db


def test_an_edit_that_does_not_move_the_date_tells_nobody_again() -> None:
    deadline = make_deadline()
    plan(now=NOW)
    send.deliver_due(clock=lambda: NOW)
    Deadline.objects.filter(pk=deadline.pk).update(
        review="reviewed",
        rule_ids=["another"],
        because=[{"step": "another"}],
        alternative_on=deadline.due_on,
        computed_at=NOW,
    )

    planned = plan(now=NOW)
    send.deliver_due(clock=lambda: NOW)

    assert (planned.queued, planned.stopped, len(mail.outbox)) == (0, 0, 1)


def test_nothing_is_noted_as_sent_before_the_channel_has_taken_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not while it is being sent, and not when that breaks off in a way that nobody has thought of."""
    make_deadline()
    plan(now=NOW)
    seen: list[tuple[str, int, int]] = []

    def noted() -> tuple[str, int, int]:
        events = Event.objects.filter(type="reminders.message_sent")
        return Reminder.objects.get().state, Attempt.objects.count(), events.count()

    class Breaking:
        def deliver(self, message: Message) -> None:
            seen.append(noted())
            raise RuntimeError("out of memory")

    monkeypatch.setattr(send, "channel", lambda _name: Breaking())

    with pytest.raises(RuntimeError):
        send.deliver_due(clock=lambda: NOW)

    assert [*seen, noted()] == [("sending", 0, 0), ("sending", 0, 0)]


def test_with_nobody_to_tell_nothing_goes_to_anybody_and_that_is_said() -> None:
    make_deadline(client=make_client(case=make_case(by=make_user(), caseworker=None)))
    for role in (Role.CASEWORKER, Role.COORDINATOR, Role.ADMINISTRATOR):
        make_user(role)

    plan(now=NOW)
    send.deliver_due(clock=lambda: NOW)

    assert (mail.outbox, Reminder.objects.count()) == ([], 0)
    assert reconcile(NOW).total("unaddressed") == 1
