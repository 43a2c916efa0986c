"""What can be changed about a case itself: who looks after it, how urgent it is, open or closed."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.accounts.access import people_with
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients import actions
from casework.clients.models import Case
from casework.lifecycle import closing
from casework.web.decorators import requires
from casework.web.request import UserRequest
from casework.web.undo import Undo

from ..acting import back_to, form_page, is_done
from ..forms.cases import (
    ArchiveCaseForm,
    AssignCaseForm,
    CloseCaseForm,
    PriorityForm,
    ReopenCaseForm,
    UnarchiveCaseForm,
)
from ..loading import archived_case, changeable_case
from ..still_open import beds_in_words, still_open_in
from ..work_in_case import has_work_in

METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def assign_case(request: UserRequest, code: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = changeable_case(by, code, now)
    colleagues = people_with(Permission.CASE_CHANGE, [case.team], now)
    form = AssignCaseForm(request.POST or None, colleagues=colleagues, initial=AssignCaseForm.initial_of(case))
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        undo = _back_to_worker(case, values["caseworker"], version)
        if is_done(form, lambda: actions.assign_case(case=case, version=version, by=by, now=now, **values)):
            return back_to(request, case, "main", _("The case is assigned."), undo=undo)
    return form_page(request, case, form, title=_("Assign this case"), now=now)


def _back_to_worker(case: Case, new: User | None, version: int) -> Undo | None:
    """Return the way back to who looked after the case before; none where it would take along what was the new one's own."""
    before = case.caseworker
    if new == before or (new is not None and has_work_in(case, new)):
        return None
    fields = {"caseworker": str(before.pk) if before else "", "version": str(version + 1)}
    return Undo(reverse("assign_case", args=[case.code]), fields)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def change_priority(request: UserRequest, code: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = changeable_case(by, code, now)
    form = PriorityForm(request.POST or None, initial=PriorityForm.initial_of(case))
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: actions.change_priority(case=case, version=version, by=by, now=now, **values)):
            fields = {"priority": case.priority, "version": str(version + 1)}
            undo = (
                Undo(reverse("change_priority", args=[code]), fields) if values["priority"] != case.priority else None
            )
            return back_to(request, case, "main", _("The priority is set."), undo=undo)
    return form_page(request, case, form, title=_("Set the priority"), now=now)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def close_case(request: UserRequest, code: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = changeable_case(by, code, now)
    still_open = still_open_in(case, now)
    beds = closing.beds_of(case, now)
    form = CloseCaseForm(
        request.POST or None,
        is_something_open=bool(still_open),
        has_beds=bool(beds),
        initial=CloseCaseForm.initial_of(case),
    )
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: closing.close_case(case=case, version=version, by=by, now=now, **values)):
            return back_to(request, case, "main", _("The case is closed. Its reminders stop."))
    text = _("Its deadlines stop asking for anything and its reminders stop. Nothing is lost; it can be opened again.")
    return form_page(
        request,
        case,
        form,
        title=_("Close this case"),
        now=now,
        text=text,
        still_open=[*beds_in_words(case, beds), *still_open],
    )


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def archive_case(request: UserRequest, code: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = changeable_case(by, code, now)
    form = ArchiveCaseForm(request.POST or None, initial=ArchiveCaseForm.initial_of(case))
    if request.method == "POST" and form.is_valid():
        version = form.version_read
        if is_done(form, lambda: closing.archive_case(case=case, version=version, by=by, now=now)):
            return back_to(
                request, case, "main", _("The case is archived. It is found only where the archive is asked for.")
            )
    text = _("It leaves every list and search, and nobody can change it. It can be taken out of the archive again.")
    return form_page(request, case, form, title=_("Archive this case"), now=now, text=text)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def unarchive_case(request: UserRequest, code: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = archived_case(by, code, now)
    form = UnarchiveCaseForm(request.POST or None, initial=UnarchiveCaseForm.initial_of(case))
    if request.method == "POST" and form.is_valid():
        version = form.version_read
        if is_done(form, lambda: actions.unarchive_case(case=case, version=version, by=by, now=now)):
            return back_to(request, case, "main", _("The case is out of the archive. It is still closed."))
    return form_page(request, case, form, title=_("Take this case out of the archive"), now=now)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def reopen_case(request: UserRequest, code: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = changeable_case(by, code, now)
    form = ReopenCaseForm(request.POST or None, initial=ReopenCaseForm.initial_of(case))
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: actions.reopen_case(case=case, version=version, by=by, now=now, **values)):
            return back_to(request, case, "main", _("The case is open again. Its deadlines count once more."))
    return form_page(request, case, form, title=_("Reopen this case"), now=now)
