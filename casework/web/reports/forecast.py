"""The forecast of beds: tonight and twelve weeks, what makes each number so, and a surge that the reader tries out."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from casework.housing.occupancy import State
from casework.lib.suppression import LARGEST_HIDDEN, outgoing_count
from casework.reports.forecast import Day, Forecast, Outcome, Step, Surge, expected, outcome
from casework.reports.outlook import EndingLease, Outlook, OutlookOfOthers, outlook, outlook_of_others
from casework.reports.readers import Reader, Whose
from casework.reports.table import Column, Kind, Table, counted
from casework.web.templatetags.days import day, day_long

from . import charts
from .answering import Answer, Report, Section
from .capacity import LAYERS
from .forms_of_forecast import NIGHTS, ForecastForm
from .wording import about_whose, country

# What makes a bed free, and what takes it, by the state beside "free".
FREES = {
    State.OCCUPIED: gettext_lazy("people leave: %(beds)s"),
    State.BOOKED: gettext_lazy("bookings end: %(beds)s"),
    State.HELD: gettext_lazy("holds end: %(beds)s"),
    State.BLOCKED: gettext_lazy("blocks end: %(beds)s"),
    State.OUT_OF_LEASE: gettext_lazy("leases begin: %(beds)s"),
    None: gettext_lazy("new beds: %(beds)s"),
}
TAKES = {
    State.OCCUPIED: gettext_lazy("people come: %(beds)s"),
    State.BOOKED: gettext_lazy("bookings begin: %(beds)s"),
    State.HELD: gettext_lazy("holds begin: %(beds)s"),
    State.BLOCKED: gettext_lazy("blocks begin: %(beds)s"),
    State.OUT_OF_LEASE: gettext_lazy("leases end: %(beds)s"),
    None: gettext_lazy("beds are closed: %(beds)s"),
}
NOTHING_CHANGES = gettext_lazy("nothing changes")


def answer(reader: Reader, form: ForecastForm) -> Answer:
    since = reader.today
    until = since + timedelta(days=NIGHTS)
    town, places = form.chosen_town, form.chosen_places
    said = [about_whose(reader, form.whose)]
    if town is not None:
        said.append(_("Only %(town)s, %(country)s.") % {"town": town[1], "country": country(town[0])})
    if form.whose is Whose.OWN:
        found = outlook(reader, places, since, until, town=town)
        return Answer(sections=_sections(found, form), said=[*said, *_about(found)])
    others = outlook_of_others(reader, places, since, until, town=town)
    return Answer(sections=_sections_of_others(others, form), said=said)


FORECAST = Report(
    key="forecast",
    title=gettext_lazy("Beds: forecast"),
    about=gettext_lazy(
        "How many beds are free in the next twelve weeks, what makes it so, and how long they last if many people arrive."
    ),
    url_name="report_forecast",
    answer=answer,
    form=ForecastForm,
)


def _about(found: Outlook) -> list[str]:
    said = [
        _(
            "Placements, bookings, holds, blocks and leases end on the day that is on record. "
            "Without such a day they go on. Beds that are taken on the last night without a known end: %(beds)s."
        )
        % {"beds": found.forecast.open_ended}
    ]
    if found.overdue:
        said.append(
            _(
                "People who were to have left and have not been checked out: %(people)s. "
                "Their beds are counted as free, as on the board."
            )
            % {"people": found.overdue}
        )
    return said


def _sections(found: Outlook, form: ForecastForm) -> list[Section]:
    made = found.forecast
    waiting = expected(found.waiting, made.since, len(made.days))
    sections = [_weeks(made, waiting, found.leases), _days(made), _leases(found.leases)]
    if (surge := form.surge) is not None:
        asking = waiting if form.chosen("with_waiting") else []
        met = outcome(made.free, made.since, surge, waiting=asking)
        sections.insert(0, _surge(met, surge, is_exact=True))
    return sections


def _weeks(made: Forecast, waiting: Sequence[int], leases: Sequence[EndingLease]) -> Section:
    columns = [
        Column(key="until", label=_("Up to the night of"), kind=Kind.DAY, width=14, hxl="#date+end"),
        _number("free", pgettext("beds", "Free"), "#capacity+beds+free"),
        _number("freed", _("Become free"), "#capacity+beds+freed"),
        _number("taken", _("Are taken"), "#capacity+beds+taken"),
        _number("fewest", _("Fewest free"), "#capacity+beds+free+min"),
        Column(key="fewest_on", label=_("On the night of"), kind=Kind.DAY, width=14, hxl="#date+min"),
        _number("waiting", _("Wait for a bed"), "#inneed+shelter"),
        Column(key="because", label=_("Because"), width=44),
    ]
    first = made.days[0]
    rows: list[list[Any]] = [
        [first.day, first.free, None, None, first.free, first.day, waiting[0], _("as it is today")]
    ]
    for number, week in enumerate(made.weeks):
        last = min(7 * number + 7, len(waiting) - 1)
        steps = week.steps
        rows.append(
            [
                week.last.day,
                week.last.free,
                _sum(steps, frees=True),
                _sum(steps, frees=False),
                week.fullest.free,
                week.fullest.day,
                waiting[last],
                because(steps) or str(NOTHING_CHANGES),
            ]
        )
    said = [
        _("Free: what was free a line above, and what becomes free, less what is taken."),
        _(
            "Wait for a bed: people of open requests who need one by then and have none, neither booked nor held. "
            "They are not among the beds."
        ),
    ]
    table = Table(key="weeks", title=_("Week by week"), columns=columns, rows=rows)
    return Section(table=table, said=said, chart=_drawn(made, leases))


def _drawn(made: Forecast, leases: Sequence[EndingLease]) -> charts.Chart:
    layers = [
        charts.Layer(look=f"chart-{state}", word=word, numbers=[day.beds[state] for day in made.days])
        for state, word in LAYERS
    ]
    marks = [
        charts.Mark(day=lease.notice_on, word=_("notice %(site)s") % {"site": lease.place.code})
        for lease in leases
        if lease.notice_on and not lease.notice_given_on
    ]
    free = made.free
    return charts.stacked(
        key="weeks",
        title=_("Beds in the next twelve weeks"),
        told=_("Free beds: %(first)s on the first day, %(last)s on the last, %(least)s at the least.")
        % {"first": free[0], "last": free[-1], "least": min(free)},
        since=made.since,
        layers=layers,
        marks=sorted(marks, key=lambda mark: mark.day),
    )


def _days(made: Forecast) -> Section:
    columns = [
        Column(key="day", label=_("Night of"), kind=Kind.DAY, width=14, hxl="#date"),
        _number("free", pgettext("beds", "Free"), "#capacity+beds+free"),
        _number("change", _("Change"), "#capacity+beds+change"),
        Column(key="because", label=_("Because"), width=50),
    ]
    rows = [_row_of_day(each) for each in made.days if because(each.steps)]
    table = Table(key="days", title=_("Nights on which it changes"), columns=columns, rows=rows)
    return Section(table=table, empty=_("Nothing that is on record changes how many beds are free."))


def _row_of_day(each: Day) -> list[Any]:
    return [each.day, each.free, sum(step.frees * beds for step, beds in each.steps.items()), because(each.steps)]


def because(steps: Counter[Step]) -> str:
    """Return what makes beds free and what takes them: what ends or begins, how many beds, at which sites."""
    said = []
    for words, frees in ((FREES, True), (TAKES, False)):
        for state, sentence in words.items():
            at: defaultdict[str, int] = defaultdict(int)
            for step, beds in steps.items():
                if step.frees and (step.frees > 0) is frees and (step.was if frees else step.becomes) is state:
                    at[step.site] += beds
            if at:
                sites = ", ".join(f"{site} {beds}" for site, beds in sorted(at.items()))
                said.append(str(sentence) % {"beds": f"{sum(at.values())} ({sites})"})
    return "; ".join(said)


def _sum(steps: Counter[Step], *, frees: bool) -> int:
    return sum(beds for step, beds in steps.items() if step.frees == (1 if frees else -1))


def _leases(leases: Sequence[EndingLease]) -> Section:
    columns = [
        Column(key="site", label=_("Site"), width=12, hxl="#loc+site+code"),
        Column(key="unit", label=_("Room"), width=16),
        Column(key="town", label=_("Town"), width=14, hxl="#loc+city+name"),
        _number("beds", _("Beds"), "#capacity+beds"),
        Column(key="notice_on", label=_("Give notice by"), kind=Kind.DAY, width=14, hxl="#date+notice"),
        Column(key="given", label=_("Notice given"), kind=Kind.DAY, width=14),
        Column(key="until", label=_("Ends on"), kind=Kind.DAY, width=14, hxl="#date+end"),
    ]
    rows = [
        [
            lease.place.code,
            lease.unit or _("whole site"),
            lease.place.city,
            lease.beds,
            lease.notice_on,
            lease.notice_given_on,
            lease.until,
        ]
        for lease in leases
    ]
    table = Table(key="leases", title=_("Leases that end or ask for notice"), columns=columns, rows=rows)
    return Section(table=table, empty=_("No lease ends within twelve weeks."))


def _surge(met: Outcome, surge: Surge, *, is_exact: bool) -> Section:
    columns = [
        Column(key="day", label=_("Night of"), kind=Kind.DAY, width=14, hxl="#date"),
        _number("come", _("Arrive"), "#affected+arrivals"),
        _number("asking", _("Need a bed"), "#inneed+shelter"),
        _number("free", pgettext("beds", "Free"), "#capacity+beds+free"),
        _number("without", _("Without a bed"), "#inneed+shelter+gap"),
    ]
    # Nights alike in a row are said once, by the first of them.
    rows: list[list[Any]] = []
    for night in met.nights:
        row = [night.come, night.asking, night.free, night.without]
        if not rows or rows[-1][1:] != row:
            rows.append([night.day, *row])
    layers = [
        charts.Layer(look="chart-booked", word=_("have a bed"), numbers=[night.housed for night in met.nights]),
        charts.Layer(look="chart-expected", word=_("without a bed"), numbers=[night.without for night in met.nights]),
    ]
    said = surge_in_words(met, surge)
    if not is_exact:
        said.append(_("Computed with people in tens, and a number that is hidden taken for 7, so it is rough."))
    chart = charts.stacked(
        key="surge",
        title=_("Those who need a bed, night by night"),
        told=said[0],
        since=met.nights[0].day,
        layers=layers,
    )
    table = Table(key="surge", title=_("If many people arrive"), columns=columns, rows=rows)
    return Section(table=table, said=said, chart=chart)


def surge_in_words(met: Outcome, surge: Surge) -> list[str]:
    """Return how long beds last, from when on how many have none, and what is supposed."""
    nights, first, worst = met.nights_until_full, met.first_without, met.worst
    if nights is None or first is None:
        said = [_("Everybody has a bed on every night of the forecast.")]
    else:
        lasts = ngettext(
            "With what is free, everybody has a bed for %(nights)s night.",
            "With what is free, everybody has a bed for %(nights)s nights.",
            nights,
        ) % {"nights": nights}
        full = _("The first night on which somebody has none is that of %(day)s; without a bed: %(people)s.") % {
            "day": day_long(first.day),
            "people": first.without,
        }
        most = _("The most are without a bed from the night of %(day)s on: %(people)s.") % {
            "day": day(worst.day),
            "people": worst.without,
        }
        said = [f"{lasts} {full} {most}"]
    return [
        *said,
        _(
            "Supposed: nobody of them leaves again, and every free bed can be given to everybody; "
            "somebody may have to move so that a bed is free for long enough."
        ),
    ]


def _sections_of_others(found: OutlookOfOthers, form: ForecastForm) -> list[Section]:
    made = found.forecast
    waiting = expected(found.waiting, made.since, len(made.days))
    sections = [_weeks_of_others(found, waiting), _leases(found.leases)]
    if (surge := form.surge) is not None:
        asking = [_shown(people) for people in waiting] if form.chosen("with_waiting") else []
        free = [max(it.free - _shown(people), 0) for it, people in zip(made.days, found.people, strict=True)]
        sections.insert(0, _surge(outcome(free, made.since, surge, waiting=asking), surge, is_exact=False))
    return sections


def _shown(people: int) -> int:
    """Return a number of people as its reader knows it: a hidden one is taken for the largest that it may be."""
    if people == 0:
        return 0
    shown = outgoing_count(people)
    return LARGEST_HIDDEN if shown is None else shown


def _weeks_of_others(found: OutlookOfOthers, waiting: Sequence[int]) -> Section:
    columns = [
        Column(key="day", label=_("Up to the night of"), kind=Kind.DAY, width=14, hxl="#date+end"),
        _number("usable", _("Can be slept in"), "#capacity+beds+usable"),
        _number("people", _("People there or to come"), "#affected+housed"),
        _number("waiting", _("Wait for a bed"), "#inneed+shelter"),
        Column(key="because", label=_("Because"), width=44),
    ]
    made = found.forecast
    steps = [Counter[Step](), *(week.steps for week in made.weeks)]
    numbers = [0, *(min(7 * number + 7, len(made.days) - 1) for number in range(len(made.weeks)))]
    rows = [
        [
            made.days[number].day,
            made.days[number].free,
            counted(outgoing_count(found.people[number])),
            counted(outgoing_count(waiting[number])),
            because(of_week) or str(NOTHING_CHANGES),
        ]
        for number, of_week in zip(numbers, steps, strict=True)
    ]
    return Section(table=Table(key="weeks", title=_("Week by week"), columns=columns, rows=rows))


def _number(key: str, label: str, hxl: str) -> Column:
    return Column(key=key, label=label, kind=Kind.NUMBER, width=9, hxl=hxl)
