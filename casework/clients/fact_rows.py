"""The three things that happen to a fact about a client: recorded, changed, removed as a mistake.

Stays, papers, permits, registrations, applications and addresses share them: one transaction of the caller, the
version check, the audit event with names of fields only, and the word to residency that facts have changed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.lib.refusals import Refusal
from casework.vault.sealed import Sealed

from .actions.facts import facts_changed, lock_in_order
from .changes import insert_once, locked, write
from .models import Client

FactT = TypeVar("FactT", bound=Sealed)


def record_fact(row: FactT, client: Client, *, by: User, now: datetime) -> FactT:
    """Save a new fact under the data key of its client.

    The form that records it names its id: sent twice, the fact that the first one saved is returned.
    Raises SuspiciousOperation for the id of somebody else's fact.
    """
    row.data_key = client.data_key
    row, is_new = insert_once(row, client_id=client.pk)
    if is_new:
        _say("recorded", row, client, by, now)
    return row


def lock_fact(row: FactT, *, version: int, mine: Mapping[str, Any]) -> FactT:
    """Return the fact as it is now, locked. Raises ChangedMeanwhile.

    The client is locked first, always: who locks in another order may wait in a circle.
    """
    fact: Any = row
    lock_in_order([fact.client])
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


def refuse_rows_of_others(client: Client, values: Mapping[str, Any], refusal: type[Refusal]) -> None:
    """Raise `refusal` if one of `values` is a record of somebody else: their passport, their stay."""
    for name, value in values.items():
        if isinstance(value, models.Model) and getattr(value, "client_id", client.pk) != client.pk:
            raise refusal(_("This is on record for another person. Choose what belongs to this client."), field=name)


def _say(what: str, row: Sealed, client: Client, by: User, now: datetime, **data: Any) -> None:
    facts_changed(client, now=now)
    label = row._meta
    event = f"{label.app_label}.{label.model_name}_{what}"
    record(event, subject=row, case_id=client.case_id, by=by, now=now, client=str(client.pk), **data)
