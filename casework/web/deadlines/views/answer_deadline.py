"""Answering a deadline in one step from a list, or on a page of its own."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.accounts.roles import Permission
from casework.lib.refusals import Refusal
from casework.residency.actions import DeadlineMoved, waiting_order
from casework.residency.models import Deadline
from casework.residency.rulebook import rules_version
from casework.web.decorators import requires
from casework.web.looking import shown
from casework.web.opening import open_or_404
from casework.web.request import UserRequest
from casework.web.undo import Undo, say_done

from ..freshness import refresh_if_stale
from ..orders import second_look
from ..rows import DeadlineRow, with_people
from ..verbs import VERBS, Verb


@requires(Permission.CASE_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def answer_deadline(request: UserRequest, deadline_id: UUID, answer: str) -> HttpResponse:
    now = timezone.now()
    if answer not in VERBS:
        raise Http404
    verb, deadline = VERBS[answer], _load(request, deadline_id, now)
    form = verb.form(request.POST or None, initial=_initial(request, deadline))
    if request.method == "POST" and form.is_valid():
        try:
            answered = verb.act(deadline=deadline, by=request.user, now=now, **form.values())
        except DeadlineMoved as moved:
            return _moved(request, answer, _load(request, deadline_id, now), moved)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        else:
            say_done(request, str(verb.said), _undo(request, verb, answered))
            return redirect(_next(request, deadline))
    return render(request, "deadlines/answer_deadline.html", _page(request, answer, deadline, form))


def _load(request: UserRequest, deadline_id: UUID, now: datetime) -> Any:
    """Return the deadline as computed from the facts of now, or answer 404.

    Here and not in the action alone: what an action computes before it refuses is rolled back.
    """
    deadlines: Any = Deadline.objects
    rows = with_people(deadlines.changeable_by(request.user, now), now)
    deadline = open_or_404(rows, pk=deadline_id)
    if refresh_if_stale(deadline, rules_version(), now, request.user):
        deadline = open_or_404(rows, pk=deadline_id)
    shown(deadline.client.case_id)
    return deadline


def _initial(request: UserRequest, deadline: Deadline) -> dict[str, Any]:
    undoes = "undo" in request.GET
    order = waiting_order(deadline)
    return {
        "order": order.pk if order else None,
        "seen_on": deadline.drives_on,
        "next": request.GET.get("next", ""),
        "reason": _("Answered by mistake") if undoes else "",
    }


def _page(request: UserRequest, answer: str, deadline: Any, form: Any) -> dict[str, Any]:
    row, verb = DeadlineRow(deadline, deadline.today), VERBS[answer]
    look = second_look(deadline, request.user, may_change=True) if verb.is_second_look else None
    return {
        "verb": verb,
        "answer": answer,
        "row": row,
        "form": form,
        "cancel_url": row.why_url,
        "look": look,
        "nothing_waits": verb.is_second_look and look is None,
    }


def _moved(request: UserRequest, answer: str, deadline: Any, moved: DeadlineMoved) -> HttpResponse:
    """Show both dates and keep what was typed; sent again, the form answers the new date."""
    data = request.POST.copy()
    data["seen_on"] = deadline.drives_on.isoformat() if deadline.drives_on else ""
    form = VERBS[answer].form(data)
    context = _page(request, answer, deadline, form) | {"has_moved_meanwhile": True, "seen_on": moved.seen_on}
    return render(request, "deadlines/answer_deadline.html", context, status=409)


def _undo(request: UserRequest, verb: Verb, deadline: Deadline) -> Undo | None:
    """Return the way back of an answer: to take back this very one, and no other that somebody gave since."""
    decision = deadline.decisions.order_by("-number").first() if verb.can_undo else None
    if decision is None:
        return None
    reason, here = _("Answered by mistake"), _next(request, deadline)
    fields = {"reason": reason, "decision": str(decision.pk), "next": here}
    return Undo(reverse("answer_deadline", args=[deadline.pk, "reopen"]), fields)


def _next(request: UserRequest, deadline: Deadline) -> str:
    """Return where the form came from, if that is a page of ours, else the page of the deadline."""
    wanted = request.POST.get("next", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return reverse("why_this_date", args=[deadline.pk])
