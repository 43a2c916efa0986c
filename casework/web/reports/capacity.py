"""The capacity report: what beds are on a day, divided in four ways, and day by day over a stretch."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from casework.housing.occupancy import DayCounts, State
from casework.lib.suppression import outgoing, outgoing_count
from casework.reports.capacity import Beds, BedsOfOthers, By, Place, beds, beds_of_others
from casework.reports.readers import Reader, Whose
from casework.reports.table import Column, Kind, Table, counted
from casework.web.forms.dates import DayField

from . import charts
from .answering import Act, Answer, Report, Section, in_words
from .forms import ReportForm
from .wording import (
    STATES,
    about_whose,
    country,
    heads,
    kind_of_site,
    numbers_of_beds,
    numbers_of_beds_of_others,
    on_day,
    total_of,
)

USUAL_WEEKS = 4
TO_THE_END_OF_THE_MONTH = 0
WEEKS = [
    (4, gettext_lazy("4 weeks")),
    (12, gettext_lazy("12 weeks")),
    (26, gettext_lazy("half a year")),
    (52, gettext_lazy("a year")),
    (156, gettext_lazy("three years")),
    (TO_THE_END_OF_THE_MONTH, gettext_lazy("the rest of the month")),
]
TITLES = {
    By.SITE: gettext_lazy("Beds by site"),
    By.KIND: gettext_lazy("Beds by kind of site"),
    By.TEAM: gettext_lazy("Beds by team"),
    By.TOWN: gettext_lazy("Beds by town"),
}
WAYS = [(By.TOWN, gettext_lazy("town")), (By.KIND, gettext_lazy("kind of site")), (By.TEAM, gettext_lazy("team"))]
# From the ground up, as the chart stacks them.
LAYERS = (
    (State.OCCUPIED, pgettext_lazy("beds", "occupied")),
    (State.BOOKED, pgettext_lazy("beds", "booked")),
    (State.HELD, pgettext_lazy("beds", "held")),
    (State.FREE, pgettext_lazy("beds", "free")),
    (State.BLOCKED, pgettext_lazy("beds", "blocked")),
    (State.OUT_OF_LEASE, pgettext_lazy("beds", "out of lease")),
)
# A table of more rows than that goes on in steps of a week; of more weeks than that, of four weeks.
MOST_ROWS = 40


class CapacityForm(ReportForm):
    day = DayField(label=gettext_lazy("On the day"), required=False)
    weeks = forms.TypedChoiceField(
        label=gettext_lazy("Day by day from then on, for"),
        choices=WEEKS,
        coerce=int,
        required=False,
        initial=USUAL_WEEKS,
    )

    def __init__(self, data: Any = None, *, reader: Reader) -> None:
        super().__init__(data, reader=reader)
        if reader.reads_others:
            label = _("Divided by") if not reader.teams else _("Others divided by")
            self.fields["by"] = forms.ChoiceField(label=label, choices=WAYS, required=False)


def answer(reader: Reader, form: CapacityForm) -> Answer:
    since = form.chosen("day", reader.today)
    until = _end(since, form.chosen("weeks", USUAL_WEEKS))
    if form.whose is Whose.OWN:
        found = beds(reader, since, until)
        sections = [_section(found, by, since) for by in By]
        return Answer(
            sections=[*sections, _by_day(found.total)],
            said=[about_whose(reader, Whose.OWN), on_day(since), str(ABOUT_BEDS)],
            acts=[_this_month(reader, form)],
        )
    others = beds_of_others(reader, since, until)
    return Answer(
        sections=[_section_of_others(others, By(form.chosen("by", By.TOWN)), since), _by_day_of_others(others)],
        said=[about_whose(reader, Whose.OTHERS), on_day(since)],
        acts=[_this_month(reader, form)],
    )


def _end(since: date, weeks: int) -> date:
    """Return the first day that is not in it any more."""
    if weeks == TO_THE_END_OF_THE_MONTH:
        return (since.replace(day=1) + timedelta(days=31)).replace(day=1)
    return since + timedelta(weeks=weeks)


def _this_month(reader: Reader, form: CapacityForm) -> Act:
    """Lead to the same figures from the first to the last day of this month: what funders and clusters ask for."""
    first = {"day_day": 1, "day_month": reader.today.month, "day_year": reader.today.year}
    chosen = {"whose": form.whose.value, "by": By(form.chosen("by", By.TOWN)).value}
    kept = {name: value for name, value in chosen.items() if name in form.fields}
    return Act(_("This month"), "?" + urlencode({**kept, **first, "weeks": TO_THE_END_OF_THE_MONTH}))


ABOUT_BEDS = gettext_lazy(
    "Every bed is one of these on every night, so the numbers of a row add up to its beds. "
    "Occupied, %: of the beds that were neither blocked nor out of lease."
)

CAPACITY = Report(
    key="capacity",
    title=gettext_lazy("Beds: capacity"),
    about=gettext_lazy(
        "How many beds are occupied, booked, held, free, blocked or out of lease, today or on any other day."
    ),
    url_name="report_capacity",
    answer=answer,
    form=CapacityForm,
)


def _section(found: Beds, by: By, on: date) -> Section:
    columns = heads(by)
    rows = [[*_named(by, key, found.places), *row_of(counts, on)] for key, counts in _in_order(found.by(by))]
    rows.append([*total_of(columns), *row_of(found.total, on)])
    table = Table(key=f"by_{by}", title=str(TITLES[by]), columns=[*columns, *numbers_of_beds()], rows=rows)
    said = [_("A site that several teams share is counted once, under all of their names.")] if by is By.TEAM else []
    return Section(table=table, totals=1, said=said)


def _by_day(total: DayCounts) -> Section:
    days = steps(total.days)
    layers = [charts.Layer(look=f"chart-{state}", word=word, numbers=total.by_state[state]) for state, word in LAYERS]
    first, last = total.days[0], total.days[-1]
    free = [total.on(day)[State.FREE] for day in total.days]
    chart = charts.stacked(
        key="by_day",
        title=_("Beds day by day"),
        told=_("Free beds: %(first)s on the first day, %(last)s on the last, %(least)s at the least.")
        % {"first": free[0], "last": free[-1], "least": min(free)},
        since=first,
        layers=layers,
    )
    columns = [Column(key="day", label=_("Night of"), kind=Kind.DAY, width=14, hxl="#date"), *numbers_of_beds()]
    table = Table(
        key="by_day", title=_("Beds day by day"), columns=columns, rows=[[day, *row_of(total, day)] for day in days]
    )
    nights = {state: total.bed_days(state) for state in STATES}
    said = [
        _("From %(first)s to %(last)s there are %(nights)s bed-nights, and %(occupied)s of them occupied.")
        % {
            "first": in_words(first),
            "last": in_words(last),
            "nights": in_words(sum(nights.values())),
            "occupied": in_words(nights[State.OCCUPIED]),
        }
    ]
    return Section(table=table, chart=chart, said=said)


def _section_of_others(found: BedsOfOthers, by: By, on: date) -> Section:
    columns = heads(by)
    people = outgoing(found.people_by(by, on))
    rows = [
        [*_named(by, key, found.beds.places), *_alone(counts, on), counted(people.counts[key])]
        for key, counts in _in_order(found.beds.by(by))
    ]
    rows.append([*total_of(columns), *_alone(found.beds.total, on), counted(people.total)])
    columns += numbers_of_beds_of_others()
    return Section(table=Table(key=f"by_{by}", title=str(TITLES[by]), columns=columns, rows=rows), totals=1)


def _by_day_of_others(found: BedsOfOthers) -> Section:
    total = found.beds.total
    rows = [[day, *_alone(total, day), counted(outgoing_count(found.people_on(day)))] for day in steps(total.days)]
    columns = [Column(key="day", label=_("Night of"), kind=Kind.DAY, width=14, hxl="#date")]
    columns += numbers_of_beds_of_others()
    return Section(table=Table(key="by_day", title=_("Beds day by day"), columns=columns, rows=rows))


def row_of(counts: DayCounts, day: date) -> list[Any]:
    """Return the numbers of a day: all beds, each state, and the share of usable beds that is occupied."""
    on = counts.on(day)
    usable = counts.usable(day)
    share = round(100 * on[State.OCCUPIED] / usable) if usable else None
    return [sum(on.values()), *(on[state] for state in STATES), share]


def _alone(counts: DayCounts, day: date) -> list[Any]:
    on = counts.on(day)
    return [counts.beds(day), on[State.BLOCKED], on[State.OUT_OF_LEASE], counts.usable(day)]


def steps(days: Sequence[date]) -> list[date]:
    """Return all days, or those of every week or every fourth one, as many as a reader reads."""
    for step in (1, 7, 28):
        if len(days) <= MOST_ROWS * step:
            return list(days[::step])
    return list(days[::28])


def _in_order(counts: Mapping[tuple[str, ...], DayCounts]) -> list[tuple[tuple[str, ...], DayCounts]]:
    return sorted(counts.items())


def _named(by: By, key: tuple[str, ...], known: Mapping[Any, Place]) -> list[Any]:
    match by:
        case By.SITE:
            place = next(place for place in known.values() if place.code == key[0])
            return [place.code, kind_of_site(place.kind), place.region, place.city]
        case By.KIND:
            return [kind_of_site(key[0])]
        case By.TEAM:
            return [" + ".join(key)]
        case By.TOWN:
            return [key[1], country(key[0])]
