"""Days for people: in the language of the page, the month in words."""

import datetime as dt

from django import template
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from casework.lib import day_words
from casework.lib.dates import Birth, BoundedDay

register = template.Library()


@register.filter
def day(value: dt.date | None) -> str:
    """{{ visit.entry_on|day }}: "5 Dec 2026"; nothing for nothing."""
    return day_words.in_words(value, _language()) if value else ""


@register.filter
def day_long(value: dt.date | None) -> str:
    """{{ today|day_long }}: "Saturday, 5 December 2026"."""
    return day_words.with_weekday(value, _language()) if value else ""


@register.filter
def day_short(value: dt.date | None) -> str:
    """{{ due_on|day_short }}: "Sat 5 Dec", for days of these weeks."""
    return day_words.weekday_and_day(value, _language()) if value else ""


@register.filter
def weekday(value: dt.date | None) -> str:
    """{{ due_on|weekday }}: "Saturday"."""
    return day_words.weekday(value, _language()) if value else ""


@register.filter
def day_relative(value: dt.date | None, today: dt.date) -> str:
    """{{ due_on|day_relative:today }}: "tomorrow", "in 5 days", "3 days ago"."""
    if not value:
        return ""
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    return near.get((value - today).days) or day_words.distance(value, today, _language())


@register.filter
def bounded_day(value: BoundedDay | None) -> str:
    """{{ visit.entry|bounded_day }}: "5 Dec 2026", "3 Mar 2026 to 9 Mar 2026", "Not known"."""
    if not value:
        return ""
    if value.is_unknown:
        return _("Not known")
    if value.is_exact:
        return day(value.earliest)
    if value.earliest is None:
        return _("%(day)s or earlier") % {"day": day(value.latest)}
    if value.latest is None:
        return _("%(day)s or later") % {"day": day(value.earliest)}
    words = {"first": day(value.earliest), "last": day(value.latest)}
    return _("between %(first)s and %(last)s") % words


@register.filter
def birth(value: Birth | None) -> str:
    """{{ client.birth|birth }}: the day, the year alone, or "Not known"."""
    if not value or value.is_unknown:
        return _("Not known")
    return day(value.day) if value.day else str(value.year)


@register.filter
def instant(value: dt.datetime | None) -> str:
    """{{ event.at|instant }}: "5 Dec 2026, 14:05" in the current time zone."""
    if not value:
        return ""
    return day_words.instant_in_words(timezone.localtime(value), _language())


def _language() -> str:
    return get_language() or "en"
