"""Services that were delivered, for tests of reports."""

from datetime import date, datetime, timedelta
from typing import Any

from casework.accounts.models import User
from casework.clients.actions.services import deliver_service
from casework.clients.models import Case, Client, Service

from .accounts import NOW
from .clients import make_client
from .needs import make_service

OCTOBER = date(2026, 10, 14)


def deliver(
    case: Case, on: date = OCTOBER, *, people: list[Client] | None = None, by: User, now: datetime = NOW, **fields: Any
) -> Service:
    """A service that somebody of the case, or everybody in it, had on a day."""
    service = make_service(case, people=people or [], by=by, now=now - timedelta(minutes=1), **fields)
    return deliver_service(service=service, on=on, today=now.date(), version=service.version, by=by, now=now)


def help_people(number: int, on: date = OCTOBER, *, by: User, now: datetime = NOW, **fields: Any) -> list[Case]:
    """So many people, each with a case and a service of their own. `sex` and `birth` are theirs, the rest the service's."""
    of_the_person = {name: fields.pop(name) for name in ("sex", "birth") if name in fields}
    cases = []
    for _number in range(number):
        client = make_client(team=by.memberships.get().team, by=by, now=now, **of_the_person)
        deliver(client.case, on, by=by, now=now, **fields)
        cases.append(client.case)
    return cases
