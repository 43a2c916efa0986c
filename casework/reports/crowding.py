"""How much floor each person has: against 3.5 m2 of Sphere, and 4.5 where winters are cold."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, Q

from casework.housing.fit import GOOD_AREA, LEAST_AREA
from casework.housing.models import Placement, Unit

from .capacity import Place

KeyT = TypeVar("KeyT", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A unit on a day: how many beds stand in it, how many people live there, how much floor it has, None if nobody has said."""

    place: Place
    label: str
    area: Decimal | None
    beds: int
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Some rooms together. Only those whose floor is known count for what a person has."""

    rooms: int
    unknown: int
    area: Decimal
    beds: int
    people: int
    under_least: int
    under_good: int

    @property
    def a_bed(self) -> Decimal | None:
        return each(self.area, self.beds)

    @property
    def a_person(self) -> Decimal | None:
        return each(self.area, self.people)


def each(area: Decimal | None, number: int) -> Decimal | None:
    """Return m2 for each of a number, to a tenth; None where it cannot be told."""
    if area is None or not number:
        return None
    return (area / number).quantize(Decimal("0.1"))


def is_under(room: Room, least: Decimal) -> bool:
    """Whether each has less floor than that if every bed is taken; compared before it is rounded."""
    return room.area is not None and room.beds > 0 and room.area / room.beds < least


def together(rooms: Iterable[Room], key: Callable[[Room], KeyT]) -> dict[KeyT, Floor]:
    groups: dict[KeyT, list[Room]] = {}
    for room in rooms:
        groups.setdefault(key(room), []).append(room)
    return {group: _floor(of_group) for group, of_group in groups.items()}


def _floor(rooms: list[Room]) -> Floor:
    known = [room for room in rooms if room.area is not None]
    return Floor(
        rooms=len(rooms),
        unknown=len(rooms) - len(known),
        area=sum((room.area for room in known if room.area is not None), Decimal(0)),
        beds=sum(room.beds for room in known),
        people=sum(room.people for room in known),
        under_least=sum(is_under(room, LEAST_AREA) for room in known),
        under_good=sum(is_under(room, GOOD_AREA) for room in known),
    )


def rooms_on(known: Mapping[UUID, Place], day: date) -> list[Room]:
    """Return the rooms in which a bed stands on a day, with the people who live there then; by two statements."""
    stands = Q(beds__opened_on__lte=day) & (Q(beds__closed_on__isnull=True) | Q(beds__closed_on__gt=day))
    units: Any = Unit.objects.filter(site__in=list(known)).annotate(
        standing=Count("beds", filter=stands, distinct=True)
    )
    living = Placement.objects.on_day(day).filter(
        state__in=(Placement.State.CHECKED_IN, Placement.State.CHECKED_OUT), bed__unit__site__in=list(known)
    )
    people: Any = dict(living.values_list("bed__unit").annotate(number=Count("pk")))
    rows = units.filter(standing__gt=0).by_label()
    return [
        Room(place=known[site], label=label, area=area, beds=beds, people=people.get(pk, 0))
        for pk, site, label, area, beds in rows.values_list("pk", "site_id", "label", "floor_area", "standing")
    ]
