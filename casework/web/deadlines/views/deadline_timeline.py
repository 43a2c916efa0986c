"""Who runs out when in the thirteen weeks ahead: a row a case, of one's own cases or of all of the team."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Min, Window
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.residency.models.position import today_of
from casework.web.decorators import requires
from casework.web.request import UserRequest

from ..narrowed import narrowed
from ..team_timeline import CaseLine, Due, picture_of
from ..weeks import asked_of, days_shown

CASES_AT_MOST = 60


@requires(Permission.CASE_VIEW)
@require_safe
def deadline_timeline(request: UserRequest) -> HttpResponse:
    now, by = timezone.now(), request.user
    today, asked = timezone.localdate(now), asked_of(by, request.GET, now)
    _first, last = days_shown(today)
    shown = narrowed(request, "deadline_timeline", asked, _due_by(asked.deadlines, last, now), now)
    lines, count = _lines(shown.deadlines)
    record("residency.deadlines_listed", by=by, now=now, whose=asked.whose, rows=sum(len(line.due) for line in lines))
    caseworker = str(by.pk) if asked.whose == "me" else shown.form.cleaned_data.get("caseworker", "")
    context = shown.above | {
        "picture": picture_of(lines, today),
        "more": count - len(lines),
        "list_url": _list_url(caseworker),
        "today": today,
    }
    return render(request, "deadlines/deadline_timeline.html", context)


def _due_by(deadlines: Any, last: date, now: datetime) -> Any:
    """Return those that are due by then, each with the day that it is for the person."""
    rows = deadlines.due_by(last).annotate(today=today_of("client__", now))
    return rows.exclude(optional=True, drives_on__lt=F("today"))  # a choice that has passed asks for nothing


def _lines(rows: Any) -> tuple[list[CaseLine], int]:
    """Return the cases in which something of this is due, what is due first before, and how many there are in all."""
    by_case = rows.order_by().values("client__case", "client__case__code")
    cases = by_case.annotate(first=Min("drives_on"), in_all=Window(Count("*"))).order_by("first", "client__case__code")
    shown = list(cases[:CASES_AT_MOST])
    codes = {it["client__case"]: it["client__case__code"] for it in shown}
    due: dict[Any, list[Due]] = defaultdict(list)
    found = rows.filter(client__case__in=list(codes)).order_by("drives_on", "pk")
    for case_id, on, duty, of_person in found.values_list("client__case", "drives_on", "duty", "today"):
        due[case_id].append(Due(on=on, duty=duty, today=of_person))
    lines = [CaseLine(code=code, due=due[case_id]) for case_id, code in codes.items() if due[case_id]]
    return lines, shown[0]["in_all"] if shown else 0


def _list_url(caseworker: str) -> str:
    """Return the list of cases by deadline, which has all of them."""
    asked = {"order": "deadline"} | ({"caseworker": caseworker} if caseworker else {})
    return f"{reverse('cases')}?{urlencode(asked)}"
