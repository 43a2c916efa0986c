"""The form to read and to print: blank, or with the reference of a person, and their name only if somebody asks for it."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from casework.accounts.actions.organisation import organisation
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.consent_forms import LATEST
from casework.clients.models import Client
from casework.web.cases.header import case_header
from casework.web.cases.loading import visible_client
from casework.web.decorators import requires, signed_in
from casework.web.exports.files import handed_over
from casework.web.request import UserRequest, permissions_in
from casework.web.sheet.views import LANGUAGES, SheetForm, language_of

from .content import ConsentPaper, paper_of, pdf_of

MADE = "clients.consent_form_made"


@signed_in
@require_safe
def blank_consent_form(request: UserRequest) -> HttpResponse:
    paper, language, _name = _blank(request)
    return _page(request, paper, language, pdf_url=reverse("blank_consent_form_pdf"))


@signed_in
@require_safe
def blank_consent_form_pdf(request: UserRequest) -> HttpResponseBase:
    now = timezone.now()
    paper, language, _name = _blank(request)
    return _file(paper, language, now)


@requires(Permission.CASE_VIEW)
@require_safe
def consent_form(request: UserRequest, reference: str) -> HttpResponse:
    now = timezone.now()
    client = visible_client(request.user, reference, now)
    paper, language, with_name = _of_person(request, client, now, "page")
    return _page(
        request,
        paper,
        language,
        pdf_url=reverse("consent_form_pdf", args=[client.reference]),
        client=client,
        header=case_header(client.case, now, here="case_safety"),
        with_name=with_name,
        record_url=f"{reverse('record_consent', args=[client.reference])}?form={LATEST}&language={language}",
        may_change=Permission.CASE_CHANGE in permissions_in(request),
    )


@requires(Permission.CASE_VIEW)
@require_safe
def consent_form_pdf(request: UserRequest, reference: str) -> HttpResponseBase:
    now = timezone.now()
    client = visible_client(request.user, reference, now)
    paper, language, _name = _of_person(request, client, now, "pdf")
    return _file(paper, language, now)


def _asked(request: UserRequest, usual: str) -> tuple[str, bool]:
    form = SheetForm(request.GET)
    form.full_clean()
    return form.cleaned_data.get("language") or usual, bool(form.cleaned_data.get("name"))


def _blank(request: UserRequest) -> tuple[ConsentPaper, str, bool]:
    language, _name = _asked(request, translation.get_language() or "en")
    language = language if language in LANGUAGES else "en"
    with translation.override(language):
        return paper_of(organisation(), language), language, False


def _of_person(request: UserRequest, client: Client, now: datetime, format: str) -> tuple[ConsentPaper, str, bool]:
    """Return the form in the language that is asked for, else in that of the person; that it was made is in the audit."""
    language, with_name = _asked(request, language_of(client))
    made = record(
        MADE,
        subject=client,
        case_id=client.case.pk,
        by=request.user,
        now=now,
        language=language,
        format=format,
        version=LATEST,
        with_name=with_name,
    )
    with translation.override(language):
        paper = paper_of(
            organisation(),
            language,
            reference=client.reference,
            full_name=str(client.full_name) if with_name else "",
            number=made.pk,
        )
    return paper, language, with_name


def _page(request: UserRequest, paper: ConsentPaper, language: str, **more: Any) -> HttpResponse:
    context = {
        "paper": paper,
        "language": language,
        "languages": LANGUAGES.items(),
        "lacks_organisation": not organisation().name,
        "may_manage_organisation": Permission.ACCOUNTS_MANAGE in permissions_in(request),
    }
    return render(request, "consent_form/consent_form.html", context | more)


def _file(paper: ConsentPaper, language: str, now: datetime) -> HttpResponseBase:
    content = pdf_of(paper, language, timezone.localtime(now))
    return handed_over(content, name="consent-form", format="pdf", now=now)
