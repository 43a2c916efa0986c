"""Whether somebody looks after any case at all: what waits for them is then their own, else that of everybody."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from casework.accounts.models import Absence, User

from .models import Case


def looks_after_some(user: User, now: datetime) -> Q:
    """Return the condition that the user looks after an open case, or stands in for somebody who does.

    Each is asked for by its caseworker. Of "one of these people" the database expects to meet a case soon, and reads through those of
    everybody to find that a coordinator has none.
    """
    cases: Any = Case.objects
    theirs = cases.open().filter(caseworker=OuterRef("user"))
    instead = Absence.objects.running(now).filter(Exists(theirs), deputy=user)
    return Q(Exists(cases.open().filter(caseworker=user))) | Q(Exists(instead))


def does_look_after_some(user: User, now: datetime) -> bool:
    """Return whether it is so."""
    return User.objects.filter(looks_after_some(user, now), pk=user.pk).exists()
