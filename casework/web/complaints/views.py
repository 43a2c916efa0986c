"""Complaints: recorded by anybody on the staff, and for those who handle them a list and a page.

Whoever is complained about, or may not see one for another reason, gets the answer of what does not exist.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.accounts.models import Team, User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients import actions
from casework.clients.actions.complaints import has_handler
from casework.clients.models import Complaint, ComplaintStep, Partner
from casework.lib.dates import today_in
from casework.web.cases.acting import is_done
from casework.web.cases.forms.intake import in_short
from casework.web.components import SummaryRow, TimelineEntry
from casework.web.decorators import requires, signed_in
from casework.web.drafts.of_form import keep_draft
from casework.web.filters import chips
from casework.web.forms.pages import one_form_page
from casework.web.paging import keyset_page
from casework.web.request import UserRequest
from casework.web.sheet.views import LANGUAGES, language_asked

from .forms import ComplaintFilterForm, ComplaintForm, ComplaintNoteForm, ComplaintPeopleForm, ComplaintStepForm

METHODS = ["GET", "HEAD", "POST"]


@signed_in
@require_http_methods(METHODS)
def record_complaint(request: UserRequest) -> HttpResponse:
    """Anybody on the staff writes down what somebody complains about."""
    now, by = timezone.now(), request.user
    form = ComplaintForm(
        request.POST or None,
        teams=Team.objects.filter(is_active=True).order_by("name", "pk"),
        colleagues=_colleagues(),
        partners=Partner.objects.in_use().by_name(),
        initial={"received_on": timezone.localdate()},
    )
    keep_draft(request, "record_complaint", None, now, form)
    if request.method == "POST" and form.is_valid():
        new_id, values = form.cleaned_data["id"], form.values()
        if is_done(form, lambda: actions.record_complaint(complaint_id=new_id, by=by, now=now, **values)):
            return redirect("complaint_receipt", new_id) if new_id else redirect("record_complaint")
    text = _(
        "It goes to those who handle complaints, never to whoever it is about. You will not see it again yourself."
    )
    return one_form_page(request, form, title=_("Record a complaint"), text=text, cancel_url=reverse("home"))


@signed_in
@require_safe
def complaint_receipt(request: UserRequest, complaint_id: UUID) -> HttpResponse:
    """The code for whoever complains, in their language, shown to whoever recorded it, and nothing else."""
    complaint = get_object_or_404(Complaint.objects.filter(recorded_by=request.user), pk=complaint_id)
    language = language_asked(request.GET)
    context: dict[str, Any] = {
        "receipt": complaint.receipt,
        "acknowledge_due_on": complaint.acknowledge_due_on,
        "has_handler": has_handler(complaint, timezone.now()),
        "language": language,
        "languages": LANGUAGES.items(),
    }
    with translation.override(language):
        context["slip"] = render_to_string("complaints/_receipt.html", context)
    return render(request, "complaints/complaint_receipt.html", context)


@requires(Permission.COMPLAINTS_HANDLE)
@require_safe
def complaints(request: UserRequest) -> HttpResponse:
    """Those that the reader handles: safeguarding first. Every count is of these alone."""
    now = timezone.now()
    visible: Any = Complaint.objects.visible_to(request.user, now)
    form = ComplaintFilterForm(request.GET)
    rows = _narrowed(visible, form, now).select_related("data_key", "team")
    page = keyset_page(rows, ("-is_safeguarding", "-received_on", "-id"), request.GET, request.path)
    record("clients.complaints_listed", by=request.user, now=now, rows=len(page.rows))
    context = {
        "page": page,
        "rows": [(each, each.is_overdue(_today(each, now))) for each in page.rows],
        "form": form,
        "chips": chips(form, request.GET, request.path),
        "counts": _counts(visible, now),
    }
    return render(request, "complaints/complaints.html", context)


@requires(Permission.COMPLAINTS_HANDLE)
@require_safe
def complaint(request: UserRequest, complaint_id: UUID) -> HttpResponse:
    now = timezone.now()
    found = _load(request, complaint_id, now)
    record("clients.complaint_seen", subject=found, by=request.user, now=now)
    context = {
        "complaint": found,
        "about": about(found),
        "is_overdue": found.is_overdue(_today(found, now)),
        "history": history(found),
    }
    return render(request, "complaints/complaint.html", context)


@requires(Permission.COMPLAINTS_HANDLE)
@require_http_methods(METHODS)
def move_complaint(request: UserRequest, complaint_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    found = _load(request, complaint_id, now)
    form = ComplaintStepForm(request.POST or None, complaint=found, initial=ComplaintStepForm.initial_of(found))
    keep_draft(request, "move_complaint", found, now, form)
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: actions.move_complaint(complaint=found, version=version, by=by, now=now, **values)):
            messages.success(request, _("The step is recorded."))
            return redirect("complaint", complaint_id)
    return _form(request, form, found, _("How far is this complaint?"))


@requires(Permission.COMPLAINTS_HANDLE)
@require_http_methods(METHODS)
def note_on_complaint(request: UserRequest, complaint_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    found = _load(request, complaint_id, now)
    form = ComplaintNoteForm(request.POST or None)
    keep_draft(request, "note_on_complaint", found, now, form)
    if request.method == "POST" and form.is_valid():
        step_id, text = form.cleaned_data["id"], form.cleaned_data["text"]
        if is_done(
            form, lambda: actions.note_on_complaint(complaint=found, text=text, step_id=step_id, by=by, now=now)
        ):
            messages.success(request, _("The note is added."))
            return redirect("complaint", complaint_id)
    return _form(request, form, found, _("Add a note"))


@requires(Permission.COMPLAINTS_HANDLE)
@require_http_methods(METHODS)
def name_people(request: UserRequest, complaint_id: UUID) -> HttpResponse:
    """Say whom it is about, as far as is known by now."""
    now, by = timezone.now(), request.user
    found = _load(request, complaint_id, now)
    initial = ComplaintPeopleForm.initial_of(found)
    form = ComplaintPeopleForm(request.POST or None, colleagues=_colleagues(), initial=initial)
    if request.method == "POST" and form.is_valid():
        version, people = form.version_read, list(form.cleaned_data["people"])
        if is_done(
            form,
            lambda: actions.name_people_complained_about(
                complaint=found, people=people, version=version, by=by, now=now
            ),
        ):
            messages.success(request, _("Saved. They see nothing of it."))
            return redirect("complaint", complaint_id)
    return _form(request, form, found, _("Whom is it about?"))


def about(found: Complaint) -> list[SummaryRow]:
    """Return what is on record of a complaint, row by row."""
    users = User.objects.filter(pk__in=found.people.values("user")).order_by("email")
    facts: list[tuple[str, Any]] = [
        (_("Receipt"), found.receipt),
        (_("Received"), [found.received_on, found.get_how_display()]),
        (_("About"), found.get_subject_display()),
        (_("Team"), found.team.name if found.team else _("none in particular, or not known")),
        (_("Members of staff"), [in_short(user) for user in users]),
        (_("Partner"), found.partner.name if found.partner else ""),
        (_("What happened"), found.happened),
        (_("What they wish"), found.wished),
        (_("Who complains"), found.from_name or _("anonymous")),
        (_("How to answer them"), found.from_contact),
        (_("To be acknowledged by"), found.acknowledge_due_on),
        (_("Acknowledged"), found.acknowledged_at),
    ]
    if found.outcome:
        facts.append((_("Outcome"), [found.get_outcome_display(), found.closed_at]))
    return [SummaryRow(label=label, value=value) for label, value in facts]


def history(found: Complaint) -> list[TimelineEntry]:
    """Return what was done about a complaint, the newest first, in one query."""
    steps: Any = ComplaintStep.objects.filter(complaint=found).select_related("data_key", "by__data_key")
    return [
        TimelineEntry(
            at=step.at,
            title=str(
                step.get_state_display() if step.kind == ComplaintStep.Kind.STATE else step.get_kind_display()
            ).capitalize(),
            by=in_short(step.by),
            detail=str(step.text),
        )
        for step in steps.newest_first()
    ]


def _load(request: UserRequest, complaint_id: UUID, now: datetime) -> Complaint:
    visible: Any = Complaint.objects.visible_to(request.user, now)
    found: Complaint = get_object_or_404(visible.select_related("data_key", "team", "partner"), pk=complaint_id)
    return found


def _form(request: UserRequest, form: Any, found: Complaint, title: str) -> HttpResponse:
    url = reverse("complaint", args=[found.pk])
    return one_form_page(request, form, title=title, who=found.receipt, cancel_url=url)


def _colleagues() -> Any:
    return User.objects.filter(is_active=True).order_by("email", "pk")


def _today(found: Complaint, now: datetime) -> Any:
    return today_in(found.team.time_zone, now) if found.team else now.date()


def _narrowed(rows: Any, form: ComplaintFilterForm, now: datetime) -> Any:
    form.full_clean()
    state, subject = form.cleaned_data.get("state"), form.cleaned_data.get("subject")
    if not state:
        rows = rows.open()
    elif state == "overdue":
        rows = rows.overdue(now)
    elif state != "any":
        rows = rows.filter(state=state)
    return rows.filter(subject=subject) if subject else rows


def _counts(visible: Any, now: datetime) -> dict[str, int]:
    overdue = visible.overdue(now).order_by().values("pk")
    counts: dict[str, int] = visible.order_by().aggregate(
        open=Count("pk", filter=~Q(state=Complaint.State.CLOSED)),
        safeguarding=Count("pk", filter=Q(is_safeguarding=True) & ~Q(state=Complaint.State.CLOSED)),
        overdue=Count("pk", filter=Q(pk__in=overdue)),
    )
    return counts
