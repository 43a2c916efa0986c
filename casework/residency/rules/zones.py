"""Zones and their members, day by day: a person in Croatia is in Schengen since 1 January 2023."""

from collections.abc import Iterable

from .days import EVER, Span, intersection, union
from .inquiry import Inquiry
from .kinds import Duty, Kind
from .rulebook import Rule


def zones_of(inquiry: Inquiry, country: str) -> dict[str, list[Span]]:
    """Return the zones to which `country` belongs, with the days on which it does."""
    spans: dict[str, list[Span]] = {}
    for rule in memberships(inquiry, country):
        first = rule.valid_from.toordinal() if rule.valid_from else EVER[0]
        last = rule.valid_until.toordinal() if rule.valid_until else EVER[1]
        spans.setdefault(rule.parameters["zone"], []).append((first, last))
    return {zone: union(days) for zone, days in spans.items()}


def memberships(inquiry: Inquiry, country: str) -> list[Rule]:
    return [rule for rule in inquiry.rules(country, Duty.ZONE) if rule.kind == Kind.ZONE_MEMBERSHIP]


def days_in_place(inquiry: Inquiry, place: str, country: str, span: Span) -> list[Span]:
    """Return the days of `span`, spent in `country`, that are spent in the country or zone `place`."""
    if place == country:
        return [span]
    return intersection([span], zones_of(inquiry, country).get(place, []))


def shares_free_movement(inquiry: Inquiry, zone: str, day: int, nationalities: Iterable[str]) -> bool:
    """Say whether one of these nationalities is of a member of the zone: its limits are for third countries."""
    return any(
        first <= day <= last
        for nationality in nationalities
        for first, last in zones_of(inquiry, nationality).get(zone, [])
    )
