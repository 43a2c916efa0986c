"""Which day it is where a rule is law, and the names of groups of nationalities: what pages of rules share."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from casework.accounts.models import User
from casework.residency.models import Jurisdiction, NationalityGroup


def today_at(place: Jurisdiction, user: User, now: datetime) -> date:
    """Return which day it is in a country; for a zone, where the reader is."""
    return now.astimezone(ZoneInfo(place.time_zone or user.time_zone or "UTC")).date()


def group_names() -> dict[str, str]:
    return dict(NationalityGroup.objects.values_list("code", "name"))
