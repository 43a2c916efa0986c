"""What can happen to an appointment: planned, changed, moved, kept, missed, cancelled; and zones that change their clocks."""

import datetime as dt
from collections.abc import Collection
from typing import Any, TypedDict, Unpack
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal
from casework.lib.wall_time import NoSuchTime, TwoSuchTimes, Zones, instant_of, is_zone, likeliest_instant

from ..changes import insert_once, locked, write
from ..models import Appointment, AppointmentPerson, Case, Client

BATCH = 500
WHEN = ("day", "wall_time", "zone", "fold", "minutes")
ENDS = frozenset({Appointment.State.KEPT, Appointment.State.MISSED, Appointment.State.CANCELLED})


class AppointmentFields(TypedDict, total=False):
    day: dt.date
    wall_time: dt.time
    zone: str
    fold: int | None  # None: not said; asked about only where it matters
    minutes: int
    with_kind: str
    with_name: str
    place: str
    papers: str
    remark: str
    interpreter: str
    staff: User | None


class UnableToPlanAppointment(Refusal):
    pass


@transaction.atomic
def plan_appointment(
    *,
    case: Case,
    people: Collection[Client],
    by: User,
    now: dt.datetime,
    appointment_id: UUID | None = None,
    **fields: Unpack[AppointmentFields],
) -> Appointment:
    """Plan an appointment. Sent twice with the same id, it is planned once."""
    values: dict[str, Any] = dict(fields)
    appointment = Appointment(
        id=appointment_id or new_id(), data_key=case.data_key, case=case, created_at=now, created_by=by
    )
    for name, value in _with_instants(values, appointment).items():
        setattr(appointment, name, value)
    _refuse_unfitting(appointment.staff, case, people, now)
    appointment, is_new = insert_once(appointment, case_id=case.pk)
    if is_new:
        _name(appointment, people)
        record("clients.appointment_planned", subject=appointment, case_id=case.pk, by=by, now=now)
    return appointment


@transaction.atomic
def change_appointment(
    *,
    appointment: Appointment,
    version: int,
    by: User,
    now: dt.datetime,
    people: Collection[Client] | None = None,
    **fields: Unpack[AppointmentFields],
) -> Appointment:
    """Change what was written down wrongly. One that was given another time is moved instead. Raises ChangedMeanwhile."""
    values: dict[str, Any] = dict(fields)
    appointment = locked(appointment, version=version, mine=values)
    _refuse_unless_planned(appointment)
    values = _with_instants(values, appointment)
    staff = values.get("staff", appointment.staff)
    _refuse_unfitting(staff if "staff" in values else None, appointment.case, people, now)
    changed = write(appointment, values)
    if people is not None and _name(appointment, people):
        changed.append("people")
    if changed:
        told = {"fields": sorted(changed)}
        record("clients.appointment_changed", subject=appointment, case_id=appointment.case_id, by=by, now=now, **told)
    return appointment


@transaction.atomic
def move_appointment(
    *,
    appointment: Appointment,
    version: int,
    by: User,
    now: dt.datetime,
    day: dt.date,
    wall_time: dt.time,
    zone: str,
    fold: int | None = None,
    reason: str = "",
    appointment_id: UUID | None = None,
) -> Appointment:
    """Give it another time: the old one says where it went, the new one is planned. Raises ChangedMeanwhile.

    Sent twice with the same id, return what the first one planned.
    """
    earlier = Appointment.objects.filter(pk=appointment_id, moved_from=appointment).first() if appointment_id else None
    if earlier is not None:
        return earlier
    appointment = locked(appointment, version=version, mine={"day": day, "wall_time": wall_time, "zone": zone})
    _refuse_unless_planned(appointment)
    again = plan_appointment(
        case=appointment.case,
        people=list(appointment.people_here),
        appointment_id=appointment_id,
        by=by,
        now=now,
        day=day,
        wall_time=wall_time,
        zone=zone,
        fold=fold,
        **{name: getattr(appointment, name) for name in _KEPT},
    )
    write(appointment, {"state": Appointment.State.MOVED, "moved_to": again, "reason": reason})
    record("clients.appointment_moved", subject=appointment, case_id=appointment.case_id, by=by, now=now)
    return again


_KEPT: Any = ("minutes", "with_kind", "with_name", "place", "papers", "remark", "interpreter", "staff")


@transaction.atomic
def end_appointment(
    *, appointment: Appointment, state: str, version: int, by: User, now: dt.datetime, reason: str = ""
) -> Appointment:
    """Say that it was kept or missed, or that it is cancelled. Raises ChangedMeanwhile."""
    appointment = locked(appointment, version=version, mine={"state": state, "reason": reason})
    if state not in ENDS:
        raise UnableToPlanAppointment(_("Say whether it was kept, missed or cancelled."), field="state")
    _refuse_unless_planned(appointment)
    if state != Appointment.State.CANCELLED and appointment.starts_at > now:
        raise UnableToPlanAppointment(_("It has not begun yet. It can be cancelled or moved."), field="state")
    write(appointment, {"state": state, "reason": reason})
    record(f"clients.appointment_{state}", subject=appointment, case_id=appointment.case_id, by=by, now=now)
    return appointment


@transaction.atomic
def plan_again(*, appointment: Appointment, version: int, by: User, now: dt.datetime) -> Appointment:
    """Take back that it was kept, missed or cancelled. Raises ChangedMeanwhile."""
    appointment = locked(appointment, version=version)
    if appointment.state not in ENDS:
        raise UnableToPlanAppointment(_("Only what was kept, missed or cancelled is planned again."))
    write(appointment, {"state": Appointment.State.PLANNED, "reason": ""})
    record("clients.appointment_planned_again", subject=appointment, case_id=appointment.case_id, by=by, now=now)
    return appointment


def recompute_instants(now: dt.datetime, *, zones: Zones = ZoneInfo) -> int:
    """Compute anew when the planned appointments of the future begin, by the tables of zones that we have now.

    A country that changes its clocks moves the instant and not what was agreed. Return how many have moved.
    """
    planned: Any = Appointment.objects
    ids = list(planned.planned().ending_after(now).soonest_first().values_list("pk", flat=True))
    return sum(_recompute(ids[at : at + BATCH], now, zones) for at in range(0, len(ids), BATCH))


@transaction.atomic
def _recompute(ids: list[UUID], now: dt.datetime, zones: Zones) -> int:
    moved = 0
    rows: Any = Appointment.objects
    for each in rows.planned().filter(pk__in=ids).order_by("pk").select_for_update():
        start, is_unclear = likeliest_instant(each.day, each.wall_time, each.zone, fold=each.fold, zones=zones)
        end = start + dt.timedelta(minutes=each.minutes)
        if write(each, {"starts_at": start, "ends_at": end, "is_unclear": is_unclear}):
            record("clients.appointment_instant_moved", subject=each, case_id=each.case_id, by=None, now=now)
            moved += 1
    return moved


def _with_instants(values: dict[str, Any], before: Appointment) -> dict[str, Any]:
    """Return the values with the instants that follow from them. Raises UnableToPlanAppointment for an hour that is not
    clear: it is asked about, never guessed.
    """
    if not set(WHEN).intersection(values):
        return values
    when = {name: values.get(name, getattr(before, name)) for name in WHEN}
    is_same = all(when[name] == getattr(before, name) for name in ("day", "wall_time", "zone"))
    fold = when["fold"] if values.get("fold") is not None or not is_same else before.fold
    if "fold" not in values:
        fold = before.fold if is_same else None
    if not is_zone(when["zone"]):
        raise UnableToPlanAppointment(_("We do not know this time zone."), field="zone")
    try:
        start = instant_of(when["day"], when["wall_time"], when["zone"], fold=fold)
    except TwoSuchTimes:
        raise UnableToPlanAppointment(
            _("On this day clocks are set back, and this hour comes twice. Say which one is meant."), field="fold"
        ) from None
    except NoSuchTime as gap:
        raise UnableToPlanAppointment(
            _(
                "On this day clocks are set forward, and this time does not exist there. Ask which was meant: %(before)s"
                " or %(after)s?"
            )
            % {"before": f"{gap.before:%H:%M}", "after": f"{gap.after:%H:%M}"},
            field="wall_time",
        ) from None
    end = start + dt.timedelta(minutes=when["minutes"])
    return values | {"fold": fold or 0, "starts_at": start, "ends_at": end, "is_unclear": False}


def _refuse_unless_planned(appointment: Appointment) -> None:
    if not appointment.is_planned:
        raise UnableToPlanAppointment(_("This appointment is not planned any more."))


def _refuse_unfitting(staff: User | None, case: Case, people: Collection[Client] | None, now: dt.datetime) -> None:
    if people is not None and not people:
        raise UnableToPlanAppointment(_("Say for whom of the case it is."), field="people")
    may_see = staff is None or Case.objects.filter(pk=case.pk).visible_to(staff, now).exists()
    if not may_see:
        raise UnableToPlanAppointment(_("This colleague may not see the case. Choose somebody who may."), field="staff")


def _name(appointment: Appointment, people: Collection[Client]) -> bool:
    """Have the appointment be for these people of its case. Return whether they are others than before."""
    of_case = Client.objects.filter(pk__in=[it.pk for it in people], case=appointment.case_id)
    wanted = set(of_case.values_list("pk", flat=True))
    rows = AppointmentPerson.objects.filter(appointment=appointment)
    before = set(rows.values_list("client_id", flat=True))
    rows.filter(client__in=before - wanted).delete()
    AppointmentPerson.objects.bulk_create(
        [AppointmentPerson(appointment=appointment, client_id=pk) for pk in sorted(wanted - before)]
    )
    return wanted != before
