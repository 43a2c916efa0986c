"""One scan: its pages, what it shows, and what may be done with it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts.roles import Permission
from casework.documents import actions, storage
from casework.documents.models import ScanPage
from casework.lib.refusals import Refusal
from casework.web.cases.acting import form_page, is_done
from casework.web.cases.header import case_header
from casework.web.decorators import requires
from casework.web.request import UserRequest

from ..forms import AboutScanForm
from ..loading import changeable_page, changeable_scan, visible_scan
from .serving import unreadable


@requires(Permission.CASE_VIEW)
@require_safe
def scan(request: UserRequest, scan_id: UUID) -> HttpResponse:
    """Show the pages of a scan. What is seen of them is recorded with each picture."""
    now = timezone.now()
    scan = visible_scan(request.user, scan_id, now)
    case = scan.client.case
    context = {
        "header": case_header(case, now, here="case_documents"),
        "scan": scan,
        "pages": list(scan.pages.order_by("number")),
        "may_change": scan.may_change,
        "documents_url": reverse("case_documents", args=[case.code]),
    }
    return render(request, "documents/scan.html", context)


@requires(Permission.CASE_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def change_scan(request: UserRequest, scan_id: UUID) -> HttpResponse:
    now = timezone.now()
    scan = changeable_scan(request.user, scan_id, now)
    form = AboutScanForm(request.POST or None, client=scan.client, initial=AboutScanForm.initial_of(scan))
    if request.method == "POST" and form.is_valid():
        values: dict[str, Any] = {"by": request.user, "now": now, **form.values()}
        if is_done(form, lambda: actions.change_scan(scan=scan, version=form.version_read, **values)):
            messages.success(request, _("It is saved what this scan shows."))
            return redirect("scan", scan.pk)
    return form_page(request, scan.client.case, form, title=_("What does this scan show?"), now=now)


@requires(Permission.CASE_CHANGE)
@require_POST
def remove_scan(request: UserRequest, scan_id: UUID) -> HttpResponse:
    now = timezone.now()
    scan = changeable_scan(request.user, scan_id, now)
    actions.remove_scan(scan=scan, by=request.user, now=now)
    messages.success(request, _("The scan is removed. You can take it back for a day; then it is gone for good."))
    return redirect(f"{reverse('case_documents', args=[scan.client.case.code])}#papers-{scan.client.reference}")


@requires(Permission.CASE_CHANGE)
@require_POST
def restore_scan(request: UserRequest, scan_id: UUID) -> HttpResponse:
    now = timezone.now()
    scan = changeable_scan(request.user, scan_id, now)
    actions.restore_scan(scan=scan, by=request.user, now=now)
    messages.success(request, _("The scan is back."))
    return redirect("scan", scan.pk)


@requires(Permission.CASE_CHANGE)
@require_POST
def move_page(request: UserRequest, page_id: UUID) -> HttpResponse:
    now = timezone.now()
    page = changeable_page(request.user, page_id, now)
    actions.move_page(page=page, earlier=request.POST.get("to") == "earlier", by=request.user, now=now)
    return _back_to(page)


@requires(Permission.CASE_CHANGE)
@transaction.non_atomic_requests  # the old files go only when the new ones are committed
@require_POST
def turn_page(request: UserRequest, page_id: UUID) -> HttpResponse:
    now = timezone.now()
    page = changeable_page(request.user, page_id, now)
    quarters = 3 if request.POST.get("to") == "left" else 1
    try:
        actions.turn_page(page=page, quarters=quarters, by=request.user, now=now)
    except Refusal as refusal:
        messages.warning(request, refusal.sentence)
    except storage.CANNOT_BE_READ as problem:
        return unreadable(request, page, problem)
    return _back_to(page)


def _back_to(page: ScanPage) -> HttpResponse:
    return redirect(f"{reverse('scan', args=[page.scan_id])}#page-{page.pk}")
