"""Several cases at once: looked at first, then done to each by itself, and said in words what came of it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from casework.accounts.access import people_with
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Case
from casework.lib.refusals import Refusal
from casework.web.decorators import requires
from casework.web.opening import ask_where_restricted
from casework.web.request import UserRequest
from casework.web.undo import Undo, say_done

from ..forms.several import ACTS, SeveralForm
from ..made import Made, in_short, made_in

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
    return _changeable(request.user, request.POST.getlist("case")[:AT_ONCE], now)


def _changeable(user: User, codes: Sequence[str], now: datetime) -> list[Case]:
    """Return the cases that this user may change. Raises ProofNeeded if a restricted one is among them."""
    cases: Any = Case.objects
    rows = cases.changeable_by(user, now).filter(code__in=codes)
    found = list(rows.select_related("data_key", "team", "caseworker__data_key").order_by("code"))
    if restricted := next((case for case in found if case.restricted), None):
        ask_where_restricted(restricted)
    return found


def _do(request: UserRequest, form: SeveralForm, cases: list[Case], now: datetime) -> None:
    """Act on each case in a transaction of its own, and say of how many it was done, and of which not and why."""
    made: list[Made] = []

    def act(case: Case) -> None:
        version = _seen(request, case)
        before = form.do(case, version=version, by=request.user, now=now)
        if before is not None:
            made.append(Made(code=case.code, version=version + 1 if form.writes_case else 1, before=before))

    done, left = _one_by_one(cases, act)
    said = ngettext("Done for %(count)s case.", "Done for %(count)s cases.", done) % {"count": done}
    if done:
        fields = {"act": request.POST["act"], "made": in_short(made)}
        say_done(request, said, Undo(reverse("take_back_several"), fields) if made else None)
    else:
        messages.info(request, said)
    for sentence in left:
        messages.warning(request, sentence)


@requires(Permission.CASE_CHANGE)
@require_POST
def take_back_several(request: UserRequest) -> HttpResponse:
    """Undo what was done to several cases, of each that nobody has changed since; say which stay as they are, and why."""
    now, by = timezone.now(), request.user
    form = ACTS.get(request.POST.get("act", ""))
    made = {each.code: each for each in made_in(request.POST.get("made", ""))[:AT_ONCE]}
    if form is None or not made:
        raise Http404
    cases = _changeable(by, list(made), now)

    def act(case: Case) -> None:
        mine = made[case.code]
        form.take_back(case, before=mine.before, version=mine.version, by=by, now=now)

    done, left = _one_by_one(cases, act)
    said = ngettext("Undone for %(count)s case.", "Undone for %(count)s cases.", done) % {"count": done}
    (messages.success if done else messages.info)(request, said)
    for sentence in left:
        messages.warning(request, sentence)
    if gone := len(made) - len(cases):
        text = ngettext(
            "%(count)s case stays as it is: you cannot change it any more.",
            "%(count)s cases stay as they are: you cannot change them any more.",
            gone,
        )
        messages.warning(request, text % {"count": gone})
    return redirect("cases")


def _one_by_one(cases: list[Case], act: Callable[[Case], None]) -> tuple[int, list[str]]:
    """Act on each case in a transaction of its own; return for how many it was done, and a sentence for each other."""
    done, left = 0, []
    for case in cases:
        try:
            with transaction.atomic():
                act(case)
        except Refusal as refusal:
            left.append(f"{case.code}: {refusal.sentence}")
        except ChangedMeanwhile:
            left.append(_("%(code)s: somebody else has changed it meanwhile.") % {"code": case.code})
        else:
            done += 1
    return done, left


def _seen(request: UserRequest, case: Case) -> int:
    """Return the version that the page showed; 0, which no case has, if it showed none."""
    shown = request.POST.get(f"version_{case.code}", "")
    return int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 10 else 0
