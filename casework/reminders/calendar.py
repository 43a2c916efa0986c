"""Dates of a member of staff as a calendar (RFC 5545) that any program subscribes to.

It lies with somebody else's server and on somebody's telephone: so it names a case by its code and nothing more. No person, place,
country, status or address of a page. An appointment has the hours of the wall where it is, as hours from UTC: the name of a zone
would say in which country.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.models import Appointment
from casework.residency.actions import ensure_fresh
from casework.residency.models import Deadline
from casework.residency.models.position import today_of

from .models import CalendarFeed

BACK, AHEAD = timedelta(days=30), timedelta(days=365)
AT_MOST = 1000
FETCHES_AN_HOUR = 30
HOUR = timedelta(hours=1)
_PRODUCT = "-//Calendar//EN"


class FetchedTooOften(Exception):
    """A program asks again and again: it is told to come back later."""


def hash_of(token: str) -> bytes:
    """Return what the database keeps: the token has 256 bits of chance, so that nobody finds it from this."""
    return hashlib.sha256(token.encode()).digest()


@transaction.atomic
def make_feed(*, by: User, now: datetime) -> tuple[CalendarFeed, str]:
    """Make an address for the dates of this user, in place of the one before; return it and its token, which is stored nowhere."""
    revoke_feed(by=by, now=now)
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(user=by, token_hash=hash_of(token), made_at=now)
    record("reminders.calendar_made", subject=feed, by=by, now=now)
    return feed, token


@transaction.atomic
def revoke_feed(*, by: User, now: datetime) -> None:
    """Let the address open nothing any more."""
    User.objects.select_for_update().get(pk=by.pk)
    for feed in CalendarFeed.objects.filter(user=by, revoked_at__isnull=True):
        feed.revoked_at = now
        feed.save(update_fields=["revoked_at"])
        record("reminders.calendar_revoked", subject=feed, by=by, now=now)


@transaction.atomic
def fetch_feed(token: str, *, now: datetime) -> bytes | None:
    """Return the calendar behind a token, None if there is none. Raises FetchedTooOften. Each fetch is in the audit."""
    feeds: Any = CalendarFeed.objects.select_related("user__data_key").select_for_update(of=("self",))
    feed = feeds.filter(token_hash=hash_of(token), revoked_at__isnull=True, user__is_active=True).first()
    if feed is None:
        return None
    if feed.counted_since is None or now - feed.counted_since >= HOUR:
        feed.counted_since, feed.fetches = now, 0
    if feed.fetches >= FETCHES_AN_HOUR:
        raise FetchedTooOften
    feed.fetches += 1
    feed.fetched_at = now
    feed.save(update_fields=["counted_since", "fetches", "fetched_at"])
    content, shown = calendar_of(feed.user, feed.pk, now)
    record("reminders.calendar_fetched", subject=feed, by=feed.user, now=now, shown=shown)
    return content


def calendar_of(user: User, feed_id: UUID, now: datetime) -> tuple[bytes, int]:
    """Return the calendar and how many dates are in it."""
    from icalendar import Calendar  # slow import

    first, last = now.date() - BACK, now.date() + AHEAD
    deadlines: Any = Deadline.objects.visible_to(user, now).open().looked_after_by(user, now)
    # A program keeps for hours what it is told: so no date from before facts or rules changed.
    ensure_fresh(deadlines.values("client"), now, by=user)
    asked = deadlines.due_between(first, last).annotate(today=today_of("client__", now))
    # A choice that has passed asks for nothing any more.
    asked = asked.exclude(optional=True, drives_on__lt=F("today")).order_by("drives_on", "id")
    due = asked.values_list("pk", "drives_on", "optional", "client__case__code")[:AT_MOST]
    appointments: Any = Appointment.objects
    planned = appointments.visible_to(user, now).planned().concerning(user).select_related("case")
    meetings = planned.filter(day__range=(first, last)).soonest_first()[:AT_MOST]
    calendar: Any = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    offsets: set[timedelta] = set()
    events = []
    with translation.override(user.language):
        for pk, day, is_optional, code in due:
            text = _("Case %(code)s: possible until then") if is_optional else _("Case %(code)s: due")
            events.append(_event(feed_id, pk, text % {"code": code}, now, day=day))
        for it in meetings:
            text = _("Case %(code)s: appointment") % {"code": it.case.code}
            begins = it.starts_at.astimezone(ZoneInfo(it.zone))
            # One offset for both: an appointment across a change of clocks lasts as long as it does.
            offset = begins.utcoffset() or timedelta()
            offsets.add(offset)
            span = (begins.replace(tzinfo=None), begins.replace(tzinfo=None) + (it.ends_at - it.starts_at))
            events.append(_event(feed_id, it.pk, text, now, span=span, offset=offset))
    for offset in sorted(offsets):
        calendar.add_component(_zone(offset))
    for event in events:
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content, len(events)


def _event(
    feed_id: UUID,
    pk: UUID,
    text: str,
    now: datetime,
    *,
    day: Any = None,
    span: tuple[datetime, datetime] | None = None,
    offset: timedelta = timedelta(),
) -> Any:
    """Return one entry. Its id is the same at every fetch and means nothing elsewhere, not even in the feed of a colleague."""
    from icalendar import Event

    event: Any = Event()
    event.add("uid", hashlib.sha256(f"{feed_id}|{pk}".encode()).hexdigest()[:32])
    event.add("dtstamp", now)
    event.add("summary", text)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT" if span is None else "OPAQUE")
    if span is None:
        event.add("dtstart", day)
    else:
        for name, at in zip(("dtstart", "dtend"), span, strict=True):
            event.add(name, at, parameters={"TZID": _name(offset)})
    return event


def _zone(offset: timedelta) -> Any:
    from icalendar import Timezone, TimezoneStandard

    zone: Any = Timezone()
    zone.add("tzid", _name(offset))
    standard: Any = TimezoneStandard()
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001 - a zone begins on its own wall
    standard.add("tzoffsetfrom", offset)
    standard.add("tzoffsetto", offset)
    zone.add_component(standard)
    return zone


def _name(offset: timedelta) -> str:
    minutes = int(offset.total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02}{rest:02}"
