"""Referrals of one case: the tab, a new one, a draft that is changed."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients import actions
from casework.clients.models import IncomingReferral, Referral
from casework.web.cases.acting import is_done
from casework.web.cases.header import case_header
from casework.web.cases.loading import changeable_case, visible_case
from casework.web.decorators import requires
from casework.web.drafts.of_form import keep_draft
from casework.web.forms.pages import one_form_page
from casework.web.request import UserRequest

from ..forms import ReferralForm
from ..loading import changeable_referral, partners_for, people_in
from ..rows import rows_of, with_all

METHODS = ["GET", "HEAD", "POST"]
HERE = "case_referrals"


@requires(Permission.CASE_VIEW)
@require_safe
def case_referrals(request: UserRequest, code: str) -> HttpResponse:
    now = timezone.now()
    case = visible_case(request.user, code, now)
    found = list(with_all(Referral.objects.filter(case=case).order_by("-created_at", "-id"))[:200])
    record("clients.referrals_listed", subject=case, case_id=case.pk, by=request.user, now=now, rows=len(found))
    context = {
        "case": case,
        "header": case_header(case, now, here=HERE),
        "rows": rows_of(found, now),
        "came_from": IncomingReferral.objects.filter(case=case)
        .select_related("partner")
        .order_by("-received_on", "-id"),
        "may_change": case.may_change,
    }
    return render(request, "referrals/case_referrals.html", context)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def draft_referral(request: UserRequest, code: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = changeable_case(by, code, now)
    people = people_in(case)
    initial = {"people": list(people[:1]), "partner": request.GET.get("partner", "")}
    form = ReferralForm(request.POST or None, people=people, partners=partners_for(case.team.country), initial=initial)
    keep_draft(request, "draft_referral", case, now, form)
    if request.method == "POST" and form.is_valid():
        new_id, values = form.cleaned_data["id"], form.values()
        if is_done(form, lambda: actions.draft_referral(case=case, referral_id=new_id, by=by, now=now, **values)):
            messages.success(request, _("The referral is saved as a draft. Nothing has been sent."))
            return redirect("referral", new_id) if new_id else redirect(HERE, code)
    url, header = reverse(HERE, args=[code]), case_header(case, now, here=HERE)
    return one_form_page(request, form, title=_("Refer somebody"), cancel_url=url, header=header)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def change_referral(request: UserRequest, referral_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    referral = changeable_referral(by, referral_id, now)
    case = referral.case
    form = ReferralForm(
        request.POST or None,
        people=people_in(case),
        partners=partners_for(case.team.country),
        initial=ReferralForm.initial_of(referral),
    )
    keep_draft(request, "change_referral", referral, now, form)
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: actions.change_referral(referral=referral, version=version, by=by, now=now, **values)):
            messages.success(request, _("The draft is changed."))
            return redirect("referral", referral_id)
    url, header = reverse("referral", args=[referral_id]), case_header(case, now, here=HERE)
    return one_form_page(request, form, title=_("Change this draft"), cancel_url=url, header=header)
