"""What a draft counts: criteria added, worded anew and taken out."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from casework.accounts.roles import Permission
from casework.clients.actions import scores as actions
from casework.clients.models import SchemeVersion
from casework.lib.refusals import Refusal
from casework.lib.scoring_edits import criterion_of, with_criterion, without_criterion
from casework.web.cases.acting import is_done
from casework.web.decorators import requires
from casework.web.forms.pages import one_form_page
from casework.web.needs.scores import criterion_label
from casework.web.request import UserRequest

from .criterion_forms import KINDS, CriterionForm
from .loading import draft_of

METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.PROGRAMMES_MANAGE)
@require_http_methods(METHODS)
def add_criterion(request: UserRequest, version_id: UUID, kind: str) -> HttpResponse:
    draft = draft_of(version_id)
    if kind not in KINDS:
        raise Http404
    form = KINDS[kind](request.POST or None, definition=draft.definition)
    if request.method == "POST":
        form.full_clean()
        form.code = _new_code(form)
        if criterion_of(draft.definition, form.code) is not None:  # sent twice
            return _back(request, draft, _("The criterion is added."))
        if form.is_valid():
            change = partial(with_criterion, criterion=form.criterion())
            if is_done(form, partial(_rework, request, draft, change)):
                return _back(request, draft, _("The criterion is added."))
    titles = {"fact": _("Count a fact"), "yes_no": _("Ask yes or no"), "choice": _("Ask with several answers")}
    return _page(request, draft, form, titles[kind])


@requires(Permission.PROGRAMMES_MANAGE)
@require_http_methods(METHODS)
def change_criterion(request: UserRequest, version_id: UUID, code: str) -> HttpResponse:
    draft: Any = draft_of(version_id)
    criterion = draft.read = _criterion(draft, code)
    kind = KINDS[criterion["kind"]]
    form = kind(request.POST or None, initial=kind.initial_of(draft), code=code, definition=draft.definition)
    if request.method == "POST" and form.is_valid():
        definition = with_criterion(draft.definition, form.criterion())
        write = partial(actions.change_draft_version, draft=draft, definition=definition, version=form.version_read)
        if is_done(form, lambda: write(by=request.user, now=timezone.now())):
            return _back(request, draft, _("The criterion is changed."))
    return _page(request, draft, form, criterion_label(criterion))


@requires(Permission.PROGRAMMES_MANAGE)
@require_POST
def remove_criterion(request: UserRequest, version_id: UUID, code: str) -> HttpResponse:
    """Take a criterion out of the draft; taken out by somebody else meanwhile, it is out all the same."""
    draft = draft_of(version_id)
    try:
        _rework(request, draft, partial(without_criterion, code=code))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("scheme_version", draft.pk)
    return _back(request, draft, _("The criterion is taken out."))


def _rework(request: UserRequest, draft: SchemeVersion, change: Any) -> None:
    actions.rework_draft_version(draft=draft, change=change, by=request.user, now=timezone.now())


def _criterion(draft: SchemeVersion, code: str) -> Mapping[str, Any]:
    criterion = criterion_of(draft.definition, code)
    if criterion is None:
        raise Http404
    return criterion


def _new_code(form: CriterionForm) -> str:
    """Return a code that no criterion had before: answers to a question are kept under its code for ever."""
    return f"c{form.cleaned_data['id'].hex[-10:]}" if form.cleaned_data.get("id") else ""


def _back(request: UserRequest, draft: SchemeVersion, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("scheme_version", draft.pk)


def _page(request: UserRequest, draft: SchemeVersion, form: CriterionForm, title: str) -> HttpResponse:
    cancel_url = reverse("scheme_version", args=[draft.pk])
    return one_form_page(request, form, title=title, who=draft.scheme.name, cancel_url=cancel_url)
