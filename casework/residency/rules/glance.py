"""A position at a glance: every limit of a stay day by day, with the figures that the dates come from.

For the stay in which the person is, for those that are planned and, as if they entered on the day of the
question, for countries that they have left. Nothing is computed here a second time: the limits are those of
`leaving`, the days those of `limits`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from .coming import first_entry
from .days import Span, clipped, difference, union
from .evaluate import current_sojourn, may_be_there, today
from .facts import Facts
from .inquiry import Inquiry
from .kinds import Kind
from .leave import leaving
from .leave_by_limits import answer_of
from .leaving import Leaving, day_or_none
from .limits import counted_days, days_counted_on, stretch_on
from .outcome import breaches_of
from .permits import holds_permit_on
from .planning import last_lawful_day, stopping
from .position import Limit, Warning  # noqa: A004 - the word of the field
from .presence import Sojourn
from .prospects import cooldowns
from .rulebook import RuleBook
from .stay_limits import StayLimit, counted_stays, limits_of_stay
from .visits import Presence, Visit, visit_on, visits_of
from .zones import days_in_place

# Counted days that leave the window within so many days are shown.
FALLS_OUT_WITHIN = 28
# For countries that were left so long ago no limit counts a day any more that anybody asks about.
LOOKS_BACK = 730


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitGlance:
    """One limit, day by day. All days are ordinals; spans are sorted, disjoint, and within first..last.

    asof: the day on which `counted` and the figures of `limit` hold. first, last: what a picture shows.
    counted: the days of `limit.days_used`. uncertain: those of them that count by the worse reading only.
    not_counted: presence up to `asof` that does not count, under a permit for instance. ahead: presence
    after it, as planned. broken: days that break this limit. falling_out: counted days that leave the
    window within `FALLS_OUT_WITHIN` days.
    """

    limit: Limit
    kind: Kind
    place: str
    asof: int
    first: int
    last: int
    counted: tuple[Span, ...]
    uncertain: tuple[Span, ...]
    not_counted: tuple[Span, ...]
    ahead: tuple[Span, ...]
    broken: tuple[Span, ...]
    falling_out: tuple[Span, ...]
    entries: tuple[int, ...]
    exits: tuple[int, ...]
    binds: bool

    @property
    def days_left(self) -> int | None:
        """Allowed less used: not how long one may stay, because days also leave the window."""
        limit = self.limit
        return None if limit.days_allowed is None else max(0, limit.days_allowed - (limit.days_used or 0))

    @property
    def max_stay(self) -> int | None:
        """How many days from `asof` on this limit alone allows; None where it does not end the stay."""
        if self.limit.unlimited:
            return None
        last = self.limit.last_lawful_day
        return 0 if last is None else max(0, last.toordinal() - self.asof + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class StayGlance:
    """One stay under all its limits, the binding ones first.

    stay_id: "" where nobody is there and the figures suppose an entry on `asof`. entered: its first day, None if
    nothing bounds it; the earliest that is possible where it is not known (`is_entry_exact`). is_unconfirmed: a plan whose day has come, and nobody has said that it began. limits: none
    where the stay rests on a permit, a visa, an application or one's own nationality. last: last lawful day under all
    limits. earliest_entry: None where somebody is inside. warnings: what the engine says about the end of this stay.
    """

    country: str
    stay_id: str
    asof: date
    entered: date | None
    is_entry_exact: bool = True
    is_planned: bool
    is_unconfirmed: bool = False
    limits: tuple[LimitGlance, ...]
    last: date | None
    is_unlimited: bool
    earliest_entry: date | None
    warnings: tuple[Warning, ...]

    @property
    def is_supposed(self) -> bool:
        return not self.stay_id

    @property
    def max_stay(self) -> int | None:
        """How many days from `asof` on are lawful under every limit; None where nothing ends the stay, or nobody knows."""
        if self.is_unlimited or not self.limits:
            return None
        return 0 if self.last is None else max(0, (self.last - self.asof).days + 1)

    @property
    def overstay_is_sure(self) -> bool:
        """Whether a limit is broken by the better reading of the facts too."""
        return any(it.limit.overstay and it.limit.overstay_is_sure for it in self.limits)

    @property
    def overstayed_since(self) -> date | None:
        return min((it.limit.first_overstay_day for it in self.limits if it.limit.first_overstay_day), default=None)


def glances(
    facts: Facts,
    book: RuleBook,
    now: datetime,
    *,
    on: date | None = None,
    countries: Iterable[str] = (),
) -> list[StayGlance]:
    """Return where the person is, then what is planned, then the countries where they were, and those asked for."""
    inquiry = Inquiry(facts=facts, book=book, on=on or today(facts, book, now), known_at=now)
    stays = list(_of_stays(inquiry))
    return [*stays, *_of_countries_left(inquiry, countries, stays[:1])]


def current_glances(
    facts: Facts, book: RuleBook, now: datetime, *, on: date, known_at: datetime | None = None
) -> list[StayGlance]:
    """Return the stay in which the person is, those that may have begun, and those that are planned."""
    return list(_of_stays(Inquiry(facts=facts, book=book, on=on, known_at=known_at or now, asked_at=now)))


def _of_stays(inquiry: Inquiry) -> Iterator[StayGlance]:
    current = current_sojourn(inquiry.cautious)
    if current is not None:
        yield _of_stay(inquiry, current)
    for sojourn in inquiry.cautious:
        if sojourn.planned or (may_be_there(sojourn) and sojourn is not current):
            yield _of_stay(inquiry, sojourn)


def _of_stay(inquiry: Inquiry, sojourn: Sojourn) -> StayGlance:
    result: Leaving = leaving(inquiry, sojourn)
    asof = sojourn.first if sojourn.planned and sojourn.first else inquiry.on.toordinal()
    outcome = result.outcome
    limits = (
        [
            _limit_glance(inquiry, stay_limit, answer, asof, binds=index in outcome.binding)
            for index, (stay_limit, answer) in enumerate(zip(outcome.limits, result.limits, strict=True))
        ]
        if outcome
        else []
    )
    return StayGlance(
        country=sojourn.stay.country,
        stay_id=sojourn.stay.id,
        asof=date.fromordinal(asof),
        entered=day_or_none(sojourn.first),
        is_entry_exact=sojourn.stay.entered.is_exact,
        is_planned=sojourn.planned,
        is_unconfirmed=sojourn.unconfirmed,
        limits=_binding_first(limits),
        last=None if never_lawful(result, sojourn) else day_or_none(result.last),
        is_unlimited=result.unlimited,
        earliest_entry=None,
        warnings=tuple(result.warnings),
    )


def never_lawful(result: Leaving, sojourn: Sojourn) -> bool:
    """Say whether no day of a stay is lawful: such a stay is due on its first day, which is no lawful one."""
    outcome = result.outcome
    is_broken = outcome is not None and outcome.broken_since is not None and outcome.broken_since == sojourn.first
    return is_broken and result.last == sojourn.first


def _of_countries_left(
    inquiry: Inquiry, countries: Iterable[str], here_now: Sequence[StayGlance]
) -> Iterator[StayGlance]:
    """Yield what would hold if the person entered on the day of the question; nothing that is shown already."""
    on = inquiry.on.toordinal()
    current = current_sojourn(inquiry.cautious)
    here = {one.stay.country for one in inquiry.cautious if one is current or may_be_there(one)}
    latest: dict[str, Sojourn] = {}
    for sojourn in inquiry.cautious:
        if sojourn.first is not None and not sojourn.planned and on - LOOKS_BACK <= sojourn.last:
            latest[sojourn.stay.country] = sojourn
    left = sorted(latest.values(), key=lambda one: (-one.last, one.stay.country))
    shown = [frozenset(it.limit.rule_id for it in one.limits) for one in here_now]
    for country in [*countries, *(one.stay.country for one in left)]:
        if country in here:
            continue
        here.add(country)
        glance = _if_entering(inquiry, country, latest.get(country))
        rules = frozenset(it.limit.rule_id for it in glance.limits) if glance else frozenset()
        if glance is not None and rules not in shown:
            shown.append(rules)
            yield glance


def _if_entering(inquiry: Inquiry, country: str, last: Sojourn | None) -> StayGlance | None:
    on = inquiry.on.toordinal()
    if holds_permit_on(inquiry, country, on):
        return None  # they would enter on it, and no limit of days would speak to that stay
    entrant = inquiry.entrant(last.stay) if last else inquiry.holder()
    found = limits_of_stay(inquiry, entrant, country, on, None, inquiry.cautious)
    if not found:
        return None
    tracks = [limit.track for limit in found]
    reach = last_lawful_day(tracks, on)
    binding = stopping(tracks, on, reach.last) if reach.last is not None else []
    limits = []
    for index, limit in enumerate(found):
        answer = answer_of(limit, country, on, last_lawful_day([limit.track], on))
        limits.append(_limit_glance(inquiry, limit, answer, on, binds=index in binding))
    waits = [day for day, _ in cooldowns(inquiry, last)] if last else []
    entry = first_entry(inquiry, entrant, country, max([on, *waits])).day
    return StayGlance(
        country=country,
        stay_id="",
        asof=inquiry.on,
        entered=None,
        is_planned=False,
        limits=_binding_first(limits),
        last=day_or_none(reach.last),
        is_unlimited=reach.unlimited,
        earliest_entry=day_or_none(entry),
        warnings=(),
    )


def _binding_first(limits: Sequence[LimitGlance]) -> tuple[LimitGlance, ...]:
    def place(it: LimitGlance) -> tuple[bool, date]:
        return (not it.binds, it.limit.last_lawful_day or date.max)

    return tuple(sorted(limits, key=place))


def _limit_glance(inquiry: Inquiry, limit: StayLimit, answer: Limit, asof: int, *, binds: bool) -> LimitGlance:
    terms, visits = limit.track.terms, limit.visits
    counted = days_counted_on(visits, terms, asof)
    first, last = _shown(visits, limit, answer, asof)
    present = _present(inquiry, limit)
    until_then = clipped(present, first, asof)
    begins = stretch_on(visits, terms, asof)
    leaving_window = (
        clipped(counted, begins, begins + FALLS_OUT_WITHIN - 1)
        if terms.kind == Kind.ROLLING_WINDOW and begins is not None
        else []
    )
    return LimitGlance(
        limit=answer,
        kind=terms.kind,
        place=limit.place,
        asof=asof,
        first=first,
        last=last,
        counted=tuple(counted),
        uncertain=tuple(difference(counted, _surely(inquiry, limit)) if inquiry.lenient is not None else []),
        not_counted=tuple(difference(until_then, counted)),
        ahead=tuple(clipped(present, asof + 1, last)),
        broken=tuple(clipped(breaches_of(limit), first, last)),
        falling_out=tuple(leaving_window),
        entries=tuple(visit.first for visit in visits if first <= visit.first <= last),
        exits=tuple(
            visit.exit_day for visit in visits if visit.exit_day is not None and first <= visit.exit_day <= last
        ),
        binds=binds,
    )


def _shown(visits: Sequence[Visit], limit: StayLimit, answer: Limit, asof: int) -> Span:
    """Return the days of a picture: the window that ends on `asof`, the period, the year, or the visit up to its end."""
    terms = limit.track.terms
    begins = stretch_on(visits, terms, asof)
    if terms.kind == Kind.CALENDAR_YEAR:
        return (asof if begins is None else begins, date(date.fromordinal(asof).year, 12, 31).toordinal())
    if begins is None:
        begins = asof
    if terms.kind == Kind.ROLLING_WINDOW:
        return (max(1, begins), asof)
    if terms.kind == Kind.ANCHORED_WINDOW:
        return (begins, max(asof, begins + terms.window_days - 1))
    visit = visit_on(visits, asof)
    ends = answer.last_lawful_day.toordinal() if answer.last_lawful_day else asof
    return (begins, max(asof, ends, visit.last if visit else asof))


def _present(inquiry: Inquiry, limit: StayLimit) -> list[Span]:
    """Return the days in the country or zone, whatever they rest on, by the reading that is worse."""
    return union(
        span
        for sojourn in inquiry.cautious
        if sojourn.first is not None
        for span in days_in_place(inquiry, limit.place, sojourn.stay.country, (sojourn.first, sojourn.last))
    )


def _surely(inquiry: Inquiry, limit: StayLimit) -> list[Span]:
    """Return the days that count by either reading."""
    stays = counted_stays(inquiry, limit.place, inquiry.lenient or inquiry.cautious)
    presences = [Presence(first, last, one.leaves and last == one.last) for one, (first, last) in stays]
    return union(counted_days(visits_of(presences), limit.track.terms))
