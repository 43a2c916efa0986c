"""To how many people no bed could be given, and why."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from casework.clients.access import cases_visible_to
from casework.housing.models import TurnAway

from .readers import Reader, Whose


@dataclass(frozen=True, slots=True)
class Line:
    month: date
    country: str
    city: str
    reason: str
    people: int


def turned_away(reader: Reader, whose: Whose, since: date, until: date) -> list[Line]:
    """Return what was noted on the days of `[since, until)`; by one statement. Cases that the reader may not know of are left out."""
    rows = TurnAway.objects.between(since, until).filter(reader.of_teams(whose)).order_by("day", "pk")
    known = (
        cases_visible_to(reader.user, reader.now, prefix="case__") if whose is Whose.OWN else Q(case__restricted=False)
    )
    rows = rows.filter(Q(case__isnull=True) | known)
    return [
        Line(day.replace(day=1), country, city, reason, people)
        for day, country, city, reason, people in rows.values_list("day", "country", "city", "reason", "people")
    ]


def people_by(lines: Sequence[Line], *properties: str) -> Counter[tuple[object, ...]]:
    found: Counter[tuple[object, ...]] = Counter()
    for line in lines:
        found[tuple(getattr(line, each) for each in properties)] += line.people
    return found
