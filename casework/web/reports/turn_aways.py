"""Turn-aways: to how many people no bed could be given, by reason, town and month."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from casework.housing.models import TurnAway
from casework.lib import day_words
from casework.lib.suppression import outgoing
from casework.reports.readers import Reader, Whose
from casework.reports.table import Column, Kind, Table, counted
from casework.reports.turned_away import Line, people_by, turned_away

from .answering import Answer, Report, Section
from .periods import DividedForm
from .wording import about_whose, country

REASON, TOWN, MONTH = "reason", "town", "month"
PROPERTIES = {REASON: ("reason",), TOWN: ("city", "country"), MONTH: ("month",)}


class TurnAwaysForm(DividedForm):
    ways: ClassVar[tuple[tuple[str, Any], ...]] = (
        (REASON, gettext_lazy("reason")),
        (TOWN, gettext_lazy("town")),
        (MONTH, gettext_lazy("month")),
    )


def answer(reader: Reader, form: TurnAwaysForm) -> Answer:
    since, until = form.period
    lines = turned_away(reader, form.whose, since, until)
    said = [about_whose(reader, form.whose), form.in_words]
    ways = (form.by,) if form.whose is Whose.OTHERS else (REASON, TOWN, MONTH)
    return Answer(sections=[_section(lines, way, hides=form.whose is Whose.OTHERS) for way in ways], said=said)


TURN_AWAYS = Report(
    key="turn-aways",
    title=gettext_lazy("Turn-aways"),
    about=gettext_lazy("To how many people no bed could be given, by reason, town and month."),
    url_name="report_turn_aways",
    answer=answer,
    form=TurnAwaysForm,
)


def _heads(way: str) -> tuple[str, list[Column]]:
    match way:
        case "reason":
            return _("Turned away, by reason"), [Column(key="reason", label=_("Reason"), width=30, hxl="#cause")]
        case "town":
            return _("Turned away, by town"), [
                Column(key="town", label=_("Town"), width=16, hxl="#loc+city+name"),
                Column(key="country", label=_("Country"), width=16, hxl="#country+name"),
            ]
        case _:
            return _("Turned away, by month"), [Column(key="month", label=_("Month"), width=20, hxl="#date+month")]


def _section(lines: Sequence[Line], way: str, *, hides: bool) -> Section:
    title, heads = _heads(way)
    people = people_by(lines, *PROPERTIES[way])
    times: Counter[tuple[object, ...]] = Counter(
        tuple(getattr(line, each) for each in PROPERTIES[way]) for line in lines
    )
    shown = outgoing(people) if hides else None
    columns = [
        *heads,
        Column(key="people", label=_("People"), kind=Kind.NUMBER, width=10, hxl="#inneed+shelter+turned_away"),
    ]
    rows = [
        [*_named(way, key), counted(shown.counts[key]) if shown else count] for key, count in _in_order(way, people)
    ]
    if rows:
        total = counted(shown.total) if shown else sum(people.values())
        rows.append([_("Total"), *[None] * (len(heads) - 1), total])
    if not hides:
        columns.append(Column(key="times", label=_("Times"), kind=Kind.NUMBER, width=10))
        for row, (key, _count) in zip(rows, _in_order(way, people), strict=False):
            row.append(times[key])
        if rows:
            rows[-1].append(sum(times.values()))
    table = Table(key=f"by_{way}", title=title, columns=columns, rows=rows)
    return Section(table=table, totals=1 if rows else 0, empty=_("Nobody was turned away in this time."))


def _in_order(way: str, people: Counter[tuple[object, ...]]) -> list[tuple[tuple[object, ...], int]]:
    return sorted(people.items(), key=lambda item: tuple(str(each) for each in item[0]))


def _named(way: str, key: tuple[Any, ...]) -> list[Any]:
    match way:
        case "reason":
            return [str(dict(TurnAway.Reason.choices).get(key[0], key[0]))]
        case "town":
            return [key[0] or _("no town said"), country(key[1])]
        case _:
            return [day_words.month(key[0], get_language() or "en")]
