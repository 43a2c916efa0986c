"""Whose work can be handed over; the plan, looked at before it is done; what was handed over, and the way back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts.access import memberships
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import Case, Client, HandOver
from casework.lib.refusals import Refusal
from casework.lifecycle.leavers import hand_over as hand_everything_over
from casework.lifecycle.leavers import leavers_of, work_of
from casework.lifecycle.leavers import undo_hand_over as give_back
from casework.residency.actions import ensure_fresh
from casework.web.cases.acting import is_done
from casework.web.cases.forms.intake import in_short
from casework.web.decorators import requires
from casework.web.request import UserRequest

from .forms import HandOverForm
from .rows import case_rows, moved_counts, moved_rows, what_happens, what_is_there

METHODS = ["GET", "HEAD", "POST"]
AT_MOST = 50


@requires(Permission.CASE_ASSIGN)
@require_safe
def leavers(request: UserRequest) -> HttpResponse:
    """Colleagues of the teams whose cases the reader gives out, and what was handed over lately."""
    now, by = timezone.now(), request.user
    teams = memberships(by, Permission.CASE_ASSIGN, now).values("team")
    mine = Q(cases__status=Case.Status.OPEN, cases__team__in=teams, cases__restricted=False)
    people = leavers_of(by, now).select_related("data_key").annotate(many=Count("cases", filter=mine, distinct=True))
    rows = sorted(people, key=lambda it: (in_short(it), it.pk))
    every: Any = HandOver.objects
    done = every.of_teams_of(by, now).newest_first().select_related("user__data_key", "by__data_key")[:AT_MOST]
    record("lifecycle.leavers_listed", by=by, now=now, users=[str(it.pk) for it in rows])
    return render(request, "leaving/leavers.html", {"rows": rows, "done": done})


@requires(Permission.CASE_ASSIGN)
@require_http_methods(METHODS)
def hand_over(request: UserRequest, user_id: UUID) -> HttpResponse:
    """The plan. Sent once it says what will happen, confirmed it happens."""
    now, by = timezone.now(), request.user
    if (earlier := _sent_before(request, user_id)) is not None:
        return redirect("made_hand_over", earlier)
    user = get_object_or_404(leavers_of(by, now).select_related("data_key"), pk=user_id)
    work = work_of(user, by, now)
    sent = request.POST if request.method == "POST" else None
    form = HandOverForm(sent, work=work)
    happens: list[str] = []
    if sent is not None and form.is_valid():
        plan, made = form.plan(), form.cleaned_data["id"]
        if "confirmed" in request.POST:
            if is_done(form, lambda: hand_everything_over(user=user, plan=plan, by=by, now=now, hand_over_id=made)):
                messages.success(request, _("Everything is handed over, and their access has ended."))
                return redirect("made_hand_over", made)
        else:
            happens = what_happens(work, plan)
    ids = [str(it.pk) for it in work.cases]
    record("lifecycle.work_seen", subject=user, by=by, now=now, cases=ids)
    context = {
        "leaver": user,
        "form": form,
        "being_computed": ensure_fresh(Client.objects.filter(case__in=work.cases).values("pk"), now, by),
        "rows": case_rows(work, form, now),
        "there": what_is_there(work),
        "happens": happens,
        "nobody": not work.everybody(),
    }
    return render(request, "leaving/hand_over.html", context)


@requires(Permission.CASE_ASSIGN)
@require_safe
def made_hand_over(request: UserRequest, hand_over_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    every: Any = HandOver.objects
    rows = every.of_teams_of(by, now).select_related("user__data_key", "by__data_key", "undone_by__data_key")
    found = get_object_or_404(rows, pk=hand_over_id)
    cases: Any = Case.objects
    ids = [pk for label, pk, _was, _became in found.changes if label == "clients.Case"]
    seen = {it.pk: it for it in cases.visible_to(by, now).filter(pk__in=ids)}
    people = {it for _label, _pk, *both in found.changes for it in both if it}
    names = {str(it.pk): in_short(it) for it in User.objects.filter(pk__in=people).select_related("data_key")}
    record("lifecycle.hand_over_seen", subject=found, by=by, now=now)
    context = {
        "hand_over": found,
        "leaver": in_short(found.user),
        "rows": moved_rows(found, seen, names),
        "counts": moved_counts(found),
        "may_undo": found.may_be_undone(now),
    }
    return render(request, "leaving/made_hand_over.html", context)


@requires(Permission.CASE_ASSIGN)
@require_POST
def undo_hand_over(request: UserRequest, hand_over_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    every: Any = HandOver.objects
    found = get_object_or_404(every.of_teams_of(by, now), pk=hand_over_id)
    try:
        give_back(hand_over=found, by=by, now=now)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("They have their work and their roles again, but for what was handed on since."))
    return redirect("made_hand_over", hand_over_id)


def _sent_before(request: UserRequest, user_id: UUID) -> UUID | None:
    """Return the hand-over that this form made when it was sent before."""
    try:
        sent = UUID(request.POST.get("id", ""))
    except ValueError:
        return None
    made = HandOver.objects.filter(pk=sent, by=request.user, user=user_id)
    return made.values_list("pk", flat=True).first()
