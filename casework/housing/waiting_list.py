"""Who waits for a bed, in an order that says its reasons; and who has waited longest, or longest without a word."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Min, Q

from casework.accounts.models import User
from casework.clients.models import Address, Client, SchemeVersion, Score
from casework.lib.dates import today_in

from .due import SILENT_AFTER, last_word
from .fit import Person
from .models import BedOffer, HousingRequest, Placement, RequestPerson
from .placing import person_of
from .queries import open_rooms, wishes_of
from .ranking import Because, Ranked, Waiting, rank
from .vacancy import InRoom, OpenRoom, put_into

# Whether something fits now is asked of the nights that come next.
LOOKED_AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRow:
    """A request on the list. `leave_by_is_computed`: nobody said it; it is the day on which their present place ends."""

    request: HousingRequest
    rank: int
    because: tuple[Because, ...]
    people: int
    leave_by: date | None
    leave_by_is_computed: bool
    waits: int
    is_silent: bool
    offer: BedOffer | None


def waiting_list(user: User, now: datetime, *, country: str = "", city: str = "") -> list[WaitingRow]:
    """Return the open requests of the cases that the user may see, in their order.

    The number of statements is the same however many wait. Ages are read, names are not.
    """
    requests = HousingRequest.objects.visible_to(user, now).open().select_related("case__team", "case__data_key")
    if country:
        requests = requests.filter(country=country)
    if city:
        requests = requests.filter(city__iexact=city)
    rows = list(requests.longest_waiting_first())
    people = _people(rows, now)
    ends = _ends_of_present_places(people, now)
    fitting = _how_many_fit(rows, people, user, now)
    scores = _scores({row.case_id for row in rows})
    offers = {it.request_id: it for it in BedOffer.objects.unanswered(now).filter(request__in=[r.pk for r in rows])}
    known = {row.pk: row for row in rows}
    found = []
    today = min((_local_day(row, now) for row in rows), default=now.date())
    leaving = {row.pk: _leave_by(row, people.get(row.pk, ()), ends) for row in rows}
    waiting = [
        Waiting(
            key=row.pk,
            leave_by=leaving[row.pk],
            score=scores.get(row.case_id),
            waiting_since=_local_day(row, row.opened_at),
            fitting=fitting.get(row.pk, 0),
        )
        for row in rows
    ]
    for ranked in rank(waiting, today):
        request = known[_key(ranked)]
        found.append(
            WaitingRow(
                request=request,
                rank=ranked.rank,
                because=ranked.because,
                people=len(people.get(request.pk, ())),
                leave_by=leaving[request.pk],
                leave_by_is_computed=request.leave_by is None and leaving[request.pk] is not None,
                waits=max((today - ranked.waiting.waiting_since).days, 0),
                is_silent=last_word(request, request.case.team.time_zone) + SILENT_AFTER <= _local_day(request, now),
                offer=offers.get(request.pk),
            )
        )
    return found


def silent_requests(user: User, now: datetime) -> Any:
    """Return the open requests with whose people nobody has spoken for a fortnight, the longest first."""
    rows = HousingRequest.objects.visible_to(user, now).open().not_contacted_since((now - SILENT_AFTER).date())
    return rows.select_related("case__team").longest_waiting_first()


def _key(ranked: Ranked) -> Any:
    return ranked.waiting.key


def _local_day(request: HousingRequest, instant: datetime) -> date:
    return today_in(request.case.team.time_zone, instant)


def _people(requests: Sequence[HousingRequest], now: datetime) -> dict[UUID, list[Person]]:
    """Return who waits, by request: sex, case and age."""
    named = RequestPerson.objects.filter(request__in=[row.pk for row in requests]).order_by("pk")
    pairs = list(named.values_list("request_id", "client_id"))
    clients = Client.objects.filter(pk__in={client for _request, client in pairs}).defer("search_form")
    known = {client.pk: client for client in clients}
    found: defaultdict[UUID, list[Person]] = defaultdict(list)
    for request, client in pairs:
        found[request].append(person_of(known[client], now.date()))
    return found


def _ends_of_present_places(people: dict[UUID, list[Person]], now: datetime) -> dict[Any, date]:
    """Return the day on which the place ends where each person is now: of a bed of ours, else of the address on record."""
    ids: set[Any] = {person.key for of_request in people.values() for person in of_request}
    on = now.date()
    ours = Placement.objects.filter(client__in=ids, state=Placement.State.CHECKED_IN, until__gt=on - timedelta(days=30))
    ends: dict[Any, date] = dict(ours.order_by().values_list("client").annotate(ends=Min("until")))
    here = Address.objects.filter(Q(since__isnull=True) | Q(since__lte=on), client__in=ids, until__gt=on)
    for client, end in here.order_by().values_list("client").annotate(ends=Min("until")):
        ends.setdefault(client, end)
    return ends


def _leave_by(request: HousingRequest, people: Collection[Person], ends: dict[Any, date]) -> date | None:
    """Return the day that they told us, else the first on which the place of one of them ends."""
    if request.leave_by is not None:
        return request.leave_by
    return min((ends[person.key] for person in people if person.key in ends), default=None)


def _scores(cases: Collection[UUID]) -> dict[UUID, int]:
    """Return the highest score of each case in hundredths of what its scheme can give."""
    in_force: Any = SchemeVersion.objects
    scores: Any = Score.objects
    rows = scores.current().filter(case__in=cases, scheme_version__in=in_force.in_force())
    found: dict[UUID, int] = {}
    for case, total, definition in rows.values_list("case_id", "total", "scheme_version__definition"):
        most = int(definition.get("cap") or 0)
        if most > 0:
            found[case] = max(found.get(case, 0), min(100 * total // most, 100))
    return found


def _how_many_fit(
    requests: Sequence[HousingRequest], people: dict[UUID, list[Person]], user: User, now: datetime
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
        persons = people.get(request.pk, [])
        answers = [put_into(persons, wishes_of(request), room) for room in there] if persons else []
        found[request.pk] = sum(isinstance(it, InRoom) and not it.fit.objections for it in answers)
    return found
