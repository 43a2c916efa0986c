"""Who waits for a bed, in an order that says its reasons; and who has waited longest, or longest without a word."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, ExpressionWrapper, F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from casework.accounts.models import Team, User
from casework.accounts.roles import Permission
from casework.clients.access import cases_visible_to
from casework.clients.models import Address, Client, SchemeVersion, Score
from casework.lib.dates import today_in

from .due import SILENT_AFTER, last_word
from .fit import Person, Point
from .models import BedOffer, HousingRequest, Placement, RequestPerson, Unit
from .placing import person_of
from .queries import open_rooms, wishes_of
from .ranking import Because, Ranked, Waiting, rank
from .vacancy import InRoom, OpenRoom, put_into

# Whether something fits now is asked of the nights that come next.
LOOKED_AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRow:
    """A request on the list. `leave_by_is_computed`: nobody said it; it is the day on which their present place ends.

    The request knows `may_change`: whether the reader may change its case, and so offer them beds.
    """

    request: Any
    rank: int
    because: tuple[Because, ...]
    persons: tuple[Person, ...]
    references: Mapping[Any, str]
    leave_by: date | None
    leave_by_is_computed: bool
    waits: int
    is_silent: bool
    last_word: date
    today: date
    offered_until: datetime | None

    @property
    def people(self) -> int:
        return len(self.persons)

    @property
    def silent_for(self) -> int:
        """For how many days nobody has spoken with them."""
        return max((self.today - self.last_word).days, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The day on which somebody's present place ends, and whether it is a bed of ours."""

    on: date
    is_ours: bool


def places_waited_for(user: User, now: datetime) -> list[tuple[str, str, Team]]:
    """Return country, town and team of the open requests that the user may see, each once."""
    rows = HousingRequest.objects.visible_to(user, now).open().order_by("country", "city", "case__team__name")
    found = rows.values_list("country", "city", "case__team_id", "case__team__name").distinct()
    return [(country, city, Team(pk=team, name=name)) for country, city, team, name in found]


def waiting_list(
    user: User, now: datetime, *, country: str = "", city: str = "", team: UUID | None = None
) -> list[WaitingRow]:
    """Return the open requests of the cases that the user may see, in their order.

    The number of statements is the same however many wait. Ages are read, names are not.
    """
    requests = HousingRequest.objects.visible_to(user, now).open().select_related("case__team", "case__data_key")
    may_change: Any = cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix="case__")
    requests = requests.annotate(may_change=ExpressionWrapper(may_change, BooleanField()))
    if country:
        requests = requests.filter(country=country)
    if city:
        requests = requests.filter(city__iexact=city)
    if team is not None:
        requests = requests.filter(case__team=team)
    offered = BedOffer.objects.unanswered(now).filter(request=OuterRef("pk")).values("lapses_at")[:1]
    requests = requests.annotate(offered_until=Subquery(offered), scored=_scores(OuterRef("case")))
    rows: list[Any] = list(requests.longest_waiting_first())
    people = _people(rows, now)
    fitting = _how_many_fit(rows, people, user, now)
    today = min((_local_day(row, now) for row in rows), default=now.date())
    leaving = {row.pk: _leave_by(row, people[row.pk]) for row in rows}
    waiting = [
        Waiting(
            key=row.pk,
            leave_by=leaving[row.pk],
            score=_highest(row.scored),
            waiting_since=_local_day(row, row.opened_at),
            fitting=fitting.get(row.pk, 0),
        )
        for row in rows
    ]
    known = {row.pk: row for row in rows}
    return [_row(known[_key(it)], it, people[_key(it)], leaving[_key(it)], today, now) for it in rank(waiting, today)]


def _row(
    request: Any, ranked: Ranked, people: Sequence["Waiter"], leave_by: date | None, today: date, now: datetime
) -> WaitingRow:
    spoke_on = last_word(request, request.case.team.time_zone)
    here = _local_day(request, now)
    return WaitingRow(
        request=request,
        rank=ranked.rank,
        because=ranked.because,
        persons=tuple(each.person for each in people),
        references={each.person.key: each.reference for each in people},
        leave_by=leave_by,
        leave_by_is_computed=request.leave_by is None and leave_by is not None,
        waits=max((today - ranked.waiting.waiting_since).days, 0),
        is_silent=spoke_on + SILENT_AFTER <= here,
        last_word=spoke_on,
        today=here,
        offered_until=request.offered_until,
    )


def who_fits(
    user: User, now: datetime, unit_id: UUID, since: date, until: date | None
) -> tuple[Unit, OpenRoom, list[tuple[WaitingRow, InRoom | tuple[Point, ...]]]] | None:
    """Return a unit as it is free on these days, and of those who wait in its town, in their order, who goes into which bed,
    or why they cannot live there. None: there is no such unit in use in which the user may place people.
    """
    for unit, room in open_rooms(user, now, since, until, units=[unit_id]):
        rows = waiting_list(user, now, country=unit.site.country)
        there = [row for row in rows if row.persons and _looks_there(row.request, unit)]
        return unit, room, [(row, put_into(row.persons, wishes_of(row.request), room)) for row in there]
    return None


def _looks_there(request: HousingRequest, unit: Unit) -> bool:
    return request.city.casefold() in ("", unit.site.city.casefold())


def silent_requests(user: User, now: datetime) -> Any:
    """Return the open requests with whose people nobody has spoken for a fortnight, the longest first."""
    rows = HousingRequest.objects.visible_to(user, now).open().not_contacted_since((now - SILENT_AFTER).date())
    return rows.select_related("case__team").longest_waiting_first()


def _key(ranked: Ranked) -> Any:
    return ranked.waiting.key


def _local_day(request: HousingRequest, instant: datetime) -> date:
    return today_in(request.case.team.time_zone, instant)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiter:
    """Somebody who waits, and the day on which their present place ends, as far as it is on record."""

    person: Person
    reference: str
    end: End | None


def _people(requests: Sequence[HousingRequest], now: datetime) -> dict[UUID, list[Waiter]]:
    """Return who waits, by request: sex, case and age, and until when they can stay where they are; in one statement.

    Of whoever has left the case meanwhile, nothing: they are in another, which the reader may not see.
    """
    named: Any = RequestPerson.objects.filter(request__in=[row.pk for row in requests]).order_by("pk")
    rows = named.filter(client__case=F("request__case")).select_related("client__data_key").defer("client__search_form")
    found: dict[UUID, list[Waiter]] = {row.pk: [] for row in requests}
    for row in rows.annotate(**_ends_of(OuterRef("client"), now)):
        person = person_of(row.client, now.date())
        found[row.request_id].append(Waiter(person=person, reference=row.client.reference, end=_end(row)))
    return found


def end_of_place(clients: Collection[Client], now: datetime) -> End | None:
    """Return the first day on which the present place of one of these people ends, as far as it is on record."""
    people: Any = Client.objects.filter(pk__in=[client.pk for client in clients]).order_by()
    rows = people.annotate(**_ends_of(OuterRef("pk"), now)).values_list("our_bed_ends", "address_ends", named=True)
    return _first(_end(row) for row in rows)


def _ends_of(client: OuterRef, now: datetime) -> dict[str, Subquery]:
    """Return columns: until when somebody has a bed of ours, and until when their address is known to last."""
    on = now.date()
    lately = on - timedelta(days=30)
    ours = Placement.objects.filter(client=client, state=Placement.State.CHECKED_IN, until__gt=lately)
    here = Address.objects.filter(Q(since__isnull=True) | Q(since__lte=on), client=client, until__gt=on)
    return {
        "our_bed_ends": Subquery(ours.order_by("until").values("until")[:1]),
        "address_ends": Subquery(here.order_by("until").values("until")[:1]),
    }


def _end(row: Any) -> End | None:
    """Return when a place ends: of a bed of ours, else of the address on record."""
    if row.our_bed_ends is not None:
        return End(on=row.our_bed_ends, is_ours=True)
    return End(on=row.address_ends, is_ours=False) if row.address_ends is not None else None


def _first(ends: Iterable[End | None]) -> End | None:
    return min((end for end in ends if end is not None), key=lambda each: (each.on, not each.is_ours), default=None)


def _leave_by(request: HousingRequest, people: Sequence[Waiter]) -> date | None:
    """Return the day that they told us, else the first on which the place of one of them ends."""
    if request.leave_by is not None:
        return request.leave_by
    end = _first(each.end for each in people)
    return end.on if end is not None else None


def _scores(case: OuterRef) -> ArraySubquery:
    """Return a column: what a case has scored by the schemes in force, and the most that each can give."""
    in_force: Any = SchemeVersion.objects
    scores: Any = Score.objects
    rows = scores.current().filter(case=case, scheme_version__in=in_force.in_force())
    told = JSONObject(total="total", cap="scheme_version__definition__cap")
    return ArraySubquery(rows.order_by().values(told=told))


def _highest(scored: Sequence[dict[str, Any]]) -> int | None:
    """Return the highest score of a case in hundredths of what its scheme can give; None: it has none."""
    parts = [min(100 * it["total"] // int(it["cap"]), 100) for it in scored if int(it["cap"] or 0) > 0]
    return max(parts, default=None)


def _how_many_fit(
    requests: Sequence[HousingRequest], people: Mapping[UUID, Sequence[Waiter]], user: User, now: datetime
) -> dict[UUID, int]:
    """Return how many rooms would take all of each request's people for the nights that come next."""
    since = now.date()
    rooms: defaultdict[str, list[tuple[str, OpenRoom]]] = defaultdict(list)
    for unit, room in open_rooms(user, now, since, since + LOOKED_AHEAD):
        if room.free:
            rooms[unit.site.country].append((unit.site.city.casefold(), room))
    found = {}
    for request in requests:
        wanted = request.city.casefold()
        there = [room for city, room in rooms[request.country] if not wanted or city == wanted]
        persons = [each.person for each in people[request.pk]]
        answers = [put_into(persons, wishes_of(request), room) for room in there] if persons else []
        found[request.pk] = sum(isinstance(it, InRoom) and not it.fit.objections for it in answers)
    return found
