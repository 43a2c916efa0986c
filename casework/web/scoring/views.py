"""Schemes and their versions: which there are, what each counts, drafts begun, weighed and thrown away."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts.roles import Permission
from casework.clients.actions import scores as actions
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Programme, Scheme, SchemeVersion
from casework.lib.scoring_edits import with_limits
from casework.web.cases.acting import is_done
from casework.web.decorators import requires
from casework.web.forms.pages import one_form_page
from casework.web.request import UserRequest

from . import rows
from .forms import SchemeForm, WeightsForm
from .loading import draft_of, version_of

METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.PROGRAMMES_MANAGE)
@require_safe
def scoring(request: UserRequest) -> HttpResponse:
    schemes = rows.scheme_rows()
    context = {
        "schemes": [row for row in schemes if row.scheme.archived_at is None],
        "archived": [row for row in schemes if row.scheme.archived_at is not None],
    }
    return render(request, "scoring/scoring.html", context)


@requires(Permission.PROGRAMMES_MANAGE)
@require_http_methods(METHODS)
def create_scheme(request: UserRequest) -> HttpResponse:
    now, by = timezone.now(), request.user
    form = SchemeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token, values = form.cleaned_data["id"], form.values()
        made: list[SchemeVersion] = []
        if is_done(form, lambda: made.append(actions.create_scheme(scheme_id=token, by=by, now=now, **values))):
            messages.success(request, _("The scheme is made. Now say what it counts."))
            return redirect("scheme_version", made[0].pk)
    return one_form_page(request, form, title=_("Make a scoring scheme"), cancel_url=reverse("scoring"))


@requires(Permission.PROGRAMMES_MANAGE)
@require_POST
def draft_scheme(request: UserRequest, scheme_id: UUID) -> HttpResponse:
    """Begin a new version as a copy of what is in force; go to the draft if there is one already."""
    scheme = get_object_or_404(Scheme, pk=scheme_id, archived_at__isnull=True)
    draft = actions.draft_version(scheme=scheme, by=request.user, now=timezone.now())
    return redirect("scheme_version", draft.pk)


@requires(Permission.PROGRAMMES_MANAGE)
@require_http_methods(METHODS)
def archive_scheme(request: UserRequest, scheme_id: UUID) -> HttpResponse:
    scheme = get_object_or_404(Scheme, pk=scheme_id)
    if request.method == "POST":
        actions.archive_scheme(scheme=scheme, by=request.user, now=timezone.now())
        messages.success(request, _("The scheme is archived."))
        return redirect("scoring")
    context = {
        "title": _("Archive the scheme %(name)s?") % {"name": scheme.name},
        "text": _(
            "No case is scored by it any more, and its points are not shown as those of today. They stay on record."
        ),
        "act_label": _("Archive this scheme"),
        "cancel_url": reverse("scoring"),
        "is_danger": True,
    }
    return render(request, "components/confirm_page.html", context)


@requires(Permission.PROGRAMMES_MANAGE)
@require_http_methods(METHODS)
def scheme_version(request: UserRequest, version_id: UUID) -> HttpResponse:
    """What a version counts; of a draft, every number of it to change."""
    version = version_of(version_id)
    if version.is_published:
        return _published(request, version)
    names, in_use = rows.programme_names(), list(Programme.objects.in_use().by_name())
    form = WeightsForm(request.POST if request.method == "POST" else None, draft=version, programmes=in_use)
    if request.method == "POST" and form.is_valid() and _weigh(request, version, form):
        messages.success(request, _("The draft is saved."))
        return redirect("scheme_version", version.pk)
    context = {
        "version": version,
        "form": form,
        "differences": form.differences,
        "problems": rows.problem_rows(version.definition),
        "names": names,
    }
    return render(request, "scoring/draft.html", context, status=200 if form.differences is None else 409)


@requires(Permission.PROGRAMMES_MANAGE)
@require_http_methods(METHODS)
def discard_draft(request: UserRequest, version_id: UUID) -> HttpResponse:
    draft = draft_of(version_id)
    if request.method == "POST":
        try:
            actions.discard_draft_version(draft=draft, version=draft.version, by=request.user, now=timezone.now())
        except ChangedMeanwhile:
            messages.error(request, _("Somebody else is changing this draft right now. Look at it again."))
            return redirect("scheme_version", draft.pk)
        messages.success(request, _("The draft is thrown away."))
        return redirect("scoring")
    context = {
        "title": _("Throw this draft away?"),
        "text": _("What is in force stays as it is."),
        "act_label": _("Throw it away"),
        "cancel_url": reverse("scheme_version", args=[draft.pk]),
        "is_danger": True,
    }
    return render(request, "components/confirm_page.html", context)


def _weigh(request: UserRequest, draft: SchemeVersion, form: WeightsForm) -> bool:
    definition = {**draft.definition, "criteria": form.weighed()}
    definition = with_limits(definition, cap=form.cleaned_data["cap"], thresholds=form.thresholds_typed())
    write = partial(actions.change_draft_version, draft=draft, definition=definition, version=form.version_read)
    return is_done(form, lambda: write(by=request.user, now=timezone.now()))


def _published(request: UserRequest, version: SchemeVersion) -> HttpResponse:
    definition: dict[str, Any] = version.definition
    newest = version.scheme.versions.published().order_by("-number").values_list("pk", flat=True)[0]
    context = {
        "version": version,
        "criteria": rows.criterion_rows(definition),
        "cap": definition.get("cap"),
        "thresholds": rows.threshold_rows(definition, rows.programme_names()),
        "is_in_force": version.pk == newest and version.scheme.archived_at is None,
        "scored": rows.cases_in_words(rows.scored_by(version)),
        "is_scoring": version.job is not None and version.job.state in ("waiting", "running"),
    }
    return render(request, "scoring/version.html", context)
