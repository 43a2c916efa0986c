"""Pictures as they go out: always as attachments under names that name nobody, in a sandbox, never kept by a browser.

A preview goes out as an attachment too: `<img>` on our own pages shows it all the same, and opened by itself it is saved and
not shown, so nothing that comes from a file is ever a page of this site. Every file is read to its end before the first
byte goes out, and each piece proves genuine once more on its way.
"""

import io
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET
from fpdf import FPDF

from casework.accounts.roles import Permission
from casework.audit.models import Event
from casework.audit.record import record
from casework.documents import storage
from casework.documents.models import Scan, ScanPage
from casework.vault.errors import KeyDestroyed
from casework.web.decorators import requires
from casework.web.request import UserRequest

from ..loading import visible_page, visible_scan

logger = logging.getLogger(__name__)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "no-store, private",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Accept-Ranges": "none",
}
POINTS_PER_PIXEL = 72 / 205  # a page of A4 is as large on paper as it was
FOOT = 16.0  # below each picture, for the number of the print


@requires(Permission.CASE_VIEW)
@require_GET
def scan_preview(request: UserRequest, page_id: UUID) -> HttpResponseBase:
    now = timezone.now()
    page = visible_page(request.user, page_id, now)
    return _picture(request, page, page.preview_id, "documents.scan_seen", now)


@requires(Permission.CASE_VIEW)
@require_GET
def scan_picture(request: UserRequest, page_id: UUID) -> HttpResponseBase:
    now = timezone.now()
    page = visible_page(request.user, page_id, now)
    return _picture(request, page, page.file_id, "documents.scan_downloaded", now)


@requires(Permission.CASE_VIEW)
@require_GET
def scan_pdf(request: UserRequest, scan_id: UUID) -> HttpResponseBase:
    now = timezone.now()
    scan = visible_scan(request.user, scan_id, now)
    pages = list(scan.pages.order_by("number"))
    _refuse_withheld(scan)
    pictures = []
    for page in pages:
        try:
            pictures.append(b"".join(storage.read(page.file_id, scan.data_key)))
        except (*storage.CANNOT_BE_READ, storage.StorageIsAway) as problem:
            return unreadable(request, page, problem)
    taken = _say("documents.scan_downloaded", scan, request, now, pages=len(pages))
    content = _on_paper(pages, pictures, f"No. {taken.pk} / {now:%Y-%m-%d}")
    name = f"scan-{scan.client.reference}.pdf"
    return _sent([content], "application/pdf", name)


def _on_paper(pages: Sequence[ScanPage], pictures: Sequence[bytes], number: str) -> bytes:
    """Return the pictures as they are, with a number below each by which the auditor finds who took them along.

    An authority to which they are handed reads no name of the staff there.
    """
    pdf = FPDF(unit="pt")
    pdf.set_auto_page_break(False)
    pdf.set_font("Helvetica", size=FOOT / 2)
    for page, picture in zip(pages, pictures, strict=True):
        width, height = page.width * POINTS_PER_PIXEL, page.height * POINTS_PER_PIXEL
        pdf.add_page(format=(max(width, pdf.get_string_width(number) + FOOT), height + FOOT))
        pdf.image(io.BytesIO(picture), 0, 0, width, height)
        pdf.text(FOOT / 2, height + FOOT * 0.7, number)
    return bytes(pdf.output())


def unreadable(request: UserRequest, page: ScanPage, problem: Exception) -> HttpResponse:
    """Answer with a page that says what is the matter with one file, and log which."""
    logger.error("the file of page %s cannot be read: %s", page.pk, type(problem).__name__)
    is_away = isinstance(problem, storage.StorageIsAway)
    context = {
        "page": page,
        "is_missing": isinstance(problem, storage.FileIsMissing),
        "is_erased": isinstance(problem, KeyDestroyed),
        "is_away": is_away,
    }
    return render(request, "documents/unreadable.html", context, status=503 if is_away else 410)


def _picture(request: UserRequest, page: ScanPage, file_id: UUID, event: str, now: datetime) -> HttpResponseBase:
    scan = page.scan
    _refuse_withheld(scan)
    try:
        size = storage.verify(file_id, scan.data_key)
    except (*storage.CANNOT_BE_READ, storage.StorageIsAway) as problem:
        return unreadable(request, page, problem)
    _say(event, scan, request, now, page=page.number)
    name = f"scan-{scan.client.reference}-{page.number}.jpg"
    response = _sent(storage.read(file_id, scan.data_key), "image/jpeg", name)
    response["Content-Length"] = str(size)
    return response


def _refuse_withheld(scan: Scan) -> None:
    if not scan.is_served:
        raise Http404


def _say(event: str, scan: Scan, request: UserRequest, now: datetime, **data: int) -> Event:
    client = str(scan.client_id)
    return record(event, subject=scan, case_id=scan.client.case_id, by=request.user, now=now, client=client, **data)


def _sent(content: Iterable[bytes], content_type: str, name: str) -> StreamingHttpResponse:
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(content, content_type=content_type, headers=headers)
