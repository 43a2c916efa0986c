"""The cases that somebody opened last, as far as they may still see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from casework.accounts.models import User
from casework.clients.access import cases_visible_to
from casework.clients.models import Case, CaseSight, Client

from .people import place_in_family

SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    case: Case
    applicant: str
    at: datetime


def recent_cases(user: User, now: datetime) -> list[Recent]:
    """Return them, the latest first, with whom they are about; in two queries.

    What is no longer visible drops out by the same predicate as everywhere: restricted since, of a team left, lent and over.
    """
    own = CaseSight.objects.filter(cases_visible_to(user, now, prefix="case__"), user=user).order_by("-at", "pk")
    at = CaseSight.objects.filter(user=user, case=OuterRef("pk")).order_by("-at").values("at")[:1]
    rows: Any = Case.objects.filter(pk__in=own.values("case")[:SHOWN]).annotate(seen_at=Subquery(at))
    found = list(rows.order_by("-seen_at", "pk"))
    people: dict[Any, list[Client]] = {}
    for client in Client.objects.select_related("data_key").defer("search_form").filter(case__in=found):
        people.setdefault(client.case_id, []).append(client)
    return [
        Recent(
            case=case,
            applicant=str(min(people[case.pk], key=place_in_family).full_name) if case.pk in people else "",
            at=case.seen_at,
        )
        for case in found
    ]
