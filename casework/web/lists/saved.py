"""Saved filters as a list shows them: which there are, and which addresses they stand for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from casework.accounts.models import SavedFilter, User
from casework.lib.ids import new_id
from casework.web.cases.forms.lists import CaseFilterForm
from casework.web.deadlines.filters import DeadlineFilterForm
from casework.web.forms.dates import DayField, DayParts
from casework.web.messages.forms import OutgoingFilterForm
from casework.web.todos.filters import ToDoFilterForm

LONGEST = 1000
# The list that each is of: the name of its address, and the form by which it is filtered.
LISTS: dict[str, tuple[str, Any]] = {
    SavedFilter.Listing.CASES: ("cases", CaseFilterForm),
    SavedFilter.Listing.MESSAGES: ("outgoing_messages", OutgoingFilterForm),
    SavedFilter.Listing.TO_DOS: ("to_dos", ToDoFilterForm),
    SavedFilter.Listing.CALENDAR: ("deadline_calendar", DeadlineFilterForm),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedRow:
    saved: SavedFilter
    name: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFilters:
    """What stands under the filter of a list. `query`: the filters in force, "" where none is or they are saved already."""

    listing: str
    rows: Sequence[SavedRow]
    query: str
    token: str


def saved_filters_of(user: User, listing: str, query: QueryDict) -> SavedFilters:
    """Return the filters that a user keeps of a list, in one query."""
    now = only_filters(listing, query)
    rows = [row_of(each, current=now) for each in SavedFilter.objects.of_list(user, listing)]
    is_saved = any(row.is_current for row in rows)
    return SavedFilters(listing=listing, rows=rows, query="" if is_saved else now, token=str(new_id()))


def row_of(saved: SavedFilter, *, current: str = "") -> SavedRow:
    address = reverse(LISTS[saved.listing][0])
    query = str(saved.query)
    return SavedRow(
        saved=saved, name=str(saved.name), url=f"{address}?{query}", is_current=bool(query) and query == current
    )


def only_filters(listing: str, query: QueryDict) -> str:
    """Return what an address says of filters, in one order, without the place in the list; "" if that is nothing or too long.

    Fields that are hidden say which list it is, and are kept with filters, never alone.
    """
    kept, narrows = QueryDict(mutable=True), False
    for name, field in LISTS[listing][1].base_fields.items():
        for part in [f"{name}_{part}" for part in DayParts.__slots__] if isinstance(field, DayField) else [name]:
            if values := [value for value in query.getlist(part) if value]:
                kept.setlist(part, values)
                narrows = narrows or not field.widget.is_hidden
    text = kept.urlencode()
    return text if narrows and len(text) <= LONGEST else ""
