"""When somebody may be called, in words: now, or from when on by their clock."""

from datetime import datetime
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from casework.clients.models import Contact
from casework.clients.safe_hours import is_safe_now, next_safe_time
from casework.web.templatetags.days import day_short


def when_safe(contact: Contact, zone: str, now: datetime) -> str:
    """Return whether it is safe to use now, and if not, from when on where they are; nothing if it is not safe at all."""
    hours = contact.hours(zone)
    if not contact.is_safe or contact.ended_at is not None or hours.are_always:
        return ""
    if is_safe_now(hours, now):
        return _("safe to call now (%(hours)s)") % {"hours": hours_in_words(contact)}
    begins = next_safe_time(hours, now)
    if begins.date() == now.astimezone(begins.tzinfo).date():
        return _("not before %(time)s their time") % {"time": f"{begins:%H:%M}"}
    return _("not before %(day)s, %(time)s their time") % {"day": day_short(begins.date()), "time": f"{begins:%H:%M}"}


def hours_in_words(contact: Contact) -> str:
    """Return the safe hours as they were written down: "Monday, Friday, 18:00 to 21:00"."""
    days = ", ".join(str(WEEKDAYS[each - 1]) for each in sorted(contact.safe_days)) if contact.safe_days else ""
    times = ""
    if contact.safe_from and contact.safe_until:
        times = _("%(since)s to %(until)s") % {
            "since": f"{contact.safe_from:%H:%M}",
            "until": f"{contact.safe_until:%H:%M}",
        }
    return ", ".join(part for part in (days, times) if part)


def zone_of(client: Any) -> str:
    """Return the time zone in which the person was when their position was computed, else that of the team."""
    position = getattr(client, "computed_position", None)
    return (position.time_zone if position else "") or str(client.case.team.time_zone)
