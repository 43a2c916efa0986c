"""Where could this person go? Every country on record side by side, and a sheet of some of them to hand over."""

import datetime as dt
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.residency.actions import ensure_fresh
from casework.web.cases.header import case_header
from casework.web.cases.loading import visible_client
from casework.web.cases.people import today_of_case
from casework.web.decorators import requires
from casework.web.filters import chips
from casework.web.request import UserRequest
from casework.web.sheet.views import LANGUAGES, language_asked

from .forms import OnwardForm, SheetForm, day_of
from .overdue import imposed_on, pressing, to_leave
from .question import Question, question_about
from .rows import groups_of, useless_papers

SEEN, SHEET_MADE = "residency.onward_seen", "residency.onward_sheet_made"


@requires(Permission.CASE_VIEW)
@require_safe
def onward(request: UserRequest, reference: str) -> HttpResponse:
    now = timezone.now()
    client = visible_client(request.user, reference, now)
    header = case_header(client.case, now)
    question, today = question_about(client, now), today_of_case(client.case, client, now)
    query = _readable(request.GET)
    form = _form(query, question)
    on = day_of(form, today)
    prospects, leave = question.ask(on, **_filters(form)), to_leave([client], now)
    context = {
        "client": client,
        "case": client.case,
        "header": header,
        "form": form,
        "chips": chips(form, query, request.path),
        "paper": form.asked("paper") or "",
        "on": on,
        "is_today": on == today,
        "groups": groups_of(prospects, question.rules, imposed_on(leave)),
        "useless": useless_papers(prospects, question.rules),
        "papers": question.paper_choices(),
        "has_birth": question.facts.birth.latest is not None,
        "leaving": pressing(leave),
    }
    record(SEEN, subject=client, case_id=client.case.pk, by=request.user, now=now)
    return render(request, "onward/onward.html", context)


@requires(Permission.CASE_VIEW)
@require_safe
def onward_sheet(request: UserRequest, reference: str) -> HttpResponse:
    """A sheet for the person, in their language where the program speaks it, without their name."""
    now = timezone.now()
    client = visible_client(request.user, reference, now)
    ensure_fresh([client.pk], now, by=request.user)
    question, today = question_about(client, now), today_of_case(client.case, client, now)
    form = SheetForm(_split(request.GET), countries=question.countries)
    form.full_clean()
    on = form.cleaned_data.get("on") or today
    language = language_asked(request.GET, client)
    chosen = form.cleaned_data.get("country") or []
    context = {
        "client": client,
        "on": on,
        "language": language,
        "languages": LANGUAGES.items(),
        "kept": [("on", on.isoformat()), *(("country", code) for code in chosen)],
        "sheet": _sheet(question, client.reference, chosen, on, language, now) if chosen else "",
    }
    record(SHEET_MADE, subject=client, case_id=client.case.pk, by=request.user, now=now, countries=chosen)
    return render(request, "onward/onward_sheet.html", context)


def _sheet(question: Question, reference: str, chosen: list[str], on: dt.date, language: str, now: dt.datetime) -> str:
    with translation.override(language):
        prospects = question.ask(on, countries=chosen)
        context = {
            "groups": groups_of(prospects, question.rules),
            "useless": useless_papers(prospects, question.rules),
            "reference": reference,
            "on": on,
            "now": now,
        }
        return render_to_string("onward/_sheet.html", context)


def _form(query: QueryDict, question: Question) -> OnwardForm:
    form = OnwardForm(
        query or None,
        papers=question.paper_choices(),
        zones=question.zone_choices(),
        countries=question.country_choices(),
    )
    form.full_clean()
    return form


def _filters(form: OnwardForm) -> dict[str, Any]:
    countries = form.asked("country")
    return {
        "paper": form.asked("paper") or "",
        "zone": form.asked("zone") or "",
        "enterable": bool(form.asked("enterable")),
        "countries": countries or None,
    }


def _readable(query: QueryDict) -> QueryDict:
    """Return the question with a whole day put in the boxes of a day, and rows of several countries taken apart."""
    data = _split(query)
    on = data.pop("on", [])
    if on and on[0] and "on_day" not in data:
        data["on_day"] = str(on[0])
    return data


def _split(query: QueryDict) -> QueryDict:
    data = query.copy()
    codes = [code for value in query.getlist("country") for code in value.split(",") if code]
    if codes:
        data.setlist("country", list(dict.fromkeys(codes)))
    else:
        data.pop("country", None)
    return data
