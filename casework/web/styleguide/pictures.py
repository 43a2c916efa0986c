"""Each kind of picture, of invented people, countries and beds: drawn by what draws the pages, with nothing from the database."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from casework.housing.models import Unit
from casework.housing.occupancy import State
from casework.lib.dates import BoundedDay
from casework.residency.models import Rule
from casework.residency.rules.days import Span as Days
from casework.residency.rules.glance import LimitGlance, StayGlance
from casework.residency.rules.kinds import Duty, Kind, LegalStatus, ReviewStatus
from casework.residency.rules.position import Limit
from casework.web.deadlines import person_timeline, team_timeline
from casework.web.deadlines.calendar import Due, picture_of
from casework.web.deadlines.spans import Span as Fact
from casework.web.housing.cells import SIGNS, WORDS, Cell, legend
from casework.web.housing.views.board import Line, UnitLines, months_between
from casework.web.onward.risk import BARS, level_of
from casework.web.position.pictures import LimitPicture, StayPicture, pictures_of, strips_of
from casework.web.reports import charts
from casework.web.reports.charts import Chart, Layer, Mark
from casework.web.rules.timeline import Lane, LanesOfDuty, Span, Version
from casework.web.rules.timeline_drawing import Window, drawn
from casework.web.templatetags.days import day

NOWHERE = "XX"
NIGHTS = 14


def all_pictures(today: dt.date) -> dict[str, Any]:
    """Return the context of the page of pictures, as on a day."""
    stays = stays_under_limits(today)
    return {
        "today": today,
        "picture": picture_of(deadlines(today), today),
        "timeline": person_timeline.picture_of(facts_in_time(today), due_of_somebody(today), today),
        "weeks": team_timeline.picture_of(cases_by_deadline(today), today),
        "charts": [beds_by_days(today), open_cases(today), arrivals()],
        "stays": stays,
        "legend": sorted(
            {state for stay in stays for limit in stay.limits for state in limit.states} - {"out", "future"}
        ),
        "has_calendar": True,
        "limits": strips(today),
        "drawing": rules_over_the_years(today),
        "name": _("Exampleland"),
        "window": years_around(today),
        "levels": [level_of({"level": code}) for code in (*BARS, "")],
        **board(today),
    }


def deadlines(today: dt.date) -> list[Due]:
    numbers = {0: 1, 3: 2, 4: 4, 10: 7, 17: 3, 38: 1, 60: 5}
    duties = (Duty.REGISTER, Duty.LEAVE, Duty.EXTEND_STAY)
    return [
        Due(on=today + dt.timedelta(days=away), duty=duties[each % 3], code=f"K7Q-3F{each}")
        for away, number in numbers.items()
        for each in range(number)
    ]


def facts_in_time(today: dt.date) -> list[Fact]:
    """Return a stay whose beginning is not known exactly, a visa that ends, a registration ahead and a passport that was lost."""

    def on(days: int, to: int | None = None) -> BoundedDay:
        return BoundedDay(today + dt.timedelta(days=days), today + dt.timedelta(days=days if to is None else to))

    facts: list[dict[str, Any]] = [
        {"kind": "stay", "what": _("Exampleland"), "since": on(-70, -50), "until": None, "goes_on": _("has not left")},
        {"kind": "permit", "what": _("Visa, Exampleland"), "since": on(-40), "until": on(140)},
        {"kind": "registration", "what": _("Registration, Exampleland"), "since": on(9), "until": on(100)},
        {
            "kind": "document",
            "what": _("Passport, Sampleland"),
            "since": on(-900),
            "until": on(500),
            "state": _("lost"),
        },
    ]
    return [Fact(fact_id=str(number), **fact) for number, fact in enumerate(facts)]


def due_of_somebody(today: dt.date) -> list[person_timeline.Due]:
    return [
        person_timeline.Due(on=today - dt.timedelta(days=12), duty=_("Register the stay")),
        person_timeline.Due(
            on=today + dt.timedelta(days=50), duty=_("Leave the country by"), other=today + dt.timedelta(days=70)
        ),
    ]


def cases_by_deadline(today: dt.date) -> list[team_timeline.CaseLine]:
    away = {"K7Q-3F0": (-9, -2, 30), "K7Q-3F1": (0, 1, 45), "K7Q-3F2": (16,), "K7Q-3F3": (40, 80)}
    return [
        team_timeline.CaseLine(
            code=code,
            due=[
                team_timeline.Due(on=today + dt.timedelta(days=number), duty=Duty.REGISTER, today=today)
                for number in days
            ],
        )
        for code, days in away.items()
    ]


def beds_by_days(today: dt.date) -> Chart:
    taken = [min(6 + number // 4, 11) for number in range(28)]
    booked = [2 if 8 <= number < 20 else 0 for number in range(28)]
    return charts.stacked(
        key="stacked",
        title=_("Beds by days"),
        told=_("From 6 beds taken to 11 of 14 within four weeks."),
        since=today,
        layers=[
            Layer(look="chart-occupied", word=_("taken"), numbers=taken),
            Layer(look="chart-booked", word=_("booked"), numbers=booked),
            Layer(
                look="chart-free",
                word=_("free"),
                numbers=[14 - one - other for one, other in zip(taken, booked, strict=True)],
            ),
        ],
        marks=[Mark(day=today + dt.timedelta(days=12), word=_("a lease ends"))],
    )


def open_cases(today: dt.date) -> Chart:
    months = [(today.replace(day=1) - dt.timedelta(days=30 * away)).replace(day=1) for away in range(11, -1, -1)]
    return charts.lines(
        key="lines",
        title=_("Open cases by months"),
        told=_("From 12 open cases to 31 within a year; of one month nothing is known."),
        points=months,
        layers=[
            Layer(look="chart-line-1", word=_("open"), numbers=[12, 14, 15, None, 19, 22, 24, 24, 27, 26, 30, 31]),
            Layer(look="chart-line-2", word=_("closed"), numbers=[3, 4, 2, None, 6, 5, 7, 9, 8, 8, 6, 9]),
        ],
    )


def arrivals() -> Chart:
    return charts.bars(
        key="bars",
        title=_("Arrivals by country"),
        told=_("Most from Exampleland, 9 of 17."),
        names=[_("Exampleland"), _("Sampleland"), _("Elsewhere")],
        layers=[
            Layer(look="chart-occupied", word=_("women"), numbers=[5, 2, 1]),
            Layer(look="chart-held", word=_("men"), numbers=[4, 3, 2]),
        ],
    )


def stays_under_limits(today: dt.date) -> list[StayPicture]:
    """Return a stay under a limit of a window, drawn as a calendar, and one of a visit, drawn as a bar."""
    stay = pictures_of([_stay(today, [_window(today), _visit(today)])])[0]
    return [replace(stay, title=_("Exampleland, where they are"), limits=_named(stay.limits))]


def strips(today: dt.date) -> list[LimitPicture]:
    return _named(strips_of([_stay(today, [_window(today), _visit(today)])]))


def _named(limits: Sequence[LimitPicture]) -> list[LimitPicture]:
    names = (_("90 days in any 180 days"), _("60 days for each visit"))
    return [replace(limit, rule=name) for limit, name in zip(limits, names, strict=True)]


def _stay(today: dt.date, limits: Sequence[LimitGlance]) -> StayGlance:
    return StayGlance(
        country=NOWHERE,
        stay_id="example",
        asof=today,
        entered=today - dt.timedelta(days=39),
        is_planned=False,
        limits=tuple(limits),
        last=today + dt.timedelta(days=20),
        is_unlimited=False,
        earliest_entry=None,
        warnings=(),
    )


def _window(today: dt.date) -> LimitGlance:
    on = today.toordinal()
    earlier: Days = (on - 170, on - 146)
    return _glance(
        today,
        kind=Kind.ROLLING_WINDOW,
        first=on - 179,
        allowed=90,
        counted=(earlier, (on - 39, on)),
        uncertain=((on - 170, on - 167),),
        not_counted=((on - 120, on - 100),),
        falling_out=(earlier,),
        exits=(on - 146, on - 100),
        entries=(on - 170, on - 120, on - 39),
        last_lawful=today + dt.timedelta(days=60),
        binds=False,
    )


def _visit(today: dt.date) -> LimitGlance:
    on = today.toordinal()
    return _glance(
        today,
        kind=Kind.CONSECUTIVE_DAYS,
        first=on - 39,
        allowed=60,
        counted=((on - 39, on),),
        entries=(on - 39,),
        last_lawful=today + dt.timedelta(days=20),
        binds=True,
    )


def _glance(
    today: dt.date,
    *,
    kind: Kind,
    first: int,
    allowed: int,
    counted: tuple[Days, ...],
    entries: tuple[int, ...],
    last_lawful: dt.date,
    binds: bool,
    uncertain: tuple[Days, ...] = (),
    not_counted: tuple[Days, ...] = (),
    falling_out: tuple[Days, ...] = (),
    exits: tuple[int, ...] = (),
) -> LimitGlance:
    on = today.toordinal()
    return LimitGlance(
        limit=Limit(
            rule_id="",
            country=NOWHERE,
            stay_id="example",
            days_used=sum(last - since + 1 for since, last in counted),
            days_allowed=allowed,
            last_lawful_day=last_lawful,
            alternative_on=None,
            overstay=False,
            first_overstay_day=None,
            because=(),
        ),
        kind=kind,
        place=NOWHERE,
        asof=on,
        first=first,
        last=on + 40,
        counted=counted,
        uncertain=uncertain,
        not_counted=not_counted,
        ahead=((on + 1, last_lawful.toordinal()),),
        broken=((last_lawful.toordinal() + 1, on + 40),) if last_lawful.toordinal() < on + 40 else (),
        falling_out=falling_out,
        entries=entries,
        exits=exits,
        binds=binds,
    )


def years_around(today: dt.date) -> Window:
    return Window(today.year - 4, today.year + 3)


def rules_over_the_years(today: dt.date) -> Any:
    """Return two lines of one duty: a gap, an overlap, each review status, and a version that is not law yet."""
    middle = dt.date(today.year - 1, 7, 1)
    gap = Span(first=dt.date(today.year - 3, 1, 1), end=dt.date(today.year - 2, 1, 1), sentence=_("Nothing is held."))
    both = Span(first=middle, end=dt.date(today.year + 1, 1, 1), sentence=_("Both lines hold at once."))
    everybody = [
        _version(None, gap.first, _("within 5 working days"), ReviewStatus.REVIEWED),
        _version(gap.end, middle, _("within 10 days"), ReviewStatus.NEEDS_REVIEW),
        _version(middle, dt.date(today.year + 2, 1, 1), _("within 7 working days"), ReviewStatus.PROVISIONAL),
        _version(
            dt.date(today.year + 2, 1, 1), None, _("within 3 days"), ReviewStatus.PROVISIONAL, LegalStatus.PROPOSED
        ),
    ]
    some = [_version(middle, None, _("within 30 days"), ReviewStatus.REVIEWED)]
    lanes = [
        Lane(duty=Duty.REGISTER, audience=_("everybody"), part="", versions=everybody, gaps=[gap], overlaps=[both]),
        Lane(duty=Duty.REGISTER, audience=_("Sampleland"), part="", versions=some, is_exception=True, overlaps=[both]),
    ]
    return drawn([LanesOfDuty(label=_("Register"), lanes=lanes)], years_around(today), today)


def _version(
    first: dt.date | None,
    end: dt.date | None,
    says: str,
    review: ReviewStatus,
    status: LegalStatus = LegalStatus.IN_FORCE,
) -> Version:
    row = Rule(pk=1, jurisdiction_id=NOWHERE, review_status=review, legal_status=status)
    return Version(row=row, first=first, end=end, says=says, days=f"{day(first)} – {day(end)}")


def board(today: dt.date) -> dict[str, Any]:
    """Return a flat of four beds for two weeks, with each way in which a bed can be."""
    beds = {
        "1": [(5, State.OCCUPIED, "А. П."), (4, State.FREE, ""), (5, State.BOOKED, "Ү. М.")],
        "2": [(9, State.OCCUPIED, "A. B."), (5, State.OUT_OF_LEASE, "")],
        "3": [(3, State.HELD, "А. П."), (11, State.FREE, "")],
        "4": [(14, State.BLOCKED, "")],
    }
    unit = Unit(label=_("Flat of examples"), for_whom=Unit.ForWhom.FAMILY, step_free=True)
    lines = [
        Line(url="#", label=label, before=0, cells=_cells(stretches, today), after=0)
        for label, stretches in beds.items()
    ]
    return {
        "units": [UnitLines(unit=unit, lease_ends=today + dt.timedelta(days=9), lines=lines)],
        "days": [today + dt.timedelta(days=number) for number in range(NIGHTS)],
        "months": months_between(today, today + dt.timedelta(days=NIGHTS)),
        "bed_states": legend(),
    }


def _cells(stretches: Sequence[tuple[int, State, str]], today: dt.date) -> list[Cell]:
    cells, since = [], today
    for nights, state, who in stretches:
        until = since + dt.timedelta(days=nights)
        cells.append(
            Cell(
                nights=nights,
                state=state.value,
                sign=SIGNS[state],
                word=str(WORDS[state]()),
                days=f"{day(since)} – {day(until - dt.timedelta(days=1))}",
                who=who,
                url="#" if state is State.FREE else "",
            )
        )
        since = until
    return cells
