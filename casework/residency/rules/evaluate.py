"""The whole answer about one person on one day: limits, deadlines, opportunities and warnings, with their reasons."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from casework.lib.periods import Period

from .absence import returns
from .alerts import YEAR, alerts
from .facts import DayRange, Facts
from .inquiry import Inquiry
from .keep import documents_to_keep
from .leave import Leaving, leaving, overstay
from .permits import validity_of
from .position import Deadline, Limit, Opportunity, Position, Step, Warning  # noqa: A004 - the word of the field
from .presence import Sojourn
from .prospects import prospects
from .register import event_duties
from .renew import renewals
from .rulebook import RuleBook
from .scopes import beyond, scopes_of
from .selection import ages_on
from .steps import iso
from .versions import boundaries_after
from .zones import zones_of


def evaluate(
    facts: Facts,
    book: RuleBook,
    now: datetime,
    known_at: datetime | None = None,
    on: date | None = None,
) -> Position:
    """Return what the rules of `book` mean for this person.

    on: the day that is asked about; today where the person is, if None.
    known_at: only rules held to be so at that instant; those known `now`, if None.
    """
    inquiry = Inquiry(facts=facts, book=book, on=on or _utc_day(now), known_at=known_at or now, asked_at=now)
    if on is None and (local_day := _today(inquiry, now)) != inquiry.on:
        inquiry = replace(inquiry, on=local_day)
    current = current_sojourn(inquiry.cautious)
    limits: list[Limit] = []
    deadlines: list[Deadline] = []
    opportunities: list[Opportunity] = []
    warnings: list[Warning] = []
    ends: dict[str, Leaving] = {}
    overstaying = False
    for sojourn in inquiry.cautious:
        if sojourn is current or sojourn.planned or may_be_there(sojourn):
            answer = leaving(inquiry, sojourn)
            ends[sojourn.stay.id] = answer
            limits += answer.limits
            warnings += answer.warnings
            if answer.deadline is not None:
                deadlines.append(answer.deadline)
        over = overstay(inquiry, sojourn)
        if over is not None:
            warnings.append(over)
            overstaying = overstaying or sojourn.last >= inquiry.on.toordinal()
    leave = ends.get(current.stay.id) if current else None
    stay_ends, or_ends = _last_day(leave), leave.deadline.alternative_on if leave and leave.deadline else None
    for sojourn in inquiry.cautious:
        if sojourn is not current and not may_be_there(sojourn):
            continue
        found, noticed = event_duties(inquiry, sojourn)
        deadlines += found
        warnings += noticed
    renewing, windows = renewals(inquiry, current, stay_ends, or_ends)
    deadlines += renewing
    deadlines += documents_to_keep(inquiry, current, stay_ends)
    deadlines += returns(inquiry)
    opportunities += [*windows, *prospects(inquiry, current)]
    warnings += alerts(inquiry, current, ends)
    return Position(
        on=inquiry.on,
        known_at=known_at,
        country=current.stay.country if current else "",
        limits=tuple(limits),
        deadlines=tuple(_one_each(deadlines)),
        opportunities=tuple(opportunities),
        warnings=tuple(warnings),
        recheck_on=_recheck(inquiry, current, deadlines, opportunities, overstaying=overstaying),
        looked_at=_looked_at(inquiry),
    )


def today(facts: Facts, book: RuleBook, now: datetime) -> date:
    """Return the day that it is where the person stays; in UTC where nobody knows."""
    return _today(Inquiry(facts=facts, book=book, on=_utc_day(now), known_at=now), now)


def _today(inquiry: Inquiry, now: datetime) -> date:
    current = current_sojourn(inquiry.cautious)
    zone = inquiry.time_zone(current.stay.country) if current else None
    return now.astimezone(ZoneInfo(zone)).date() if zone else _utc_day(now)


def _utc_day(now: datetime) -> date:
    return now.astimezone(UTC).date()


def current_sojourn(sojourns: Sequence[Sojourn]) -> Sojourn | None:
    """Return the stay in which the person is: the latest begun; of records of one visit the first.

    A plan whose day has come only if there is no other: that they went there is not known.
    """
    here = [sojourn for sojourn in sojourns if sojourn.here and not sojourn.unconfirmed]
    here = here or [sojourn for sojourn in sojourns if sojourn.here]
    if not here:
        return None
    current = here[-1]
    for sojourn in reversed(here[:-1]):
        is_same_visit = (sojourn.first or 0) < (current.first or 0) and sojourn.last > (current.first or 0)
        if sojourn.stay.country == current.stay.country and is_same_visit:
            current = sojourn
    return current


def may_be_there(sojourn: Sojourn) -> bool:
    """Say whether they are there if a plan whose day has come did begin: its dates stand beside those of where they were."""
    return sojourn.unconfirmed and sojourn.here


def _last_day(answer: Leaving | None) -> date | None:
    return date.fromordinal(answer.last) if answer is not None and answer.last is not None else None


def _one_each(deadlines: Sequence[Deadline]) -> list[Deadline]:
    """Return one deadline for each identity: the earliest, with the rules and dates of the others."""
    by_identity: dict[tuple[object, ...], Deadline] = {}
    for deadline in sorted(deadlines, key=lambda each: each.due_on or date.max):
        identity = (deadline.duty, deadline.subject, deadline.occurrence)
        first = by_identity.get(identity)
        if first is None:
            by_identity[identity] = deadline
            continue
        other = Step(code="other_due", values={"due_on": iso(deadline.due_on)}) if deadline.due_on else None
        by_identity[identity] = replace(
            first,
            rule_ids=(*first.rule_ids, *deadline.rule_ids),
            because=(*first.because, *([other] if other else [])),
            recheck_on=min(filter(None, (first.recheck_on, deadline.recheck_on)), default=None),
        )
    return list(by_identity.values())


def _recheck(
    inquiry: Inquiry,
    current: Sojourn | None,
    deadlines: Sequence[Deadline],
    opportunities: Sequence[Opportunity],
    *,
    overstaying: bool,
) -> date | None:
    """Return the next day on which something begins, ends or passes by itself.

    overstaying: whether a stay that breaks a limit may still go on, so that each day is one more that is said.
    """
    on, facts = inquiry.on, inquiry.facts
    days = [deadline.recheck_on for deadline in deadlines]
    days += [opportunity.opens_on for opportunity in opportunities]
    days += [each.since for each in facts.addresses] + [each.until for each in facts.addresses]
    days += [each.valid_from for each in facts.permits]
    days += [_day_after(validity_of(inquiry, each).until) for each in facts.permits]
    days += [_day_after(each.valid_until) for each in facts.documents]
    days += [each.filed_on for each in facts.applications]
    days += [_next_birthday(born, on) for born in (facts.birth.earliest, facts.birth.latest) if born]
    if overstaying or _may_have_left_since(inquiry) or sum(sojourn.here for sojourn in inquiry.cautious) > 1:
        days.append(on + timedelta(days=1))  # a day more; a day of travel, or two records of which one is over
    for stay in facts.stays:
        days += [stay.entered.earliest, stay.entered.latest]
        if stay.left is not None:
            days += [_day_after(stay.left.earliest), _day_after(stay.left.latest)]
    for place in _places_with_rules(inquiry, current):
        changes = boundaries_after(inquiry.all_rules(place), on)
        days += [*changes, *(change - YEAR for change in changes)]  # so long before, a change is announced
    return min((day for day in days if day is not None and day > on), default=None)


def _may_have_left_since(inquiry: Inquiry) -> bool:
    """Say whether somebody has left on a day that nobody knows, so that by the worse reading each day counts."""
    on = inquiry.on.toordinal()
    return any(one.leaves and not one.here and not one.planned and one.last >= on for one in inquiry.cautious)


def _places_with_rules(inquiry: Inquiry, current: Sojourn | None) -> set[str]:
    """Return the places whose rules speak to the person day by day: where they are, with its zones, and of their permits."""
    countries = {permit.country for permit in inquiry.facts.permits}
    if current is None:
        return countries
    return {*countries, current.stay.country, *zones_of(inquiry, current.stay.country)}


def _next_birthday(born: date, on: date) -> date | None:
    """Return the day after `on` from which they are a year older."""
    age = ages_on(DayRange.exactly(born), on)[0]
    try:
        landed = Period(age + 1, "years").after(born)
    except OverflowError:
        return None
    return landed.other or landed.day


def _looked_at(inquiry: Inquiry) -> frozenset[str]:
    """Return the scopes on which the answer rests. What the facts do not lead to is there too, if it was asked for."""
    scopes = scopes_of(inquiry.facts)
    return scopes | beyond(scopes, inquiry.asked, inquiry.asked_zones, inquiry.known.zones)


def _day_after(day: date | None) -> date | None:
    return day + timedelta(days=1) if day is not None and day < date.max else None
