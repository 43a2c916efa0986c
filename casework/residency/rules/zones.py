"""Zones and their members, day by day: a person in Croatia is in Schengen since 1 January 2023."""

from collections.abc import Iterable, Mapping

from .days import Span, intersection
from .inquiry import Inquiry


def zones_of(inquiry: Inquiry, country: str) -> Mapping[str, list[Span]]:
    """Return the zones to which `country` belongs, with the days on which it does."""
    return inquiry.zones(country)


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
