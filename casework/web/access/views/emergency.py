"""Break-glass: the exact code of a case and a reason open it for an hour, and those concerned are told."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from casework.accounts.roles import Permission
from casework.clients.models import Case, EmergencyAccess
from casework.clients.quotas import EMERGENCIES_AN_HOUR, emergencies_left, next_emergency_at
from casework.lifecycle.emergency import UnableToOpenInEmergency, is_told, note_emergency, open_in_emergency
from casework.web.decorators import requires, signed_in
from casework.web.forms.errors import refuse
from casework.web.request import UserRequest, permissions_in

from ..forms import EmergencyForm


@requires(Permission.CASE_VIEW, step_up=True)
@require_http_methods(["GET", "HEAD", "POST"])
def emergency(request: UserRequest) -> HttpResponse:
    now, by = timezone.now(), request.user
    form = EmergencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            opened = open_in_emergency(by=by, now=now, **form.cleaned_data)
        except UnableToOpenInEmergency as refusal:
            refuse(form, refusal)
        else:
            if opened.case is not None:
                if opened.access is not None:
                    messages.warning(
                        request, _("You may look at this case for an hour. Those concerned have been told.")
                    )
                return redirect("case", opened.case.code)
            form.add_error("code", _("No case opens by this code. Compare it letter by letter."))
    context = {
        "form": form,
        "left": emergencies_left(by, now),
        "most": EMERGENCIES_AN_HOUR,
        "again_at": next_emergency_at(by, now),
    }
    return render(request, "access/emergency.html", context)


@signed_in
@require_POST
def take_note(request: UserRequest, access_id: UUID) -> HttpResponse:
    """Somebody who was told has taken note: people of the case, or an auditor."""
    now, by = timezone.now(), request.user
    rows: Any = EmergencyAccess.objects.select_related("case__team", "case__data_key")
    access = rows.filter(pk=access_id).first()
    if access is None or not is_told(access, by, now):
        raise Http404
    note_emergency(access=access, by=by, now=now)
    messages.success(request, _("You have taken note."))
    if (
        Permission.CASE_VIEW in permissions_in(request)
        and Case.objects.visible_to(by, now).filter(pk=access.case_id).exists()
    ):
        return redirect("case", access.case.code)
    return redirect("watched")
