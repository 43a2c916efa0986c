"""Crowding: floor for each person, room by room and site by site, against what Sphere asks for."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.housing.fit import GOOD_AREA, LEAST_AREA
from casework.reports.capacity import places
from casework.reports.crowding import Floor, Room, each, is_under, rooms_on, together
from casework.reports.readers import Reader, Whose
from casework.reports.table import Column, Kind, Table
from casework.web.forms.dates import DayField

from .answering import Answer, Report, Section
from .forms import ReportForm
from .wording import about_whose, country, on_day


class CrowdingForm(ReportForm):
    day = DayField(label=gettext_lazy("On the day"), required=False)


def answer(reader: Reader, form: CrowdingForm) -> Answer:
    whose, on = form.whose, form.chosen("day", reader.today)
    rooms = rooms_on(places(reader, whose), on)
    said = [about_whose(reader, whose), on_day(on), str(ABOUT)]
    if whose is Whose.OTHERS:
        return Answer(sections=[_by_town(rooms, with_people=False)], said=said)
    return Answer(sections=[_by_town(rooms, with_people=True), _by_site(rooms), _by_room(rooms)], said=said)


ABOUT = gettext_lazy(
    "Sphere asks for 3.5 m2 of floor a person, and for 4.5 m2 where winters are cold or people stay inside. "
    "If full: if somebody sleeps in every bed. Rooms without a floor area are counted and left out of the rest."
)

CROWDING = Report(
    key="crowding",
    title=gettext_lazy("Crowding"),
    about=gettext_lazy("How much floor each person has, by room, site and town, and which rooms nobody has measured."),
    url_name="report_crowding",
    answer=answer,
    form=CrowdingForm,
)


def _numbers(*, with_people: bool) -> list[Column]:
    columns = [
        _number("rooms", _("Rooms"), "#capacity+rooms"),
        _number("unknown", _("Not measured"), "#capacity+rooms+unknown"),
        _number("area", _("Floor, m2"), "#indicator+floor+m2"),
        _number("beds", _("Beds"), "#capacity+beds"),
        _number("a_bed", _("m2 a person, if full"), "#indicator+floor+per_bed"),
        _number("under_least", _("Rooms under 3.5"), "#capacity+rooms+under_3_5"),
        _number("under_good", _("Rooms under 4.5"), "#capacity+rooms+under_4_5"),
    ]
    if with_people:
        columns[5:5] = [
            _number("people", _("People there"), "#affected+housed"),
            _number("a_person", _("m2 a person, now"), "#indicator+floor+per_person"),
        ]
    return columns


def _row(floor: Floor, *, with_people: bool) -> list[Any]:
    people = [floor.people, floor.a_person] if with_people else []
    before = [floor.rooms, floor.unknown, floor.area, floor.beds, floor.a_bed]
    return [*before, *people, floor.under_least, floor.under_good]


def _with_total(rooms: list[Room], heads: list[Any], *, with_people: bool) -> list[list[Any]]:
    total = together(rooms, lambda _room: "all").get("all")
    return [[*heads, *_row(total, with_people=with_people)]] if total else []


def _by_town(rooms: list[Room], *, with_people: bool) -> Section:
    heads = [
        Column(key="town", label=_("Town"), width=16, hxl="#loc+city+name"),
        Column(key="country", label=_("Country"), width=16, hxl="#country+name"),
    ]
    found = together(rooms, lambda room: (room.place.city, room.place.country))
    rows = [
        [town, country(code), *_row(floor, with_people=with_people)] for (town, code), floor in sorted(found.items())
    ]
    rows += _with_total(rooms, [_("Total"), None], with_people=with_people)
    columns = [*heads, *_numbers(with_people=with_people)]
    return _section(Table(key="by_town", title=_("Floor by town"), columns=columns, rows=rows))


def _by_site(rooms: list[Room]) -> Section:
    heads = [
        Column(key="site", label=_("Site"), width=12, hxl="#loc+site+code"),
        Column(key="town", label=_("Town"), width=14, hxl="#loc+city+name"),
    ]
    found = together(rooms, lambda room: (room.place.code, room.place.city))
    rows = [[*key, *_row(floor, with_people=True)] for key, floor in sorted(found.items())]
    rows += _with_total(rooms, [_("Total"), None], with_people=True)
    return _section(
        Table(key="by_site", title=_("Floor by site"), columns=[*heads, *_numbers(with_people=True)], rows=rows)
    )


def _by_room(rooms: list[Room]) -> Section:
    columns = [
        Column(key="site", label=_("Site"), width=12, hxl="#loc+site+code"),
        Column(key="room", label=_("Room"), width=16),
        _number("area", _("Floor, m2"), "#indicator+floor+m2"),
        _number("beds", _("Beds"), "#capacity+beds"),
        _number("a_bed", _("m2 a person, if full"), "#indicator+floor+per_bed"),
        _number("people", _("People there"), "#affected+housed"),
        _number("a_person", _("m2 a person, now"), "#indicator+floor+per_person"),
        Column(key="judged", label=_("If full"), width=24),
    ]
    rows = [
        [
            room.place.code,
            room.label,
            room.area,
            room.beds,
            each(room.area, room.beds),
            room.people,
            each(room.area, room.people),
            _judged(room),
        ]
        for room in rooms
    ]
    table = Table(key="by_room", title=_("Floor room by room"), columns=columns, rows=rows)
    return Section(table=table, empty=_("No beds stood there on this day."))


def _judged(room: Room) -> str:
    if room.area is None:
        return _("nobody has measured it")
    if is_under(room, LEAST_AREA):
        return _("less than 3.5 m2 each")
    return _("less than 4.5 m2 each") if is_under(room, GOOD_AREA) else _("enough")


def _section(table: Table) -> Section:
    return Section(table=table, totals=1 if table.rows else 0, empty=_("No beds stood there on this day."))


def _number(key: str, label: str, hxl: str) -> Column:
    return Column(key=key, label=label, kind=Kind.NUMBER, width=10, hxl=hxl)
