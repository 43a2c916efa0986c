"""Who has the original of a document: its log, what is written down, and the list of all that are away."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import BooleanField, DateField, ExpressionWrapper, Value
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.access import cases_visible_to
from casework.clients.changes import ChangedMeanwhile
from casework.documents import actions
from casework.documents.models import Custody, Document
from casework.documents.numbers import doubt_about
from casework.lib.dates import today_in
from casework.lib.refusals import Refusal
from casework.web.cases.acting import form_page, is_done
from casework.web.cases.header import case_header
from casework.web.decorators import requires
from casework.web.filters import chips
from casework.web.opening import open_or_404
from casework.web.paging import keyset_page
from casework.web.request import UserRequest
from casework.web.sheet.views import LANGUAGES, language_asked

from .forms import CustodyForm, OriginalsFilterForm, ReturnForm

METHODS = ["GET", "HEAD", "POST"]
NO_DAY = date(9999, 12, 31)  # where an original without an expected return stands in the list


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One original that is away."""

    custody: Custody
    is_late: bool


@requires(Permission.CASE_VIEW)
@require_safe
def originals(request: UserRequest) -> HttpResponse:
    now = timezone.now()
    form = OriginalsFilterForm(request.GET)
    form.full_clean()
    rows: Any = Custody.objects.visible_to(request.user, now).open()
    if holder := form.cleaned_data.get("holder"):
        rows = rows.filter(holder=holder)
    rows = rows.annotate(due=Coalesce("expected_back_on", Value(NO_DAY), output_field=DateField()))
    rows = rows.select_related("data_key", "document__client__data_key", "document__client__case__team")
    page = keyset_page(rows, ("due", "since", "id"), request.GET, request.path)
    shown = sorted({str(row.document.client.case_id) for row in page.rows})
    record("documents.originals_listed", by=request.user, now=now, cases=shown)
    context = {
        "page": page,
        "rows": [Row(custody=row, is_late=row.is_late(_today(row.document, now))) for row in page.rows],
        "form": form,
        "chips": chips(form, request.GET, request.path),
    }
    return render(request, "custody/originals.html", context)


@requires(Permission.CASE_VIEW)
@require_safe
def document_custody(request: UserRequest, document_id: UUID) -> HttpResponse:
    now = timezone.now()
    document = _document(request.user, document_id, now)
    custodies: Any = Custody.objects
    log = list(
        custodies.filter(document=document)
        .select_related("data_key", "recorded_by__data_key", "returned_by__data_key")
        .newest_first()
    )
    context = {
        "document": document,
        "client": document.client,
        "header": case_header(document.client.case, now, here="case_documents"),
        "log": log,
        "is_away": any(row.returned_on is None for row in log),
        "today": _today(document, now),
        "doubt": doubt_about(document),
        "may_change": document.may_change,
    }
    case_id = document.client.case_id
    record("documents.custody_seen", subject=document, case_id=case_id, by=request.user, now=now)
    return render(request, "custody/document.html", context)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def hand_over_original(request: UserRequest, document_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    document = _document(by, document_id, now, permission=Permission.CASE_CHANGE)
    today = _today(document, now)
    form = CustodyForm(request.POST or None, initial={"since": today})
    if request.method == "POST" and form.is_valid():
        new_id, values = form.cleaned_data["id"], form.values()
        if is_done(
            form,
            lambda: actions.hand_over_original(
                document=document, custody_id=new_id, by=by, now=now, today=today, **values
            ),
        ):
            return _back(request, document, _("It is written down where the original is."))
    return _form(request, document, form, _("Hand over the original"), now)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def change_custody(request: UserRequest, custody_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    custody = _custody(by, custody_id, now)
    today = _today(custody.document, now)
    form = CustodyForm(request.POST or None, initial=CustodyForm.initial_of(custody))
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(
            form,
            lambda: actions.change_custody(custody=custody, version=version, by=by, now=now, today=today, **values),
        ):
            return _back(request, custody.document, _("It is corrected."))
    return _form(request, custody.document, form, _("Correct where the original is"), now)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def record_return(request: UserRequest, custody_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    custody = _custody(by, custody_id, now)
    today = _today(custody.document, now)
    form = ReturnForm(request.POST or None, initial=ReturnForm.initial_today(custody, today))
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(
            form,
            lambda: actions.record_return(custody=custody, version=version, by=by, now=now, today=today, **values),
        ):
            return _back(request, custody.document, _("The original came back."))
    return _form(request, custody.document, form, _("Record that it came back"), now)


@requires(Permission.CASE_CHANGE)
@require_POST
def reopen_custody(request: UserRequest, custody_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    custody = _custody(by, custody_id, now)
    try:
        actions.reopen_custody(custody=custody, version=custody.version, by=by, now=now)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("document_custody", custody.document_id)
    return _back(request, custody.document, _("The original is away again."))


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def remove_custody(request: UserRequest, custody_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    custody = _custody(by, custody_id, now)
    if request.method == "POST":
        try:
            actions.remove_custody(custody=custody, version=custody.version, by=by, now=now)
        except (ChangedMeanwhile, Custody.DoesNotExist):
            messages.warning(request, _("Somebody else changed it at this moment. Look at it before you remove it."))
            return redirect("document_custody", custody.document_id)
        return _back(request, custody.document, _("It was removed. The audit keeps who removed it and when."))
    context = {
        "title": _("Remove this hand-over?"),
        "text": _("Only what was recorded by mistake is removed. What came back is recorded as a return instead."),
        "act_label": _("Remove this hand-over"),
        "is_danger": True,
        "cancel_url": reverse("document_custody", args=[custody.document_id]),
    }
    return render(request, "components/confirm_page.html", context)


@requires(Permission.CASE_VIEW)
@require_safe
def receipt(request: UserRequest, custody_id: UUID) -> HttpResponse:
    """On paper for whoever gave it or gets it back, in a language that they read."""
    now = timezone.now()
    custodies: Any = Custody.objects
    custody = open_or_404(
        custodies.visible_to(request.user, now).select_related(
            "data_key", "document__data_key", "document__client__data_key", "document__client__case__team"
        ),
        pk=custody_id,
    )
    case_id = custody.document.client.case_id
    record("documents.receipt_printed", subject=custody, case_id=case_id, by=request.user, now=now)
    client = custody.document.client
    language = language_asked(request.GET, client)
    context = {
        "custody": custody,
        "document": custody.document,
        "client": client,
        "language": language,
        "languages": LANGUAGES.items(),
    }
    with translation.override(language):
        context["receipt"] = render_to_string("custody/_receipt.html", context)
    return render(request, "custody/receipt.html", context)


def _document(user: User, document_id: UUID, now: datetime, *, permission: Permission = Permission.CASE_VIEW) -> Any:
    """Return the document with its person, case and `may_change`, or answer 404."""
    may_see = cases_visible_to(user, now, permission=permission, prefix="client__case__")
    may_change: Any = cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix="client__case__")
    documents: Any = Document.objects
    rows = documents.filter(may_see).annotate(may_change=ExpressionWrapper(may_change, BooleanField()))
    return open_or_404(
        rows.select_related("data_key", "client__data_key", "client__case__data_key", "client__case__team"),
        pk=document_id,
    )


def _custody(user: User, custody_id: UUID, now: datetime) -> Any:
    """Return the custody of an original in a case that this user may change, or answer 404."""
    may_change = cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix="document__client__case__")
    custodies: Any = Custody.objects
    return open_or_404(
        custodies.filter(may_change).select_related(
            "data_key",
            "document__data_key",
            "document__client__data_key",
            "document__client__case__data_key",
            "document__client__case__team",
        ),
        pk=custody_id,
    )


def _today(document: Document, now: datetime) -> date:
    return today_in(document.client.case.team.time_zone, now)


def _form(request: UserRequest, document: Document, form: Any, title: str, now: datetime) -> HttpResponse:
    who = f"{document.client.full_name}: {document.get_kind_display()}"
    return form_page(request, document.client.case, form, title=title, now=now, who=who)


def _back(request: UserRequest, document: Document, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("document_custody", document.pk)
