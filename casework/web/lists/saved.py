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


class Filtered:
    """What a listing is filtered by, and the names of the pages that show it so: to the first one leads whoever comes from none."""

    def __init__(self, form: Any, *pages: str) -> None:
        self.form, self.pages = form, pages

    def page(self, asked: str) -> str:
        """Return the page of that name if it is one of these, else the first."""
        return asked if asked in self.pages else self.pages[0]


LISTS: dict[str, Filtered] = {
    SavedFilter.Listing.CASES: Filtered(CaseFilterForm, "cases"),
    SavedFilter.Listing.MESSAGES: Filtered(OutgoingFilterForm, "outgoing_messages"),
    SavedFilter.Listing.TO_DOS: Filtered(ToDoFilterForm, "to_dos"),
    SavedFilter.Listing.CALENDAR: Filtered(DeadlineFilterForm, "deadline_calendar", "deadline_timeline"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedRow:
    saved: SavedFilter
    name: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFilters:
    """What stands under the filter of a list. `query`: the filters in force, "" where none is or they are saved already; `page`: where that is."""

    listing: str
    page: str
    rows: Sequence[SavedRow]
    query: str
    token: str


def saved_filters_of(user: User, listing: str, query: QueryDict, page: str = "") -> SavedFilters:
    """Return the filters that a user keeps of a list, in one query. `page`: which of its pages shows them, where it has several."""
    now, page = only_filters(listing, query), LISTS[listing].page(page)
    rows = [row_of(each, page, current=now) for each in SavedFilter.objects.of_list(user, listing)]
    is_saved = any(row.is_current for row in rows)
    return SavedFilters(listing=listing, page=page, rows=rows, query="" if is_saved else now, token=str(new_id()))


def row_of(saved: SavedFilter, page: str = "", *, current: str = "") -> SavedRow:
    address = reverse(LISTS[saved.listing].page(page))
    query = str(saved.query)
    return SavedRow(
        saved=saved, name=str(saved.name), url=f"{address}?{query}", is_current=bool(query) and query == current
    )


def only_filters(listing: str, query: QueryDict) -> str:
    """Return what an address says of filters, in one order, without the place in the list; "" if that is nothing or too long.

    Fields that are hidden say which list it is, and are kept with filters, never alone.
    """
    kept, narrows = QueryDict(mutable=True), False
    for name, field in LISTS[listing].form.base_fields.items():
        for part in [f"{name}_{part}" for part in DayParts.__slots__] if isinstance(field, DayField) else [name]:
            if values := [value for value in query.getlist(part) if value]:
                kept.setlist(part, values)
                narrows = narrows or not field.widget.is_hidden
    text = kept.urlencode()
    return text if narrows and len(text) <= LONGEST else ""
