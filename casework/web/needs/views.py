"""What people of a case need, what is done about it, and every step of a service."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.actions import needs, programmes, services
from casework.clients.models import Case, CaseProgramme, Client, Need, Programme, Service
from casework.clients.need_codes import need_codes
from casework.lib.dates import today_in
from casework.lib.money import currency_of
from casework.lib.refusals import Refusal
from casework.lifecycle.scoring import known_of, standing_of
from casework.lifecycle.suggestions import suggestions
from casework.web.cases.acting import is_done
from casework.web.cases.header import case_header
from casework.web.cases.loading import changeable_case, visible_case
from casework.web.cases.people import place_in_family
from casework.web.decorators import requires
from casework.web.drafts.of_form import keep_draft
from casework.web.opening import ask_where_restricted
from casework.web.request import UserRequest
from casework.web.undo import Undo

from . import forms, rows
from .answering import back_to_needs, needs_form
from .loading import changeable_assessment, changeable_need, changeable_service, client_to_assess, may_read_needs
from .scores import score_rows, suggestion_rows

METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.CASE_VIEW)
@require_safe
def case_needs(request: UserRequest, code: str) -> HttpResponse:
    now = timezone.now()
    case = visible_case(request.user, code, now)
    record("clients.needs_seen", subject=case, case_id=case.pk, by=request.user, now=now)
    return _page(request, case, now)


def _page(request: UserRequest, case: Any, now: datetime, quick: Any = None) -> HttpResponse:
    may_read, may_change = may_read_needs(request.user, case, now), case.may_change
    header = case_header(case, now, here="case_needs")  # computes deadlines that are stale, before they are counted
    known = known_of([case], now)[case.pk]
    people = sorted(known.people, key=place_in_family)
    stated = _newest_first(known.needs) if may_read else []
    done = rows.services_of(case)
    for service in done:
        service.case = case
    held = Exists(CaseProgramme.objects.filter(programme=OuterRef("pk"), case=case))
    programmes: Any = list(Programme.objects.annotate(is_held=held).by_name())
    is_open = case.status == Case.Status.OPEN
    context = {
        "case": case,
        "header": header,
        "may_read": may_read,
        "may_change": may_change,
        "people": rows.needs_of(people, stated, done, known.today),
        "services": rows.service_rows(done, people, stated, request.user, now, read=may_read, change=may_change),
        "suggestions": suggestion_rows(suggestions(known)) if may_read and is_open else [],
        "scores": score_rows(standing_of(case, known, now), programmes, explained=may_read),
        "totals": rows.totals_of(case),
        "programmes": [each for each in programmes if each.is_held],
        "quick": quick or forms.QuickServiceForm(people=people, currency=_currency(case)),
        "form": quick,
    }
    return render(request, "needs/needs.html", context)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def record_assessment(request: UserRequest, reference: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    client = client_to_assess(by, reference, now)
    today = today_in(client.case.team.time_zone, now)
    form = forms.AssessmentForm(request.POST or None, initial={"assessed_on": today})
    keep_draft(request, "record_assessment", client, now, form)
    if request.method == "POST" and form.is_valid():
        token, values = form.cleaned_data["id"], form.values()
        if is_done(form, lambda: needs.record_assessment(client=client, assessment_id=token, by=by, now=now, **values)):
            return back_to_needs(request, client.case, "needs", _("The assessment is recorded."))
    return needs_form(request, client.case, form, title=_("Needs assessment"), now=now, who=client.full_name)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def change_assessment(request: UserRequest, assessment_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    row = changeable_assessment(by, assessment_id, now)
    form = forms.AssessmentForm(request.POST or None, initial=forms.AssessmentForm.initial_of(row))
    keep_draft(request, "change_assessment", row, now, form)
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: needs.change_assessment(assessment=row, version=version, by=by, now=now, **values)):
            return back_to_needs(request, row.client.case, "needs", _("The assessment is changed."))
    return needs_form(request, row.client.case, form, title=_("Needs assessment"), now=now, who=row.client.full_name)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def record_need(request: UserRequest, reference: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    client = client_to_assess(by, reference, now)
    form = forms.NeedForm(request.POST or None, initial={"since": today_in(client.case.team.time_zone, now)})
    keep_draft(request, "record_need", client, now, form)
    if request.method == "POST" and form.is_valid():
        token, values = form.cleaned_data["id"], form.values()
        kind = Need.Kind.SPECIFIC if values["code"] in need_codes() else Need.Kind.GENERAL
        if is_done(form, lambda: needs.record_need(client=client, kind=kind, need_id=token, by=by, now=now, **values)):
            return back_to_needs(request, client.case, "needs", _("The need is recorded."))
    return needs_form(request, client.case, form, title=_("Record a need"), now=now, who=client.full_name)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def change_need(request: UserRequest, need_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    need = changeable_need(by, need_id, now)
    form = forms.NeedForm(request.POST or None, initial=forms.NeedForm.initial_of(need), kind=need.kind)
    keep_draft(request, "change_need", need, now, form)
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: needs.change_need(need=need, version=version, by=by, now=now, **values)):
            return back_to_needs(request, need.client.case, "needs", _("The need is changed."))
    return needs_form(request, need.client.case, form, title=_("Change a need"), now=now, who=need.client.full_name)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def end_need(request: UserRequest, need_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    need = changeable_need(by, need_id, now)
    today = today_in(need.client.case.team.time_zone, now)
    form = forms.EndNeedForm(request.POST or None, initial={"version": need.version, "on": today})
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: needs.end_need(need=need, version=version, by=by, now=now, **values)):
            undo = Undo(reverse("resume_need", args=[need.pk]), {"version": str(version + 1)})
            said = _("The need is ended. It stays on record.")
            return back_to_needs(request, need.client.case, "needs", said, undo=undo)
    text = forms.need_label(need)
    return needs_form(request, need.client.case, form, title=_("Is this no need any more?"), now=now, text=text)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def resume_need(request: UserRequest, need_id: UUID) -> HttpResponse:
    """Take back that a need has ended."""
    now, by = timezone.now(), request.user
    need = changeable_need(by, need_id, now)
    initial = {"version": need.version}
    form = forms.ActForm(request.POST or None, initial=initial, act=_("It is a need again"))
    if request.method == "POST" and form.is_valid():
        version = form.version_read
        if is_done(form, lambda: needs.resume_need(need=need, version=version, by=by, now=now)):
            return back_to_needs(request, need.client.case, "needs", _("It is a need again."))
    text = forms.need_label(need)
    return needs_form(request, need.client.case, form, title=_("Is this a need again?"), now=now, text=text)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def remove_need(request: UserRequest, need_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    need = changeable_need(by, need_id, now)
    act = _("Remove this need")
    form = forms.ActForm(request.POST or None, initial=forms.ActForm.initial_of(need), act=act, danger=True)
    if request.method == "POST" and form.is_valid():
        version = form.version_read
        if is_done(form, lambda: needs.remove_need(need=need, version=version, by=by, now=now)):
            return back_to_needs(request, need.client.case, "needs", _("The need is removed."))
    text = _("Only what was recorded by mistake is removed; what is no need any more is ended.")
    return needs_form(request, need.client.case, form, title=_("Recorded by mistake?"), now=now, text=text)


@requires(Permission.CASE_CHANGE)
@require_POST
def quick_service(request: UserRequest, code: str) -> HttpResponse:
    """Ask for a service in three fields; `act=delivered` says that they have it already."""
    now, by = timezone.now(), request.user
    case: Any = changeable_case(by, code, now)
    people, today = _people(case), today_in(case.team.time_zone, now)
    form = forms.QuickServiceForm(request.POST, people=people, currency=_currency(case))
    if form.is_valid():
        typed = form.cleaned_data
        tagged = list(Programme.objects.running(today).filter(in_cases__case=case)[:2])
        programme = tagged[0] if len(tagged) == 1 and tagged[0].pays(typed["kind"]) else None
        values = {
            "kind": typed["kind"],
            "people": [client for client in people if str(client.pk) == typed["who"]],
            "amount": typed["amount"],
            "currency": _currency(case) if typed["amount"] is not None else "",
            "programme": programme,
        }
        if is_done(form, lambda: services.ask_for_service(case=case, service_id=typed["id"], by=by, now=now, **values)):
            service = Service.objects.get(pk=typed["id"])
            said = _("The service is recorded as asked for.")
            if request.POST.get("act") == "delivered" and service.state == Service.State.ASKED:
                said = _deliver_at_once(service, by, now, said)
            return back_to_needs(request, case, "services", said)
    case.may_change = True
    return _page(request, case, now, form)


def _deliver_at_once(service: Service, by: Any, now: datetime, said: str) -> str:
    today = today_in(service.case.team.time_zone, now)
    try:
        services.deliver_service(service=service, on=today, today=today, version=service.version, by=by, now=now)
    except Refusal as refusal:
        return f"{said} {refusal.sentence}"
    return _("The service is recorded as delivered today.")


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def ask_for_service(request: UserRequest, code: str) -> HttpResponse:
    """Ask for something in detail; `?like=` begins with what an earlier service was."""
    now, by = timezone.now(), request.user
    case = changeable_case(by, code, now)
    form = _service_form(request, case, now, _like(request, case, now))
    keep_draft(request, "ask_for_service", case, now, form)
    if request.method == "POST" and form.is_valid():
        token, values = form.cleaned_data["id"], form.values()
        if is_done(form, lambda: services.ask_for_service(case=case, service_id=token, by=by, now=now, **values)):
            return back_to_needs(request, case, "services", _("The service is recorded as asked for."))
    return needs_form(request, case, form, title=_("Ask for a service"), now=now)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def change_service(request: UserRequest, service_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    service = changeable_service(by, service_id, now)
    form = _service_form(request, service.case, now, forms.ServiceForm.initial_of(service), service.programme)
    keep_draft(request, "change_service", service, now, form)
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: services.change_service(service=service, version=version, by=by, now=now, **values)):
            return back_to_needs(request, service.case, "services", _("The service is changed."))
    return needs_form(request, service.case, form, title=_("Change a service"), now=now)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def deliver_service(request: UserRequest, service_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    service = changeable_service(by, service_id, now)
    today = today_in(service.case.team.time_zone, now)
    has_condition = service.kind == Service.Kind.CASH_CONDITIONAL
    initial = forms.DeliverForm.initial_of(service)
    form = forms.DeliverForm(request.POST or None, initial=initial, today=today, has_condition=has_condition)
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(
            form,
            lambda: services.deliver_service(service=service, today=today, version=version, by=by, now=now, **values),
        ):
            return back_to_needs(request, service.case, "services", _("The delivery is recorded."))
    return needs_form(request, service.case, form, title=_("Record a delivery"), now=now, **_about(service))


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def undo_delivery(request: UserRequest, service_id: UUID) -> HttpResponse:
    return _act(
        request, service_id, services.undo_delivery, act=_("Take it back"), title=_("Was it not delivered?"),
        said=_("It is not recorded as delivered any more."),
    )  # fmt: skip


@requires(Permission.CASE_ASSIGN)
@require_http_methods(METHODS)
def approve_service(request: UserRequest, service_id: UUID) -> HttpResponse:
    return _act(
        request, service_id, services.approve_service, act=_("Approve it"), title=_("Approve this service?"),
        said=_("The service is approved."), permission=Permission.CASE_ASSIGN,
    )  # fmt: skip


@requires(Permission.CASE_ASSIGN)
@require_http_methods(METHODS)
def refuse_service(request: UserRequest, service_id: UUID) -> HttpResponse:
    return _end(
        request, service_id, services.refuse_service, act=_("Refuse it"), title=_("Refuse this service?"),
        permission=Permission.CASE_ASSIGN,
    )  # fmt: skip


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def cancel_service(request: UserRequest, service_id: UUID) -> HttpResponse:
    return _end(request, service_id, services.cancel_service, act=_("Cancel it"), title=_("Cancel this service?"))


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def case_programmes(request: UserRequest, code: str) -> HttpResponse:
    """From which programmes the case is supported."""
    now, by = timezone.now(), request.user
    case = changeable_case(by, code, now)
    held = set(case.in_programmes.values_list("programme", flat=True))
    offered = [it for it in Programme.objects.by_name() if not it.is_archived or it.pk in held]
    form = forms.CaseProgrammesForm(
        request.POST or None,
        programmes=offered,
        initial={"programmes": [str(it.pk) for it in offered if it.pk in held]},
    )
    if request.method == "POST" and form.is_valid():
        chosen = form.chosen
        if is_done(form, lambda: programmes.set_programmes(case=case, programmes=chosen, by=by, now=now)):
            return back_to_needs(request, case, "programmes", _("The programmes are saved."))
    return needs_form(request, case, form, title=_("Programmes of this case"), now=now)


@requires(Permission.CASE_ASSIGN)
@require_POST
def tag_cases(request: UserRequest) -> HttpResponse:
    """Let the cases that a coordinator has ticked in the list be supported from a programme too."""
    now, by = timezone.now(), request.user
    cases: Any = Case.objects
    programme = get_object_or_404(Programme.objects.in_use(), code=request.POST.get("programme", ""))
    codes = request.POST.getlist("case")[:200]
    ticked = list(cases.changeable_by(by, now).filter(code__in=codes))
    for each in ticked:
        ask_where_restricted(each)
    new = programmes.tag_cases(cases=ticked, programme=programme, by=by, now=now)
    said = _("%(new)s of %(ticked)s cases were added to %(name)s.")
    messages.success(request, said % {"new": new, "ticked": len(ticked), "name": programme.name})
    return redirect("cases")


def _act(
    request: UserRequest,
    service_id: UUID,
    verb: Any,
    *,
    act: str,
    title: str,
    said: str,
    permission: Permission = Permission.CASE_CHANGE,
) -> HttpResponse:
    now, by = timezone.now(), request.user
    service = changeable_service(by, service_id, now, permission=permission)
    form = forms.ActForm(request.POST or None, initial=forms.ActForm.initial_of(service), act=act)
    if request.method == "POST" and form.is_valid():
        version = form.version_read
        if is_done(form, lambda: verb(service=service, version=version, by=by, now=now)):
            return back_to_needs(request, service.case, "services", said)
    return needs_form(request, service.case, form, title=title, now=now, **_about(service))


def _end(
    request: UserRequest,
    service_id: UUID,
    verb: Any,
    *,
    act: str,
    title: str,
    permission: Permission = Permission.CASE_CHANGE,
) -> HttpResponse:
    now, by = timezone.now(), request.user
    service = changeable_service(by, service_id, now, permission=permission)
    form = forms.EndServiceForm(request.POST or None, initial=forms.EndServiceForm.initial_of(service), act=act)
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: verb(service=service, version=version, by=by, now=now, **values)):
            return back_to_needs(request, service.case, "services", _("The service has ended."))
    return needs_form(request, service.case, form, title=title, now=now, **_about(service))


def _about(service: Service) -> dict[str, str]:
    people = ", ".join(client.full_name for client in service.people_here.select_related("data_key"))
    money = rows.money_of(service)
    return {"who": " · ".join(part for part in (service.get_kind_display(), people, money) if part)}


def _service_form(
    request: UserRequest, case: Case, now: datetime, initial: dict[str, Any], programme: Programme | None = None
) -> forms.ServiceForm:
    people, today = _people(case), today_in(case.team.time_zone, now)
    stated = [it for it in _needs(people) if it.is_open(today)] if may_read_needs(request.user, case, now) else []
    offered = list(Programme.objects.running(today).by_name())
    if programme is not None and programme not in offered:
        offered.append(programme)
    return forms.ServiceForm(
        request.POST or None,
        initial=initial,
        people=people,
        needs=stated,
        programmes=offered,
        currency=_currency(case),
    )


def _like(request: UserRequest, case: Case, now: datetime) -> dict[str, Any]:
    """Return what "same again" begins with: the earlier service without what was true of that time alone."""
    try:
        asked = UUID(request.GET.get("like", ""))
    except ValueError:
        return {"need": request.GET.get("need", "")}
    service = changeable_service(request.user, asked, now)
    if service.case_id != case.pk:
        raise Http404
    initial = forms.ServiceForm.initial_of(service)
    return {name: value for name, value in initial.items() if name not in ("version", "planned_on")}


def _currency(case: Case) -> str:
    return currency_of(case.team.country)


def _people(case: Case) -> list[Client]:
    clients = Client.objects.select_related("data_key").defer("search_form")
    return sorted(clients.filter(case=case), key=place_in_family)


def _newest_first(needs: list[Need]) -> list[Need]:
    stated = [need for need in needs if need.declined_at is None]
    return sorted(stated, key=lambda need: need.recorded_at, reverse=True)


def _needs(people: list[Client]) -> list[Need]:
    stated: Any = Need.objects
    return list(stated.stated().filter(client__in=people).order_by("-recorded_at", "id"))
