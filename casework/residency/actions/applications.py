"""Everything that can happen to an application."""

from datetime import date, datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.clients.fact_rows import change_fact, lock_fact, record_fact, refuse_rows_of_others, remove_fact
from casework.clients.models import Client
from casework.lib.refusals import Refusal

from ..models import Application, Permit


class UnableToRecordApplication(Refusal):
    pass


class ApplicationValues(TypedDict, total=False):
    """What may be said of an application."""

    id: UUID
    country: str
    kind: str
    filed_on: date | None
    state: str
    decided_on: date | None
    keeps_stay_lawful: bool | None
    permit: Permit | None
    remark: str


@transaction.atomic
def record_application(*, client: Client, by: User, now: datetime, **values: Unpack[ApplicationValues]) -> Application:
    """Record an application to an authority. Raises UnableToRecordApplication."""
    _check(values)
    refuse_rows_of_others(client, values, UnableToRecordApplication)
    return record_fact(Application(client=client, **values), client, by=by, now=now)


@transaction.atomic
def change_application(
    *, application: Application, version: int, by: User, now: datetime, **values: Unpack[ApplicationValues]
) -> Application:
    """Change what is known of an application. Raises ChangedMeanwhile, UnableToRecordApplication."""
    application = lock_fact(application, version=version, mine=values)
    known = {name: getattr(application, name) for name in ApplicationValues.__annotations__}
    _check({**known, **values})
    refuse_rows_of_others(application.client, values, UnableToRecordApplication)
    return change_fact(application, application.client, values, by=by, now=now)


@transaction.atomic
def remove_application(*, application: Application, version: int, by: User, now: datetime) -> None:
    """Remove an application that was recorded by mistake. Raises ChangedMeanwhile."""
    application = lock_fact(application, version=version, mine={})
    remove_fact(application, application.client, by=by, now=now)


def _check(values: Any) -> None:
    filed_on, decided_on = values.get("filed_on"), values.get("decided_on")
    if filed_on and decided_on and decided_on < filed_on:
        raise UnableToRecordApplication(
            _("The decision lies before the application. Look at both days again."), field="decided_on"
        )
