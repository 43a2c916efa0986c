"""Appointments as lines: what the clock shows there, and beside it the reader's own where that is another."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.clients.models import Appointment, AppointmentPerson, Client
from casework.web.deadline_tag import SOON_DAYS
from casework.web.templatetags.days import day_short

AT_MOST = 60
ON_A_CASE = 6
# After that long, nobody remembers how it went; the case still shows it.
ASKED_FOR = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """`there` is what was agreed; `zone` names where, `here` is the reader's clock, "" where it shows the same."""

    there: str
    zone: str
    here: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentRow:
    id: UUID
    when: When
    with_whom: str
    state: str
    has_ended: bool
    url: str
    code: str
    is_unclear: bool
    people: str = ""


@dataclass(slots=True, kw_only=True)
class AppointmentGroup:
    key: str
    title: str
    rows: list[AppointmentRow] = field(default_factory=list)


def when_of(day: dt.date, wall_time: dt.time, zone: str, starts_at: dt.datetime) -> When:
    """Return the time in words. What was agreed is shown as it was, even if the zone has changed since."""
    there, here = starts_at.astimezone(ZoneInfo(zone)), timezone.localtime(starts_at)
    own = ""
    if here.utcoffset() != there.utcoffset():
        own = f"{here:%H:%M}" if here.date() == day else f"{day_short(here.date())}, {here:%H:%M}"
    place = zone.rsplit("/", 1)[-1].replace("_", " ")
    return When(there=f"{day_short(day)}, {wall_time:%H:%M}", zone=place, here=own)


def row_of(appointment: Appointment, people: Sequence[Client], now: dt.datetime) -> AppointmentRow:
    it = appointment
    return AppointmentRow(
        id=it.pk,
        when=when_of(it.day, it.wall_time, it.zone, it.starts_at),
        with_whom=str(it.with_name or it.get_with_kind_display()),
        state=str(it.get_state_display()),
        has_ended=it.is_planned and it.ends_at <= now,
        url=reverse("appointment", args=[it.pk]),
        code=it.case.code,
        is_unclear=it.is_unclear,
        people=", ".join(person.full_name for person in people if person.case_id == it.case_id),
    )


def with_people(appointments: Any, now: dt.datetime, *, latest_first: bool = False) -> list[AppointmentRow]:
    """Return these appointments with everybody who is to be there, in one query."""
    order = "-appointment__starts_at" if latest_first else "appointment__starts_at"
    found: Any = AppointmentPerson.objects.filter(appointment__in=appointments.order_by().values("pk")).select_related(
        "appointment__data_key", "appointment__case", "appointment__staff__data_key", "client__data_key"
    )
    grouped: dict[UUID, tuple[Appointment, list[Client]]] = {}
    for each in found.defer("client__search_form").order_by(order, "appointment", "client__created_at", "pk")[:AT_MOST]:
        grouped.setdefault(each.appointment_id, (each.appointment, []))[1].append(each.client)
    return [row_of(appointment, people, now) for appointment, people in grouped.values()]


def end_of_soon(now: dt.datetime) -> dt.datetime:
    """Return when the last of the next days ends by the reader's clock."""
    today = timezone.localdate(now)
    return dt.datetime.combine(today + dt.timedelta(days=SOON_DAYS + 1), dt.time(), timezone.get_current_timezone())


def planned_of_user(user: User, now: dt.datetime, until: dt.datetime) -> ArraySubquery:
    """Return a column: the user's appointments until then, and those of late.

    With what is not sealed of them; it costs no query.
    """
    appointments: Any = Appointment.objects
    mine = appointments.visible_to(user, now).planned().concerning(user)
    near = mine.filter(starts_at__lt=until, starts_at__gt=now - ASKED_FOR)
    return ArraySubquery(near.soonest_first().values(row=_columns())[:AT_MOST])


def groups_of_day(planned: Sequence[dict[str, Any]], now: dt.datetime) -> list[AppointmentGroup]:
    """Return a user's appointments in groups: those whose end nobody noted, today's, and the next ones."""
    last_of_today = dt.datetime.combine(timezone.localdate(now), dt.time.max, timezone.get_current_timezone())
    groups = {
        "ended": AppointmentGroup(key="ended", title=_("Say how it went")),
        "now": AppointmentGroup(key="now", title=_("Today")),
        "next": AppointmentGroup(key="next", title=_("Next 7 days")),
    }
    for each in planned:
        row, starts_at = _brief_row(each, {}, now), dt.datetime.fromisoformat(each["starts_at"])
        groups["ended" if row.has_ended else "now" if starts_at <= last_of_today else "next"].rows.append(row)
    return [group for group in groups.values() if group.rows]


def planned_of_case() -> ArraySubquery:
    """Return a column of cases: what is planned, with what is not sealed of it. It costs no query."""
    rows: Any = Appointment.objects.filter(case=OuterRef("pk"))
    return ArraySubquery(rows.planned().soonest_first().values(row=_columns())[:ON_A_CASE])


def rows_of_case(planned: Sequence[dict[str, Any]], people: Sequence[Client], now: dt.datetime) -> list[AppointmentRow]:
    """Return what a page has loaded already with its case, with the names of the people that it has loaded too."""
    names = {str(person.pk): person.full_name for person in people}
    return [_brief_row(each, names, now) for each in planned]


def _columns() -> JSONObject:
    people = AppointmentPerson.objects.filter(appointment=OuterRef("pk")).order_by("pk").values("client")
    return JSONObject(
        id="id",
        code="case__code",
        day="day",
        wall_time="wall_time",
        zone="zone",
        starts_at="starts_at",
        ends_at="ends_at",
        with_kind="with_kind",
        is_unclear="is_unclear",
        people=ArraySubquery(people),
    )


def _brief_row(each: dict[str, Any], names: dict[str, str], now: dt.datetime) -> AppointmentRow:
    day, wall_time = dt.date.fromisoformat(each["day"]), dt.time.fromisoformat(each["wall_time"])
    starts_at = dt.datetime.fromisoformat(each["starts_at"])
    return AppointmentRow(
        id=UUID(each["id"]),
        code=each["code"],
        when=when_of(day, wall_time, each["zone"], starts_at),
        with_whom=str(Appointment.With(each["with_kind"]).label),
        state=str(Appointment.State.PLANNED.label),
        has_ended=dt.datetime.fromisoformat(each["ends_at"]) <= now,
        is_unclear=each["is_unclear"],
        url=reverse("appointment", args=[each["id"]]),
        people=", ".join(names[key] for key in each["people"] if key in names),
    )
