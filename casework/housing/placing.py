"""Why people cannot be placed in beds, as sentences: what forbids it, what asks for a reason, what asks "move them?".

One function answers for the page that shows it and for the action that asks again. A sentence names what is in the way, and
who it is only to a reader who may see that case: by their reference.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.clients.models import Client
from casework.lib.ages import age_on

from .fit import Person, Point, Refusal, Room, cot_point, objections
from .loading import leases_of
from .models import Bed, BedBlock, Placement, Site, Unit
from .models.placement import IS_SOMEWHERE, PlacementQuerySet
from .occupancy import holds_throughout
from .wording import day, moment, point_sentence, span


class Asks(StrEnum):
    NOTHING = ""  # nothing helps: it cannot be
    REASON = "reason"  # it can be, for a reason that is recorded
    MOVE = "move"  # it can be, if they are to move from where they are


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindrance:
    code: str
    sentence: str
    field: str = "beds"
    asks: Asks = Asks.NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Who is to be in which bed on which days. `without` are the placements that this one takes the place of.

    `by_token`: a program of the reader asks, and is told of those people alone whom a program may know.
    """

    people_in_beds: Mapping[Client, Bed]
    since: date
    until: date | None
    reader: User
    now: datetime
    without: Collection[UUID] = ()
    is_hold: bool = False
    arrives: bool = False  # they are there already, or move in with this act
    is_past: bool = False  # it has happened: it is asked only whether beds and people were free
    goes_on: bool = False  # they have the bed already, and keep it
    by_token: bool = False

    @property
    def beds(self) -> dict[UUID, Bed]:
        return {bed.pk: bed for bed in self.people_in_beds.values()}


def hindrances(question: Question) -> list[Hindrance]:
    """Return everything that stands in the way, the worst first. The beds come with their places, the people with their cases.

    Where a bed cannot be had at all, nobody is asked for reasons or moves: of many who want one, most stop here.
    """
    found = list(_disorder(question))
    if found:
        return found
    if not question.is_past:
        found += _closed_cases(question)
    found += _beds_not_there(question)
    if not question.is_past and not question.goes_on:
        found += _sites_that_take_nobody_new(question)
    found += beds_taken(question)
    found += _beds_blocked(question)
    if found:
        return found
    if not question.is_hold:
        found += _people_elsewhere(question)
    if not question.is_past:
        found += _rooms_not_meant_for_them(question)
        found += _outside_leases(question)
    if question.goes_on and not question.is_past:
        found += _sites_that_take_nobody_new(question)
    return sorted(found, key=lambda each: list(Asks).index(each.asks))


def _disorder(question: Question) -> Iterator[Hindrance]:
    if not question.people_in_beds:
        yield Hindrance(code="nobody", sentence=_("Choose who is to be placed, and in which bed."), field="people")
    if question.until is not None and question.until <= question.since:
        yield Hindrance(
            code="ends_first",
            sentence=_("They must stay one night at least: choose a later day of leaving."),
            field="until",
        )
    beds = [bed.pk for bed in question.people_in_beds.values()]
    for bed in question.beds.values():
        if beds.count(bed.pk) > 1:
            yield Hindrance(code="two_in_a_bed", sentence=_("%(bed)s is for one person.") % {"bed": bed.place})


def _closed_cases(question: Question) -> Iterator[Hindrance]:
    for code in sorted({client.case.code for client in question.people_in_beds if client.case.status == "closed"}):
        yield Hindrance(
            code="case_closed",
            sentence=_("The case %(case)s is closed. Reopen it first.") % {"case": code},
            field="people",
        )


def _beds_not_there(question: Question) -> Iterator[Hindrance]:
    for bed in question.beds.values():
        if question.since < bed.opened_on:
            yield Hindrance(
                code="not_there_yet",
                sentence=_("%(bed)s is there only from %(day)s.") % {"bed": bed.place, "day": day(bed.opened_on)},
            )
        if bed.closed_on is not None and (question.until is None or question.until > bed.closed_on):
            yield Hindrance(
                code="bed_closed",
                sentence=_("%(bed)s is closed from %(day)s.") % {"bed": bed.place, "day": day(bed.closed_on)},
            )


def _sites_that_take_nobody_new(question: Question) -> Iterator[Hindrance]:
    """Asked of the database anew, for it may have been said while this act waited for its beds."""
    until = Q() if question.until is None else Q(no_new_since__lt=question.until)
    sites = Site.objects.filter(until, units__beds__in=question.beds, no_new_since__isnull=False).distinct()
    for site in sites.order_by("code").only("code", "no_new_since"):
        yield Hindrance(
            code="takes_nobody_new",
            sentence=_("%(site)s takes nobody new from %(day)s; whoever lives there is to be moved.")
            % {"site": site.code, "day": day(site.no_new_since or question.since)},
            field="exception" if question.goes_on else "beds",
            asks=Asks.REASON if question.goes_on else Asks.NOTHING,
        )


def beds_taken(question: Question) -> Iterator[Hindrance]:
    """Yield who has these beds on one of the days. Holds whose hour has passed do not count."""
    beds = question.beds
    rows = Placement.objects.taking_beds(question.now).sharing_days(question.since, question.until)
    taken = list(rows.filter(bed__in=beds).exclude(pk__in=question.without).soonest_first())
    known = _references({row.client_id for row in taken}, question)
    for row in taken:
        who = known.get(row.client_id, "")
        bed = beds[row.bed_id]
        if row.state == Placement.State.HELD and row.held_until is not None:
            until = moment(row.held_until, bed.unit.site.time_zone)
            said = _("%(bed)s is held until %(moment)s.") % {"bed": bed.place, "moment": until}
        else:
            said = _("%(bed)s is taken %(days)s.") % {"bed": bed.place, "days": span(row.since, row.until)}
        yield Hindrance(code="bed_taken", sentence=f"{said} ({who})" if who else said)


def _beds_blocked(question: Question) -> Iterator[Hindrance]:
    beds = question.beds
    for row in BedBlock.objects.filter(bed__in=beds).sharing_days(question.since, question.until).soonest_first():
        yield Hindrance(
            code="bed_blocked",
            sentence=_("%(bed)s is blocked %(days)s: %(reason)s.")
            % {
                "bed": beds[row.bed_id].place,
                "days": span(row.since, row.until),
                "reason": BedBlock.Reason(row.reason).label,
            },
        )


def _people_elsewhere(question: Question) -> Iterator[Hindrance]:
    """Yield where else these people are on one of the days. From a place where they are by then they can move."""
    for row in others_of(question.people_in_beds, question).with_place():
        client = next(each for each in question.people_in_beds if each.pk == row.client_id)
        is_left = row.is_live and (row.since < question.since or _replaces(row, question))
        where = {"who": client.reference, "bed": row.bed.place, "days": span(row.since, row.until)}
        if row.state == Placement.State.BOOKED:
            said = _("%(who)s is booked in %(bed)s %(days)s.") % where
        else:
            said = _("%(who)s lives in %(bed)s %(days)s.") % where
        yield Hindrance(code="is_elsewhere", sentence=said, field="people", asks=Asks.MOVE if is_left else Asks.NOTHING)


def _replaces(row: Placement, question: Question) -> bool:
    """Whether a placement that begins on the same day makes way: it is only booked, or left on the day of arrival."""
    return row.since == question.since and (question.arrives or row.state == Placement.State.BOOKED)


def others_of(people: Collection[Client], question: Question) -> PlacementQuerySet:
    """Return where these people are otherwise on one of the days: booked, living there, or having lived there."""
    rows = Placement.objects.filter(state__in=IS_SOMEWHERE, client__in=list(people)).exclude(pk__in=question.without)
    return rows.sharing_days(question.since, question.until).soonest_first()


def _rooms_not_meant_for_them(question: Question) -> Iterator[Hindrance]:
    persons = {client: person_of(client, question.since) for client in question.people_in_beds}
    references = {person.key: client.reference for client, person in persons.items()}
    for client, bed in question.people_in_beds.items():
        if bed.kind == Bed.Kind.COT and (point := cot_point(persons[client])):
            yield _said(point, references, field="beds")
    units = {bed.unit_id: bed.unit for bed in question.people_in_beds.values()}
    company = _company(units.values(), question)
    for unit in units.values():
        inside = [persons[client] for client, bed in question.people_in_beds.items() if bed.unit_id == unit.pk]
        for point in objections(inside, room_of(unit), company.get(unit.pk, ())):
            yield _said(point, references, field="exception", leading=f"{unit.site.code}, {unit.label}")


def _outside_leases(question: Question) -> Iterator[Hindrance]:
    units = {bed.unit_id: bed.unit for bed in question.people_in_beds.values()}
    leases = leases_of({unit.site_id for unit in units.values()})
    for unit in units.values():
        held = leases.get((unit.site_id, unit.pk), leases.get((unit.site_id, None)))
        if not holds_throughout(held, question.since, question.until):
            yield Hindrance(
                code="out_of_lease",
                sentence=_("%(unit)s: no lease holds on all of these days.")
                % {"unit": f"{unit.site.code}, {unit.label}"},
                field="exception",
                asks=Asks.REASON,
            )


def _said(point: Point, references: Mapping[object, str], *, field: str, leading: str = "") -> Hindrance:
    said = point_sentence(point, references.get(point.key, leading))
    asks = Asks.NOTHING if point.code in set(Refusal) else Asks.REASON
    return Hindrance(code=str(point.code), sentence=said, field=field, asks=asks)


def person_of(client: Client, on: date) -> Person:
    return Person(key=client.pk, group=client.case_id, sex=client.sex, ages=age_on(client.birth, on))


def room_of(unit: Unit) -> Room:
    return Room(
        capacity=unit.capacity,
        for_whom=unit.for_whom,
        floor_area=unit.floor_area,
        step_free=unit.step_free,
        has_cot=unit.has_cot,
        takes_pets=unit.takes_pets,
        registration_possible=unit.registration_possible,
    )


def _company(units: Collection[Unit], question: Question) -> dict[UUID, list[Person]]:
    """Return who else is in the units that are not for anyone, without reading a name or a birth date."""
    meant = [unit.pk for unit in units if unit.for_whom != Unit.ForWhom.ANYONE]
    if not meant:
        return {}
    rows = Placement.objects.taking_beds(question.now).sharing_days(question.since, question.until)
    rows = rows.filter(bed__unit__in=meant).exclude(pk__in=question.without)
    others = rows.exclude(client__in=list(question.people_in_beds))
    found: dict[UUID, list[Person]] = {}
    for unit, client, case, sex in others.values_list("bed__unit", "client", "client__case", "client__sex"):
        found.setdefault(unit, []).append(Person(key=client, group=case, sex=sex))
    return found


def _references(clients: Collection[UUID], question: Question) -> dict[UUID, str]:
    if not clients:
        return {}
    seen = Client.objects.visible_to(question.reader, question.now, by_token=question.by_token)
    seen = seen.filter(pk__in=clients)
    return dict(seen.values_list("pk", "reference"))
