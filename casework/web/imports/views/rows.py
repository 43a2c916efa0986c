"""One row of a table: its cells corrected, or decided about."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import ImportRow
from casework.lib.refusals import Refusal
from casework.lifecycle.importing import starting, work
from casework.lifecycle.importing.report import Seen, sentences_of
from casework.web.decorators import requires
from casework.web.forms.errors import refuse
from casework.web.request import UserRequest

from ..forms import RowForm
from ..loading import row_of, visible_import


@requires(Permission.CASE_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def correct_import_row(request: UserRequest, import_id: UUID, number: int) -> HttpResponse:
    """The cells of a row, with what is wrong beside them; corrected, it is checked at once."""
    now, of = timezone.now(), visible_import(request, import_id, timezone.now())
    row = row_of(of, number)
    form = RowForm(request.POST or None, of=of, row=row)
    if request.method == "POST" and form.is_valid():
        cells = {code: form.cleaned_data[code] for code in of.columns if code}
        try:
            starting.correct_row(row=row, cells=cells, by=request.user, now=now)
            work.check_at_once(of, request.user, now)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            row = row_of(of, number)
            if row.state == ImportRow.State.GOOD:
                messages.success(request, _("Row %(row)s is good now.") % {"row": number})
                return redirect("import", of.pk)
            form = RowForm(of=of, row=row)
    record("lifecycle.import_seen", subject=of, by=request.user, now=now, row=number)
    context = {
        "title": _("Row %(row)s") % {"row": number},
        "form": form,
        "warnings": sentences_of(row, Seen([row], request.user, now)),
        "cancel_url": reverse("import", args=[of.pk]),
    }
    return render(request, "cases/form_page.html", context)


@requires(Permission.CASE_CHANGE)
@require_POST
def decide_import_row(request: UserRequest, import_id: UUID, number: int) -> HttpResponse:
    now, of = timezone.now(), visible_import(request, import_id, timezone.now())
    decision = request.POST.get("decision", "")
    try:
        starting.decide_row(row=row_of(of, number), decision=decision, by=request.user, now=now)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("import", of.pk)
