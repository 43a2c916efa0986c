"""The three things that happen to a fact about a client: recorded, changed, removed as a mistake.

Stays, papers, permits, registrations, applications and addresses share them: one transaction of the caller, the
version check, the audit event with names of fields only, and the word to residency that facts have changed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from casework.accounts.models import User
from casework.audit.record import record
from casework.vault.sealed import Sealed

from .actions.facts import facts_changed
from .changes import locked, write
from .models import Client

FactT = TypeVar("FactT", bound=Sealed)


def record_fact(row: FactT, client: Client, *, by: User, now: datetime) -> FactT:
    """Save a new fact under the data key of its client.

    The form that records it names its id: sent twice, the fact that the first one saved is returned.
    """
    row.data_key = client.data_key
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        rows: Any = type(row)._default_manager
        earlier: FactT | None = rows.filter(pk=row.pk, client=client).first()
        if earlier is None:
            raise
        return earlier
    _say("recorded", row, client, by, now)
    return row


def lock_fact(row: FactT, *, version: int, mine: Mapping[str, Any]) -> FactT:
    """Return the fact as it is now, locked. Raises ChangedMeanwhile."""
    return locked(row, version=version, mine=mine)


def change_fact(row: FactT, client: Client, values: Mapping[str, Any], *, by: User, now: datetime) -> FactT:
    """Write those of `values` that differ into a locked fact."""
    changed = write(row, values)
    if changed:
        _say("changed", row, client, by, now, fields=sorted(changed))
    return row


def remove_fact(row: Sealed, client: Client, *, by: User, now: datetime) -> None:
    """Delete a fact that was recorded by mistake."""
    _say("removed", row, client, by, now)
    row.delete()


def _say(what: str, row: Sealed, client: Client, by: User, now: datetime, **data: Any) -> None:
    facts_changed(client, now=now)
    label = row._meta
    event = f"{label.app_label}.{label.model_name}_{what}"
    record(event, subject=row, case_id=client.case_id, by=by, now=now, client=str(client.pk), **data)
