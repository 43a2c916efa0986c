"""One note: read with what it said before, corrected, struck, taken back; and the note that is one tap on a button."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients import actions
from casework.clients.models import Note
from casework.lib.dates import today_in
from casework.lib.refusals import Refusal
from casework.web.cases.acting import back_to_notes, is_done
from casework.web.cases.header import header_and_people
from casework.web.cases.loading import changeable_case, changeable_note
from casework.web.decorators import requires
from casework.web.drafts.of_form import keep_draft
from casework.web.forms.pages import one_form_page
from casework.web.request import UserRequest

from ..forms import CorrectNoteForm, StrikeNoteForm
from ..loading import visible_note
from ..notes import note_rows
from ..quick import read_choice, token_of

METHODS = ["GET", "HEAD", "POST"]
HERE = "case_log"


@requires(Permission.CASE_VIEW)
@require_safe
def note(request: UserRequest, note_id: UUID) -> HttpResponse:
    now = timezone.now()
    found = visible_note(request.user, note_id, now)
    header, people = header_and_people(found.case, now, here=HERE)
    [row] = note_rows([found], people, may_change=found.may_change, by=request.user, now=now)
    record("clients.note_seen", subject=found, case_id=found.case_id, by=request.user, now=now)
    context = {
        "header": header,
        "case": found.case,
        "row": row,
        "earlier": found.earlier.order_by("-number") if found.is_corrected else [],
        "may_change": found.may_change,
        "back": "log",
    }
    return render(request, "log/note.html", context)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def correct_note(request: UserRequest, note_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    found = changeable_note(by, note_id, now)
    if not found.may_be_corrected(by, now):
        return _refused(request, found, _("A note is corrected by whoever wrote it, within a month. Write a new one."))
    header, people = header_and_people(found.case, now, here=HERE)
    form = CorrectNoteForm(
        request.POST or None,
        note=found,
        people=people,
        today=today_in(found.case.team.time_zone, now),
        initial=CorrectNoteForm.initial_of(found),
    )
    keep_draft(request, "correct_note", found, now, form)
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: actions.correct_note(note=found, version=version, by=by, now=now, **values)):
            messages.success(request, _("The note is corrected. What it said before stays readable."))
            return redirect("note", note_id)
    url = reverse("note", args=[note_id])
    return one_form_page(request, form, title=_("Correct a note"), cancel_url=url, header=header)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def strike_note(request: UserRequest, note_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    found = changeable_note(by, note_id, now)
    if found.is_struck:
        return _refused(request, found, _("This note is struck already."))
    form = StrikeNoteForm(request.POST or None, initial=StrikeNoteForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        reason = values["strike_reason"]
        if is_done(form, lambda: actions.strike_note(note=found, reason=reason, version=version, by=by, now=now)):
            messages.success(request, _("The note is struck. It stays readable, with your reason."))
            return redirect("note", note_id)
    header, _people = header_and_people(found.case, now, here=HERE)
    url = reverse("note", args=[note_id])
    return one_form_page(request, form, title=_("Strike a note"), cancel_url=url, header=header, text=found.text)


@requires(Permission.CASE_CHANGE)
@require_POST
def remove_note(request: UserRequest, note_id: UUID) -> HttpResponse:
    now = timezone.now()
    found = changeable_note(request.user, note_id, now)
    try:
        actions.remove_note(note=found, by=request.user, now=now)
    except Refusal as refusal:
        return _refused(request, found, str(refusal))
    return back_to_notes(request, found.case, _("The note is taken back, as if it had not been written."))


@requires(Permission.CASE_CHANGE)
@require_POST
def note_quickly(request: UserRequest, code: str) -> HttpResponse:
    now = timezone.now()
    case = changeable_case(request.user, code, now)
    value = request.POST.get("what", "")
    choice = read_choice(value)
    if choice is None:
        raise BadRequest("no button says this")
    kind, outcome = choice
    try:
        token = token_of(UUID(request.POST.get("id", "")), value)
    except ValueError:
        raise BadRequest("the form has lost its token") from None
    written = actions.write_note(
        case=case, by=request.user, now=now, submit_token=token, kind=kind, outcome=outcome, text=""
    )
    said = _("Written down: %(kind)s, %(outcome)s.") % {"kind": kind.label, "outcome": outcome.label}
    return back_to_notes(request, case, said, note=written)


def _refused(request: UserRequest, found: Note, why: str) -> HttpResponse:
    """Say on the page of the note why it cannot be done."""
    messages.error(request, why)
    return redirect("note", found.pk)
