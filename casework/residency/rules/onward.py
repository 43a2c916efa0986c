"""Where could this person go? Every country on record on one day: entry, days, duties, work, pathways, return, risk.

Each answer comes from what `evaluate` uses, asked about a stay that is supposed to begin that day: whoever is somewhere
stays there until then, and leaves. What no rule says is said to be not recorded, question by question. Nothing here is a
verdict: a standing sorts the countries by what is recorded.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from . import steps
from .areas import area_rules
from .coming import first_entry
from .evaluate import current_sojourn
from .facts import DayRange, Facts, Stay
from .inquiry import Inquiry
from .keep import documents_to_keep
from .kinds import Duty, Kind, LegalStatus, ReviewStatus
from .known import known_rules
from .leave import Leaving, leaving
from .papers import Paper, papers
from .permits import holds_permit_on, permits_for
from .position import Deadline, Opportunity, Step, Warning  # noqa: A004 - the word of the field
from .presence import Sojourn
from .prospects import cooldowns, entitlements
from .register import event_duties
from .renew import before_the_end
from .rulebook import Rule, RuleBook
from .selection import is_valid_on, least_reviewed
from .stated import Stated, basis_of, of_rule, places, stated

SUPPOSED = "supposed"


class Standing(StrEnum):
    """What is recorded of entering a country, in the order in which countries are shown."""

    HERE = "here"  # they are there on that day
    CLEAR = "clear"  # a paper they hold serves, and nothing on record stands in the way
    CONDITIONS = "conditions"  # something is asked for first, or refusals are reported
    LATER = "later"  # not on that day, but from another one
    UNKNOWN = "unknown"  # what is recorded does not tell
    REFUSED = "refused"  # a rule is in the way, or no paper serves
    OWN = "own"  # a country of which they are a national


# What a stay may last to, as the page says it.
UNTIL, UNLIMITED, NOT_THAT_DAY, SUSPENDED, NOT_RECORDED = (
    "stay_until",
    "stay_unlimited",
    "stay_not_that_day",
    "stay_rests_on_application",
    "stay_not_recorded",
)

_ENTRY_KINDS = frozenset({Kind.VISA_REQUIRED, Kind.ENTRY_BAN, Kind.ENTRY_AUTHORISATION, Kind.ENTRY_REFUSAL_PRACTICE})
_OTHER_KINDS = frozenset(
    {Kind.WORK_RIGHT, Kind.GRACE_PERIOD, Kind.REGISTRATION_EXEMPTION, Kind.NOTE, Kind.ZONE_MEMBERSHIP}
)
_ASKED_KINDS = _ENTRY_KINDS | _OTHER_KINDS | {Kind.RESIDENCE_PATHWAY}
_IN_THE_WAY = frozenset({LegalStatus.IN_FORCE, LegalStatus.ADOPTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class StayAnswer:
    """How long they may stay from that day. `days` counts that day; None where it is unlimited or not known."""

    code: str
    last_on: date | None = None
    days: int | None = None
    alternative_on: date | None = None
    rule_ids: tuple[str, ...] = ()
    review: ReviewStatus = ReviewStatus.REVIEWED
    because: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Freedom:
    """From which day one may enter (again) under the limits and the days to stay away; None: no such day is in sight.

    is_by_law_of_waiting: a number of days to stay away decides, not the days that are used up.
    """

    from_on: date | None
    is_by_law_of_waiting: bool = False
    rule_ids: tuple[str, ...]
    review: ReviewStatus
    because: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pathway:
    """A way to residence, and by when to apply for it if they enter that day, where a rule says so."""

    stated: Stated
    apply_by: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Going there on one paper: what is recorded for whoever enters as a national of that country on that paper.

    paper: None where no paper is on record, or where they are there already. has_own_rule: a limit for their nationality,
    not the one for everybody, says that one may stay without a visa.
    """

    paper: Paper | None
    nationality: str
    standing: Standing
    legal_basis: str
    has_own_rule: bool
    entry: tuple[Stated, ...]
    stay: StayAnswer
    earliest: Freedom | None
    duties: tuple[Deadline, ...]
    others: tuple[Stated, ...]
    pathways: tuple[Pathway, ...]
    openings: tuple[Opportunity, ...]
    warnings: tuple[Warning, ...]

    def stating(self, *kinds: Kind) -> tuple[Stated, ...]:
        return tuple(each for each in (*self.entry, *self.others) if each.kind in kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """One country. `ways`, the best first, has one at least; `returns` is for countries in which they were.

    rule_count: how many rules of the country itself are on record, membership of zones aside.
    """

    country: str
    zones: tuple[str, ...]
    papers: tuple[Paper, ...]
    ways: tuple[Way, ...]
    returns: Freedom | None
    risk: tuple[Stated, ...]
    areas: tuple[Stated, ...]
    rule_count: int

    @property
    def best(self) -> Way:
        return self.ways[0]

    @property
    def standing(self) -> Standing:
        return self.best.standing


def onward(
    facts: Facts, book: RuleBook, on: date, known_at: datetime, *, countries: Collection[str] | None = None
) -> list[Prospect]:
    """Return what is recorded for this person of every country, or of `countries`, sorted by what matters."""
    asked = Inquiry(facts=facts, book=book, on=on, known_at=known_at)
    wanted = countries_on_record(book, known_at)
    if countries is not None:
        wanted = [country for country in wanted if country in countries]
    return sorted((_prospect(asked, country) for country in wanted), key=_place_in_list)


def countries_on_record(book: RuleBook, known_at: datetime) -> list[str]:
    """Return the countries of which any rule is known, that they belong to a zone included."""
    known = known_rules(book, known_at)
    zones = {zone for spans in known.zones.values() for zone in spans}
    return sorted(place for place in known.by_country if place not in zones and len(place) == 2)


def _place_in_list(prospect: Prospect) -> tuple[int, int, str]:
    return (*_place_of_way(prospect.best), prospect.country)


def _place_of_way(way: Way) -> tuple[int, int]:
    """The standing, then who may stay longest: without a limit first, days that are not known last."""
    order = list(Standing).index(way.standing)
    if way.stay.code == UNLIMITED:
        return order, 0
    days = way.stay.days
    return order, 100_000 - days if days is not None else 1_000_000


def _prospect(asked: Inquiry, country: str) -> Prospect:
    current = current_sojourn(asked.cautious)
    is_here = current is not None and current.stay.country == country
    shown = papers(asked, country, asked.on)
    if is_here and current is not None:
        ways = [_way(asked, current, None)]
    else:
        useful = _one_of_each([paper for paper in shown if paper.serves]) or [None]
        ways = [_supposed_way(asked, country, paper) for paper in useful]
    if not is_here and shown and not any(paper.serves for paper in shown) and country not in asked.facts.nationalities:
        ways = [replace(way, standing=Standing.REFUSED) for way in ways]
    own_rules = [rule for rule in asked.all_rules(country) if rule.kind != Kind.ZONE_MEMBERSHIP]
    return Prospect(
        country=country,
        zones=tuple(places(asked, country, asked.on)[1:]),
        papers=shown,
        ways=tuple(sorted(ways, key=_place_of_way)),
        returns=_free_to_return(asked, country, current),
        risk=risks(asked, country),
        areas=tuple(of_rule(rule) for rule in area_rules(asked.known, country, asked.on)),
        rule_count=len(own_rules),
    )


def _one_of_each(usable: Sequence[Paper]) -> list[Paper | None]:
    """Return the papers that differ to a border guard: of one kind from one country that which is valid longest."""
    best: dict[tuple[str, str], Paper] = {}
    for paper in usable:
        key = (paper.kind, paper.country)
        if key not in best or (best[key].valid_until or date.max) < (paper.valid_until or date.max):
            best[key] = paper
    return list(best.values())


def risks(inquiry: Inquiry, country: str) -> tuple[Stated, ...]:
    """Return the risk of being returned that is recorded for a country; nothing means that it is not known."""
    if country in inquiry.facts.nationalities:
        return ()
    recorded = [
        rule
        for rule in inquiry.statements(country, Duty.RISK)
        if rule.kind == Kind.RETURN_RISK and is_valid_on(rule, inquiry.on)
    ]
    return tuple(of_rule(rule) for rule in inquiry.chosen(recorded, inquiry.holder(), inquiry.on).rules)


# One way


def _supposed_way(asked: Inquiry, country: str, paper: Paper | None) -> Way:
    stay = supposed_stay(asked, country, paper)
    inquiry = replace(asked, facts=replace(asked.facts, stays=(*asked.facts.stays, stay)))
    sojourn = next(one for one in inquiry.cautious if one.stay is stay)
    way = _way(inquiry, sojourn, paper)
    if way.stay.code != NOT_THAT_DAY and not asked.rules(country, Duty.RE_ENTER):
        return way
    freedom = free_from(asked, stay, asked.on)
    must_wait = freedom.from_on != asked.on and (way.stay.code == NOT_THAT_DAY or freedom.is_by_law_of_waiting)
    if not must_wait or way.standing == Standing.OWN:
        return way
    waits = way.standing in (Standing.CLEAR, Standing.CONDITIONS)
    return replace(way, earliest=freedom, standing=Standing.LATER if waits else way.standing)


def supposed_stay(asked: Inquiry, country: str, paper: Paper | None) -> Stay:
    """Return a stay that begins on the day of the question and does not end, on the paper and a permit or visa they hold."""
    return Stay(
        id=SUPPOSED,
        country=country,
        entered=DayRange.exactly(asked.on),
        left=None,
        legal_basis=_basis(asked, country),
        document_kind=_recorded_kind(asked, paper),
        nationality=paper.country if paper else "",
    )


def _recorded_kind(asked: Inquiry, paper: Paper | None) -> str:
    document = next((each for each in asked.facts.documents if paper and each.id == paper.id), None)
    return document.kind if document else ""


def _basis(asked: Inquiry, country: str) -> str:
    """Return what the stay would rest on: a permit or visa that is valid that day, or nothing but the entry."""
    valid = [
        validity.permit.kind
        for validity in permits_for(asked, country)
        if (validity.permit.valid_from is None or validity.permit.valid_from <= asked.on)
        and validity.until is not None
        and validity.until >= asked.on
    ]
    if not valid:
        return "visa_free"
    return "visa" if all(kind == "visa" for kind in valid) else "permit"


def _way(inquiry: Inquiry, sojourn: Sojourn, paper: Paper | None) -> Way:
    country, on = sojourn.stay.country, inquiry.on
    entrant = inquiry.entrant(sojourn.stay, basis_of(sojourn))
    answer = leaving(inquiry, sojourn)
    stay = _stay_answer(inquiry, answer)
    duties, noticed = event_duties(inquiry, sojourn)
    stay_ends = date.fromordinal(answer.last) if answer.last is not None else None
    duties = [
        *duties,
        *before_the_end(inquiry, sojourn, stay_ends),
        *(
            each
            for each in documents_to_keep(inquiry, sojourn, stay_ends)
            if paper is not None and each.subject.id == paper.id and _asks_something(each, stay_ends)
        ),
    ]
    said = stated(inquiry, country, entrant, on, _ASKED_KINDS)
    entry = tuple(each for each in said if each.kind in _ENTRY_KINDS)
    own_rule = any(_rule(inquiry, rule_id).audience.nationality != "*" for rule_id in _limit_ids(answer))
    return Way(
        paper=paper,
        nationality=entrant.nationality,
        standing=_standing(inquiry, sojourn, paper, entry, stay, has_own_rule=own_rule),
        legal_basis=basis_of(sojourn),
        has_own_rule=own_rule,
        entry=entry,
        stay=stay,
        earliest=None,
        duties=tuple(sorted(duties, key=lambda each: each.due_on or date.max)),
        others=tuple(each for each in said if each.kind in _OTHER_KINDS),
        pathways=tuple(
            Pathway(stated=each, apply_by=_apply_by(inquiry, sojourn, each))
            for each in said
            if each.kind == Kind.RESIDENCE_PATHWAY
        ),
        openings=tuple(each for each in entitlements(inquiry, sojourn) if each.country == country),
        warnings=(*answer.warnings, *noticed),
    )


def _asks_something(document: Deadline, stay_ends: date | None) -> bool:
    """Say whether the paper must be renewed because of this stay, and not just because it ends some day."""
    return not document.optional and (stay_ends is not None or bool(document.rule_ids))


def _limit_ids(answer: Leaving) -> list[str]:
    return [limit.rule_id for limit in answer.limits]


def _rule(inquiry: Inquiry, rule_id: str) -> Rule:
    return inquiry.known.by_id[rule_id]


def _stay_answer(inquiry: Inquiry, answer: Leaving) -> StayAnswer:
    codes = {warning.code for warning in answer.warnings}
    deadline = answer.deadline
    rule_ids = deadline.rule_ids if deadline else tuple(_limit_ids(answer))
    review = deadline.review if deadline else least_reviewed([_rule(inquiry, each) for each in rule_ids])
    because = deadline.because if deadline else tuple(step for limit in answer.limits for step in limit.because)
    code, last, days = NOT_RECORDED, None, None
    on = inquiry.on.toordinal()
    if "own_national" in codes or answer.unlimited:
        code = UNLIMITED
    elif codes & {"leave_suspended", "leave_suspended_until_decided"}:
        code = SUSPENDED
    elif "no_day_lawful" in codes or (answer.last is not None and answer.last < on):
        code, days = NOT_THAT_DAY, 0
    elif answer.last is not None:
        code, last, days = UNTIL, date.fromordinal(answer.last), answer.last - on + 1
    return StayAnswer(
        code=code,
        last_on=last,
        days=days,
        alternative_on=deadline.alternative_on if deadline and code == UNTIL else None,
        rule_ids=rule_ids,
        review=review,
        because=because,
    )


def _standing(
    inquiry: Inquiry,
    sojourn: Sojourn,
    paper: Paper | None,
    entry: Sequence[Stated],
    stay: StayAnswer,
    *,
    has_own_rule: bool,
) -> Standing:
    if sojourn.stay.country in inquiry.facts.nationalities:
        return Standing.OWN
    if sojourn.stay.id != SUPPOSED:
        return Standing.HERE
    law = {each.kind for each in entry if each.legal_status in _IN_THE_WAY}
    holds_permission = sojourn.stay.legal_basis != "visa_free"
    if Kind.ENTRY_BAN in law and not holds_permission:
        return Standing.REFUSED
    if stay.code == NOT_THAT_DAY:
        return Standing.LATER
    asks = law & {Kind.ENTRY_AUTHORISATION, *(() if holds_permission else (Kind.VISA_REQUIRED,))}
    may_come = holds_permission or stay.code == UNLIMITED or has_own_rule or (paper is not None and paper.is_accepted)
    paper_serves = paper is not None and paper.serves and (paper.is_accepted or paper.is_for_abroad)
    if not paper_serves or not (may_come or asks):
        return Standing.UNKNOWN
    reported = any(each.kind == Kind.ENTRY_REFUSAL_PRACTICE for each in entry)
    return Standing.CONDITIONS if asks or reported or Kind.ENTRY_BAN in law else Standing.CLEAR


def _apply_by(inquiry: Inquiry, sojourn: Sojourn, pathway: Stated) -> date | None:
    """Return the last day to apply; the day of entry is day one, which is the earlier reading."""
    within = _rule(inquiry, pathway.rule_id).parameters.get("apply_within_days")
    if not within or sojourn.first is None:
        return None
    return date.fromordinal(sojourn.first + int(within) - 1)


# Coming, and coming back


def _free_to_return(asked: Inquiry, country: str, current: Sojourn | None) -> Freedom | None:
    """Return from when they may come back to a country in which they were; if they are there, after leaving that day."""
    been = [one for one in asked.cautious if one.stay.country == country and not one.planned and one.first is not None]
    if not been or country in asked.facts.nationalities:
        return None
    is_here = current is not None and current.stay.country == country
    return free_from(asked, been[-1].stay, asked.on + timedelta(days=1) if is_here else asked.on)


def free_from(asked: Inquiry, stay: Stay, day: date) -> Freedom:
    """Return the first day from `day` on which somebody who has left may enter as for `stay`."""
    country, on = stay.country, day.toordinal()
    gone = _having_left(asked, day)
    first = on
    used: list[Rule] = []
    been = [one for one in gone.cautious if one.stay.country == country and one.first is not None and one.last < on]
    is_let_in = holds_permit_on(gone, country, on)
    for until, rule in cooldowns(gone, been[-1]) if been and not is_let_in else ():
        if until > first:
            first, used = until, [rule]
    by_limits: int | None = first
    if not is_let_in and stay.legal_basis not in ("permit", "visa"):
        entry = first_entry(gone, gone.entrant(stay), country, first)
        if entry.limits and entry.day != first:
            by_limits, used = entry.day, [limit.rule for limit in entry.limits]
    because = [steps.stated(rule) for rule in used]
    if by_limits is not None and used:
        because.append(Step(code="opens", values={"opens_on": steps.iso(by_limits)}))
    return Freedom(
        from_on=date.fromordinal(by_limits) if by_limits is not None else None,
        is_by_law_of_waiting=any(rule.kind == Kind.COOLDOWN for rule in used),
        rule_ids=tuple(rule.id for rule in used),
        review=least_reviewed(used),
        because=(*because, *(steps.reviewed(used) if used else ())),
    )


def _having_left(asked: Inquiry, day: date) -> Inquiry:
    """Return the question of `day` with every stay that has begun ended on the day before, at the latest."""
    before = day - timedelta(days=1)
    stays = []
    for one in asked.cautious:
        has_begun = one.first is None or one.first <= before.toordinal()
        if one.here and has_begun:
            stays.append(replace(one.stay, left=DayRange.exactly(before)))
        elif one.here:
            continue  # it begins on that very day: they do not go
        else:
            stays.append(one.stay)
    return replace(asked, facts=replace(asked.facts, stays=tuple(stays)), on=day)
