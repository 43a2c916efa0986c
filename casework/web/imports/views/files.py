"""What leaves of an import, and comes back: the rows to correct, and what became of each."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import Import
from casework.lib.refusals import Refusal
from casework.lifecycle.importing import report, starting
from casework.reports.table import Table
from casework.web.decorators import requires
from casework.web.exports.files import about_file, handed_over, pieces_of
from casework.web.request import UserRequest

from ..forms import CorrectedForm
from ..loading import visible_import

SHAPES = ("xlsx", "csv")


@requires(Permission.CASE_CHANGE, step_up=True)
@require_GET
def fetch_rows(request: UserRequest, import_id: UUID) -> HttpResponse | StreamingHttpResponse:
    """Hand over the rows to correct, as they were brought in."""
    return _handed_over(request, import_id, report.to_mend)


@requires(Permission.CASE_CHANGE, step_up=True)
@require_GET
def fetch_report(request: UserRequest, import_id: UUID) -> HttpResponse | StreamingHttpResponse:
    """Hand over what became of every row."""
    return _handed_over(request, import_id, report.everything)


@requires(Permission.CASE_CHANGE)
@require_POST
def mend_import(request: UserRequest, import_id: UUID) -> HttpResponse:
    """Take the corrected rows in place of those that were wrong, and have them checked."""
    now, of = timezone.now(), visible_import(request, import_id, timezone.now())
    form = CorrectedForm(request.POST, request.FILES)
    try:
        if not form.is_valid():
            raise starting.UnableToImport(str(form.errors["file"][0]))
        count = starting.mend(of=of, file=form.cleaned_data["file"], by=request.user, now=now)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        said = ngettext("%(count)s row is taken in and checked.", "%(count)s rows are taken in and checked.", count)
        messages.success(request, said % {"count": count})
    return redirect("import", of.pk)


def _handed_over(
    request: UserRequest, import_id: UUID, table_of: Callable[[Import, Any, datetime], Table]
) -> HttpResponse | StreamingHttpResponse:
    now, of = timezone.now(), visible_import(request, import_id, timezone.now())
    shape = request.GET.get("format", "")
    if shape not in SHAPES:
        messages.error(request, _("Choose in which shape you want the list."))
        return redirect("import", of.pk)
    table = table_of(of, request.user, now)
    record("lifecycle.import_rows_fetched", subject=of, by=request.user, now=now, table=table.key, format=shape)
    about = about_file(table.title, request.user, now, teams=[of.team.name])
    content = b"".join(pieces_of(shape, table, about, with_hxl=False))
    return handed_over(content, name="import", format=shape, now=now)
