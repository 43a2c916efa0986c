"""How well people fit into a room: what forbids it, what needs a reason, what speaks for it and against it. Codes only.

Sphere asks for 3.5 m2 of floor a person, and where winters are cold or cities dense 4.5; both are guidance, so crowding is
said and never forbids. `docs/housing.md` says the same in words.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

LEAST_AREA = Decimal("3.5")
GOOD_AREA = Decimal("4.5")
# A child under this age goes along with whoever it belongs to, into a women's room too.
GOES_ALONG_UNDER = 12
GROWN_UP_FROM = 18
COT_UNDER = 2

WOMEN, MEN, FAMILY = "women", "men", "family"
FEMALE, MALE = "female", "male"


class Refusal(StrEnum):
    """Cannot be, whatever anybody says."""

    TOO_MANY = "too_many"
    TOO_FEW_BEDS = "too_few_beds"
    TOO_OLD_FOR_A_COT = "too_old_for_a_cot"


class Objection(StrEnum):
    """Needs a reason, which is recorded."""

    NOT_A_WOMAN = "not_a_woman"
    NOT_A_MAN = "not_a_man"
    SEX_NOT_RECORDED = "sex_not_recorded"
    ALONE_IN_A_FAMILY_ROOM = "alone_in_a_family_room"
    WITH_ANOTHER_FAMILY = "with_another_family"
    AGE_NOT_RECORDED = "age_not_recorded"
    STEPS = "steps"


class Remark(StrEnum):
    """Speaks for the room or against it; sorts what is suggested."""

    STEP_FREE = "step_free"
    OWN_ROOM = "own_room"
    WITH_COT = "with_cot"
    NO_COT = "no_cot"
    PETS_WELCOME = "pets_welcome"
    NO_PETS = "no_pets"
    CAN_REGISTER = "can_register"
    CANNOT_REGISTER = "cannot_register"
    REGISTRATION_UNKNOWN = "registration_unknown"
    CROWDED = "crowded"
    VERY_CROWDED = "very_crowded"
    EXACTLY_FULL = "exactly_full"
    BEDS_LEFT_OVER = "beds_left_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """`group` is the same for people who belong together. `ages`: the least and the greatest age they may have."""

    key: Hashable
    group: Hashable
    sex: str
    ages: tuple[int, int] | None = None
    needs_no_steps: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    capacity: int
    for_whom: str = "anyone"
    floor_area: Decimal | None = None
    step_free: bool = False
    has_cot: bool = False
    takes_pets: bool = False
    registration_possible: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    step_free: bool = False
    pets: bool = False
    cot: bool = False
    registration: bool = True


@dataclass(frozen=True, slots=True)
class Point:
    """A code, and the person whom it is about; None: all of them."""

    code: str
    key: Hashable = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    refusals: tuple[Point, ...]
    objections: tuple[Point, ...]
    remarks: tuple[Point, ...]
    area_each: Decimal | None

    @property
    def is_possible(self) -> bool:
        return not self.refusals

    @property
    def score(self) -> int:
        """Return how well it fits, for sorting: what needs a reason weighs most."""
        return sum(WEIGHTS[Remark(point.code)] for point in self.remarks) - 100 * len(self.objections)


WEIGHTS: dict[Remark, int] = {
    Remark.STEP_FREE: 30,
    Remark.OWN_ROOM: 15,
    Remark.WITH_COT: 10,
    Remark.NO_COT: -10,
    Remark.PETS_WELCOME: 10,
    Remark.NO_PETS: -30,
    Remark.CAN_REGISTER: 20,
    Remark.CANNOT_REGISTER: -20,
    Remark.REGISTRATION_UNKNOWN: -5,
    Remark.CROWDED: -10,
    Remark.VERY_CROWDED: -25,
    Remark.EXACTLY_FULL: 8,
    Remark.BEDS_LEFT_OVER: -2,
}


def fit(
    people: Sequence[Person],
    room: Room,
    wishes: Wishes,
    company: Sequence[Person] = (),
    *,
    at_once: int | None = None,
) -> Fit:
    """Return how people fit into a room in which `company` lives already, or will. `at_once`: how many of them on the fullest
    night, where they follow one another; None: all.
    """
    others = len(company) if at_once is None else at_once
    count = len(people) + others
    refusals = [Point(Refusal.TOO_MANY)] if count > room.capacity else []
    area_each = room.floor_area / count if room.floor_area is not None and count else None
    return Fit(
        refusals=tuple(refusals),
        objections=tuple(objections(people, room, company, wishes)),
        remarks=tuple(
            Point(code) for code in _remarks(people, room, wishes, company, area_each, room.capacity - count)
        ),
        area_each=area_each,
    )


def objections(
    people: Sequence[Person], room: Room, company: Sequence[Person], wishes: Wishes | None = None
) -> Iterable[Point]:
    """Yield what asks for a reason before these people are placed in the room."""
    if room.for_whom in (WOMEN, MEN):
        for person in people:
            yield from _of_another_sex(person, room.for_whom, [*people, *company])
    if room.for_whom == FAMILY:
        yield from _not_one_family(people, company)
    if not room.step_free:
        yield from (Point(Objection.STEPS, person.key) for person in people if person.needs_no_steps)
        if wishes is not None and wishes.step_free and not any(person.needs_no_steps for person in people):
            yield Point(Objection.STEPS)


def cot_point(person: Person) -> Point | None:
    """Return why somebody does not belong in a cot. An age that may be under two is let pass."""
    if person.ages is None:
        return Point(Objection.AGE_NOT_RECORDED, person.key)
    return Point(Refusal.TOO_OLD_FOR_A_COT, person.key) if person.ages[0] >= COT_UNDER else None


def _of_another_sex(person: Person, for_whom: str, there: Sequence[Person]) -> Iterable[Point]:
    wanted = FEMALE if for_whom == WOMEN else MALE
    if person.sex == wanted or _goes_along(person, wanted, there):
        return
    if person.sex in (FEMALE, MALE):
        yield Point(Objection.NOT_A_WOMAN if for_whom == WOMEN else Objection.NOT_A_MAN, person.key)
    else:
        yield Point(Objection.SEX_NOT_RECORDED, person.key)


def _goes_along(person: Person, wanted: str, there: Sequence[Person]) -> bool:
    is_small = person.ages is not None and person.ages[1] < GOES_ALONG_UNDER
    return is_small and any(
        other.sex == wanted and other.group == person.group and other.key != person.key for other in there
    )


def _not_one_family(people: Sequence[Person], company: Sequence[Person]) -> Iterable[Point]:
    groups = {person.group for person in (*people, *company)}
    if len(groups) > 1:
        yield Point(Objection.WITH_ANOTHER_FAMILY)
    elif len(people) + len(company) == 1:
        yield Point(Objection.ALONE_IN_A_FAMILY_ROOM, people[0].key if people else None)


def _remarks(
    people: Sequence[Person],
    room: Room,
    wishes: Wishes,
    company: Sequence[Person],
    area_each: Decimal | None,
    left_over: int,
) -> Iterable[Remark]:
    if room.step_free and (wishes.step_free or any(person.needs_no_steps for person in people)):
        yield Remark.STEP_FREE
    groups = {person.group for person in people}
    if all(person.group in groups for person in company):
        yield Remark.OWN_ROOM
    if wishes.cot:
        yield Remark.WITH_COT if room.has_cot else Remark.NO_COT
    if wishes.pets:
        yield Remark.PETS_WELCOME if room.takes_pets else Remark.NO_PETS
    if wishes.registration:
        yield {True: Remark.CAN_REGISTER, False: Remark.CANNOT_REGISTER, None: Remark.REGISTRATION_UNKNOWN}[
            room.registration_possible
        ]
    if area_each is not None and area_each < GOOD_AREA:
        yield Remark.VERY_CROWDED if area_each < LEAST_AREA else Remark.CROWDED
    if left_over == 0:
        yield Remark.EXACTLY_FULL
    yield from [Remark.BEDS_LEFT_OVER] * max(left_over, 0)
