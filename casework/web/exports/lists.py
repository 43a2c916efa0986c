"""The lists that can be taken along, by their key."""

from casework.web.cases.export import LISTING as CASES
from casework.web.deadlines.export import LISTING as DEADLINES
from casework.web.todos.export import LISTING as TO_DOS

from .listing import Listing

LISTS: dict[str, Listing] = {it.key: it for it in (CASES, DEADLINES, TO_DOS)}
