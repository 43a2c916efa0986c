"""Somebody is away: whoever stands in is told that they do."""

from datetime import datetime
from typing import Any

from django.db import transaction

from casework.accounts import actions as accounts
from casework.accounts.models import Absence, User
from casework.reminders.notices import queue_notices

# How the notice begins that tells of it.
STANDS_IN = "absence:"


@transaction.atomic
def record_absence(*, by: User, now: datetime, **known: Any) -> Absence:
    """Note the absence, and tell who stands in unless they noted it themselves. Raises what accounts raise."""
    absence, is_new = accounts.record_absence(by=by, now=now, **known)
    if is_new and absence.deputy_id is not None and absence.deputy_id != by.pk:
        queue_notices(f"{STANDS_IN}{absence.pk}", [absence.deputy_id], case=None, now=now)
    return absence
