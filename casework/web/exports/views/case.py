"""Taking one case along: asks first what of it, and what for."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import Client
from casework.reports import pdf
from casework.reports.csv import csv_pieces
from casework.reports.table import About, Table
from casework.reports.xlsx import xlsx_pieces
from casework.residency.actions import ensure_fresh
from casework.web.cases.header import case_header
from casework.web.cases.loading import visible_case
from casework.web.cases.people import today_of_case
from casework.web.cases.views.case import people_of
from casework.web.decorators import requires
from casework.web.request import UserRequest

from ..case_part import Taken
from ..case_parts import tables_of
from ..files import about_file, about_table, handed_over
from ..forms import ExportCaseForm

TAKEN = "reports.case_exported"


@requires(Permission.CASE_VIEW, step_up=True)
@require_http_methods(["GET", "HEAD", "POST"])
def export_case(request: UserRequest, code: str) -> Any:
    now = timezone.now()
    case = visible_case(request.user, code, now)
    form = ExportCaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        ensure_fresh(Client.objects.filter(case=case).values("pk"), now, by=request.user)
        people = people_of(case)
        taken = Taken(
            case=case,
            people=people,
            today=today_of_case(case, people[0] if people else None, now),
            now=now,
            in_full=asked["in_full"],
            reader=request.user,
        )
        tables = tables_of(asked["parts"], taken)
        purpose = str(dict(form.fields["purpose"].choices)[asked["purpose"]])  # type: ignore[attr-defined]
        notes = [_("Purpose: %(purpose)s") % {"purpose": purpose}]
        about = about_file(_("Case %(code)s") % {"code": case.code}, request.user, now, notes, teams=[case.team.name])
        content = _written(asked["format"], tables, about)
        record(
            TAKEN,
            subject=case,
            case_id=case.pk,
            by=request.user,
            now=now,
            parts=[table.key for table in tables],
            purpose=asked["purpose"],
            format=asked["format"],
            in_full=asked["in_full"],
        )
        return handed_over(content, name="case", format=asked["format"], now=now)
    return _page(request, case, form, now)


def _page(request: UserRequest, case: Any, form: ExportCaseForm, now: Any) -> HttpResponse:
    context = {
        "header": case_header(case, now),
        "case": case,
        "form": form,
        "title": _("Take this case along"),
        "text": _("Tick only what the reader needs. It is kept on record who took it, when and what for."),
        "cancel_url": reverse("case", args=[case.code]),
    }
    return render(request, "cases/form_page.html", context)


def _written(format: str, tables: Sequence[Table], about: About) -> bytes:
    if format == "pdf":
        return pdf.pdf_of(tables, about)
    first = about_table(about)
    if format == "xlsx":
        return b"".join(xlsx_pieces([first, *tables], about))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in (first, *tables):
            entry = zipfile.ZipInfo(f"{table.key}.csv", about.at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, b"".join(csv_pieces(table, foot=about.mark)))
    return held.getvalue()
