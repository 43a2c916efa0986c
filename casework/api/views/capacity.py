"""Beds in numbers, for a dashboard: exact for the owner's own teams, without small numbers of people for all others."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from casework.accounts.scopes import Scope
from casework.audit.record import record
from casework.housing.occupancy import DayCounts, State
from casework.lib.suppression import outgoing
from casework.reports import csv
from casework.reports.capacity import By, beds, beds_of_others
from casework.reports.readers import Reader, Whose, reader_of
from casework.reports.table import HIDDEN, Column, Kind, Table, counted

from ..auth import Bearer
from ..fields import Day
from ..problems import Problem, mistake

router = Router(tags=["capacity"])

HEADS = {
    By.SITE: [("site", "#loc+site+code")],
    By.KIND: [("kind", "#loc+type")],
    By.TEAM: [("team", "#org+team+name")],
    By.TOWN: [("country", "#country+code"), ("town", "#loc+city+name")],
}
OWN = [
    ("beds", "#capacity+beds"),
    ("occupied", "#affected+housed"),
    ("booked", "#capacity+beds+booked"),
    ("held", "#capacity+beds+held"),
    ("free", "#capacity+beds+free"),
    ("blocked", "#capacity+beds+blocked"),
    ("out_of_lease", "#capacity+beds+out_of_lease"),
]
OTHERS = [
    ("beds", "#capacity+beds"),
    ("blocked", "#capacity+beds+blocked"),
    ("out_of_lease", "#capacity+beds+out_of_lease"),
    ("usable", "#capacity+beds+usable"),
    ("people", "#affected+housed"),
]
STATES = {"occupied": State.OCCUPIED, "booked": State.BOOKED, "held": State.HELD, "free": State.FREE}

Division = Literal["site", "kind", "team", "town"]
OnDay = Annotated[Day | None, Query(description="The night of which day; today, where nothing is said")]
ByWhat = Annotated[Division, Query(description="Divided by. Figures of others are not divided by site")]
OfWhom = Annotated[
    Literal["own", "others"] | None, Query(description="Whose: of the owner's own teams, exact; or of all others")
]


class ColumnOut(Schema):
    key: str = Field(examples=["beds"])
    hxl: str = Field(description="The hashtag of the Humanitarian Exchange Language", examples=["#capacity+beds"])


class CapacityOut(Schema):
    """`rows`: one value for each column. "*" stands for a count of people that may not be told; the total is the last row."""

    night_of: date
    whose: str = Field(examples=["own"])
    columns: list[ColumnOut]
    rows: list[list[str | int | None]]


@router.get(
    "/capacity",
    auth=Bearer(Scope.READ_CAPACITY),
    response=CapacityOut,
    operation_id="capacity",
    summary="How many beds there are on a night, and how many people sleep in them",
    description="Counts of people that leave a team hide 1 to 7 and what would give them away. Scope: read:capacity.",
    url_name="api_capacity",
)
def capacity(request: Any, on: OnDay = None, by: ByWhat = "town", whose: OfWhom = None) -> dict[str, Any]:
    found = _figures(request, on, By(by), whose)
    rows = [[str(cell) if cell is HIDDEN else cell for cell in row] for row in found["rows"]]
    return {
        "night_of": found["day"],
        "whose": found["whose"],
        "columns": [{"key": key, "hxl": hxl} for key, hxl in found["columns"]],
        "rows": rows,
    }


@router.get(
    "/capacity.csv",
    auth=Bearer(Scope.READ_CAPACITY),
    operation_id="capacity_csv",
    summary="The same as a table with a row of HXL hashtags",
    description="UTF-8, every cell quoted. Scope: read:capacity.",
    url_name="api_capacity_csv",
    openapi_extra={"responses": {200: {"description": "OK", "content": {"text/csv": {"schema": {"type": "string"}}}}}},
)
def capacity_csv(request: Any, on: OnDay = None, by: ByWhat = "town", whose: OfWhom = None) -> HttpResponse:
    found = _figures(request, on, By(by), whose)
    heads = len(HEADS[By(by)])
    columns = [
        Column(key=key, label=key, hxl=hxl, kind=Kind.TEXT if number < heads else Kind.NUMBER)
        for number, (key, hxl) in enumerate(found["columns"])
    ]
    table = Table(key="capacity", title="capacity", columns=columns, rows=found["rows"])
    content = b"".join(csv.csv_pieces(table, with_hxl=True, foot=_foot(request)))
    return HttpResponse(
        content, content_type=csv.TYPE, headers={"Content-Disposition": 'attachment; filename="capacity.csv"'}
    )


def _foot(request: Any) -> str:
    """Return who took it along: the same mark that files of pages carry, without a name."""
    at = timezone.localtime(request.now).strftime("%Y-%m-%d %H:%M")
    return _("Taken with token %(token)s, %(at)s") % {"token": str(request.token.pk)[:8], "at": f"{at} UTC"}


def _figures(request: Any, on: date | None, by: By, whose: str | None) -> dict[str, Any]:
    reader = reader_of(request.user, request.now)
    chosen = Whose(whose) if whose else reader.usual
    _refuse_others(reader, chosen, by)
    day = on or reader.today
    made = _own(reader, day, by) if chosen is Whose.OWN else _of_others(reader, day, by)
    record("reports.capacity_seen", by=request.user, now=request.now, whose=chosen.value)
    return made | {"day": day, "whose": chosen.value, "language": get_language()}


def _refuse_others(reader: Reader, chosen: Whose, by: By) -> None:
    if chosen is Whose.OTHERS and not reader.reads_others:
        raise Problem(403, "not_of_others", _("The owner of this token reads the figures of their own teams alone."))
    if chosen is Whose.OWN and not reader.teams:
        raise Problem(403, "no_team", _("The owner of this token is in no team whose figures they read."))
    if chosen is Whose.OTHERS and by is By.SITE:
        said = _("Figures of others are divided by kind, team or town.")
        raise Problem(422, "invalid", said, errors=[mistake("query.by", "division", said)])


def _own(reader: Reader, day: date, by: By) -> dict[str, Any]:
    found = beds(reader, day, day + timedelta(days=1))
    rows = [[*_head(by, key), *_numbers(counts, day)] for key, counts in sorted(found.by(by).items())]
    rows.append([*_total(by), *_numbers(found.total, day)])
    return {"columns": [*HEADS[by], *OWN], "rows": rows}


def _of_others(reader: Reader, day: date, by: By) -> dict[str, Any]:
    found = beds_of_others(reader, day, day + timedelta(days=1))
    people = outgoing(found.people_by(by, day))
    groups: Mapping[tuple[str, ...], DayCounts] = found.beds.by(by)
    rows = [
        [*_head(by, key), *_alone(counts, day), counted(people.counts[key])] for key, counts in sorted(groups.items())
    ]
    rows.append([*_total(by), *_alone(found.beds.total, day), counted(people.total)])
    return {"columns": [*HEADS[by], *OTHERS], "rows": rows}


def _head(by: By, key: tuple[str, ...]) -> list[Any]:
    return [" + ".join(key)] if by is By.TEAM else list(key)


def _total(by: By) -> list[Any]:
    return ["total", *[None] * (len(HEADS[by]) - 1)]


def _numbers(counts: DayCounts, day: date) -> list[int]:
    on = counts.on(day)
    return [sum(on.values()), *(on[STATES[key]] for key in STATES), on[State.BLOCKED], on[State.OUT_OF_LEASE]]


def _alone(counts: DayCounts, day: date) -> list[int]:
    on = counts.on(day)
    return [counts.beds(day), on[State.BLOCKED], on[State.OUT_OF_LEASE], counts.usable(day)]
