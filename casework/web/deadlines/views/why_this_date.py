"""Why this date? Facts, rule, arithmetic and sources of one deadline, to read, print and hand to a lawyer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.access import cases_visible_to
from casework.residency.models import Deadline
from casework.residency.rulebook import rules_version
from casework.web.decorators import requires
from casework.web.forms.asked import asked_days
from casework.web.opening import open_or_404
from casework.web.request import UserRequest

from ..explanation import explain
from ..forms import AnotherDayForm
from ..freshness import refresh_if_stale
from ..history import history_of, said_before
from ..orders import second_look
from ..rows import DeadlineRow, with_people


@requires(Permission.CASE_VIEW)
@require_safe
def why_this_date(request: UserRequest, deadline_id: UUID) -> HttpResponse:
    now, version = timezone.now(), rules_version()
    deadline = _load(request.user, deadline_id, now)
    if refresh_if_stale(deadline, version, now, request.user):
        deadline = _load(request.user, deadline_id, now)
    form = AnotherDayForm(asked_days(request, "on", "known"), today=deadline.today)
    question = form.question()
    context = {
        "row": DeadlineRow(deadline, deadline.today),
        "why": explain(deadline, now, version=version, may_change=deadline.may_change, **question),
        "is_of_another_day": any(question.values()),
        "history": history_of(deadline),
        "said_before": said_before(deadline),
        "look": second_look(deadline, request.user, may_change=deadline.may_change),
        "form": form,
        "may_change": deadline.may_change,
        "now": now,
    }
    record("residency.deadline_seen", subject=deadline, case_id=deadline.client.case_id, by=request.user, now=now)
    return render(request, "deadlines/why_this_date.html", context)


def _load(user: User, deadline_id: UUID, now: datetime) -> Any:
    """Return the deadline with its person, case, team, position and `may_change`, or answer 404."""
    may_change: Any = cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix="client__case__")
    deadlines: Any = Deadline.objects
    rows = with_people(deadlines.visible_to(user, now), now).annotate(
        may_change=ExpressionWrapper(may_change, BooleanField())
    )
    rows = rows.select_related("client__case__team", "client__computed_position", "client__data_key").defer(None)
    return open_or_404(rows, pk=deadline_id)
