"""What waits to be erased, what would go, and the act of the second person."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import Case, Erasure
from casework.lib.refusals import Refusal
from casework.lifecycle.erasure import acts
from casework.lifecycle.erasure.reach import unassigned
from casework.web.components import SummaryRow
from casework.web.decorators import requires
from casework.web.forms.errors import refuse
from casework.web.request import UserRequest
from casework.web.sheet.views import LANGUAGES, language_asked

from ..confirmation import number_of, office, went
from ..forms import ConfirmForm
from ..loading import done_erasure_or_404, erasure_or_404, erasure_to_confirm, shown_erasures
from ..rows import counted, erasure_rows

AT_MOST = 100


@requires(Permission.CASE_CHANGE)
@require_safe
def erasures(request: UserRequest) -> HttpResponse:
    now = timezone.now()
    shown: Any = shown_erasures(request.user, now)
    waiting = erasure_rows(shown.waiting().oldest_first()[:AT_MOST])
    over = erasure_rows(shown.exclude(state=Erasure.State.ASKED).order_by("-decided_at")[:AT_MOST])
    about = {str(row["erasure"].case_id) for row in (*waiting, *over)}
    record("lifecycle.erasures_listed", by=request.user, now=now, cases=sorted(about))
    return render(request, "erasure/erasures.html", {"waiting": waiting, "over": over})


@requires(Permission.CASE_CHANGE)
@require_safe
def erasure(request: UserRequest, erasure_id: UUID) -> HttpResponse:
    """One erasure: what would go, or what went and what stayed."""
    now = timezone.now()
    found = erasure_or_404(request.user, erasure_id, now)
    (row,) = erasure_rows([found])
    case = Case.objects.filter(pk=found.case_id).first()
    context = {
        "row": row,
        "erasure": found,
        "number": number_of(found),
        "case": case,
        "gone": counted(acts.reach_of_erasure(found).counts() if found.is_waiting else found.counts),
        "remains": counted(found.remains),
        "hindrance": acts.why_not(case, None, now) if case and found.is_waiting and found.client_id is None else "",
        "is_own": found.asked_by_id == request.user.pk,
        "unassigned": _unassigned(found) if found.is_waiting and found.client_id else [],
    }
    record("lifecycle.erasure_seen", subject=found, case_id=found.case_id, by=request.user, now=now)
    return render(request, "erasure/erasure.html", context)


@requires(Permission.CASE_CHANGE)
@require_safe
def erasure_confirmation(request: UserRequest, erasure_id: UUID) -> HttpResponse:
    """On paper for whoever was erased: what went, what stays and why, in a language that they read."""
    found = done_erasure_or_404(request.user, erasure_id, timezone.now())
    record("lifecycle.confirmation_printed", subject=found, case_id=found.case_id, by=request.user, now=timezone.now())
    language, lines = language_asked(request.GET), office()
    asked = request.GET.get("office") == "on"
    context: dict[str, Any] = {
        "erasure": found,
        "number": number_of(found),
        "went": went(found),
        "office": lines if asked else [],
        "has_office": bool(lines),
        "kept": [("office", "on")] if asked else [],
        "language": language,
        "languages": LANGUAGES.items(),
    }
    with translation.override(language):
        context["paper"] = render_to_string("erasure/_confirmation.html", context)
    return render(request, "erasure/confirmation.html", context)


@requires(Permission.CASE_ASSIGN, step_up=True)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_erasure(request: UserRequest, erasure_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    found, case = erasure_to_confirm(by, erasure_id, now)
    form = ConfirmForm(request.POST or None, case=case)
    if request.method == "POST" and form.is_valid():
        try:
            acts.confirm_erasure(erasure=found, by=by, now=now)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("It is erased."))
            return redirect("erasure", erasure_id)
    (row,) = erasure_rows([found])
    context = {
        "title": _("Erase %(what)s for good?") % {"what": row["what"]},
        "rows": counted(acts.reach_of_erasure(found).counts()),
        "text": _("This goes in the moment you confirm, and nobody can bring it back."),
        "warning": acts.why_not(case, None, now) if found.client_id is None else "",
        "form": form,
        "act_label": _("Erase for good"),
        "is_danger": True,
        "cancel_url": reverse("erasure", args=[erasure_id]),
    }
    record("lifecycle.erasure_seen", subject=found, case_id=found.case_id, by=by, now=now)
    return render(request, "components/confirm_page.html", context)


@requires(Permission.CASE_CHANGE)
@require_POST
def withdraw_erasure(request: UserRequest, erasure_id: UUID) -> HttpResponse:
    """Take back what one has asked for; a colleague's request is refused by it."""
    now, by = timezone.now(), request.user
    found = erasure_or_404(by, erasure_id, now)
    found = acts.withdraw_erasure(erasure=found, by=by, now=now)
    if found.state != Erasure.State.DONE:
        messages.success(request, _("Nothing is erased."))
    return redirect("erasures")


def _unassigned(found: Erasure) -> list[SummaryRow]:
    """Return how much is written of the case and names nobody, for whoever decides about one person of it."""
    return counted({model._meta.label: rows.count() for model, rows in unassigned(found.case_id)})
