"""What reminders speak of: something with a day of which somebody must hear, wherever it comes from.

A source says what is to be spoken of now, and how it stands with what was queued before. The planner and delivery know no more
of deadlines, beds and leases than that.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Q

from casework.clients.models import Case

from .hours import end_of

CHUNK = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """`lead` is the one that speaks now, days before the day; None: not yet. `why` it need not be said, if so.

    `zone`: where the day is; "": where the team of its case works. `at_latest`: the hour, where it has one.

    It is said to members of staff (`recipients`), or to one person whom we support (`client`), by their channel.
    """

    subject: str
    due_on: date
    lead: int | None = None
    zone: str = ""
    at_latest: datetime | None = None
    recipients: Collection[UUID] = ()
    case: Case | None = None
    rung: int = 0
    why: str = ""
    client: UUID | None = None
    channel: str = "email"
    send_at: datetime | None = None

    def goes_before(self, now: datetime) -> datetime | None:
        """Return before when somebody must have heard of it: before it lapses, or its day is over; None if that is past."""
        zone = self.zone or (self.case.team.time_zone if self.case is not None else "UTC")
        ends = self.at_latest or end_of(self.due_on, zone)
        return ends if ends > now else None


class Due(Protocol):
    """Yields what is near in batches; `cases`: the ids of those of which alone is asked."""

    def __call__(self, now: datetime, cases: Collection[UUID] | None = None) -> Iterator[Sequence[Matter]]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is spoken of.

    `due` yields what is near, in batches, of all cases or only of those with these ids; `standing` looks up what is known by these ids. What is not there is settled.

    `surely`: one question for the team of a case of which surely is still to be said to somebody, by id, day, user and time.
    `unsaid`: the same as `due` without what has surely been said, where so much is open that it is worth leaving out.
    """

    prefix: str
    due: Due
    standing: Callable[[Collection[str], datetime], Sequence[Matter]]
    settled: str = "settled"
    unsaid: Callable[[datetime], Iterator[Sequence[Matter]]] | None = None
    surely: Callable[[str, date, UUID, datetime], UUID | None] | None = None

    def now(self, subjects: Collection[str], now: datetime) -> Mapping[str, list[Matter]]:
        """Return how it stands with these subjects; those that are not there any more are left out."""
        ids = {subject.removeprefix(self.prefix) for subject in subjects if subject.startswith(self.prefix)}
        found: dict[str, list[Matter]] = {}
        for matter in self.standing(ids, now) if ids else ():
            found.setdefault(matter.subject, []).append(matter)
        return found


def among(rows: Any, cases: Collection[UUID] | None, *ways: str) -> Any:
    """Return those of the rows that are about these cases, all where None are named. `ways` lead from a row to its case."""
    if cases is None:
        return rows
    return rows.filter(reduce(or_, (Q(**{f"{way}__in": cases}) for way in ways)))


def chunked(rows: Any) -> Iterator[list[Any]]:
    """Yield the rows of a queryset in batches, in the order of their ids."""
    latest: UUID | None = None
    while True:
        chunk = list((rows.filter(pk__gt=latest) if latest else rows).order_by("pk")[:CHUNK])
        if not chunk:
            return
        yield chunk
        if len(chunk) < CHUNK:
            return
        latest = chunk[-1].pk
