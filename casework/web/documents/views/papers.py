"""The Documents tab of a case."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.documents.actions.scans import UNDO_WITHIN
from casework.web.cases.header import case_header
from casework.web.cases.loading import visible_case
from casework.web.cases.people import today_of_case
from casework.web.cases.views.case import people_of
from casework.web.decorators import requires
from casework.web.request import UserRequest

from ..loading import visible_document
from ..papers import papers_of_people


@requires(Permission.CASE_VIEW)
@require_safe
def case_documents(request: UserRequest, code: str) -> HttpResponse:
    now = timezone.now()
    case = visible_case(request.user, code, now)
    record("documents.papers_seen", subject=case, case_id=case.pk, by=request.user, now=now)
    return _page(request, case, now)


@requires(Permission.CASE_VIEW)
@require_POST
def show_document_number(request: UserRequest, document_id: UUID) -> HttpResponse:
    """Answer with the same page, on which the number of one document is whole."""
    now = timezone.now()
    document = visible_document(request.user, document_id, now)
    case = visible_case(request.user, document.client.case.code, now)
    record("documents.document_number_seen", subject=document, case_id=case.pk, by=request.user, now=now)
    return _page(request, case, now, shown=document.pk)


def _page(request: UserRequest, case: Any, now: datetime, *, shown: UUID | None = None) -> HttpResponse:
    header = case_header(case, now, here="case_documents")
    people = people_of(case)
    today = today_of_case(case, people[0] if people else None, now)
    context = {
        "case": case,
        "header": header,
        "people": papers_of_people(people, today, now, shown=shown),
        "may_change": case.may_change,
        "undo_hours": int(UNDO_WITHIN.total_seconds() // 3600),
    }
    return render(request, "documents/case_documents.html", context)
