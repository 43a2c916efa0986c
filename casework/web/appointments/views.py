"""Appointments of a case: planned, looked at, changed, moved, ended, planned again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients import actions
from casework.clients.models import Appointment
from casework.web.cases.acting import is_done
from casework.web.cases.forms.intake import in_short
from casework.web.cases.header import case_header
from casework.web.cases.loading import changeable_case, visible_case
from casework.web.components import SummaryRow
from casework.web.decorators import requires
from casework.web.drafts.of_form import keep_draft
from casework.web.forms.pages import one_form_page
from casework.web.referrals.loading import people_in
from casework.web.request import UserRequest
from casework.web.todos.writing import colleagues_for

from .clashes import clashes_of
from .forms import AgainForm, AppointmentForm, EndForm, MoveForm
from .loading import changeable_appointment, people_of, visible_appointment
from .rows import row_of, with_people

METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.CASE_VIEW)
@require_safe
def case_appointments(request: UserRequest, code: str) -> HttpResponse:
    """All of them, the latest first."""
    now = timezone.now()
    case = visible_case(request.user, code, now)
    rows = with_people(Appointment.objects.filter(case=case), now, latest_first=True)
    record("clients.appointments_listed", subject=case, case_id=case.pk, by=request.user, now=now, rows=len(rows))
    context = {"case": case, "header": case_header(case, now, here="case"), "rows": rows}
    return render(request, "appointments/case_appointments.html", context)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def plan_appointment(request: UserRequest, code: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = changeable_case(by, code, now)
    people, zone = people_in(case), case.team.time_zone
    form = AppointmentForm(
        request.POST or None,
        people=people,
        colleagues=colleagues_for(case, by, now),
        usual_zones=(zone, by.time_zone),
        initial={"people": list(people[:1]), "zone": zone},
    )
    keep_draft(request, "plan_appointment", case, now, form)
    if request.method == "POST" and form.is_valid():
        new_id, values = form.cleaned_data["id"], form.values()
        if is_done(form, lambda: actions.plan_appointment(case=case, appointment_id=new_id, by=by, now=now, **values)):
            messages.success(request, _("The appointment is planned."))
            return redirect("appointment", new_id) if new_id else redirect("case_appointments", code)
    url, header = f"{reverse('case', args=[code])}#appointments", case_header(case, now, here="case")
    return one_form_page(request, form, title=_("Plan an appointment"), cancel_url=url, header=header)


@requires(Permission.CASE_VIEW)
@require_safe
def appointment(request: UserRequest, appointment_id: UUID) -> HttpResponse:
    now = timezone.now()
    found = visible_appointment(request.user, appointment_id, now)
    people = people_of(found)
    record("clients.appointment_seen", subject=found, case_id=found.case_id, by=request.user, now=now)
    row = row_of(found, people, now)
    context = {
        "appointment": found,
        "header": case_header(found.case, now, here="case"),
        "row": row,
        "about": _about(found, row),
        "clashes": clashes_of(found, people, request.user, now),
        "may_change": found.may_change,
        "has_begun": found.starts_at <= now,
        "is_ended": found.state in ("kept", "missed", "cancelled"),
    }
    return render(request, "appointments/appointment.html", context)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def change_appointment(request: UserRequest, appointment_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    found = changeable_appointment(by, appointment_id, now)
    form = AppointmentForm(
        request.POST or None,
        people=people_in(found.case),
        colleagues=colleagues_for(found.case, by, now, also=found.staff),
        usual_zones=(found.zone, found.case.team.time_zone, by.time_zone),
        initial=AppointmentForm.initial_of(found),
    )
    keep_draft(request, "change_appointment", found, now, form)
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        act = lambda: actions.change_appointment(appointment=found, version=version, by=by, now=now, **values)  # noqa: E731
        if is_done(form, act):
            return _back(request, appointment_id, _("The appointment is changed."))
    text = _("For what was written down wrongly. If another time was agreed, move the appointment instead.")
    return _form(request, found, form, title=_("Change this appointment"), now=now, text=text)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def move_appointment(request: UserRequest, appointment_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    found = changeable_appointment(by, appointment_id, now)
    zones = (found.zone, found.case.team.time_zone, by.time_zone)
    form = MoveForm(request.POST or None, usual_zones=zones, initial=MoveForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        new_id, version, values = form.cleaned_data["id"], form.version_read, form.values()
        moved: list[Appointment] = []

        def act() -> None:
            known: dict[str, Any] = {"appointment": found, "appointment_id": new_id, "version": version}
            moved.append(actions.move_appointment(by=by, now=now, **known, **values))

        if is_done(form, act):
            return _back(request, moved[0].pk, _("The appointment is moved."))
    return _form(request, found, form, title=_("Move this appointment"), now=now)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def end_appointment(request: UserRequest, appointment_id: UUID, how: str) -> HttpResponse:
    """Say that it was kept or missed, or cancel it."""
    now, by = timezone.now(), request.user
    titles = {
        Appointment.State.KEPT.value: (_("It took place"), _("Noted: it took place.")),
        Appointment.State.MISSED.value: (_("It was missed"), _("Noted: it was missed. Ask why, and plan another one.")),
        Appointment.State.CANCELLED.value: (_("Cancel this appointment"), _("The appointment is cancelled.")),
    }
    if how not in titles:
        raise Http404
    found, (title, said) = changeable_appointment(by, appointment_id, now), titles[how]
    form = EndForm(request.POST or None, label=title, initial=EndForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        told: dict[str, Any] = {"state": how, "version": form.version_read} | form.values()
        if is_done(form, lambda: actions.end_appointment(appointment=found, by=by, now=now, **told)):
            return _back(request, appointment_id, said)
    return _form(request, found, form, title=title, now=now)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def plan_again(request: UserRequest, appointment_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    found = changeable_appointment(by, appointment_id, now)
    form = AgainForm(request.POST or None, initial=AgainForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        version = form.version_read
        if is_done(form, lambda: actions.plan_again(appointment=found, version=version, by=by, now=now)):
            return _back(request, appointment_id, _("It is planned again, at the time it had."))
    return _form(request, found, form, title=_("Plan this appointment again?"), now=now)


def _about(found: Any, row: Any) -> list[SummaryRow]:
    languages = dict(settings.CLIENT_LANGUAGES)
    facts: list[tuple[str, Any]] = [
        (_("Who is to be there?"), row.people),
        (_("With whom"), [found.get_with_kind_display(), found.with_name or ""]),
        (_("Place"), found.place),
        (_("How long, in minutes"), str(found.minutes)),
        (_("Interpreter"), languages.get(found.interpreter, "")),
        (_("Papers to take along"), found.papers),
        (_("Which colleague goes along"), in_short(found.staff) if found.staff else ""),
        (_("Remark"), found.remark),
        (_("State"), [found.get_state_display(), found.reason or ""]),
    ]
    return [SummaryRow(label=label, value=value) for label, value in facts]


def _back(request: UserRequest, appointment_id: UUID, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("appointment", appointment_id)


def _form(
    request: UserRequest, found: Appointment, form: Any, *, title: str, now: datetime, text: str = ""
) -> HttpResponse:
    row, header = row_of(found, (), now), case_header(found.case, now, here="case")
    who = f"{row.when.there} ({row.when.zone}) · {row.with_whom}"
    url = reverse("appointment", args=[found.pk])
    return one_form_page(request, form, title=title, cancel_url=url, header=header, who=who, text=text)
