"""People who agreed to be written to, for tests; all of them obviously invented."""

from datetime import datetime
from typing import Any

from casework.accounts.models import User
from casework.clients.models import Client
from casework.reminders import actions
from casework.reminders.models import MessageAgreement, Reminder

from .accounts import NOW
from .clients import make_case, make_client, make_contact, make_team, make_user

TODAY = NOW.date()
NUMBER = "+996 555 012345"


def make_letter(client: Client, *, by: User, now: datetime = NOW) -> Reminder:
    """A letter that waits to be printed and handed over to somebody who is only met in person."""
    contact = make_contact(client, channel="in_person", value="", by=by, now=now)
    actions.agree_to_messages(client=client, contact=contact, agreed_on=TODAY, by=by, now=now)
    return Reminder.objects.create(
        subject=f"client_deadline:{client.pk}",
        due_on=TODAY,
        lead_days=0,
        client=client,
        case=client.case,
        channel="letter",
        state="needs_person",
        why="to_hand_over",
        send_at=now,
        created_at=now,
        settled_at=now,
    )


def make_willing(client: Client | None = None, *, now: datetime = NOW, **fields: Any) -> MessageAgreement:
    """Somebody who agreed to messages by SMS; `contact` names what is otherwise with that way."""
    if client is None:
        team = make_team()
        client = make_client(case=make_case(team=team, caseworker=make_user(team=team)))
    how: dict[str, Any] = {"channel": "sms", "value": NUMBER, "verified_on": TODAY} | fields.pop("contact", {})
    contact = make_contact(client, now=now, **how)
    by = client.case.caseworker
    assert by is not None
    known: dict[str, Any] = {"contact": contact, "agreed_on": TODAY}
    return actions.agree_to_messages(client=client, by=by, now=now, **(known | fields))
