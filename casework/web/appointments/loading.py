"""How the pages of an appointment find it. What may not be seen is not there: one 404 for foreign and missing."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from casework.accounts.models import User
from casework.clients.models import Appointment, Client
from casework.web.opening import open_or_404

WITH = ("data_key", "case__team", "case__data_key", "staff__data_key", "created_by__data_key", "moved_to")


def visible_appointment(user: User, appointment_id: UUID, now: dt.datetime) -> Any:
    """Return the appointment with `may_change`, or answer 404."""
    appointments: Any = Appointment.objects
    changeable = appointments.changeable_by(user, now).filter(pk=OuterRef("pk"))
    seen = appointments.visible_to(user, now).annotate(may_change=Exists(changeable))
    return open_or_404(seen.select_related(*WITH), pk=appointment_id)


def changeable_appointment(user: User, appointment_id: UUID, now: dt.datetime) -> Appointment:
    """Return the appointment of a case that this user may change, or answer 404."""
    appointments: Any = Appointment.objects
    found = appointments.changeable_by(user, now).select_related(*WITH)
    appointment: Appointment = open_or_404(found, pk=appointment_id)
    return appointment


def people_of(appointment: Appointment) -> list[Client]:
    """Return who is to be there, as far as they are in the case still."""
    people: Any = appointment.people_here
    return list(people.defer("search_form").principal_first())
