"""The log of a case: everything that happened in it, the newest first."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.lib.dates import today_in
from casework.web.cases.forms.notes import NoteForm
from casework.web.cases.header import header_and_people
from casework.web.cases.loading import visible_case
from casework.web.cases.views.case import draft_of_note
from casework.web.components import Tab
from casework.web.decorators import requires
from casework.web.paging import keyset_page
from casework.web.request import UserRequest

from ..kinds import KINDS
from ..quick import quick_notes
from ..timeline import entries, events_of

HERE = "case_log"


@requires(Permission.CASE_VIEW)
@require_safe
def case_log(request: UserRequest, code: str) -> HttpResponse:
    now = timezone.now()
    case = visible_case(request.user, code, now)
    header, people = header_and_people(case, now, here=HERE)
    kind = request.GET.get("kind", "") if request.GET.get("kind") in KINDS else ""
    page = keyset_page(events_of(case, kind), ("-id",), request.GET, request.path)
    rows = entries(page.rows, case, people, may_change=case.may_change, by=request.user, now=now)
    record("clients.log_seen", subject=case, case_id=case.pk, by=request.user, now=now, shown=len(rows), kind=kind)
    context = {
        "case": case,
        "header": header,
        "page": page,
        "rows": rows,
        "kind": KINDS.get(kind, ""),
        "choices": _choices(request.path, kind),
        "may_change": case.may_change,
        "note_form": NoteForm(people=people, today=today_in(case.team.time_zone, now)),
        "quick": quick_notes(),
        "draft": draft_of_note(request, case, now) if case.may_change else None,
        "back": "log",
    }
    return render(request, "log/case_log.html", context)


def _choices(path: str, chosen: str) -> list[Tab]:
    return [
        Tab(label=str(label), url=f"{path}?kind={kind}", is_current=kind == chosen) for kind, label in KINDS.items()
    ]
