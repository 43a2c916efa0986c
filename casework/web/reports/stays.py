"""Length of stay by kind of site: of those who have left, and, apart from them, so far of those who are there."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.lib.suppression import outgoing
from casework.reports.lengths import Quartiles, Stay, quartiles
from casework.reports.readers import Reader, Whose
from casework.reports.stays import ended_between, stays
from casework.reports.table import HIDDEN, Column, Kind, Table, counted

from .answering import Answer, Report, Section
from .periods import PeriodForm
from .wording import about_whose, kind_of_site

WEEK = 7


def answer(reader: Reader, form: PeriodForm) -> Answer:
    since, until = form.period
    found = stays(form.places(), form.whose, reader.today)
    ended = ended_between(found, since, until)
    running = [stay for stay in found if not stay.is_over]
    said = [about_whose(reader, form.whose), form.in_words, str(ABOUT)]
    if form.whose is Whose.OTHERS:
        said.append(_("Lengths are in whole weeks."))
        return Answer(sections=[_of_others(ended, reader.today)], said=said)
    return Answer(sections=[_ended(ended, reader.today), _running(running, reader.today)], said=said)


ABOUT = gettext_lazy(
    "A stay is the nights in a row of one person at sites of one kind; a move from bed to bed does not end it. "
    "A quarter of them were shorter than the lower number, half than the middle one, three quarters than the upper one."
)

STAYS = Report(
    key="stays",
    title=gettext_lazy("Length of stay"),
    about=gettext_lazy(
        "For how long people stayed, by kind of site, and for how long those who are there have been so far."
    ),
    url_name="report_stays",
    answer=answer,
    form=PeriodForm,
)


def _columns(people: str, hxl: str, unit: str) -> list[Column]:
    return [
        Column(key="kind", label=_("Kind of site"), width=26, hxl="#loc+type"),
        Column(key="stays", label=people, kind=Kind.NUMBER, width=10, hxl=hxl),
        Column(key="lower", label=_("Lower quarter, %(unit)s") % {"unit": unit}, kind=Kind.NUMBER, width=14),
        Column(
            key="median",
            label=_("Median, %(unit)s") % {"unit": unit},
            kind=Kind.NUMBER,
            width=14,
            hxl="#indicator+stay+median",
        ),
        Column(key="upper", label=_("Upper quarter, %(unit)s") % {"unit": unit}, kind=Kind.NUMBER, width=14),
    ]


def _ended(ended: Sequence[Stay], today: date) -> Section:
    columns = _columns(_("Stays that ended"), "#affected+left", _("nights"))
    table = Table(key="ended", title=_("Stays that ended"), columns=columns, rows=_rows(ended, today))
    return Section(table=table, totals=1 if ended else 0, empty=_("Nobody left in this time."))


def _running(running: Sequence[Stay], today: date) -> Section:
    columns = _columns(_("People who are there"), "#affected+housed", _("nights so far"))
    table = Table(key="running", title=_("Still there, so far"), columns=columns, rows=_rows(running, today))
    said = [_("They will stay longer than that; these numbers are not to be compared with those above.")]
    return Section(table=table, totals=1 if running else 0, said=said, empty=_("Nobody is there."))


def _rows(found: Sequence[Stay], today: date) -> list[list[Any]]:
    of_kind = _by_kind(found, today)
    rows = [[kind_of_site(kind), len(nights), *_told(quartiles(nights))] for kind, nights in sorted(of_kind.items())]
    everybody = [nights for of_one in of_kind.values() for nights in of_one]
    return [*rows, [_("Total"), len(everybody), *_told(quartiles(everybody))]] if everybody else []


def _of_others(ended: Sequence[Stay], today: date) -> Section:
    of_kind = _by_kind(ended, today)
    shown = outgoing({kind: len(nights) for kind, nights in of_kind.items()})
    rows = [
        [kind_of_site(kind), counted(shown.counts[kind]), *_roughly(quartiles(nights), shown.counts[kind])]
        for kind, nights in sorted(of_kind.items())
    ]
    everybody = [nights for of_one in of_kind.values() for nights in of_one]
    if everybody:
        rows.append([_("Total"), counted(shown.total), *_roughly(quartiles(everybody), shown.total)])
    columns = _columns(_("Stays that ended"), "#affected+left", _("weeks"))
    table = Table(key="ended", title=_("Stays that ended"), columns=columns, rows=rows)
    return Section(table=table, totals=1 if rows else 0, empty=_("Nobody left in this time."))


def _by_kind(found: Sequence[Stay], today: date) -> dict[str, list[int]]:
    of_kind: defaultdict[str, list[int]] = defaultdict(list)
    for stay in found:
        of_kind[stay.kind].append(stay.nights(today))
    return of_kind


def _told(found: Quartiles | None) -> list[Any]:
    return [None] * 3 if found is None else [_number(each) for each in (found.lower, found.median, found.upper)]


def _roughly(found: Quartiles | None, shown: int | None) -> list[Any]:
    """Return them in whole weeks, and hidden where it is hidden of how many people they are."""
    if found is None or shown is None:
        return [HIDDEN] * 3
    return [round(each / WEEK) for each in (found.lower, found.median, found.upper)]


def _number(found: Fraction) -> float | int:
    return int(found) if found.denominator == 1 else float(found)
