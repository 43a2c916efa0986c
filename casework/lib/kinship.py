"""Kinship, as arithmetic: what follows from what, what contradicts what, and who is what to whom once another is the principal."""

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

SPOUSE, PARENT, SIBLING, GRANDPARENT = "spouse", "parent", "sibling", "grandparent"
GUARDIAN, CARER, OTHER = "guardian", "carer", "other"
# Said from either side alike.
EITHER_WAY = frozenset({SPOUSE, SIBLING, OTHER})
# Two people have one of these at most: nobody is both the spouse and the parent of somebody.
FAMILY = frozenset({SPOUSE, PARENT, SIBLING, GRANDPARENT})
ELDERS = frozenset({PARENT, GRANDPARENT})
# With one of these on file, a child has somebody who answers for them.
ANSWER_FOR_A_CHILD = frozenset({PARENT, GUARDIAN})

# What somebody is to the principal applicant of their case.
TO_SPOUSE, TO_CHILD, TO_PARENT, TO_SIBLING = "spouse", "child", "parent", "sibling"
TO_RELATIVE, TO_NOBODY = "other_relative", "unrelated"

KeyT = TypeVar("KeyT", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Tie(Generic[KeyT]):
    """`one` is the `kind` of `other`: their parent, their guardian."""

    one: KeyT
    kind: str
    other: KeyT

    @property
    def pair(self) -> frozenset[KeyT]:
        return frozenset((self.one, self.other))


@dataclass(frozen=True, slots=True)
class Suggestion(Generic[KeyT]):
    """A tie that follows from what is on file; not `certain` where families differ, such as a step-parent."""

    tie: Tie[KeyT]
    certain: bool


def tie_to_principal(relation: str, person: KeyT, principal: KeyT) -> Tie[KeyT] | None:
    """Return what a relation to the principal applicant says, None where it says nothing in particular."""
    match relation:
        case "spouse":
            return Tie(person, SPOUSE, principal)
        case "child":
            return Tie(principal, PARENT, person)
        case "parent":
            return Tie(person, PARENT, principal)
        case "sibling":
            return Tie(person, SIBLING, principal)
    return None


def fits_relation(relation: str, tie: Tie[KeyT], person: KeyT, principal: KeyT) -> bool:
    """Whether a tie between somebody and their principal applicant agrees with the relation that is on file for them."""
    if tie.kind not in FAMILY:
        return True
    said = tie_to_principal(relation, person, principal)
    if said is None:
        return relation == TO_RELATIVE and tie.kind == GRANDPARENT
    return same(said, tie)


def relation_of(tie: Tie[KeyT], person: KeyT) -> str:
    """Return what `person` is to the other of a tie, in the words of a relation to the principal applicant."""
    match tie.kind:
        case "spouse":
            return TO_SPOUSE
        case "sibling":
            return TO_SIBLING
        case "parent":
            return TO_PARENT if tie.one == person else TO_CHILD
        case "grandparent" | "other":
            return TO_RELATIVE
    return TO_NOBODY


def same(tie: Tie[KeyT], other: Tie[KeyT]) -> bool:
    """Whether two ties say the same, from whichever side."""
    if tie.kind != other.kind:
        return False
    return tie.pair == other.pair if tie.kind in EITHER_WAY else (tie.one, tie.other) == (other.one, other.other)


def ancestors(person: KeyT, ties: Iterable[Tie[KeyT]]) -> set[KeyT]:
    """Return everybody from whom somebody descends by these ties."""
    above: dict[KeyT, list[KeyT]] = {}
    for tie in ties:
        if tie.kind in ELDERS:
            above.setdefault(tie.other, []).append(tie.one)
    found: set[KeyT] = set()
    waiting = [person]
    while waiting:
        for elder in above.get(waiting.pop(), ()):
            if elder not in found:
                found.add(elder)
                waiting.append(elder)
    return found


def is_younger(elder: tuple[dt.date | None, dt.date | None], child: tuple[dt.date | None, dt.date | None]) -> bool:
    """Whether somebody born within the first bounds was certainly not born before somebody born within the second."""
    born_earliest, child_latest = elder[0], child[1]
    return born_earliest is not None and child_latest is not None and born_earliest >= child_latest


def follows(
    principal: KeyT, relations: Mapping[KeyT, str], on_file: Iterable[Tie[KeyT]] = ()
) -> list[Suggestion[KeyT]]:
    """Return the ties that follow from what everybody is to the principal applicant and are not on file yet.

    `relations` has everybody but the principal, in the order in which the case shows them.
    """
    of: dict[str, list[KeyT]] = {}
    for person, relation in relations.items():
        of.setdefault(relation, []).append(person)
    spouses, children = of.get(TO_SPOUSE, []), of.get(TO_CHILD, [])
    parents, siblings = of.get(TO_PARENT, []), of.get(TO_SIBLING, [])
    direct = [tie_to_principal(relation, person, principal) for person, relation in relations.items()]
    certain: list[Tie[KeyT]] = [tie for tie in direct if tie is not None]
    certain += [Tie(one, SIBLING, other) for one, other in _pairs(children)]
    certain += [Tie(parent, GRANDPARENT, child) for parent in parents for child in children]
    likely: list[Tie[KeyT]] = []
    if len(spouses) == 1:
        likely += [Tie(spouses[0], PARENT, child) for child in children]
    if len(parents) == 2:
        likely.append(Tie(parents[0], SPOUSE, parents[1]))
    likely += [Tie(parent, PARENT, sibling) for parent in parents for sibling in siblings]
    likely += [Tie(one, SIBLING, other) for one, other in _pairs(siblings)]
    taken = {tie.pair for tie in on_file if tie.kind in FAMILY}
    found = [Suggestion(tie, certain=True) for tie in certain] + [Suggestion(tie, certain=False) for tie in likely]
    return [each for each in found if each.tie.pair not in taken]


def relations_to(
    new: KeyT, old: KeyT, relations: Mapping[KeyT, str], on_file: Iterable[Tie[KeyT]] = ()
) -> dict[KeyT, str]:
    """Return what everybody is likely to be to a new principal applicant; somebody looks at it before it is written.

    `relations` says what everybody was to the `old` one. What is on file goes before what is worked out.
    """
    was = relations.get(new, TO_NOBODY)
    said = {next(iter(tie.pair - {new})): tie for tie in on_file if new in tie.pair and tie.kind in FAMILY}
    result = {}
    for person in (old, *relations):
        if person == new:
            continue
        if person in said:
            result[person] = relation_of(said[person], person)
        elif person == old:
            result[person] = _INVERSE.get(was, was)
        else:
            result[person] = _SEEN_FROM.get((was, relations[person]), _beyond(was, relations[person]))
    return result


_INVERSE = {TO_CHILD: TO_PARENT, TO_PARENT: TO_CHILD}
# (what the new principal was to the old one, what somebody was) -> what they are to the new one.
_SEEN_FROM = {
    (TO_SPOUSE, TO_CHILD): TO_CHILD,
    (TO_CHILD, TO_SPOUSE): TO_PARENT,
    (TO_CHILD, TO_CHILD): TO_SIBLING,
    (TO_PARENT, TO_PARENT): TO_SPOUSE,
    (TO_PARENT, TO_SIBLING): TO_CHILD,
    (TO_SIBLING, TO_PARENT): TO_PARENT,
    (TO_SIBLING, TO_SIBLING): TO_SIBLING,
}


def _beyond(was: str, is_now: str) -> str:
    return TO_NOBODY if TO_NOBODY in (was, is_now) else TO_RELATIVE


def _pairs(people: Sequence[KeyT]) -> list[tuple[KeyT, KeyT]]:
    return [(one, other) for number, one in enumerate(people) for other in people[number + 1 :]]
