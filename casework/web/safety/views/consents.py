"""What a person says about their data: recorded, corrected, taken back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.accounts.roles import Permission
from casework.clients import actions
from casework.clients.consent_forms import VERSIONS
from casework.clients.models import Consent
from casework.lib.dates import today_in
from casework.web.cases.acting import is_done
from casework.web.cases.header import case_header
from casework.web.cases.loading import changeable_client
from casework.web.decorators import requires
from casework.web.drafts.of_form import keep_draft
from casework.web.forms.pages import one_form_page
from casework.web.request import UserRequest

from ..forms import ConsentForm, WithdrawConsentForm
from ..loading import changeable_consent, partners_to_choose, resting_on
from .safety import HERE

METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def record_consent(request: UserRequest, reference: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    client = changeable_client(by, reference, now)
    case, today = client.case, today_in(client.case.team.time_zone, now)
    initial = {"given_on": today, "language": client.language}
    if request.GET.get("purpose") in Consent.Purpose.values:
        initial["purpose"] = request.GET["purpose"]
    if request.GET.get("form") in VERSIONS:
        initial |= {"form_version": request.GET["form"], "language": request.GET.get("language", "")}
    form = ConsentForm(request.POST or None, partners=partners_to_choose(), today=today, initial=initial)
    keep_draft(request, "record_consent", client, now, form)
    if request.method == "POST" and form.is_valid():
        known: dict[str, Any] = {"client": client, "consent_id": form.cleaned_data["id"]} | form.values()
        if is_done(form, lambda: actions.record_consent(by=by, now=now, today=today, **known)):
            return _back(request, case, client.reference, _("Their answer is recorded."))
    return _form(request, form, case, title=_("Record what they agreed to or refused"), who=client.full_name)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def change_consent(request: UserRequest, consent_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    consent = changeable_consent(by, consent_id, now)
    client, today = consent.client, today_in(consent.client.case.team.time_zone, now)
    form = ConsentForm(
        request.POST or None, partners=partners_to_choose(), today=today, initial=ConsentForm.initial_of(consent)
    )
    keep_draft(request, "change_consent", consent, now, form)
    if request.method == "POST" and form.is_valid():
        known: dict[str, Any] = {"consent": consent, "version": form.version_read} | form.values()
        if is_done(form, lambda: actions.change_consent(by=by, now=now, today=today, **known)):
            return _back(request, client.case, client.reference, _("The answer is corrected."))
    title = _("Correct what was written down")
    text = _("If they say something else now, do not correct it: withdraw it, or record a new answer.")
    return _form(request, form, client.case, title=title, who=client.full_name, text=text)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def withdraw_consent(request: UserRequest, consent_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    consent = changeable_consent(by, consent_id, now)
    client, today = consent.client, today_in(consent.client.case.team.time_zone, now)
    initial = WithdrawConsentForm.initial_of(consent) | {"on": today}
    form = WithdrawConsentForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        known: dict[str, Any] = {"consent": consent, "version": form.version_read} | form.values()
        if is_done(form, lambda: actions.withdraw_consent(by=by, now=now, today=today, **known)):
            return _back(request, client.case, client.reference, _("It is taken back, and counts at once."))
    is_yes = consent.said == Consent.Said.YES
    resting = resting_on(consent, by, now) if is_yes else []
    return render(
        request,
        "safety/withdraw.html",
        {
            "header": case_header(client.case, now, here=HERE),
            "form": form,
            "title": _("They take back their consent") if is_yes else _("They take back their refusal"),
            "who": f"{client.full_name}: {consent.get_purpose_display()}",
            "resting": resting,
            "is_yes": is_yes,
            "differences": form.differences,
            "cancel_url": reverse(HERE, args=[client.case.code]),
        },
        status=200 if form.differences is None else 409,
    )


def _form(request: UserRequest, form: Any, case: Any, **context: Any) -> HttpResponse:
    url, header = reverse(HERE, args=[case.code]), case_header(case, timezone.now(), here=HERE)
    return one_form_page(request, form, cancel_url=url, header=header, **context)


def _back(request: UserRequest, case: Any, part: str, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect(f"{reverse(HERE, args=[case.code])}#{part}")
