"""The one way to write an audit event: beside the change, in its transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import DatabaseError, models

from .models import Event

# The last event that this thread has written, for whoever must know whether a piece of work has left one.
_latest: ContextVar[Event | None] = ContextVar("latest", default=None)
# The token with which a program acts for the person that events name.
_token: ContextVar[UUID | None] = ContextVar("token", default=None)


class UnableToRecord(DatabaseError):
    """An event could not be written: the act must not happen, and nothing of it is shown. A middleware says so."""


class Actor(Protocol):
    @property
    def pk(self) -> Any: ...


@contextmanager
def through(token: UUID) -> Iterator[None]:
    """Let every event written meanwhile say with which token a program did it."""
    reset = _token.set(token)
    try:
        yield
    finally:
        _token.reset(reset)


def latest() -> Event | None:
    """Return the last event that has been written here."""
    return _latest.get()


def record(
    type: str,
    *,
    by: Actor | None,
    now: datetime,
    subject: models.Model | None = None,
    case_id: UUID | None = None,
    **data: Any,
) -> Event:
    """Append one event. `data` holds ids, codes, counts and names of changed fields, never values.

    Raises UnableToRecord.
    """
    event = Event(
        type=type,
        at=now,
        actor_id=by.pk if by is not None else None,
        subject_model=subject._meta.label if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None else "",
        case_id=case_id,
        data=data | _through(),
    )
    try:
        event.save(force_insert=True)
    except DatabaseError as error:
        raise UnableToRecord(type) from error
    _latest.set(event)
    return event


def record_each(events: list[Event]) -> None:
    """Append events of one act that touches many rows, in one statement. Raises UnableToRecord."""
    if not events:
        return
    for event in events:
        event.data |= _through()
    try:
        Event.objects.bulk_create(events)
    except DatabaseError as error:
        raise UnableToRecord(events[0].type) from error
    _latest.set(events[-1])


def _through() -> dict[str, str]:
    token = _token.get()
    return {"token": str(token)} if token is not None else {}
