"""A slip for the client: when, where, with whom, what to take along. It names nobody and says nothing of the case."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.web.decorators import requires
from casework.web.request import UserRequest
from casework.web.sheet.views import LANGUAGES

from .loading import people_of, visible_appointment


@requires(Permission.CASE_VIEW)
@require_safe
def appointment_slip(request: UserRequest, appointment_id: UUID) -> HttpResponse:
    """To be printed and given away, in a language that the client reads."""
    now = timezone.now()
    found = visible_appointment(request.user, appointment_id, now)
    people = people_of(found)
    asked = request.GET.get("language") or (people[0].language if people else "")
    language = asked if asked in LANGUAGES else "en"
    context = {
        "appointment": found,
        "language": language,
        "languages": LANGUAGES.items(),
        "interpreter": found.interpreter,
    }
    if found.is_planned:
        with translation.override(language):
            place = found.zone.rsplit("/", 1)[-1].replace("_", " ")
            context["slip"] = render_to_string("appointments/_slip.html", context | {"zone": place})
        made = {"language": language}
        record("clients.appointment_slip_made", subject=found, case_id=found.case_id, by=request.user, now=now, **made)
    return render(request, "appointments/slip.html", context)
