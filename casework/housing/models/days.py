"""Days from a first one to one that is not counted any more, `[since, until)`, as constraints and conditions.

Two columns and not one range: a placement that ended on the day on which it began has used no night, and still says on
which day that was; an empty range would not. The database overlaps them as ranges all the same.
"""

from datetime import date
from typing import Any

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

update_of: Any = pgtrigger.UpdateOf  # without types in its library


def until_not_before_since(name: str) -> models.CheckConstraint:
    """Return the constraint that days do not end before they begin; on the same day means none at all."""
    return models.CheckConstraint(name=name, condition=Q(until__isnull=True) | Q(until__gte=F("since")))


def apart(name: str, of: str, condition: Q | None = None) -> ExclusionConstraint:
    """Return the constraint that no two rows of one `of` share a day."""
    days = Func(F("since"), F("until"), Value("[)"), function="daterange")
    return ExclusionConstraint(
        name=name, expressions=[(of, RangeOperators.EQUAL), (days, RangeOperators.OVERLAPS)], condition=condition
    )


def sharing_days(since: date, until: date | None, *, prefix: str = "") -> Q:
    """Return the condition that a row has at least one day of `[since, until)`; None: without end."""
    its_end, its_start = f"{prefix}until", f"{prefix}since"
    not_over = Q(**{f"{its_end}__isnull": True}) | Q(**{f"{its_end}__gt": since})
    not_empty = Q(**{f"{its_end}__isnull": True}) | Q(**{f"{its_end}__gt": F(its_start)})
    begun = Q() if until is None else Q(**{f"{its_start}__lt": until})
    return not_over & not_empty & begun
