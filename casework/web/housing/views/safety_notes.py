"""Safety notes about a place: written, read and taken back by those who keep it. Every reading is an event of the audit."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.audit.record import record
from casework.housing import actions
from casework.housing.models import SafetyNote
from casework.web.cases.acting import is_done
from casework.web.decorators import requires
from casework.web.forms.pages import one_form_page
from casework.web.request import UserRequest

from ..forms import SafetyNoteForm
from ..loading import MANAGE, usable_site

METHODS = ["GET", "HEAD", "POST"]


@requires(MANAGE)
@require_safe
def safety_notes(request: UserRequest, site_id: UUID) -> HttpResponse:
    """Show the notes about a site; `?shown=taken-back`: also those that do not hold any more."""
    now, user = timezone.now(), request.user
    found = usable_site(user, site_id, now, MANAGE)
    shows_all = request.GET.get("shown") == "taken-back"
    notes = SafetyNote.objects.filter(site=found)
    if not shows_all:
        notes = notes.standing()
    rows = list(notes.select_related("data_key", "written_by__data_key", "withdrawn_by__data_key").newest_first())
    record("housing.safety_notes_seen", subject=found, by=user, now=now, notes=len(rows))
    return render(request, "housing/safety_notes.html", {"site": found, "notes": rows, "shows_all": shows_all})


@requires(MANAGE)
@require_http_methods(METHODS)
def write_safety_note(request: UserRequest, site_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    found = usable_site(by, site_id, now, MANAGE)
    form = SafetyNoteForm(request.POST or None)
    url = reverse("safety_notes", args=[site_id])
    if request.method == "POST" and form.is_valid():
        new_id, text = form.cleaned_data["id"], form.cleaned_data["text"]
        if is_done(form, lambda: actions.write_safety_note(site=found, text=text, note_id=new_id, by=by, now=now)):
            messages.success(request, _("It is written down. Others who use the site learn that there is a note."))
            return redirect(url)
    text = _("Only those who keep this site read it. Others learn that there is a note, and whom to ask.")
    return one_form_page(
        request,
        form,
        title=_("Write a safety note"),
        who=found.code,
        text=text,
        cancel_url=reverse("site", args=[site_id]),
    )


@requires(MANAGE)
@require_http_methods(METHODS)
def withdraw_safety_note(request: UserRequest, note_id: UUID) -> HttpResponse:
    """Take a note back. Its text is not repeated here: whoever wants to read it opens the page of the notes."""
    now, by = timezone.now(), request.user
    notes: Any = SafetyNote.objects
    note = get_object_or_404(notes.readable_by(by, now).select_related("site"), pk=note_id)
    url = reverse("safety_notes", args=[note.site_id])
    if request.method == "POST":
        actions.withdraw_safety_note(note=note, by=by, now=now)
        messages.success(request, _("The note is taken back. It stays on record."))
        return redirect(url)
    context = {
        "title": _("Take this safety note back?"),
        "text": note.site.code,
        "warning": _("Nobody who places people there is warned any more. The note stays on record."),
        "act_label": _("Take it back"),
        "cancel_url": url,
    }
    return render(request, "components/confirm_page.html", context)
