"""Which day it is where a team works, for queries."""

from datetime import datetime

from django.db.models import DateField, DateTimeField, F, Func, Value
from django.db.models.functions import Cast


def today_of_team(team: str, now: datetime) -> Cast:
    """Return the day that it is where a team works; `team` leads from the queried model to it, such as "case__team"."""
    local = Func(F(f"{team}__time_zone"), Value(now), function="timezone", output_field=DateTimeField())
    return Cast(local, DateField())
