"""Papers, for tests; the numbers are invented."""

from datetime import date, datetime
from typing import Any

from casework.accounts.models import User
from casework.clients.models import Client
from casework.documents import actions
from casework.documents.models import Document

from .accounts import NOW, make_user


def make_document(client: Client, *, by: User | None = None, now: datetime = NOW, **fields: Any) -> Document:
    known: dict[str, Any] = {
        "kind": Document.Kind.INTERNATIONAL_PASSPORT,
        "country": "RU",
        "number": "75 0000001",
        "issued_on": date(2020, 3, 1),
        "valid_until": date(2030, 3, 1),
    }
    return actions.record_document(
        client=client, by=by or make_user(team=client.case.team), now=now, **(known | fields)
    )
