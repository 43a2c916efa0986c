"""How the pages of documents find them. What may not be seen is not there."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.access import cases_visible_to
from casework.documents.models import Document, Scan, ScanPage
from casework.web.opening import open_or_404


def visible_document(user: User, document_id: UUID, now: datetime) -> Any:
    rows: Any = Document.objects
    return open_or_404(rows.visible_to(user, now).select_related("client__case"), pk=document_id)


def visible_scan(user: User, scan_id: UUID, now: datetime) -> Any:
    """Return the scan with its person, case, document and `may_change`, or answer 404."""
    may_change: Any = cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix="client__case__")
    rows: Any = Scan.objects
    rows = rows.visible_to(user, now).annotate(may_change=ExpressionWrapper(may_change, BooleanField()))
    return open_or_404(_with_case(rows), pk=scan_id)


def changeable_scan(user: User, scan_id: UUID, now: datetime) -> Any:
    rows: Any = Scan.objects
    return open_or_404(_with_case(rows.changeable_by(user, now)), pk=scan_id)


def visible_page(user: User, page_id: UUID, now: datetime) -> ScanPage:
    """Return the page of a scan that may be seen, or answer 404."""
    may_see = cases_visible_to(user, now, prefix="scan__client__case__")
    return _page(may_see, page_id)


def changeable_page(user: User, page_id: UUID, now: datetime) -> ScanPage:
    may_change = cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix="scan__client__case__")
    return _page(may_change, page_id)


def _page(condition: Any, page_id: UUID) -> ScanPage:
    rows = ScanPage.objects.filter(condition).select_related("scan__data_key", "scan__client__data_key")
    page: ScanPage = open_or_404(rows, pk=page_id)
    return page


def _with_case(rows: Any) -> Any:
    return rows.select_related("client__data_key", "client__case__data_key", "client__case__team", "document__data_key")
