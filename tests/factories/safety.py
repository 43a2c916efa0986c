"""Consents and never-contact entries, for tests; all of them obviously invented."""

from datetime import date, datetime
from typing import Any

from casework.accounts.models import User
from casework.clients import actions
from casework.clients.models import Case, Client, Consent, NeverContact

from .accounts import NOW, make_user

TODAY = NOW.date()


def make_consent(
    client: Client, *, by: User | None = None, now: datetime = NOW, today: date = TODAY, **fields: Any
) -> Consent:
    """A signed yes to any partner being told who they are."""
    known: dict[str, Any] = {
        "purpose": "partner",
        "said": "yes",
        "basis": "explicit_consent",
        "categories": ["identity"],
        "given_on": today,
    }
    return actions.record_consent(
        client=client, by=by or make_user(team=client.case.team), now=now, today=today, **(known | fields)
    )


def make_never_contact(
    case: Case, *, client: Client | None = None, by: User | None = None, now: datetime = NOW, **fields: Any
) -> NeverContact:
    known: dict[str, Any] = {"kind": "number", "value": "+996 555 012345", "since": TODAY, "today": TODAY}
    return actions.record_never_contact(
        case=case, client=client, by=by or make_user(team=case.team), now=now, **(known | fields)
    )
