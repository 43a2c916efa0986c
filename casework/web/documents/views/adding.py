"""Adding a scan: several files in one go, each refused or kept by itself."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from casework.accounts.roles import Permission
from casework.clients.models import Client
from casework.documents import actions
from casework.documents.pictures import limits_in_words
from casework.lib.refusals import Refusal
from casework.web.cases.header import case_header
from casework.web.cases.loading import changeable_client
from casework.web.decorators import requires
from casework.web.request import UserRequest

from ..forms import AddScanForm
from ..keeping import keep_file, shown_name
from ..loading import changeable_scan


@requires(Permission.CASE_CHANGE)
@transaction.non_atomic_requests  # decoding takes seconds, and no transaction is open as long
@require_http_methods(["GET", "HEAD", "POST"])
def add_scan(request: UserRequest, reference: str) -> HttpResponse:
    now = timezone.now()
    client = changeable_client(request.user, reference, now)
    # Bound to a form that came empty too, as one does whose line was cut: then it says what is missing.
    is_sent = request.method == "POST"
    sent = (request.POST, request.FILES) if is_sent else ()
    form = AddScanForm(*sent, client=client, initial=_initial(request))
    if is_sent:
        kept = _keep(form, request, now) if form.is_valid() else 0
        if _wants_json(request):
            return _in_json(form, kept)
        if not form.errors:
            said = ngettext("%(count)s page is saved.", "%(count)s pages are saved.", kept) % {"count": kept}
            messages.success(request, said)
            return redirect(reverse("scan", args=[form.cleaned_data["id"]]))
    return _page(request, client, form, now)


def _keep(form: AddScanForm, request: UserRequest, now: datetime) -> int:
    """Keep each file that can be kept; say of the others why not. Return the number of pages that came."""
    values, kept = form.cleaned_data, 0
    files, place = values["files"], values["place"] or 0
    scan_id, replaces = values["id"], values["replaces"]
    about: dict[str, Any] = {"kind": values["kind"], "document": values["document"], "by": request.user, "now": now}
    for number, upload in enumerate(files, start=place):
        try:
            _scan, added = keep_file(upload, client=form.client, scan_id=scan_id, place=number, **about)
            kept += added
        except Refusal as refusal:
            # A script sends one file at a time and knows which.
            which = "" if _wants_json(request) else f"{shown_name(upload)}: "
            form.add_error("files", f"{which}{refusal.sentence}")
    if replaces and not form.errors:
        old = changeable_scan(request.user, replaces, now)
        actions.remove_scan(scan=old, by=request.user, now=now)
    if form.errors:
        # Sent again from this page, other files go into the same scan, after those that are kept.
        data: Any = form.data.copy()  # type: ignore[attr-defined]
        data["place"] = str(place + len(files))
        form.data = data
    form.kept = kept
    return kept


def _in_json(form: AddScanForm, kept: int) -> JsonResponse:
    if form.errors:
        sentences = [str(each) for errors in form.errors.values() for each in errors]
        return JsonResponse({"error": " ".join(sentences)}, status=422)
    return JsonResponse({"kept": kept, "url": reverse("scan", args=[form.cleaned_data["id"]])})


def _wants_json(request: UserRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _initial(request: UserRequest) -> dict[str, Any]:
    asked = {name: request.GET.get(name, "") for name in ("document", "replaces")}
    if asked["replaces"]:
        try:
            UUID(asked["replaces"])
        except ValueError:
            asked["replaces"] = ""
    return asked


def _page(request: UserRequest, client: Client, form: AddScanForm, now: datetime) -> HttpResponse:
    context = {
        "header": case_header(client.case, now, here="case_documents"),
        "client": client,
        "form": form,
        "kept": form.kept,
        "limits": limits_in_words(),
        "documents_url": reverse("case_documents", args=[client.case.code]),
    }
    return render(request, "documents/add_scan.html", context)
