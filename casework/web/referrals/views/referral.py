"""One referral: looked at, and taken a step further."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import Referral, ReferralStep, Share
from casework.clients.referring import hindrances
from casework.web.cases.acting import is_done
from casework.web.cases.forms.intake import in_short
from casework.web.cases.header import case_header
from casework.web.components import SummaryRow, TimelineEntry
from casework.web.decorators import requires
from casework.web.follow_ups.views import follow_up_of
from casework.web.forms.pages import one_form_page
from casework.web.request import UserRequest

from ..loading import changeable_referral, people_in, today_of, visible_referral
from ..steps import STEPS, steps_from
from .of_case import HERE


@requires(Permission.CASE_VIEW)
@require_safe
def referral(request: UserRequest, referral_id: UUID) -> HttpResponse:
    now = timezone.now()
    found = visible_referral(request.user, referral_id, now)
    people = list(found.people_here.select_related("data_key").defer("search_form"))
    today = today_of(found.case, now)
    in_the_way = hindrances(found, people, today) if found.state == Referral.State.DRAFT else []
    context = {
        "referral": found,
        "case": found.case,
        "header": case_header(found.case, now, here=HERE),
        "about": about(found, people),
        "hindrances": in_the_way,
        "is_overdue": found.is_overdue(today),
        "is_stale": found.partner.is_stale(today),
        "steps": _offered(found, in_the_way) if found.may_change else [],
        "history": history(found),
        "follow_up": follow_up_of(request, referral=found),
        "follow_up_url": reverse("follow_referral_up", args=[found.pk]),
        "waits": found.state in Referral.WAITING,
    }
    record("clients.referral_seen", subject=found, case_id=found.case_id, by=request.user, now=now)
    return render(request, "referrals/referral.html", context)


@requires(Permission.CASE_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def step_referral(request: UserRequest, referral_id: UUID, step: str) -> HttpResponse:
    """Take a referral one step further: send, received, accepted, declined, done, feedback, withdraw, mistake."""
    now, by = timezone.now(), request.user
    found = changeable_referral(by, referral_id, now)
    chosen = STEPS.get(step)
    if chosen is None:
        raise Http404
    form = chosen.form(request.POST or None, initial=chosen.form.initial_of(found))
    if request.method == "POST" and form.is_valid():
        values = _values(step, form)
        if is_done(form, lambda: chosen.act(referral=found, by=by, now=now, **values)):
            messages.success(request, str(chosen.said))
            return redirect("referral", referral_id)
    return one_form_page(
        request,
        form,
        title=str(chosen.title),
        cancel_url=reverse("referral", args=[referral_id]),
        header=case_header(found.case, now, here=HERE),
        who=found.partner.name,
        text=_text(step, found, now),
    )


def about(found: Referral, people: list[Any]) -> list[SummaryRow]:
    """Return what is on record of a referral, row by row."""
    shared = [str(Share(each).label) for each in Share.values if each in found.shared]
    facts: list[tuple[str, Any]] = [
        (_("To whom"), found.partner.name),
        (_("For what"), found.get_service_display()),
        (_("About"), [person.full_name for person in people]),
        (_("What they need, and why"), found.reason),
        (_("Urgency"), found.get_urgency_display()),
        (_("What is shared"), [_("code"), *shared]),
        (_("How the client agreed"), [found.get_consent_how_display(), found.consent_on] if found.consent_on else ""),
    ]
    if found.sent_at:
        facts += [
            (_("Sent"), [found.get_sent_how_display(), found.sent_at]),
            (_("Answer due on"), found.answer_due_on),
        ]
    if found.answered_at:
        facts.append((_("Answered"), found.answered_at))
    if found.decline_reason:
        facts.append((_("Reason for declining"), found.get_decline_reason_display()))
    if found.outcome:
        facts.append((_("Outcome"), found.get_outcome_display()))
    if found.withdrawn_why:
        facts.append((_("Reason for withdrawing"), found.get_withdrawn_why_display()))
    return [SummaryRow(label=label, value=value) for label, value in facts]


def history(found: Referral) -> list[TimelineEntry]:
    """Return what happened to a referral, the newest first, in one query."""
    steps: Any = ReferralStep.objects.filter(referral=found).select_related("data_key", "by__data_key")
    made = TimelineEntry(at=found.created_at, title=_("Draft made"))
    return [
        *(
            TimelineEntry(at=each.at, title=_in_words(each), by=in_short(each.by), detail=str(each.text))
            for each in steps.newest_first()
        ),
        made,
    ]


def _in_words(step: ReferralStep) -> str:
    if step.kind == ReferralStep.Kind.STATE:
        return str(step.get_state_display()).capitalize()
    if step.kind == ReferralStep.Kind.TAKEN_BACK:
        return _("The answer was a mistake: “%(state)s” again") % {"state": step.get_state_display()}
    return str(step.get_kind_display()).capitalize()


def _offered(found: Referral, in_the_way: list[str]) -> list[dict[str, Any]]:
    return [
        {"label": step.label, "is_main": step.is_main, "url": reverse("step_referral", args=[found.pk, name])}
        for name, step in steps_from(found.state)
        if name != "send" or not in_the_way
    ]


def _values(step: str, form: Any) -> dict[str, Any]:
    values: dict[str, Any] = form.values()
    if step == "feedback":
        return values | {"step_id": form.cleaned_data["id"]}
    return values | {"version": form.version_read}


def _text(step: str, found: Referral, now: datetime) -> str:
    if step != "send":
        return ""
    in_the_way = hindrances(found, list(people_in(found.case).filter(referrals=found)), today_of(found.case, now))
    return in_the_way[0] if in_the_way else _("Write or print the letter first: it says exactly what is shared.")
