"""Countries, zones, groups of nationalities and exceptional days: what rules are computed with."""

from datetime import datetime

from django.db import transaction

from casework.accounts.models import User
from casework.audit.record import record

from ..models import CalendarDay, Jurisdiction, NationalityGroup

Place = Jurisdiction | NationalityGroup | CalendarDay


@transaction.atomic
def keep_place(*, place: Place, by: User, now: datetime) -> Place:
    """Write a country, zone, group or exceptional day. What was computed with it is computed anew."""
    place.save()
    record("residency.place_changed", subject=place, by=by, now=now)
    return place
