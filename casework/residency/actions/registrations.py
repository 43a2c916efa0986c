"""Everything that can happen to a registration."""

from datetime import date, datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.clients.fact_rows import change_fact, lock_fact, record_fact, refuse_rows_of_others, remove_fact
from casework.clients.models import Address, Client
from casework.lib.refusals import Refusal

from ..models import Registration, Stay


class UnableToRecordRegistration(Refusal):
    pass


class RegistrationValues(TypedDict, total=False):
    """What may be said of a registration."""

    id: UUID
    country: str
    kind: str
    registered_on: date
    valid_until: date | None
    stay: Stay | None
    address: Address | None
    remark: str


@transaction.atomic
def record_registration(
    *, client: Client, by: User, now: datetime, **values: Unpack[RegistrationValues]
) -> Registration:
    """Record a registration done with an authority. Raises UnableToRecordRegistration."""
    _check(values)
    refuse_rows_of_others(client, values, UnableToRecordRegistration)
    return record_fact(Registration(client=client, **values), client, by=by, now=now)


@transaction.atomic
def change_registration(
    *, registration: Registration, version: int, by: User, now: datetime, **values: Unpack[RegistrationValues]
) -> Registration:
    """Change what is known of a registration. Raises ChangedMeanwhile, UnableToRecordRegistration."""
    registration = lock_fact(registration, version=version, mine=values)
    known = {name: getattr(registration, name) for name in RegistrationValues.__annotations__}
    _check({**known, **values})
    refuse_rows_of_others(registration.client, values, UnableToRecordRegistration)
    return change_fact(registration, registration.client, values, by=by, now=now)


@transaction.atomic
def remove_registration(*, registration: Registration, version: int, by: User, now: datetime) -> None:
    """Remove a registration that was recorded by mistake. Raises ChangedMeanwhile."""
    registration = lock_fact(registration, version=version, mine={})
    remove_fact(registration, registration.client, by=by, now=now)


def _check(values: Any) -> None:
    registered_on, valid_until = values.get("registered_on"), values.get("valid_until")
    if registered_on and valid_until and valid_until < registered_on:
        raise UnableToRecordRegistration(
            _("The registration ends before it was made. Look at both days again."), field="valid_until"
        )
