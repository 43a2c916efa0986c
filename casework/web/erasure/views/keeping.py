"""How long things are kept, and what is kept longer than that."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.access import cases_visible_to
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Erasure, RetentionPeriod
from casework.lib.refusals import Refusal
from casework.lifecycle.erasure import acts
from casework.lifecycle.erasure.periods import BY_COMMAND, change_period, older, periods
from casework.lifecycle.erasure.rules import How, of_kind
from casework.vault import registry
from casework.web.decorators import requires
from casework.web.forms.pages import one_form_page
from casework.web.request import UserRequest, permissions_in
from casework.web.sign_in.step_up import ask_again

from ..forms import PeriodsForm

AT_ONCE = 50
METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.PROCESSING_VIEW)
@require_safe
def retention(request: UserRequest) -> HttpResponse:
    """What becomes of every class of the register: periods, what goes by itself, what stays and why. No number of what is due: it would tell of people."""
    words, held = registry.retentions(), permissions_in(request)
    rows = [(period, words[kind], kind in BY_COMMAND) for kind, period in periods().items()]
    context = {
        "rows": rows,
        "swept": [(rule, words[kind]) for kind, rule in of_kind(How.SWEPT)],
        "kept": [(rule, words[kind]) for kind, rule in of_kind(How.KEPT)],
        "command": "bin/manage erase_older --erase",
        "may_change": Permission.ACCOUNTS_MANAGE in held,
        "may_list": Permission.CASE_ASSIGN in held,
    }
    return render(request, "erasure/retention.html", context)


@requires(Permission.ACCOUNTS_MANAGE)
@require_http_methods(METHODS)
def change_retention(request: UserRequest) -> HttpResponse:
    now, by = timezone.now(), request.user
    known = periods()
    form = PeriodsForm(request.POST or None, initial=PeriodsForm.initial_of(known))
    if request.method == "POST" and form.is_valid():
        try:
            if form.cleaned_data["seen"] != form.initial["seen"]:
                raise ChangedMeanwhile(known[RetentionPeriod.Kind.CASE], form.cleaned_data)
            for kind in RetentionPeriod.Kind.values:
                change_period(kind=kind, months=form.cleaned_data[kind], version=known[kind].version, by=by, now=now)
        except ChangedMeanwhile:
            form.add_error(None, _("Somebody else has changed this meanwhile. Look at it again."))
        else:
            messages.success(request, _("The periods are saved."))
            return redirect("retention")
    text = _(
        "In months after the end: of the case, of the decision about a referral, of a complaint. Empty: until somebody erases it."
    )
    return one_form_page(request, form, title=_("How long things are kept"), cancel_url=reverse("retention"), text=text)


@requires(Permission.CASE_ASSIGN)
@require_http_methods(METHODS)
def kept_too_long(request: UserRequest) -> HttpResponse:
    """Closed cases that are older than the period: ticked, they are asked for, and somebody else confirms each."""
    now, by = timezone.now(), request.user
    mine = cases_visible_to(by, now, permission=Permission.CASE_ASSIGN, archived=True)
    waiting = Erasure.objects.waiting().filter(client_id=None).values("case_id")
    rows: Any = older(RetentionPeriod.Kind.CASE, now).filter(mine).exclude(pk__in=waiting)
    rows = list(rows.select_related("team").order_by("closed_at", "pk")[:AT_ONCE])
    if request.method == "POST":
        ask_again(request)
        ticked = set(request.POST.getlist("case"))
        asked, refused = 0, []
        for case in rows:
            if str(case.pk) in ticked:
                try:
                    acts.ask_to_erase(case=case, reason=Erasure.Reason.PERIOD, by=by, now=now)
                    asked += 1
                except Refusal as refusal:
                    refused.append(f"{case.code}: {refusal.sentence}")
        for line in refused:
            messages.warning(request, line)
        told = ngettext("Asked to erase %(count)s case.", "Asked to erase %(count)s cases.", asked) % {"count": asked}
        messages.success(request, told)
        return redirect("erasures" if asked and not refused else "kept_too_long")
    record("lifecycle.kept_too_long_listed", by=by, now=now, cases=sorted(str(case.pk) for case in rows))
    context = {"rows": rows, "months": periods()[RetentionPeriod.Kind.CASE].months, "at_once": AT_ONCE}
    return render(request, "erasure/kept_too_long.html", context)
