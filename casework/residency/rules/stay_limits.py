"""The limits that hold for one stay, each with the stays that it looks at, as the planner wants them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from .days import EVER, Span, clipped, difference
from .inquiry import Inquiry
from .kinds import Kind
from .limits import Terms, breaches, counted_days
from .permits import covered_days
from .planning import Track
from .presence import Sojourn
from .rulebook import Rule
from .selection import Entrant, day_of, period_of
from .versions import Version, versions_for_stay
from .visits import Presence, Visit, visits_of
from .zones import days_in_place, shares_free_movement, zones_of

# Stays on these grounds do not count to the limits of stays without a visa.
NOT_VISA_FREE = frozenset({"permit", "visa"})


class Counted:
    """The parts of stays that count in a place, by one reading. What is made of them is made once for all limits and stays."""

    def __init__(self, parts: tuple[tuple[Sojourn, Span], ...]) -> None:
        self.parts = parts
        self.presences = tuple(
            [Presence(first, last, sojourn.leaves and last == sojourn.last) for sojourn, (first, last) in parts]
        )
        self._breaches: dict[Terms, list[Span]] = {}

    @cached_property
    def visits(self) -> list[Visit]:
        return visits_of(self.presences)

    def breaches(self, terms: Terms) -> list[Span]:
        """Return the days of presence that break a limit of these terms."""
        found = self._breaches.get(terms)
        if found is None:
            found = self._breaches[terms] = breaches(self.visits, terms)
        return found


@dataclass(frozen=True, slots=True)
class StayLimit:
    """One limit of one stay. `place`: the country or zone whose rule it is; `replaced`: less specific rules."""

    place: str
    version: Version
    track: Track
    looks_at: Counted
    replaced: tuple[Rule, ...]

    @property
    def rule(self) -> Rule:
        return self.version.rule

    @property
    def counted(self) -> tuple[tuple[Sojourn, Span], ...]:
        return self.looks_at.parts

    @property
    def visits(self) -> list[Visit]:
        return self.looks_at.visits

    @property
    def breaches(self) -> list[Span]:
        """The days of presence that break it."""
        return self.looks_at.breaches(self.track.terms)


def limits_of_stay(
    inquiry: Inquiry,
    entrant: Entrant,
    country: str,
    entered: int,
    until: int | None,
    sojourns: Sequence[Sojourn],
    *,
    count_before_commencement: bool = True,
) -> list[StayLimit]:
    """Return the limits for a stay in `country` entered on `entered`, over the given reading of all stays.

    until: its last day, None while it goes on. A limit of a zone counts the days in all its members.
    count_before_commencement: how to read rules that do not say whether earlier days count.
    """
    day = date.fromordinal(entered)
    stays_until = date.fromordinal(until) if until is not None else None
    found = []
    for place, member in places_of(inquiry, country, entered):
        # The versions of one rule speak to the same people, so that whom they speak to may be asked before which it is.
        speaking = inquiry.limits_about(place, entrant)
        reaching = {_piece(version.rule): version for version in versions_for_stay(speaking, day, stays_until)}
        choice = inquiry.chosen([version.rule for version in reaching.values()], entrant, day, leaving=True)
        if not choice.rules:
            continue
        counted = _counted(inquiry, place, sojourns)
        for rule in choice.rules:
            version = reaching[_piece(rule)]
            terms = terms_of(version, count_before_commencement=count_before_commencement)
            track = Track(terms, counted.presences, member)
            found.append(StayLimit(place, version, track, counted, choice.replaced))
    return found


def places_of(inquiry: Inquiry, country: str, since: int) -> list[tuple[str, Span]]:
    """Return the country and the zones whose limits a stay there since `since` falls under, with the days on which it does.

    A national of the country, or of a member of the zone, falls under none of its limits.
    """
    nationalities = inquiry.facts.nationalities
    places: list[tuple[str, Span]] = []
    if country not in nationalities:
        places.append((country, EVER))
    for zone, spans in zones_of(inquiry, country).items():
        ahead = clipped(spans, since, EVER[1])
        if ahead and not shares_free_movement(inquiry, zone, max(since, ahead[0][0]), nationalities):
            first = EVER[0] if ahead[0][0] == since else ahead[0][0]
            places.append((zone, (first, ahead[0][1])))
    return places


def counted_stays(inquiry: Inquiry, place: str, sojourns: Sequence[Sojourn]) -> tuple[tuple[Sojourn, Span], ...]:
    """Return the parts of stays that count to the limits of a country or zone for stays without a visa."""
    return _counted(inquiry, place, sojourns).parts


def _counted(inquiry: Inquiry, place: str, sojourns: Sequence[Sojourn]) -> Counted:
    asked = (place, sojourns is inquiry.cautious)
    found: Counted | None = inquiry.counted.get(asked)
    if found is None:
        found = inquiry.counted[asked] = Counted(_counted_stays(inquiry, place, sojourns))
    return found


def _counted_stays(inquiry: Inquiry, place: str, sojourns: Sequence[Sojourn]) -> tuple[tuple[Sojourn, Span], ...]:
    counted: list[tuple[Sojourn, Span]] = []
    for sojourn in sojourns:
        if sojourn.first is None or sojourn.stay.legal_basis in NOT_VISA_FREE:
            continue
        country = sojourn.stay.country
        inside = days_in_place(inquiry, place, country, (sojourn.first, sojourn.last))
        if inside:
            counted += [(sojourn, span) for span in difference(inside, covered_days(inquiry, country))]
    return tuple(counted)


def _piece(rule: Rule) -> tuple[str, date | None]:
    """Return what tells rules apart, and the pieces of one that exceptions interrupt."""
    return rule.id, rule.valid_from


def terms_of(version: Version, *, count_before_commencement: bool) -> Terms:
    """Return the numbers of a rule that limits a stay, for the stays and days that its version reaches."""
    rule, given = version.rule, version.rule.parameters
    counts_before = rule.days_before_commencement_count
    looks_back = count_before_commencement if counts_before is None else counts_before
    cohort = given.get("cohort") if version.by_cohort else None
    return Terms(
        kind=rule.kind,
        days=int(given.get("days") or 0),
        window_days=int(given.get("window_days") or 0),
        period=period_of(given) if rule.kind == Kind.PERIOD_FROM_ENTRY else None,
        until=day_of(given["until"]).toordinal() if rule.kind == Kind.UNTIL_DATE else 0,
        cohort_entered_before=day_of(cohort["entered_before"]).toordinal() if cohort else 0,
        cohort_until=day_of(cohort["until"]).toordinal() if cohort else 0,
        count_entry_day=bool(given.get("count_entry_day", True)),
        count_exit_day=bool(given.get("count_exit_day", True)),
        entered=version.entered,
        in_force=version.in_force,
        counts_from=rule.commenced_on.toordinal() if rule.commenced_on and not looks_back else 0,
    )


def counts_earlier_days(limits: Sequence[StayLimit]) -> bool:
    """Say whether a rule that does not say if days before its commencement count has such days to count."""
    for limit in limits:
        rule = limit.rule
        if rule.days_before_commencement_count is None and rule.commenced_on and rule.kind in _LOOKING_BACK:
            begins = rule.commenced_on.toordinal()
            days = counted_days(limit.visits, limit.track.terms)
            if days and days[0][0] < begins:
                return True
    return False


_LOOKING_BACK = frozenset({Kind.ROLLING_WINDOW, Kind.ANCHORED_WINDOW, Kind.CALENDAR_YEAR})
