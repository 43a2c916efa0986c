"""Whether somebody is wanted in two places at once: said, never forbidden."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.clients.models import Appointment, Client
from casework.web.cases.forms.intake import in_short

from .rows import when_of


def clashes_of(appointment: Appointment, people: Sequence[Client], user: User, now: dt.datetime) -> list[str]:
    """Return a sentence for each other appointment at the same time, in one query.

    Of one that the reader may not see, only that the colleague is busy then.
    """
    if not appointment.is_planned:
        return []
    appointments: Any = Appointment.objects
    seen = appointments.visible_to(user, now).filter(pk=OuterRef("pk"))
    at_once = appointments.planned().overlapping(appointment.starts_at, appointment.ends_at).exclude(pk=appointment.pk)
    of_people = Q(people__client__in=people) & Q(case=appointment.case_id)
    of_staff = Q(staff__isnull=False, staff=appointment.staff_id)
    named = appointments.filter(pk=OuterRef("pk"), people__client__in=people)
    found = at_once.filter(of_people | of_staff).annotate(is_seen=Exists(seen), is_of_people=Exists(named))
    rows = found.select_related("case").distinct().soonest_first()[:10]
    return [_sentence(each, appointment) for each in rows]


def _sentence(other: Any, appointment: Appointment) -> str:
    when = when_of(other.day, other.wall_time, other.zone, other.starts_at)
    told = {"when": f"{when.there} ({when.zone})", "code": other.case.code}
    if other.is_of_people and other.case_id == appointment.case_id:
        return _("Somebody of this case has another appointment at the same time: %(when)s.") % told
    told["who"] = in_short(appointment.staff) if appointment.staff else ""
    if other.is_seen:
        return _("%(who)s has another appointment at the same time: %(when)s, case %(code)s.") % told
    return _("%(who)s has another appointment at the same time.") % told
