"""Notes of a case: written, pinned."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from casework.accounts.roles import Permission
from casework.clients import actions
from casework.clients.models import Client
from casework.lib.dates import today_in
from casework.lib.refusals import Refusal
from casework.web.decorators import requires
from casework.web.drafts.of_form import FormDraft
from casework.web.request import UserRequest
from casework.web.undo import Undo

from ..acting import back_to_notes, form_page, is_done
from ..forms.notes import NoteForm, note_page
from ..loading import changeable_case, changeable_note
from ..people import place_in_family


@requires(Permission.CASE_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def write_note(request: UserRequest, code: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = changeable_case(by, code, now)
    people = sorted(Client.objects.filter(case=case).defer("search_form"), key=place_in_family)
    form = NoteForm(request.POST or None, people=people, today=today_in(case.team.time_zone, now))
    draft = FormDraft(request, "write_note", case, now)
    draft.restore(form)
    if request.method == "POST" and form.is_valid():
        token, values = form.cleaned_data["id"], form.values()
        if is_done(form, lambda: actions.write_note(case=case, submit_token=token, by=by, now=now, **values)):
            draft.sent()
            return back_to_notes(request, case, _("The note is added."))
    return form_page(request, case, note_page(form), title=_("Add a note"), now=now, draft=draft)


@requires(Permission.CASE_CHANGE)
@require_POST
def pin_note(request: UserRequest, note_id: UUID) -> HttpResponse:
    now = timezone.now()
    note = changeable_note(request.user, note_id, now)
    is_pinned = request.POST.get("pinned") == "yes"
    try:
        actions.pin_note(note=note, pinned=is_pinned, by=request.user, now=now)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("note", note.pk)
    said = _("The note stays on top.") if is_pinned else _("The note stands in its place again.")
    fields = {"pinned": "no" if is_pinned else "yes", "back": request.POST.get("back", "")}
    undo = Undo(reverse("pin_note", args=[note.pk]), fields)
    return back_to_notes(request, note.case, said, note=note, undo=undo)
