"""On which places of a book an answer about somebody can rest, and whether these are still the same.

`evaluate` is a function of the facts, the day and what it is told by the book; it asks the book only about places
(`Inquiry`). So if everything that the book can say of these places is the same in two books, the answers are the same.

A scope is a place with all that the book says of it ("KZ"), or the zones to which a place belongs ("RU/zone").
Which scopes concern a person follows from the facts alone: neither the day nor the rules can make an answer look at
another country. That is why an answer of last week may be compared with the book of today.
"""

from collections.abc import Iterable, Mapping, Set
from hashlib import sha256

from .facts import Facts
from .kinds import Duty, Kind
from .rulebook import Rule, RuleBook

ZONE = f"/{Duty.ZONE}"


def scopes_of(facts: Facts) -> frozenset[str]:
    """Return the places where the person was, is, will be or holds something, and the zones of their nationalities."""
    recorded = (facts.stays, facts.permits, facts.registrations, facts.applications, facts.addresses)
    places = {row.country for rows in recorded for row in rows} - {""}
    return frozenset(places | {each + ZONE for each in facts.nationalities if each not in places})


def beyond(
    scopes: Set[str], places: Set[str], zones_of_places: Set[str], membership: Mapping[str, Iterable[str]]
) -> frozenset[str]:
    """Return what was asked for and is in none of the scopes: nothing, or `scopes_of` has forgotten something.

    places, zones_of_places: about which the book was asked. membership: country -> the zones to which it belongs.
    """
    covered = {*scopes, *(zone for place in scopes for zone in membership.get(place, ()))}
    missing = {place for place in places if place not in covered}
    return frozenset(missing | {it + ZONE for it in zones_of_places if it not in covered and it + ZONE not in covered})


def digests_of(book: RuleBook) -> dict[str, str]:
    """Return a digest of each scope of which the book says anything."""
    by_place: dict[str, list[Rule]] = {}
    for rule in book.rules:
        by_place.setdefault(rule.jurisdiction, []).append(rule)
    found = {
        place: _digest(_said_of(place, by_place, book, set()))
        for place in {*by_place, *book.time_zones, *book.day_overrides}
    }
    for place, rules in by_place.items():
        about_zones = [rule for rule in rules if rule.duty == Duty.ZONE]
        if about_zones:
            found[place + ZONE] = _digest(about_zones)
    return found


def changed_between(before: Mapping[str, str], after: Mapping[str, str]) -> frozenset[str]:
    """Return the scopes whose digests differ, those that only one side has included."""
    return frozenset(scope for scope in {*before, *after} if before.get(scope) != after.get(scope))


def _said_of(place: str, by_place: Mapping[str, list[Rule]], book: RuleBook, seen: set[str]) -> list[object]:
    """Return everything that the book can answer about a place: rules, and whatever these rules lead to."""
    if place in seen:
        return []
    seen.add(place)
    rules = by_place.get(place, [])
    groups = sorted({rule.audience.nationality for rule in rules} & set(book.groups))
    calendars = sorted({str(rule.parameters.get("calendar") or place) for rule in rules} | {place})
    zones = sorted({str(rule.parameters.get("zone")) for rule in rules if rule.kind == Kind.ZONE_MEMBERSHIP})
    return [
        rules,
        book.time_zones.get(place, ""),
        [(group, sorted(book.groups[group])) for group in groups],
        [(calendar, sorted(book.day_overrides.get(calendar, {}).items())) for calendar in calendars],
        [(zone, _said_of(zone, by_place, book, seen)) for zone in zones],
    ]


def _digest(said: object) -> str:
    """Return a digest of plain values. Their `repr` says everything that they hold, in the order of the book."""
    return sha256(repr(said).encode()).hexdigest()[:32]
