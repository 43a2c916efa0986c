"""Who came into which country when: entries on record, by week or month."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.db.models import Count, F, Q
from django.db.models.functions import TruncMonth, TruncWeek

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.access import cases_visible_to
from casework.residency.models import Stay

from .readers import Reader, Whose

Step = Literal["week", "month"]
_BEGIN = {"week": TruncWeek, "month": TruncMonth}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """Entries by the first day of their week or month and by country; `unknown`: those of whose day nobody knows."""

    counts: Counter[tuple[date, str]]
    unknown: int

    def countries(self) -> list[str]:
        """Return the countries, those into which most came first."""
        totals: Counter[str] = Counter()
        for (_begin, country), number in self.counts.items():
            totals[country] += number
        return sorted(totals, key=lambda country: (-totals[country], country))


def arrivals_of(user: User, *, step: Step, first: date, after: date, now: datetime) -> Arrivals:
    """Return the entries of people in somebody's teams from `first` to the day before `after`. Two queries.

    An entry that lies between two days counts on the later one. Plans are no entries.
    """
    seen = cases_visible_to(user, now, permission=Permission.REPORTS_VIEW, prefix="client__case__", archived=True)
    stays: Any = Stay.objects.filter(seen, planned=False)
    known = Q(entered_latest__gte=first, entered_latest__lt=after)
    rows = (
        stays.filter(known)
        .annotate(begin=_BEGIN[step]("entered_latest"))
        .order_by()
        .values_list("begin", "country")
        .annotate(number=Count("pk"))
    )
    return Arrivals(
        counts=Counter({(begin, country): number for begin, country, number in rows}),
        unknown=stays.filter(entered_latest__isnull=True).count(),
    )


def people_of_others(reader: Reader, *, by: Literal["month", "country"], first: date, after: date) -> dict[Any, int]:
    """Return how many people of teams that are not the reader's came in each month, or into each country. One query.

    Somebody counts once in each. Nobody of a restricted case counts.
    """
    stays: Any = Stay.objects.filter(reader.of_teams(Whose.OTHERS, "client__case__team"), planned=False)
    rows = (
        stays.filter(client__case__restricted=False, entered_latest__gte=first, entered_latest__lt=after)
        .annotate(key=TruncMonth("entered_latest") if by == "month" else F("country"))
        .order_by()
        .values_list("key")
        .annotate(people=Count("client", distinct=True))
    )
    return dict(rows)
