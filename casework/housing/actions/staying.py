"""What becomes of a placement: booked, checked in, longer, shorter, checked out, did not come, cancelled, taken back."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.clients.actions.addresses import change_address, end_address
from casework.clients.actions.facts import lock_in_order
from casework.clients.changes import ChangedMeanwhile, write
from casework.clients.models import Address, Client

from ..locking import lock_beds, release_lapsed
from ..models import BedOffer, Placement
from ..placing import Asks, Question, hindrances, others_of
from ..wording import day
from .following import offers_follow, requests_follow
from .placing import UnableToPlace, leave_for_another_bed, refuse, refuse_impossible_arrival, saving, say, write_address

State, Ending = Placement.State, Placement.Ending
Seen = Mapping[UUID, int] | None
Days = dict[UUID, tuple[date, date | None]]
BATCH = 200


@transaction.atomic
def book_held(
    *, placements: Sequence[Placement], by: User, now: datetime, may_move: bool = False, seen: Seen = None
) -> list[Placement]:
    """Book what was held. `seen`: the versions that the writer saw. Raises UnableToPlace and ChangedMeanwhile."""
    rows = locked_placements(placements, now, seen)
    if all(row.state == State.BOOKED for row in rows):
        return rows
    _refuse_unless(rows, State.BOOKED, now)
    questions = _questions(rows, {row.pk: (row.since, row.until) for row in rows}, by, now)
    former = _former(questions, may_move=may_move)
    values = {"state": State.BOOKED, "held_until": None, "booked_at": now, "booked_by": by}

    def save() -> None:
        for row in rows:
            left = former.get(row.client_id)
            if left is not None:
                left = leave_for_another_bed(left, on=row.since, is_there=False, by=by, now=now)
            write(row, values | {"moved_from": left})

    saving(save, *questions)
    say("housing.placement_booked", rows, by=by, now=now)
    offers_follow(rows, BedOffer.State.ACCEPTED, by=by, now=now)
    requests_follow(rows, by=by, now=now)
    return rows


@transaction.atomic
def check_in(
    *,
    placements: Sequence[Placement],
    by: User,
    now: datetime,
    on: date | None = None,
    may_move: bool = False,
    seen: Seen = None,
) -> list[Placement]:
    """Note that people have come: on the first day of their placement, or `on` another one.

    Their addresses are written, and those at which they lived so far end. Raises UnableToPlace and ChangedMeanwhile.
    """
    rows = locked_placements(placements, now, seen)
    if all(row.state == State.CHECKED_IN for row in rows):
        return rows
    _refuse_unless(rows, State.CHECKED_IN, now)
    days: Days = {row.pk: (_day_of_arrival(row, on, now), row.until) for row in rows}
    questions = _questions(rows, days, by, now, arrives=True)
    former = {row.client_id: row.moved_from for row in rows if row.moved_from is not None}
    former |= _former(questions, may_move=may_move)

    def save() -> None:
        for row in rows:
            since, left = days[row.pk][0], former.get(row.client_id)
            if left is not None and left.is_live:
                if since > row.since:  # first, or they would be in both beds for these days
                    row.since = since
                    row.save(update_fields=["since"])
                day_of_leaving = _stayed_until(left, since, by, now)
                left = leave_for_another_bed(left, on=day_of_leaving, is_there=True, by=by, now=now)
            arrived = {"state": State.CHECKED_IN, "since": since, "held_until": None, "moved_from": left}
            arrived |= {"checked_in_at": now, "checked_in_by": by}
            arrived |= {} if row.booked_at else {"booked_at": now, "booked_by": by}
            write(row, arrived | {"address": write_address(row, left, since=since, by=by, now=now)})

    saving(save, *questions)
    say("housing.placement_checked_in", rows, by=by, now=now)
    offers_follow(rows, BedOffer.State.ACCEPTED, by=by, now=now)
    requests_follow(rows, by=by, now=now)
    return rows


@transaction.atomic
def extend(
    *,
    placements: Sequence[Placement],
    until: date | None,
    by: User,
    now: datetime,
    reason: str = "",
    seen: Seen = None,
) -> list[Placement]:
    """Let people stay longer; None: without end. Raises UnableToPlace and ChangedMeanwhile."""
    rows = locked_placements(placements, now, seen)
    _refuse_if_over(rows)
    for row in rows:
        if row.until is None or (until is not None and until <= row.until):
            raise refuse(_("Choose a day that is later than the one on which they were to leave."), field="until")
    is_hold = all(row.state == State.HELD for row in rows)
    questions = _questions(rows, {row.pk: (row.since, until) for row in rows}, by, now, is_hold=is_hold)
    asked = _refuse_hard(questions)
    if asked and not reason.strip() and not all(row.exception for row in rows):
        raise UnableToPlace(asked)
    why = {"exception": reason.strip()} if asked and reason.strip() else {}
    saving(lambda: [write(row, {"until": until, **why}) for row in rows], *questions)
    say("housing.placement_extended", rows, by=by, now=now)
    return rows


@transaction.atomic
def shorten(
    *, placements: Sequence[Placement], until: date, by: User, now: datetime, seen: Seen = None
) -> list[Placement]:
    """Let people leave earlier than planned. Raises UnableToPlace and ChangedMeanwhile."""
    rows = locked_placements(placements, now, seen)
    _refuse_if_over(rows)
    for row in rows:
        if row.until is not None and until >= row.until:
            raise refuse(_("Choose a day that is earlier than the one on which they were to leave."), field="until")
        if until <= row.since:
            raise refuse(_("They must stay one night at least: choose a later day of leaving."), field="until")
        if row.state == State.CHECKED_IN and until < row.bed.unit.site.today(now):
            raise refuse(_("This day is over. If they have left, check them out."), field="until")
    for row in rows:
        write(row, {"until": until})
    say("housing.placement_shortened", rows, by=by, now=now)
    return rows


@transaction.atomic
def check_out(
    *,
    placements: Sequence[Placement],
    on: date,
    ending: str,
    by: User,
    now: datetime,
    seen: Seen = None,
) -> list[Placement]:
    """Note that people have left, and end the addresses that their placements wrote. Raises UnableToPlace, ChangedMeanwhile."""
    rows = locked_placements(placements, now, seen)
    if all(row.state == State.CHECKED_OUT for row in rows):
        return rows
    _refuse_unless(rows, State.CHECKED_OUT, now)
    if ending not in Ending.values or ending == Ending.MOVED_BED:
        raise refuse(_("Choose why they leave."), field="ending")
    for row in rows:
        if on > row.bed.unit.site.today(now):
            raise refuse(_("This day has not come yet. Shorten the placement instead."), field="on")
        if on < row.since:
            raise refuse(_("They came on %(day)s and cannot have left before.") % {"day": day(row.since)}, field="on")
    longer = [row for row in rows if row.until is not None and on > row.until]
    questions = _questions(longer, {row.pk: (row.since, on) for row in longer}, by, now, is_past=True)
    _refuse_hard(questions)
    over = {"state": State.CHECKED_OUT, "until": on, "ending": ending, "ended_at": now, "ended_by": by}
    saving(lambda: [write(row, over | {"planned_until": row.until}) for row in rows], *questions)
    for row in rows:
        _end_address(row, on, by, now)
    say("housing.placement_checked_out", rows, by=by, now=now, ending=ending)
    return rows


@transaction.atomic
def mark_no_show(*, placements: Sequence[Placement], by: User, now: datetime, seen: Seen = None) -> list[Placement]:
    """Note that people who were booked did not come; the beds are free from today. Raises UnableToPlace, ChangedMeanwhile."""
    rows = locked_placements(placements, now, seen)
    if all(row.state == State.NO_SHOW for row in rows):
        return rows
    _refuse_unless(rows, State.NO_SHOW, now)
    over = {"state": State.NO_SHOW, "ended_at": now, "ended_by": by}
    for row in rows:
        today = row.bed.unit.site.today(now)
        if today < row.since:
            raise refuse(_("They are expected on %(day)s only. Cancel instead.") % {"day": day(row.since)})
        kept_until = today if row.until is None else min(today, row.until)
        write(row, over | {"until": kept_until, "planned_until": row.until})
    _stay_where_they_are(rows, by, now)
    say("housing.placement_no_show", rows, by=by, now=now)
    return rows


@transaction.atomic
def cancel(
    *, placements: Sequence[Placement], ending: str, by: User, now: datetime, seen: Seen = None
) -> list[Placement]:
    """Call off what was held or booked. Raises UnableToPlace and ChangedMeanwhile."""
    rows = locked_placements(placements, now, seen)
    if all(row.state == State.CANCELLED for row in rows):
        return rows
    _refuse_unless(rows, State.CANCELLED, now)
    if ending not in Ending.values or ending == Ending.MOVED_BED:
        raise refuse(_("Choose why it is cancelled."), field="ending")
    over = {"state": State.CANCELLED, "held_until": None, "ending": ending, "ended_at": now, "ended_by": by}
    for row in rows:
        write(row, over)
    _stay_where_they_are(rows, by, now)
    say("housing.placement_cancelled", rows, by=by, now=now, ending=ending)
    offers_follow(rows, BedOffer.State.WITHDRAWN, by=by, now=now)
    return rows


@transaction.atomic
def take_back(*, placements: Sequence[Placement], by: User, now: datetime, seen: Seen = None) -> list[Placement]:
    """Take back what was said by mistake: that people came, left, or did not come. Raises UnableToPlace, ChangedMeanwhile."""
    rows = locked_placements(placements, now, seen)
    for row in rows:
        if row.state not in Placement.TAKEN_BACK:
            raise refuse(_("This cannot be taken back."))
        if row.ending == Ending.MOVED_BED or (row.state == State.CHECKED_IN and row.moved_from_id):
            raise refuse(_("They have moved from bed to bed. Move them back instead."))
    again = {row.pk: (row.since, row.planned_until if row.ended_at else row.until) for row in rows}
    questions = _questions(rows, again, by, now, is_past=True)
    _refuse_hard(questions)
    nobody = {"ended_at": None, "ended_by": None, "ending": ""}

    def save() -> None:
        for row in rows:
            if row.state == State.CHECKED_IN:
                came: dict[str, Any] = {"checked_in_at": None, "checked_in_by": None, "address": None}
                _take_back_address(row, by, now)
            else:
                came = nobody | {"until": again[row.pk][1], "planned_until": None}
                _live_there_again(row, by, now)
                _move_after_all(row, by, now)
            write(row, came | {"state": Placement.TAKEN_BACK[row.state]})

    saving(save, *questions)
    say("housing.placement_taken_back", rows, by=by, now=now)
    return rows


def release_lapsed_holds(now: datetime) -> int:
    """Release every hold whose hour has passed. Return how many."""
    lapsed = Placement.objects.lapsed(now).order_by("bed").values_list("bed", flat=True)
    beds = sorted(set(lapsed))
    released = 0
    for start in range(0, len(beds), BATCH):
        with transaction.atomic():
            released += release_lapsed(lock_beds(beds[start : start + BATCH]), now)
    return released


def locked_placements(placements: Sequence[Placement], now: datetime, seen: Seen = None) -> list[Placement]:
    """Lock the people, every bed in which they are or are to be, and return the placements as they are now."""
    if not placements:
        raise refuse(_("Choose who is meant."), field="people")
    ids = {row.pk for row in placements}
    people = {row.client_id for row in placements}
    lock_in_order([Client(pk=pk) for pk in people])
    concerned = Placement.objects.filter(client__in=people, state__in=Placement.LIVE) | Placement.objects.filter(
        pk__in=ids
    )
    beds = lock_beds(concerned.values_list("bed", flat=True))
    release_lapsed(beds, now)
    rows = Placement.objects.filter(pk__in=ids).with_person().with_place().select_related("moved_from__bed__unit")
    found = list(rows.order_by("client__created_at", "client__pk", "pk"))
    for row in found:
        if seen is not None and seen.get(row.pk, row.version) != row.version and not _is_done_already(row, seen):
            raise ChangedMeanwhile(row, {})
    return found


def _is_done_already(row: Placement, seen: Mapping[UUID, int]) -> bool:
    """Whether it is the same form again: what it does has been done, and nothing since."""
    return row.version == seen[row.pk] + 1 and row.state in (State.CHECKED_OUT, State.NO_SHOW, State.CANCELLED)


def _refuse_unless(rows: Sequence[Placement], state: str, now: datetime) -> None:
    for row in rows:
        if row.state == State.LAPSED:
            raise refuse(_("The hold of %(bed)s has lapsed. Hold or book the bed anew.") % {"bed": row.bed.place})
        if not row.may_become(state):
            raise refuse(
                _("%(bed)s: %(state)s. This cannot be done any more.")
                % {"bed": row.bed.place, "state": State(row.state).label}
            )


def _refuse_if_over(rows: Sequence[Placement]) -> None:
    for row in rows:
        if not row.is_live:
            raise refuse(
                _("%(bed)s: %(state)s. This cannot be done any more.")
                % {"bed": row.bed.place, "state": State(row.state).label}
            )


def _day_of_arrival(row: Placement, on: date | None, now: datetime) -> date:
    arrived, today = on or row.since, row.bed.unit.site.today(now)
    if arrived > today:
        raise refuse(_("This day has not come yet. Check them in when they are there."), field="on")
    if arrived < row.since:  # earlier than booked: as late as it may be written down of whoever was not booked
        refuse_impossible_arrival(arrived, row.bed.unit.site, now, field="on")
    if row.until is not None and arrived >= row.until:
        raise refuse(_("They were to leave by then. Extend the placement first."), field="on")
    return arrived


def _questions(
    rows: Sequence[Placement],
    days: Days,
    by: User,
    now: datetime,
    *,
    arrives: bool = False,
    is_past: bool = False,
    is_hold: bool = False,
) -> list[Question]:
    """Return what has to be asked before these placements have these days: one question for each range of days.

    `is_past`: it has happened; people of a closed case can be checked out too. `is_hold`: they may live elsewhere meanwhile.
    """
    without = {row.pk for row in rows} | {row.moved_from_id for row in rows if row.moved_from_id}
    questions = []
    for since, until in dict.fromkeys(days[row.pk] for row in rows):
        people = {row.client: row.bed for row in rows if days[row.pk] == (since, until)}
        questions.append(
            Question(
                people_in_beds=people,
                since=since,
                until=until,
                reader=by,
                now=now,
                without=without,
                is_hold=is_hold,
                arrives=arrives,
                is_past=is_past,
                goes_on=True,
            )
        )
    return questions


def _refuse_hard(questions: Sequence[Question], *, may_move: bool = False) -> list[Any]:
    """Raise UnableToPlace for what no reason helps against; return what asks for a reason."""
    found = [each for question in questions for each in hindrances(question)]
    if left := [it for it in found if it.asks == Asks.NOTHING or (it.asks == Asks.MOVE and not may_move)]:
        raise UnableToPlace(left)
    return [it for it in found if it.asks == Asks.REASON]


def _former(questions: Sequence[Question], *, may_move: bool) -> dict[UUID, Placement]:
    """Return from where people move, by person. The reasons were given when they were placed."""
    _refuse_hard(questions, may_move=may_move)
    return {
        row.client_id: row
        for question in questions
        for row in others_of(question.people_in_beds, question).with_place()
    }


def _stayed_until(left: Placement, arrived: date, by: User, now: datetime) -> date:
    """Return until when somebody had their bed who came to another one: until they did, unless others had it by then."""
    if left.until is None or left.until >= arrived:
        return arrived
    row = Placement.objects.with_place().with_person().get(pk=left.pk)
    (question,) = _questions([row], {row.pk: (row.since, arrived)}, by, now, is_past=True)
    is_taken = any(each.asks == Asks.NOTHING and each.field == "beds" for each in hindrances(question))
    return left.until if is_taken else arrived


def _stay_where_they_are(rows: Sequence[Placement], by: User, now: datetime) -> None:
    """Let people whose move is off stay in the bed that they were to leave, as long as they were to, if it is free."""
    for row in rows:
        left = row.moved_from
        if left is None or left.state not in (State.CHECKED_IN, State.BOOKED) or left.until != row.since:
            continue
        left = Placement.objects.with_place().with_person().get(pk=left.pk)
        (question,) = _questions([left], {left.pk: (left.since, left.planned_until)}, by, now, is_past=True)
        if not [each for each in hindrances(question) if each.asks == Asks.NOTHING]:
            write(left, {"until": left.planned_until, "planned_until": None})
            say("housing.placement_extended", [left], by=by, now=now)


def _end_address(row: Placement, on: date, by: User, now: datetime) -> None:
    address = row.address
    if address is not None and address.until is None:
        until = on if address.since is None else max(on, address.since)
        end_address(address=address, until=until, version=address.version, by=by, now=now)


def _live_there_again(row: Placement, by: User, now: datetime) -> None:
    address = row.address
    if row.state == State.CHECKED_OUT and address is not None and address.until == row.until:
        change_address(address=address, version=address.version, until=None, by=by, now=now)


def _move_after_all(row: Placement, by: User, now: datetime) -> None:
    """Let the placement from which somebody is to move after all end where it did before they were said not to have come."""
    left = row.moved_from
    if (
        row.state == State.NO_SHOW
        and left is not None
        and left.is_live
        and (left.until is None or left.until > row.since)
    ):
        leave_for_another_bed(left, on=row.since, is_there=False, by=by, now=now)


def _take_back_address(row: Placement, by: User, now: datetime) -> None:
    """Let the address that a check-in wrote hold on no day, and those that it ended go on."""
    address = row.address
    if address is None or address.until is not None:
        return
    end_address(address=address, until=row.since, version=address.version, by=by, now=now)
    for earlier in Address.objects.filter(client=row.client, until=row.since).exclude(pk=address.pk):
        if earlier.since is None or earlier.since < row.since:
            change_address(address=earlier, version=earlier.version, until=None, by=by, now=now)
