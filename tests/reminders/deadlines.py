"""Deadlines to remind of, for these tests."""

from datetime import date, datetime
from typing import Any

from casework.clients.models import Client
from casework.lib.ids import new_id
from casework.reminders.policies import Policy
from casework.residency.models import Deadline
from tests.factories.accounts import NOW, make_team, make_user
from tests.factories.clients import make_case, make_client

TODAY = date(2026, 11, 22)


def make_deadline(
    *, client: Client | None = None, due_on: date = TODAY, now: datetime = NOW, **fields: Any
) -> Deadline:
    """An open deadline of a client whose case has a caseworker."""
    if client is None:
        team = make_team()
        client = make_client(case=make_case(team=team, caseworker=make_user(team=team)))
    known: dict[str, Any] = {
        "duty": "leave",
        "subject_kind": "stay",
        "subject_id": new_id(),
        "country": "KG",
        "review": "provisional",
        "computed_at": now,
    }
    deadline = Deadline.objects.create(client=client, due_on=due_on, **(known | fields))
    deadline.refresh_from_db()
    return deadline


def at_any_hour() -> None:
    """Take the quiet hours away, for tests that go by the clock of the machine."""
    Policy.objects.update_or_create(pk=1, defaults={"quiet_from": None, "quiet_until": None})
