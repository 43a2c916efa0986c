"""How a page finds the one row that its address names. What may not be seen is not there: one 404 for foreign and missing.

A row of a restricted case asks first who it is, as an export does, and then not again for half an hour. Only whoever may see
the case comes that far, so that the question tells nobody else that there is one.
"""

from datetime import timedelta
from typing import Any

from django.shortcuts import get_object_or_404

from casework.clients.models import Case, Merge, Relation, SuspectedPair

from .looking import request_of_page
from .sign_in.step_up import ask_now_and_then

RESTRICTED = "restricted"
# So long after an answer no restricted case asks again.
OPEN_FOR = timedelta(minutes=30)
# By which the rows of a case lead to it, the nearest first.
WAYS = ("case", "client", "scan", "document", "request")


def open_or_404(rows: Any, **key: Any) -> Any:
    """Return the row; answer 404 if there is none among `rows`, which hold what the reader may see and nothing else.

    Raises ProofNeeded where its case is restricted and nobody has shown within half an hour who sits there. Call it before
    anything is shown or written.
    """
    found = get_object_or_404(rows, **key)
    for case in cases_of(found):
        ask_where_restricted(case)
    return found


def ask_where_restricted(case: Case) -> None:
    request = request_of_page()
    if case.restricted and request is not None:
        ask_now_and_then(request, RESTRICTED, every=OPEN_FOR)


def cases_of(row: Any) -> list[Case]:
    """Return the case that a row belongs to, both of a pair, a merge or a relation, none of what is about no case."""
    if isinstance(row, Case):
        return [row]
    if isinstance(row, SuspectedPair):
        return [*cases_of(row.first), *cases_of(row.second)]
    if isinstance(row, Relation):
        return [*cases_of(row.one), *cases_of(row.other)]
    if isinstance(row, Merge):
        return [*cases_of(row.into), *(cases_of(row.left_case) if row.left_case else [])]
    for way in WAYS:
        if getattr(row, f"{way}_id", None) is not None:
            return cases_of(getattr(row, way))
    return []
