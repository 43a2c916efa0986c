"""Whoever is shown a case leaves an event, also on a page whose author did not think of it.

The header of a case says that the case is on the page; the guard of the page, which knows the request, then records it
unless the page has recorded something better by itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.utils import timezone

from casework.audit.record import record

PAGE_SEEN = "clients.page_seen"


@dataclass(slots=True)
class Look:
    """One page being made: for which request, whom it is about, and whether the day of the reader was looked at when that was loaded."""

    request: Any
    cases: list[UUID | None] = field(default_factory=list)
    is_counted: bool = False


_look: ContextVar[Look | None] = ContextVar("look", default=None)


def shown(case_id: UUID | None) -> None:
    """Say that a page shows a case, or people who have none yet."""
    look = _look.get()
    if look is not None and case_id not in look.cases:
        look.cases.append(case_id)


def counted() -> None:
    """Say that what this page loads was held against what its reader has opened today."""
    look = _look.get()
    if look is not None:
        look.is_counted = True


def request_of_page() -> Any:
    """Return the request for which a page is being made, None outside of pages."""
    look = _look.get()
    return look.request if look is not None else None


@contextmanager
def looking(request: Any) -> Iterator[Look]:
    """Note what is shown while a page is made."""
    look = Look(request)
    token = _look.set(look)
    try:
        yield look
    finally:
        _look.reset(token)


def record_look(look: Look, request: Any, response: HttpResponseBase) -> None:
    """Record what a page has shown, in the transaction of the page and before it leaves."""
    if response.status_code >= 500 or 300 <= response.status_code < 400:
        return
    for case_id in look.cases[:1]:
        page = request.resolver_match.url_name if request.resolver_match else ""
        record(PAGE_SEEN, by=request.user, now=timezone.now(), case_id=case_id, page=page)
