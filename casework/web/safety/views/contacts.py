"""Contact made safe: all of it stopped in one tap and allowed again, and the code word, which is shown only when asked for."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients import actions
from casework.web.cases.header import case_header, in_words
from casework.web.cases.loading import changeable_case
from casework.web.decorators import requires
from casework.web.request import UserRequest

from ..loading import visible_contact
from .safety import HERE


@requires(Permission.CASE_CHANGE)
@require_POST
def stop_contact(request: UserRequest, code: str) -> HttpResponse:
    now = timezone.now()
    actions.stop_contact(case=changeable_case(request.user, code, now), by=request.user, now=now)
    messages.success(
        request, _("All contact is stopped: no way to reach them counts as safe. You can undo this below.")
    )
    return redirect(HERE, code)


@requires(Permission.CASE_CHANGE)
@require_POST
def allow_contact(request: UserRequest, code: str) -> HttpResponse:
    now = timezone.now()
    actions.lift_contact_stop(case=changeable_case(request.user, code, now), by=request.user, now=now)
    messages.success(request, _("Contact is allowed again. What was safe before is safe again, but for the list."))
    return redirect(HERE, code)


@requires(Permission.CASE_VIEW)
@require_POST
def code_word(request: UserRequest, contact_id: UUID) -> HttpResponse:
    """Show the code word of one contact, once; who looked is in the audit."""
    now = timezone.now()
    contact = visible_contact(request.user, contact_id, now)
    case = contact.client.case
    record("clients.code_word_seen", subject=contact, case_id=case.pk, by=request.user, now=now)
    context = {"header": case_header(case, now), "case": case, "contact": contact, "reach": in_words(contact)}
    return render(request, "safety/code_word.html", context)
