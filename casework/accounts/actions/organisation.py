"""Who we are, as it stands on printed forms."""

from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import transaction

from casework.audit.record import record

from ..models import Organisation, User


class OrganisationFields(TypedDict, total=False):
    name: str
    address: str
    data_contact: str
    age_of_consent: int


class OrganisationChanged(Exception):
    """Somebody else has changed it meanwhile; carries the row as it is now."""

    def __init__(self, theirs: Organisation) -> None:
        super().__init__("The organisation has changed meanwhile.")
        self.theirs = theirs


def organisation() -> Organisation:
    """Return the one row, or an empty one that is not saved yet. Version 1 of either is what a first form has read."""
    return Organisation.objects.filter(pk=1).first() or Organisation(id=1, version=1)


@transaction.atomic
def change_organisation(*, version: int, by: User, now: datetime, **fields: Unpack[OrganisationFields]) -> Organisation:
    """Write who we are. Raises OrganisationChanged."""
    Organisation.objects.get_or_create(pk=1)
    row = Organisation.objects.select_for_update().get(pk=1)
    if row.version != version:
        raise OrganisationChanged(row)
    values: dict[str, Any] = dict(fields)
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    if changed:
        for name in changed:
            setattr(row, name, values[name])
        row.version += 1
        row.save(update_fields=[*changed, "version"])
        record("accounts.organisation_changed", subject=row, by=by, now=now, fields=changed)
    return row
