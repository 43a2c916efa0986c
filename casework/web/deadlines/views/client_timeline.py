"""The time of one person: how long what is on record holds, and what has to be done by when, as a picture and in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.lib.dates import today_in
from casework.residency.because import place_name
from casework.residency.facts import load_facts
from casework.residency.models import ComputedPosition, Deadline
from casework.web.cases.header import case_header
from casework.web.cases.loading import visible_client
from casework.web.decorators import requires
from casework.web.request import UserRequest

from ..person_timeline import Due, days_of, picture_of, shown_in
from ..rows import DeadlineRow, rows_of, with_people
from ..spans import Span, spans_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """A fact in the table. `url`: where it can be changed, or read by whoever may not."""

    span: Span
    url: str


@requires(Permission.CASE_VIEW)
@require_safe
def client_timeline(request: UserRequest, reference: str) -> HttpResponse:
    now = timezone.now()
    client = visible_client(request.user, reference, now)
    header = case_header(client.case, now)  # which has the people of the case computed anew where they are stale
    position = ComputedPosition.objects.filter(client=client).first()
    zone = (position and position.time_zone) or client.case.team.time_zone
    today = today_in(zone, now)
    deadlines = _open_deadlines(client, now)
    due = _due(deadlines)
    spans = spans_of(load_facts([client.pk])[client.pk], today)
    first, last = days_of(spans, due, today)
    facts = shown_in(spans, first, last)
    record("residency.timeline_seen", subject=client, case_id=client.case_id, by=request.user, now=now)
    context = {
        "client": client,
        "header": header,
        "picture": picture_of(spans, due, today),
        "deadlines": deadlines,
        "facts": _fact_rows(facts, client),
        "elsewhere": len(spans) - len(facts),
        "is_failed": position is not None and position.failed,
        "may_change": client.may_change,
        "today": today,
        "now": now,
    }
    return render(request, "deadlines/client_timeline.html", context)


def _open_deadlines(client: Any, now: Any) -> list[DeadlineRow]:
    """Return what is still to be done, by its day, as the page of the case has it; what has no day comes first."""
    rows: Any = Deadline.objects.computed().filter(client=client)
    return [
        row for row in rows_of(with_people(rows.soonest_first(), now)) if row.deadline.is_open and not row.is_lapsed
    ]


def _due(rows: Sequence[DeadlineRow]) -> list[Due]:
    """Return the deadlines that have a day. Which country each is of is said where they are of several: there is little room."""
    dated = [row for row in rows if row.deadline.drives_on is not None]
    are_of_several = len({row.deadline.country for row in dated}) > 1
    return [_due_of(row, with_place=are_of_several) for row in dated]


def _due_of(row: DeadlineRow, *, with_place: bool) -> Due:
    it = row.deadline
    other = None if it.imposed_on is not None or it.alternative_on == it.drives_on else it.alternative_on
    duty = f"{row.duty} ({place_name(it.country)})" if with_place and it.country else row.duty
    return Due(on=it.drives_on, duty=duty, other=other)


def _fact_rows(spans: Sequence[Span], client: Any) -> list[FactRow]:
    papers = f"{reverse('case', args=[client.case.code])}#papers"
    may_change = client.may_change
    return [
        FactRow(span=it, url=reverse(f"change_{it.kind}", args=[it.fact_id]) if may_change else papers) for it in spans
    ]
