"""Several cases at once: looked at first, then done to each by itself, and said in words what came of it."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from casework.accounts.access import people_with
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Case
from casework.lib.refusals import Refusal
from casework.web.decorators import requires
from casework.web.opening import ask_where_restricted
from casework.web.request import UserRequest

from ..forms.several import ACTS, SeveralForm

AT_ONCE = 100


@requires(Permission.CASE_CHANGE)
@require_POST
def several_cases(request: UserRequest) -> HttpResponse:
    """Show the ticked cases with what would be done to them; with `confirmed`, do it."""
    now, by = timezone.now(), request.user
    if request.POST.get("act") not in ACTS:
        raise Http404
    ticked = _ticked(request, now)
    if not ticked:
        messages.info(request, _("Tick the cases first."))
        return redirect("cases")
    is_confirmed = "confirmed" in request.POST
    colleagues = people_with(Permission.CASE_CHANGE, {case.team for case in ticked}, now)
    kind = ACTS[request.POST["act"]]
    form = kind(request.POST if is_confirmed else None, colleagues=colleagues, today=timezone.localdate(now))
    if is_confirmed and form.is_valid():
        _do(request, form, ticked, now)
        return redirect("cases")
    record("clients.cases_listed", by=by, now=now, cases=[str(case.pk) for case in ticked])
    return render(request, "cases/several.html", {"form": form, "cases": ticked, "act": request.POST["act"]})


def _ticked(request: UserRequest, now: datetime) -> list[Case]:
    """Return the ticked cases that this user may change. Raises ProofNeeded if a restricted one is among them."""
    cases: Any = Case.objects
    codes = request.POST.getlist("case")[:AT_ONCE]
    rows = cases.changeable_by(request.user, now).filter(code__in=codes)
    found = list(rows.select_related("data_key", "team", "caseworker__data_key").order_by("code"))
    if restricted := next((case for case in found if case.restricted), None):
        ask_where_restricted(restricted)
    return found


def _do(request: UserRequest, form: SeveralForm, cases: list[Case], now: datetime) -> None:
    """Act on each case in a transaction of its own, and say of how many it was done, and of which not and why."""
    done, left = 0, []
    for case in cases:
        try:
            with transaction.atomic():
                form.do(case, version=_seen(request, case), by=request.user, now=now)
        except Refusal as refusal:
            left.append(f"{case.code}: {refusal.sentence}")
        except ChangedMeanwhile:
            left.append(_("%(code)s: somebody else has changed it meanwhile.") % {"code": case.code})
        else:
            done += 1
    said = ngettext("Done for %(count)s case.", "Done for %(count)s cases.", done) % {"count": done}
    (messages.success if done else messages.info)(request, said)
    for sentence in left:
        messages.warning(request, sentence)


def _seen(request: UserRequest, case: Case) -> int:
    """Return the version that the page showed; 0, which no case has, if it showed none."""
    shown = request.POST.get(f"version_{case.code}", "")
    return int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 10 else 0
