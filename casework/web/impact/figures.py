"""How many people a change of rules concerns: exact of the reader's own teams; of the others what `lib.suppression` lets out.

People of restricted cases are counted only for those who may see the case. Of other teams each figure is one of a
partition of the same people (by team, by country, by days), so that none gives another away; and whoever keeps rules can
draft another and ask again, so they are in tens.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, Q
from django.utils.translation import gettext as _

from casework.accounts.access import teams_with
from casework.accounts.models import Team, User
from casework.accounts.roles import Permission
from casework.lib.suppression import Suppressed, outgoing, outgoing_part
from casework.reminders.foreseen import that_would_go, that_would_have_gone
from casework.reminders.policies import policies
from casework.residency.because import place_name
from casework.residency.models import Impact, ImpactLine

BAR = 200  # units of the drawing

# From the most days lost to the most gained; None: as many as there are. Without days: a date appears or goes.
BINS: tuple[tuple[int | None, int | None], ...] = (
    (None, -61),
    (-60, -31),
    (-30, -15),
    (-14, -8),
    (-7, -1),
    (1, 7),
    (8, 14),
    (15, 30),
    (31, 60),
    (61, None),
)
NO_DAYS = len(BINS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """People of the reader's own teams: exact. A person is in `lose` or `gain` by the worst of their dates."""

    people: int
    deadlines: int
    lose: int
    gain: int
    become_overdue: int
    stop_overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A row of a table: people of one's own teams and of others, None where hidden."""

    label: str
    own: int
    others: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One interval of days: `width` of the drawing, 0 where the number is hidden or nobody is in it."""

    label: str
    own: int
    others: int | None
    width: int
    is_loss: bool
    is_gain: bool
    is_hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """Messages of one lead that would go within thirty days, and those that would have gone without the change."""

    label: str
    after: int
    before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """How many people in a line: `own`, of the reader's own teams, None without teams; `others`, None where hidden."""

    own: int | None
    others: int | None

    @property
    def has_own(self) -> bool:
        return self.own is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """`others`: people of other teams, None where hidden. `has_own`: whether the reader has teams with cases."""

    has_own: bool
    own: Own
    others: int | None
    others_overdue: int | None
    own_teams: Sequence[Tally]
    other_teams: Sequence[Tally]
    countries: Sequence[Tally]
    bars: Sequence[Bar]
    leads: Sequence[Lead]

    @property
    def is_empty(self) -> bool:
        return self.own.people == 0 and self.others == 0

    @property
    def messages(self) -> int:
        return sum(lead.after for lead in self.leads)


def figures_of(impact: Impact, user: User, now: datetime) -> Figures:
    """Return what this reader may know, in a constant number of queries."""
    own_teams = list(teams_with(user, Permission.CASE_VIEW, now).order_by("name", "pk"))
    # Also those that are closed, where people are left in them: else they would be what the total has more than the rows.
    all_others = list(Team.objects.exclude(pk__in=[it.pk for it in own_teams]).order_by("name"))
    mine = impact.lines.visible_to(user, now)
    others = impact.lines.filter(client__case__restricted=False).exclude(client__case__team__in=own_teams)
    total, overdue = _people(others), _people(others.filter(becomes_overdue=True))
    mine_by_team, others_by_team = _by(mine, "client__case__team"), _by(others, "client__case__team")
    other_teams = [team for team in all_others if team.is_active or others_by_team[team.pk]]
    by_team = outgoing({team.pk: others_by_team[team.pk] for team in other_teams})
    by_country, by_days = outgoing(_by(others, "country")), outgoing(_binned(others))
    return Figures(
        has_own=bool(own_teams),
        own=_own(mine),
        others=_total_of(by_team, by_country, by_days),
        others_overdue=outgoing_part(total, overdue),
        own_teams=[Tally(label=team.name, own=mine_by_team[team.pk], others=0) for team in own_teams],
        other_teams=[Tally(label=team.name, own=0, others=by_team.counts[team.pk]) for team in other_teams],
        countries=_countries(_by(mine, "country"), by_country.counts),
        bars=_bars(_binned(mine), by_days.counts, has_own=bool(own_teams)),
        leads=_leads(mine),
    )


def concerned_by(impacts: Iterable[Impact], user: User, now: datetime, *, sees_cases: bool) -> dict[Any, Concerned]:
    """Return what `figures_of` says of each in a line, by id; five queries at most for all, three for who sees no cases."""
    ids = [it.pk for it in impacts]
    own_teams = list(teams_with(user, Permission.CASE_VIEW, now)) if sees_cases else []
    mine = _people_by_impact(ImpactLine.objects.filter(impact__in=ids).visible_to(user, now)) if own_teams else {}
    others = ImpactLine.objects.filter(impact__in=ids, client__case__restricted=False)
    others = others.exclude(client__case__team__in=own_teams)
    parts = [_by_each(others, "client__case__team"), _by_each(others, "country"), _binned_by_each(others)]
    return {
        pk: Concerned(
            own=mine.get(pk, 0) if own_teams else None,
            others=_total_of(*(outgoing(part.get(pk, Counter())) for part in parts)),
        )
        for pk in ids
    }


def _total_of(*parts: Suppressed[Any]) -> int | None:
    """Return the total that goes with each of these partitions of the same people, None where one of them hides it."""
    return None if None in {it.total for it in parts} else parts[0].total


def _people_by_impact(lines: Any) -> dict[Any, int]:
    return dict(lines.order_by().values_list("impact").annotate(people=Count("client", distinct=True)))


def _by_each(lines: Any, name: str) -> dict[Any, Counter[Any]]:
    found: dict[Any, Counter[Any]] = {}
    for impact, value, people in (
        lines.order_by().values_list("impact", name).annotate(people=Count("client", distinct=True))
    ):
        found.setdefault(impact, Counter())[value] += people
    return found


def _binned_by_each(lines: Any) -> dict[Any, Counter[int]]:
    """Return the same as `_binned` for each computation, counted where the lines are."""
    worst = lines.order_by("impact", "client", F("days").asc(nulls_last=True)).distinct("impact", "client").values("pk")
    rows = ImpactLine.objects.filter(pk__in=worst).order_by().values_list("impact", "days")
    found: dict[Any, Counter[int]] = {}
    for impact, days, people in rows.annotate(people=Count("pk")):
        found.setdefault(impact, Counter())[_bin_of(days)] += people
    return found


def _own(lines: Any) -> Own:
    days = list(lines.values("client").annotate(worst=Min("days")).values_list("worst", flat=True))
    counts = lines.aggregate(
        people=Count("client", distinct=True),
        deadlines=Count("pk"),
        become_overdue=Count("client", distinct=True, filter=Q(becomes_overdue=True)),
        stop_overdue=Count("client", distinct=True, filter=Q(stops_overdue=True)),
    )
    return Own(
        lose=sum(it is not None and it < 0 for it in days), gain=sum(it is not None and it > 0 for it in days), **counts
    )


def _people(lines: Any) -> int:
    return int(lines.aggregate(people=Count("client", distinct=True))["people"])


def _by(lines: Any, name: str) -> Counter[Any]:
    """Return how many people are concerned by value of a column."""
    rows = lines.order_by().values(name).annotate(people=Count("client", distinct=True))
    return Counter({row[name]: row["people"] for row in rows})


def _countries(own: Counter[str], others: Mapping[str, int | None]) -> list[Tally]:
    rows = [
        Tally(label=place_name(code) if code else _("no country"), own=own[code], others=others.get(code, 0))
        for code in {*own, *others}
    ]
    return sorted(rows, key=lambda row: row.label.casefold())


def _binned(lines: Any) -> Counter[int]:
    """Return how many people are in each interval, each by the worst of their dates."""
    days = lines.order_by().values("client").annotate(worst=Min("days")).values_list("worst", flat=True)
    return Counter(_bin_of(worst) for worst in days)


def _bin_of(days: int | None) -> int:
    if not days:
        return NO_DAYS
    return next(
        number
        for number, (first, last) in enumerate(BINS)
        if (first is None or days >= first) and (last is None or days <= last)
    )


def _bars(own: Counter[int], others: Mapping[int, int | None], *, has_own: bool) -> list[Bar]:
    drawn = {number: own[number] if has_own else others.get(number) or 0 for number in range(NO_DAYS + 1)}
    most = max(drawn.values(), default=0) or 1
    return [
        Bar(
            label=_bin_label(number),
            own=own[number],
            others=others.get(number, 0),
            width=round(BAR * drawn[number] / most),
            is_loss=number < len(BINS) // 2,
            is_gain=len(BINS) // 2 <= number < NO_DAYS,
            is_hidden=not has_own and others.get(number, 0) is None,
        )
        for number in _worth_showing(own, others)
    ]


def _worth_showing(own: Counter[int], others: Mapping[int, int | None]) -> list[int]:
    """Return the intervals from the first to the last with anybody in it; the one without days only if it has."""
    there = [number for number in range(NO_DAYS + 1) if own[number] or others.get(number, 0) != 0]
    with_days = [number for number in there if number != NO_DAYS]
    between = range(min(with_days), max(with_days) + 1) if with_days else ()
    return [*between, *([NO_DAYS] if NO_DAYS in there else [])]


def _bin_label(number: int) -> str:
    if number == NO_DAYS:
        return _("no number of days: another duty, or a date that appears or goes")
    first, last = BINS[number]
    if first is None:
        return _("more than %(days)s days lost") % {"days": 60}
    if last is None:
        return _("more than %(days)s days gained") % {"days": 60}
    if last < 0:
        return _("%(first)s to %(last)s days lost") % {"first": -last, "last": -first}
    return _("%(first)s to %(last)s days gained") % {"first": first, "last": last}


def _leads(lines: Any) -> list[Lead]:
    """Return the messages about these deadlines, grouped in SQL by date so that many people cost little."""
    groups = lines.order_by().filter
    after = groups(reminds_after=True).exclude(what="review")
    before = groups(reminds_before=True).exclude(what="review")
    leads_of = policies().leads_of
    go = that_would_go(after.values_list("duty", "after_on", "today").annotate(rows=Count("pk")), leads_of=leads_of)
    gone = that_would_have_gone(
        before.values_list("duty", "before_on", "today").annotate(rows=Count("pk")), leads_of=leads_of
    )
    return [Lead(label=_lead_label(it), after=go[it], before=gone[it]) for it in sorted({*go, *gone}, reverse=True)]


def _lead_label(lead: int) -> str:
    if lead > 0:
        return _("days before: %(days)s") % {"days": lead}
    return _("days after: %(days)s") % {"days": -lead} if lead else _("on the day")
