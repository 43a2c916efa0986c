"""People are placed in beds: held, booked, moved. For one person or for a family in one act: all or nothing."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.actions.addresses import record_address
from casework.clients.actions.facts import lock_in_order
from casework.clients.changes import write
from casework.clients.models import Address, Client
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from ..locking import lock_beds, release_lapsed
from ..models import Bed, Placement, Site
from ..placing import Asks, Hindrance, Question, beds_taken, hindrances, others_of
from .following import requests_follow

LONGEST_HOLD = timedelta(hours=48)
# People write things down late. What is older than this is told by an address, not by a bed.
LATEST_ARRIVAL = timedelta(days=31)
State, Ending = Placement.State, Placement.Ending
ResultT = TypeVar("ResultT")


class UnableToPlace(Refusal):
    """Carries everything that stands in the way, so that a page can list it."""

    def __init__(self, found: Sequence[Hindrance]) -> None:
        first = found[0]
        super().__init__(" ".join(dict.fromkeys(each.sentence for each in found)), field=first.field)
        self.hindrances = list(found)


def refuse(sentence: str, *, code: str = "not_now", field: str = "") -> UnableToPlace:
    """Return the refusal for one thing that stands in the way."""
    return UnableToPlace([Hindrance(code=code, sentence=sentence, field=field)])


@transaction.atomic
def hold(
    *,
    people_in_beds: Mapping[Client, Bed],
    since: date,
    until: date | None,
    held_until: datetime,
    by: User,
    now: datetime,
    reason: str = "",
    act: UUID | None = None,
) -> list[Placement]:
    """Keep beds for people until an hour; the hold ends by itself. They may live elsewhere meanwhile.

    Sent twice with the same `act`, they are held once. Raises UnableToPlace.
    """
    if not now < held_until <= now + LONGEST_HOLD:
        raise refuse(
            _("A bed is held for %(hours)s hours at most. Book it to keep it longer.")
            % {"hours": int(LONGEST_HOLD.total_seconds()) // 3600},
            code="held_too_long",
            field="held_until",
        )
    asked = Placing(since=since, until=until, state=State.HELD, by=by, now=now, reason=reason, held_until=held_until)
    return asked.place(people_in_beds, act)


@transaction.atomic
def book(
    *,
    people_in_beds: Mapping[Client, Bed],
    since: date,
    until: date | None,
    by: User,
    now: datetime,
    reason: str = "",
    may_move: bool = False,
    checks_in: bool = False,
    act: UUID | None = None,
    by_token: bool = False,
) -> list[Placement]:
    """Book beds for people, or with `checks_in` let them move in at once.

    `may_move`: whoever is placed elsewhere by then moves from there on the first day. Sent twice with the same `act`, they
    are booked once. `by_token`: a program does it, and of who is in the way it is told what a program may know. Raises
    UnableToPlace.
    """
    state = State.CHECKED_IN if checks_in else State.BOOKED
    asked = Placing(
        since=since, until=until, state=state, by=by, now=now, reason=reason, may_move=may_move, by_token=by_token
    )
    return asked.place(people_in_beds, act)


@transaction.atomic
def move(
    *,
    people_in_beds: Mapping[Client, Bed],
    on: date,
    until: date | None,
    by: User,
    now: datetime,
    reason: str = "",
    act: UUID | None = None,
) -> list[Placement]:
    """Let people who live in one bed go on in another: at once, or on a day to come, for which the bed is booked.

    Sent twice with the same `act`, they move once. Raises UnableToPlace.
    """
    lock_in_order(people_in_beds)
    living = Placement.objects.filter(client__in=list(people_in_beds), state=State.CHECKED_IN).on_day(on)
    has_moved = act is not None and Placement.objects.filter(act=act).exists()
    homeless = set(people_in_beds) - {Client(pk=pk) for pk in living.values_list("client", flat=True)}
    if homeless and not has_moved:
        who = ", ".join(sorted(client.reference for client in homeless))
        raise refuse(
            _("%(who)s lives in none of our beds on this day. Book the bed instead.") % {"who": who}, field="on"
        )
    today = _today(people_in_beds, now)
    state = State.CHECKED_IN if on <= today else State.BOOKED
    asked = Placing(since=on, until=until, state=state, by=by, now=now, reason=reason, may_move=True)
    return asked.place(people_in_beds, act)


class Placing:
    """One act of placing people, for as long as its transaction lasts."""

    def __init__(
        self,
        *,
        since: date,
        until: date | None,
        state: str,
        by: User,
        now: datetime,
        reason: str = "",
        may_move: bool = False,
        held_until: datetime | None = None,
        by_token: bool = False,
    ) -> None:
        self.since, self.until, self.state = since, until, state
        self.by, self.now, self.by_token = by, now, by_token
        self.reason, self.may_move, self.held_until = reason.strip(), may_move, held_until

    def place(self, people_in_beds: Mapping[Client, Bed], act: UUID | None) -> list[Placement]:
        wanted = {client.pk: bed.pk for client, bed in people_in_beds.items()}
        lock_in_order(people_in_beds)
        if earlier := list(Placement.objects.filter(act=act).order_by("pk")) if act else []:
            if {row.client_id for row in earlier} != set(wanted):
                raise SuspiciousOperation("the token of a form names placements of others")
            return earlier
        beds = self._lock_beds(people_in_beds, wanted)
        clients = people_with_cases(wanted)
        question = question_of({client: beds[wanted[pk]] for pk, client in clients.items()}, self)
        self._refuse_impossible_day(beds.values())
        accepted = accept(question, reason=self.reason, may_move=self.may_move)
        former = list(others_of(clients.values(), question).with_place()) if self.state != State.HELD else []
        rows = saving(lambda: self._insert(clients, beds, wanted, former, act or new_id(), accepted), question)
        self._say(rows, former)
        if self.state != State.HELD:
            requests_follow(rows, by=self.by, now=self.now)
        return rows

    def _lock_beds(self, people_in_beds: Mapping[Client, Bed], wanted: Mapping[UUID, UUID]) -> dict[UUID, Bed]:
        """Lock every bed concerned, so that nobody else can change the answer. Of many who want one bed, most stop here."""
        left = Placement.objects.live().filter(client__in=list(people_in_beds))
        beds = lock_beds(wanted.values(), also_of=left if self.state != State.HELD else None)
        asked = question_of({client: beds[wanted[client.pk]] for client in people_in_beds}, self)
        if taken := list(beds_taken(asked)):
            raise UnableToPlace(taken)
        release_lapsed(beds, self.now)
        return beds

    def _refuse_impossible_day(self, beds: Iterable[Bed]) -> None:
        """Beds are held and booked for nights to come; who is there already came on a day that is not long ago."""
        for site in {bed.unit.site_id: bed.unit.site for bed in beds}.values():
            if self.state != State.CHECKED_IN and self.since < site.tonight(self.now):
                raise refuse(
                    _("This night is over. If they are there already, check them in on the day on which they came."),
                    code="is_over",
                    field="since",
                )
            if self.state == State.CHECKED_IN:
                refuse_impossible_arrival(self.since, site, self.now, field="since")

    def _insert(
        self,
        clients: dict[UUID, Client],
        beds: dict[UUID, Bed],
        wanted: Mapping[UUID, UUID],
        former: Sequence[Placement],
        act: UUID,
        accepted: Sequence[Hindrance],
    ) -> list[Placement]:
        is_there = self.state == State.CHECKED_IN
        left = {
            row.client_id: leave_for_another_bed(row, on=self.since, is_there=is_there, by=self.by, now=self.now)
            for row in former
        }
        rows = []
        for pk, client in clients.items():
            row = Placement(
                data_key=client.data_key, client=client, bed=beds[wanted[pk]], since=self.since, until=self.until
            )
            row.state, row.act, row.held_until = self.state, act, self.held_until
            row.moved_from = left.get(pk)
            row.made_at, row.made_by = self.now, self.by
            row.exception = self.reason if any(each.asks == Asks.REASON for each in accepted) else ""
            if self.state != State.HELD:
                row.booked_at, row.booked_by = self.now, self.by
            if self.state == State.CHECKED_IN:
                row.checked_in_at, row.checked_in_by = self.now, self.by
                row.address = write_address(row, left.get(pk), since=self.since, by=self.by, now=self.now)
            row.save(force_insert=True)
            rows.append(row)
        return rows

    def _say(self, rows: Sequence[Placement], former: Sequence[Placement]) -> None:
        moved = {row.client_id for row in former}
        named = {State.HELD: "housing.placement_held", State.BOOKED: "housing.placement_booked"}
        for event, these in (
            ("housing.placement_moved", [row for row in rows if row.client_id in moved]),
            (
                named.get(State(self.state), "housing.placement_checked_in"),
                [row for row in rows if row.client_id not in moved],
            ),
        ):
            say(event, these, by=self.by, now=self.now, with_reason=any(row.exception for row in these))


def refuse_impossible_arrival(on: date, site: Site, now: datetime, *, field: str) -> None:
    """Raise UnableToPlace for a day of arrival that has not come yet, or that is too long ago to be written down so."""
    if on > site.today(now):
        raise refuse(
            _("This day has not come yet. Book the bed, and check them in when they are there."),
            code="not_come_yet",
            field=field,
        )
    if on < site.today(now) - LATEST_ARRIVAL:
        raise refuse(
            _(
                "This is more than %(days)s days ago. Check them in from a later day, and record among their addresses "
                "since when they have lived there."
            )
            % {"days": LATEST_ARRIVAL.days},
            code="too_long_ago",
            field=field,
        )


def question_of(people_in_beds: Mapping[Client, Bed], asked: Placing) -> Question:
    return Question(
        people_in_beds=people_in_beds,
        since=asked.since,
        until=asked.until,
        reader=asked.by,
        now=asked.now,
        is_hold=asked.state == State.HELD,
        arrives=asked.state == State.CHECKED_IN,
        by_token=asked.by_token,
    )


def accept(question: Question, *, reason: str, may_move: bool) -> list[Hindrance]:
    """Return what stood in the way and was answered. Raises UnableToPlace for the rest."""
    found = hindrances(question)
    answered = {Asks.REASON: bool(reason), Asks.MOVE: may_move, Asks.NOTHING: False}
    if left := [each for each in found if not answered[each.asks]]:
        raise UnableToPlace(left)
    return found


def saving(act: Callable[[], ResultT], *questions: Question) -> ResultT:
    """Do it, and where the database refuses say what stands in the way: its constraints are the last word."""
    try:
        with transaction.atomic():
            return act()
    except IntegrityError as error:
        if "placement_" not in str(error):
            raise
        hard = [each for it in questions for each in hindrances(it) if each.asks == Asks.NOTHING]
        if not hard:
            raise refuse(_("Somebody has just changed one of these beds. Look again."), field="beds") from None
        raise UnableToPlace(hard) from None


def people_with_cases(ids: Collection[UUID]) -> dict[UUID, Client]:
    rows = Client.objects.filter(pk__in=list(ids)).select_related("case").order_by("pk")
    return {client.pk: client for client in rows}


def leave_for_another_bed(row: Placement, *, on: date, is_there: bool, by: User, now: datetime) -> Placement:
    """Let a placement end on the day on which its person begins another one; `is_there`: they have come there already.

    Return from where they come: where a move makes way that was booked for a day to come, from where they were to move.
    """
    ended = {"ended_at": now, "ended_by": by, "ending": Ending.MOVED_BED}
    if row.state == State.BOOKED and (is_there or row.since >= on):
        write(row, {"state": State.CANCELLED, **ended})
        before = row.moved_from
        if before is None or not before.is_live:
            return row
        return leave_for_another_bed(before, on=before.until or on, is_there=is_there, by=by, now=now)
    values: dict[str, Any] = {} if row.until == on else {"until": on, "planned_until": row.until}
    if row.state == State.CHECKED_IN and is_there:
        values |= {"state": State.CHECKED_OUT, **ended}
    write(row, values)
    return row


def write_address(row: Placement, former: Placement | None, *, since: date, by: User, now: datetime) -> Address:
    """Return the address at which somebody lives from the day `since`: a new one, or the one that they have there already."""
    site, possible = row.bed.unit.site, row.bed.unit.registration_possible
    had = former.address if former is not None and former.bed.unit.site_id == site.pk else None
    if had is not None and had.until is None and had.registration_possible == possible:
        return had
    return record_address(
        client=row.client,
        by=by,
        now=now,
        ends_earlier=True,
        country=site.country,
        city=site.city,
        line=str(site.line or ""),
        since=since,
        registration_possible=possible,
        area_closed=site.area_closed,
    )


def say(type: str, rows: Sequence[Placement], *, by: User, now: datetime, **data: Any) -> None:
    """Leave one event for each case concerned, with the placements and the people by their ids."""
    for case_id in dict.fromkeys(row.client.case_id for row in rows):
        of_case = [row for row in rows if row.client.case_id == case_id]
        ids = {"placements": [str(row.pk) for row in of_case], "clients": [str(row.client_id) for row in of_case]}
        record(type, subject=of_case[0], case_id=case_id, by=by, now=now, **ids, **data)


def _today(people_in_beds: Mapping[Client, Bed], now: datetime) -> date:
    beds = Bed.objects.filter(pk__in=[bed.pk for bed in people_in_beds.values()]).with_place()
    return min((bed.unit.site.today(now) for bed in beds), default=now.date())
