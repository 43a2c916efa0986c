"""The list of what countries issue, kept by administrators. No people on these pages."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts.roles import Permission
from casework.clients.changes import ChangedMeanwhile
from casework.documents import actions
from casework.documents.models import DocumentType
from casework.lib.number_masks import example_of
from casework.lib.refusals import Refusal
from casework.web.cases.acting import is_done
from casework.web.decorators import requires
from casework.web.request import UserRequest

from .forms import DocumentTypeForm

METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.PROGRAMMES_MANAGE)
@require_safe
def document_types(request: UserRequest) -> HttpResponse:
    types = list(DocumentType.objects.all().by_country())
    context = {
        "in_use": [(row, [example_of(mask) for mask in row.masks]) for row in types if row.retired_at is None],
        "retired": [row for row in types if row.retired_at is not None],
    }
    return render(request, "document_types/document_types.html", context)


@requires(Permission.PROGRAMMES_MANAGE)
@require_http_methods(METHODS)
def add_document_type(request: UserRequest) -> HttpResponse:
    now, by = timezone.now(), request.user
    form = DocumentTypeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        new_id, values = form.cleaned_data["id"], form.values()
        if is_done(form, lambda: actions.add_type(type_id=new_id, by=by, now=now, **values)):
            return _saved(request, form)
    return _page(request, form, _("Add a document type"))


@requires(Permission.PROGRAMMES_MANAGE)
@require_http_methods(METHODS)
def change_document_type(request: UserRequest, type_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    row = get_object_or_404(DocumentType, pk=type_id)
    form = DocumentTypeForm(request.POST or None, initial=DocumentTypeForm.initial_of(row))
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: actions.change_type(row=row, version=version, by=by, now=now, **values)):
            return _saved(request, form)
    return _page(request, form, _("Change a document type"))


@requires(Permission.PROGRAMMES_MANAGE)
@require_POST
def retire_document_type(request: UserRequest, type_id: UUID) -> HttpResponse:
    said = _("It is retired: numbers of this document are not looked at any more.")
    return _turn(request, type_id, actions.retire_type, said)


@requires(Permission.PROGRAMMES_MANAGE)
@require_POST
def restore_document_type(request: UserRequest, type_id: UUID) -> HttpResponse:
    return _turn(request, type_id, actions.restore_type, _("It is in use again."))


def _turn(request: UserRequest, type_id: UUID, act: Any, said: str) -> HttpResponse:
    row = get_object_or_404(DocumentType, pk=type_id)
    try:
        act(row=row, version=row.version, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    except ChangedMeanwhile:
        messages.warning(request, _("Somebody else changed it at this moment. Look at it once more."))
    else:
        messages.success(request, said)
    return redirect("document_types")


def _saved(request: UserRequest, form: DocumentTypeForm) -> HttpResponse:
    messages.success(request, _("The document type is saved."))
    if said := form.said_of_tried():
        messages.info(request, said)
    return redirect("document_types")


def _page(request: UserRequest, form: DocumentTypeForm, title: str) -> HttpResponse:
    context = {"form": form, "title": title, "differences": form.differences}
    status = 200 if form.differences is None else 409
    return render(request, "document_types/form.html", context, status=status)
