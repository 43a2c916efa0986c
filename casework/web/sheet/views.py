"""The sheet to read, to print and as a PDF. Without a name unless somebody asks for it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.reports.pdf import Paper
from casework.reports.table import About
from casework.residency.actions import ensure_fresh
from casework.web.cases.header import case_header
from casework.web.cases.loading import visible_client
from casework.web.cases.people import today_of_case
from casework.web.decorators import requires
from casework.web.exports.files import handed_over
from casework.web.request import UserRequest

from .content import Sheet, office_of, sheet_of

MADE = "clients.sheet_made"
# By which each language calls itself, so that the person finds their own.
LANGUAGES = {
    "en": "English",
    "ru": "Русский",
    "ky": "Кыргызча",
    "kk": "Қазақша",
    "mn": "Монгол",
    "uk": "Українська",
}


class SheetForm(forms.Form):
    language = forms.ChoiceField(required=False, choices=list(LANGUAGES.items()))
    name = forms.BooleanField(required=False)
    office = forms.BooleanField(required=False)


@requires(Permission.CASE_VIEW)
@require_safe
def client_sheet(request: UserRequest, reference: str) -> HttpResponse:
    now = timezone.now()
    client = visible_client(request.user, reference, now)
    sheet, chosen = _asked(request, client, now, "page")
    context = {
        "client": client,
        "case": client.case,
        "header": case_header(client.case, now),
        "sheet": sheet,
        "chosen": chosen,
        "languages": LANGUAGES.items(),
        "has_office": bool(office_of(client)),
    }
    return render(request, "sheet/client_sheet.html", context)


@requires(Permission.CASE_VIEW)
@require_safe
def client_sheet_pdf(request: UserRequest, reference: str) -> HttpResponseBase:
    now = timezone.now()
    client = visible_client(request.user, reference, now)
    sheet, _chosen = _asked(request, client, now, "pdf")
    return handed_over(_pdf(sheet), name="sheet", format="pdf", now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the reader wants on the paper. `query` asks for the same again, `without_…` for the same but for one thing."""

    language: str
    name: bool
    office: bool

    @property
    def query(self) -> str:
        return urlencode(
            {"language": self.language} | {each: "on" for each in ("name", "office") if getattr(self, each)}
        )

    @property
    def other_name(self) -> str:
        return replace(self, name=not self.name).query

    @property
    def other_office(self) -> str:
        return replace(self, office=not self.office).query


def _asked(request: UserRequest, client: Any, now: datetime, format: str) -> tuple[Sheet, Chosen]:
    """Return the sheet in the language that is asked for, else in that of the person; what it says is in the audit."""
    ensure_fresh([client.pk], now, by=request.user)
    form = SheetForm(request.GET)
    form.full_clean()
    chosen = Chosen(
        language=form.cleaned_data.get("language") or language_of(client),
        name=bool(form.cleaned_data.get("name")),
        office=bool(form.cleaned_data.get("office")),
    )
    made = record(
        MADE,
        subject=client,
        case_id=client.case.pk,
        by=request.user,
        now=now,
        language=chosen.language,
        format=format,
        with_name=chosen.name,
        with_office=chosen.office,
    )
    with translation.override(chosen.language):
        sheet = sheet_of(
            client,
            chosen.language,
            today_of_case(client.case, client, now),
            now,
            number=made.pk,
            with_name=chosen.name,
            with_office=chosen.office,
        )
    return sheet, chosen


def language_asked(query: QueryDict, client: Any = None) -> str:
    """Return the language that the address asks for, else that of the person, or of the reader where nobody is known."""
    asked = query.get("language", "")
    return asked if asked in LANGUAGES else language_of(client)


def language_of(client: Any) -> str:
    """Return the person's language if sheets are written in it, else that of the reader."""
    wanted = [client.language if client else "", translation.get_language() or "", settings.LANGUAGE_CODE]
    return next((code for code in wanted if code in LANGUAGES), "en")


def _pdf(sheet: Sheet) -> bytes:
    """Return the sheet in big black letters."""
    about = About(title=sheet.title, language=sheet.language, at=timezone.localtime(), page="%(number)s / %(total)s")
    paper = Paper(about, size=12)
    paper.title(sheet.title)
    paper.line(sheet.about)
    if sheet.name:
        paper.line(sheet.name, bold=True)
    for item in sheet.items:
        paper.rule()
        if item.by:
            paper.line(item.by, size=14, bold=True)
        paper.box(item.what, side=4.5)
        for note in item.notes:
            paper.line(note, indent=7.5, after=0.4)
    if not sheet.items:
        paper.line(sheet.nothing, bold=True)
    if sheet.appointments:
        paper.rule()
        paper.line(sheet.appointments_title, size=14, bold=True)
        for item in sheet.appointments:
            paper.line(f"{item.by}: {item.what}", bold=True, after=0.4)
            for note in item.notes:
                paper.line(note, indent=7.5, after=0.4)
    paper.rule()
    for line in sheet.foot:
        paper.line(line)
    if sheet.office:
        paper.line(f"{sheet.reach}:", bold=True)
        for line in sheet.office:
            paper.line(line, after=0.4)
    else:
        paper.room(sheet.reach)
    paper.line(sheet.made, size=9, grey=True)
    return paper.finish()
