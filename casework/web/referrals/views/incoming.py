"""Referrals in: the list, one of them, and what is decided."""

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

from casework.accounts.access import teams_with
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients import actions
from casework.clients.models import Case, IncomingReferral
from casework.lib.dates import today_in
from casework.lib.refusals import Refusal
from casework.web.cases.acting import is_done
from casework.web.cases.forms.intake import in_short
from casework.web.components import SummaryRow
from casework.web.decorators import requires
from casework.web.drafts.of_form import keep_draft
from casework.web.filters import chips
from casework.web.forms.pages import one_form_page
from casework.web.opening import ask_where_restricted, open_or_404
from casework.web.paging import keyset_page
from casework.web.request import UserRequest, permissions_in

from ..forms_in import (
    AnsweredForm,
    AttachForm,
    DeclineIncomingForm,
    IncomingFilterForm,
    IncomingForm,
    ReconsiderForm,
)
from ..loading import changeable_incoming, partners_for
from .of_team import tabs

METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.CASE_VIEW)
@require_safe
def referrals_in(request: UserRequest) -> HttpResponse:
    now = timezone.now()
    form = IncomingFilterForm(request.GET)
    rows: Any = IncomingReferral.objects.visible_to(request.user, now)
    rows = _narrowed(rows, form, now).select_related("data_key", "team", "partner", "case")
    page = keyset_page(rows, ("answer_due_on", "id"), request.GET, request.path)
    record("clients.referrals_listed", by=request.user, now=now, rows=len(page.rows), direction="in")
    context = {
        "page": page,
        "rows": [(each, each.is_overdue(today_in(each.team.time_zone, now))) for each in page.rows],
        "form": form,
        "chips": chips(form, request.GET, request.path),
        "tabs": tabs("referrals_in", request.user, now),
        "may_record": Permission.CASE_CHANGE in permissions_in(request),
    }
    return render(request, "referrals/referrals_in.html", context)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def record_incoming(request: UserRequest) -> HttpResponse:
    now, by = timezone.now(), request.user
    teams = teams_with(by, Permission.CASE_CHANGE, now).order_by("name", "pk")
    if not teams:
        raise Http404  # the membership ended between two questions
    initial = {"team": teams[0].pk, "received_on": today_in(teams[0].time_zone, now)}
    form = IncomingForm(request.POST or None, teams=teams, partners=partners_for(teams[0].country), initial=initial)
    draft = keep_draft(request, "record_incoming", None, now, form)
    if request.method == "POST" and form.is_valid():
        new_id, values = form.cleaned_data["id"], form.values()
        try:
            found = actions.record_incoming(referral_id=new_id, by=by, now=now, **values)
        except actions.RecordedAlready as already:
            messages.warning(request, already.sentence)
            return redirect("incoming_referral", already.earlier.pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        else:
            draft.sent()
            messages.success(request, _("It is recorded. Decide now, or before the answer is due."))
            return redirect("incoming_referral", found.pk)
    return one_form_page(request, form, title=_("Somebody is sent to us"), cancel_url=reverse("referrals_in"))


@requires(Permission.CASE_VIEW)
@require_safe
def incoming_referral(request: UserRequest, referral_id: UUID) -> HttpResponse:
    now = timezone.now()
    visible: Any = IncomingReferral.objects.visible_to(request.user, now)
    joined = visible.select_related(
        "data_key", "team", "partner", "case", "decided_by__data_key", "recorded_by__data_key"
    )
    found = open_or_404(joined, pk=referral_id)
    record("clients.incoming_referral_seen", subject=found, case_id=found.case_id, by=request.user, now=now)
    context = {
        "referral": found,
        "about": about(found),
        "is_overdue": found.is_overdue(today_in(found.team.time_zone, now)),
        "may_decide": Permission.CASE_CHANGE in permissions_in(request),
        "is_waiting": found.state == IncomingReferral.State.WAITING,
    }
    return render(request, "referrals/incoming_referral.html", context)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def decline_incoming(request: UserRequest, referral_id: UUID) -> HttpResponse:
    return _decide(
        request,
        referral_id,
        DeclineIncomingForm,
        actions.decline_incoming,
        _("Decline this referral"),
        _("Declined. Tell the sender, and record the day on which you did."),
    )


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def answer_incoming(request: UserRequest, referral_id: UUID) -> HttpResponse:
    return _decide(
        request,
        referral_id,
        AnsweredForm,
        actions.answer_incoming,
        _("The sender has been told"),
        _("Recorded: the sender has been told."),
    )


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def reconsider_incoming(request: UserRequest, referral_id: UUID) -> HttpResponse:
    return _decide(
        request,
        referral_id,
        ReconsiderForm,
        actions.reconsider_incoming,
        _("Take the decision back?"),
        _("The decision is taken back."),
        opens_what_is_restricted=True,
    )


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def attach_incoming(request: UserRequest, referral_id: UUID) -> HttpResponse:
    """They are in a case already: say in which."""
    now, by = timezone.now(), request.user
    found = changeable_incoming(by, referral_id, now)
    form = AttachForm(request.POST or None, initial=AttachForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        cases: Any = Case.objects
        code = form.cleaned_data["code"].strip().upper()
        case = cases.changeable_by(by, now).filter(code=code, team=found.team_id).first()
        version = form.version_read
        if case is not None:
            ask_where_restricted(case)
        if case is None:
            form.add_error("code", _("There is no case of this team with this code that you may change."))
        elif is_done(form, lambda: actions.accept_incoming(referral=found, case=case, version=version, by=by, now=now)):
            messages.success(request, _("Accepted. Tell the sender, and record the day on which you did."))
            return redirect("incoming_referral", referral_id)
    url = reverse("incoming_referral", args=[referral_id])
    return one_form_page(request, form, title=_("They are in a case already"), who=found.full_name, cancel_url=url)


def about(found: IncomingReferral) -> list[SummaryRow]:
    """Return what is on record of a referral in, row by row."""
    contact = f"{found.get_channel_display()} {found.contact}".strip()
    facts: list[tuple[str, Any]] = [
        (_("From whom"), found.partner.name if found.partner else found.sender),
        (_("Received"), [found.received_on, found.get_how_display()]),
        (_("Team"), found.team.name),
        (_("About"), found.full_name),
        (_("How many people?"), str(found.people)),
        (_("Way to reach them"), contact),
        (_("What is asked for?"), found.get_service_display()),
        (_("What is asked, in words"), found.asked),
        (_("Urgency"), found.get_urgency_display()),
        (_("We are to answer by"), found.answer_due_on),
        (_("The sender was told on"), found.answered_on),
    ]
    if found.decided_by:
        facts.append((_("Decided"), [found.decided_at, in_short(found.decided_by)]))
    if found.decline_reason:
        facts.append((_("Reason for declining"), [found.get_decline_reason_display(), found.decline_words or ""]))
    return [SummaryRow(label=label, value=value) for label, value in facts]


def _decide(
    request: UserRequest,
    referral_id: UUID,
    form_class: Any,
    act: Any,
    title: str,
    said: str,
    *,
    opens_what_is_restricted: bool = False,
) -> HttpResponse:
    now, by = timezone.now(), request.user
    found = changeable_incoming(by, referral_id, now)
    initial = form_class.initial_of(found) | {"answered_on": today_in(found.team.time_zone, now)}
    form = form_class(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: act(referral=found, version=version, by=by, now=now, **values)):
            messages.success(request, said)
            return redirect("incoming_referral", referral_id)
    text = ""
    if opens_what_is_restricted and found.case is not None and found.case.restricted:
        text = _(
            "Their case is restricted. Once this is taken back, everybody in the team reads the referral again, with their name."
        )
    url = reverse("incoming_referral", args=[referral_id])
    return one_form_page(request, form, title=title, who=found.full_name, cancel_url=url, text=text)


def _narrowed(rows: Any, form: IncomingFilterForm, now: datetime) -> Any:
    form.full_clean()
    state = form.cleaned_data.get("state")
    if not state:
        return rows.unanswered()
    if state == "overdue":
        return rows.overdue(now)
    return rows if state == "any" else rows.filter(state=state)
