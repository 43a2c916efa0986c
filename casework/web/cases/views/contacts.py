"""Ways to reach people: recorded, changed, not used any more."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.accounts.roles import Permission
from casework.clients import actions
from casework.web.decorators import requires
from casework.web.drafts.of_form import keep_draft
from casework.web.duplicates.rows import compare_after_saving
from casework.web.request import UserRequest
from casework.web.undo import Undo

from ..acting import back_to, form_page, is_done
from ..forms.contacts import ContactForm, EndContactForm
from ..forms.rows import ResumeForm
from ..header import in_words
from ..loading import changeable_client, changeable_contact

METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def record_contact(request: UserRequest, reference: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    client = changeable_client(by, reference, now)
    form = ContactForm(request.POST or None)
    keep_draft(request, "record_contact", client, now, form)
    if request.method == "POST" and form.is_valid():
        new_id, values = form.cleaned_data["id"], form.values()
        if is_done(form, lambda: actions.record_contact(client=client, contact_id=new_id, by=by, now=now, **values)):
            compare_after_saving(by, client.case.clients.filter(pk=client.pk), now)
            return back_to(request, client.case, "contacts", _("The way to reach them is recorded."))
    return form_page(request, client.case, form, title=_("Record a way to reach them"), now=now, who=client.full_name)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def change_contact(request: UserRequest, contact_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    contact = changeable_contact(by, contact_id, now)
    client = contact.client
    form = ContactForm(request.POST or None, initial=ContactForm.initial_of(contact))
    keep_draft(request, "change_contact", contact, now, form)
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: actions.change_contact(contact=contact, version=version, by=by, now=now, **values)):
            compare_after_saving(by, client.case.clients.filter(pk=client.pk), now)
            return back_to(request, client.case, "contacts", _("The way to reach them is changed."))
    return form_page(request, client.case, form, title=_("Change a way to reach them"), now=now, who=client.full_name)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def end_contact(request: UserRequest, contact_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    contact = changeable_contact(by, contact_id, now)
    form = EndContactForm(request.POST or None, initial=EndContactForm.initial_of(contact))
    if request.method == "POST" and form.is_valid():
        version = form.version_read
        if is_done(form, lambda: actions.end_contact(contact=contact, version=version, by=by, now=now)):
            said = _("It is not used any more.")
            undo = Undo(reverse("resume_contact", args=[contact_id]), {"version": str(version + 1)})
            return back_to(request, contact.client.case, "contacts", said, undo=undo if not contact.ended_at else None)
    text = _("Nothing is sent there any more. It stays on record, because somebody may ask where a message went.")
    title = _("Do not use this any more?")
    return form_page(request, contact.client.case, form, title=title, now=now, who=in_words(contact), text=text)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def resume_contact(request: UserRequest, contact_id: UUID) -> HttpResponse:
    """Take back that it is not used any more."""
    now, by = timezone.now(), request.user
    contact = changeable_contact(by, contact_id, now)
    form = ResumeForm(request.POST or None, initial=ResumeForm.initial_of(contact), act=_("Use it again"))
    if request.method == "POST" and form.is_valid():
        version = form.version_read
        if is_done(form, lambda: actions.resume_contact(contact=contact, version=version, by=by, now=now)):
            return back_to(request, contact.client.case, "contacts", _("It is used again."))
    text = _(
        "Messages may go there again. If it is on the never-contact list, or all contact is stopped, it is not safe."
    )
    title = _("Use this again?")
    return form_page(request, contact.client.case, form, title=title, now=now, who=in_words(contact), text=text)
