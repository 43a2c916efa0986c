"""Exceptional days of a country: stated one by one or several at once, swapped, changed, taken back.

One writer of a country's calendar works at a time, so that two cannot state the same day. Whoever's deadlines were counted
with that calendar is computed anew, because the version of the rules covers it.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.lib.refusals import Refusal
from casework.lib.working_days import WorkingDays, is_known_calendar

from .. import wording
from ..models import CalendarDay, Jurisdiction
from ..models.rule import FIRST_CALENDAR_YEAR, LAST_CALENDAR_YEAR

MOST_DAYS = 31


class UnableToStateDays(Refusal):
    pass


class Source(TypedDict, total=False):
    """Why a day is an exception, and where that stands."""

    reason: str
    source_title: str
    source_url: str
    source_read_on: date | None


@transaction.atomic
def state_days(
    *,
    place: Jurisdiction,
    first: date,
    last: date,
    is_working_day: bool,
    by: User,
    now: datetime,
    **source: Unpack[Source],
) -> list[CalendarDay]:
    """Have the days be days off, or worked, whatever the package says. Those that are so already are left out.

    Raises UnableToStateDays if all are so already, or one of them was stated before.
    """
    working = _lock(place)
    days = _span(first, last)
    _refuse_stated(place, days)
    differing = [day for day in days if working.is_working_day(day) != is_working_day]
    if not differing:
        raise UnableToStateDays(_already(days, is_working_day=is_working_day), field="first_day")
    rows = CalendarDay.objects.bulk_create(
        CalendarDay(jurisdiction=place, day=day, is_working_day=is_working_day, **source) for day in differing
    )
    record(
        "residency.calendar_days_stated",
        subject=rows[0],
        by=by,
        now=now,
        country=place.pk,
        days=[day.isoformat() for day in differing],
    )
    return rows


@transaction.atomic
def swap_days(
    *, place: Jurisdiction, worked: date, off: date, by: User, now: datetime, **source: Unpack[Source]
) -> list[CalendarDay]:
    """Have one day be worked instead of the other: "Saturday 4 May instead of Wednesday 8 May". Raises UnableToStateDays."""
    working = _lock(place)
    if worked == off:
        raise UnableToStateDays(_("A day cannot be swapped with itself."), field="off")
    _refuse_years([worked, off])
    if working.is_working_day(worked) and not working.is_working_day(off):
        raise UnableToStateDays(
            _("Both days are so already: %(worked)s is worked and %(off)s is a day off.")
            % {"worked": wording.day(worked), "off": wording.day(off)},
            field="worked",
        )
    _refuse_stated(place, [worked, off])
    for day, is_worked, field in ((worked, True, "worked"), (off, False, "off")):
        if working.is_working_day(day) == is_worked:
            sentence = _already([day], is_working_day=is_worked)
            raise UnableToStateDays(
                f"{sentence} " + _("If only the other day changes, state it alone as an exceptional day."), field=field
            )
    swap = uuid.uuid4()
    rows = CalendarDay.objects.bulk_create(
        CalendarDay(jurisdiction=place, day=day, is_working_day=is_worked, swap=swap, **source)
        for day, is_worked in ((worked, True), (off, False))
    )
    record(
        "residency.calendar_days_swapped",
        subject=rows[0],
        by=by,
        now=now,
        country=place.pk,
        worked=worked.isoformat(),
        off=off.isoformat(),
    )
    return rows


@transaction.atomic
def correct_days(*, day: CalendarDay, by: User, now: datetime, **source: Unpack[Source]) -> Sequence[CalendarDay]:
    """Change reason and source of an exceptional day, of both days of a swap. Raises UnableToStateDays if it is gone."""
    rows = _lock_rows(day)
    for row in rows:
        for name, value in source.items():
            setattr(row, name, value)
        row.save(update_fields=list(source))
    record("residency.calendar_days_corrected", subject=day, by=by, now=now, country=day.jurisdiction_id)
    return rows


@transaction.atomic
def take_back_days(*, day: CalendarDay, by: User, now: datetime) -> list[date]:
    """Have the package decide again about the day, about both days of a swap. Raises UnableToStateDays if it is gone."""
    rows = _lock_rows(day)
    days = [row.day for row in rows]
    record(
        "residency.calendar_day_removed",
        subject=day,
        by=by,
        now=now,
        country=day.jurisdiction_id,
        days=[each.isoformat() for each in days],
    )
    CalendarDay.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return days


def days_with(day: CalendarDay) -> list[CalendarDay]:
    """Return the day and the other one of its swap, in their order."""
    rows = CalendarDay.objects.filter(swap=day.swap) if day.swap else CalendarDay.objects.filter(pk=day.pk)
    return list(rows.order_by("day"))


def _lock(place: Jurisdiction) -> WorkingDays:
    """Wait until nobody else writes this calendar; return it as it is then."""
    Jurisdiction.objects.select_for_update(no_key=True).get(pk=place.pk)
    if not is_known_calendar(place.pk):
        raise UnableToStateDays(_("No calendar of working days is known for this country."))
    return WorkingDays(place.pk)


def _lock_rows(day: CalendarDay) -> list[CalendarDay]:
    Jurisdiction.objects.select_for_update(no_key=True).get(pk=day.jurisdiction_id)
    rows = days_with(day)
    if not rows:
        raise UnableToStateDays(_("Somebody took this day back meanwhile."))
    return rows


def _span(first: date, last: date) -> list[date]:
    if last < first:
        raise UnableToStateDays(_("The last day is before the first."), field="last_day")
    _refuse_years([first, last])
    count = (last - first).days + 1
    if count > MOST_DAYS:
        raise UnableToStateDays(
            _("These are %(count)s days. State at most %(most)s at once.") % {"count": count, "most": MOST_DAYS},
            field="last_day",
        )
    return [first + timedelta(days=n) for n in range(count)]


def _refuse_years(days: Iterable[date]) -> None:
    if not all(FIRST_CALENDAR_YEAR <= day.year <= LAST_CALENDAR_YEAR for day in days):
        raise UnableToStateDays(
            _("Working days are known from %(first)s to %(last)s.")
            % {"first": FIRST_CALENDAR_YEAR, "last": LAST_CALENDAR_YEAR}
        )


def _refuse_stated(place: Jurisdiction, days: Sequence[date]) -> None:
    stated = CalendarDay.objects.filter(jurisdiction=place, day__in=days).order_by("day").values_list("day", flat=True)
    if stated:
        raise UnableToStateDays(
            _("Something was stated before about: %(days)s. Change or take that back first.")
            % {"days": ", ".join(wording.day(day) for day in stated)}
        )


def _already(days: Sequence[date], *, is_working_day: bool) -> str:
    if len(days) > 1:
        return _("All these days are worked already.") if is_working_day else _("All these days are off already.")
    sentence = _("%(day)s is a working day already.") if is_working_day else _("%(day)s is a day off already.")
    return sentence % {"day": wording.day(days[0])}
