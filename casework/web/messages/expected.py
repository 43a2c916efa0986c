"""What should have been said about the cases of one's teams by now, against what was."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import Case
from casework.reminders.watch import Reconciliation, reconcile
from casework.web.decorators import requires
from casework.web.request import UserRequest

KINDS = {
    "deadline": _("deadlines"),
    "placement": _("stays in a bed that end"),
    "hold": _("held beds"),
    "bed_offer": _("offers of a bed"),
    "housing_request": _("people who wait for a bed"),
    "no_answer": _("answers that have not come"),
    "lease": _("notice of leases"),
    "lease_end": _("leases that end"),
    "client_deadline": _("deadlines, to the people themselves"),
    "client_appointment": _("appointments, to the people themselves"),
}
COLUMNS = {
    "sent": _("sent"),
    "waiting": _("waits for its hour"),
    "late": _("late"),
    "missing": _("missing"),
    "stopped": _("stopped"),
    "needs_person": _("needs a person"),
    "unaddressed": _("nobody to tell"),
}


@requires(Permission.CASE_ASSIGN)
@require_safe
def expected_messages(request: UserRequest) -> HttpResponse:
    """Counted anew from what is open: a few queries for each kind of subject, however many cases there are."""
    now = timezone.now()
    cases = set(Case.objects.visible_to(request.user, now).values_list("pk", flat=True))
    found = reconcile(now, cases=cases)
    record("reminders.expected_listed", by=request.user, now=now, expected=found.expected.total())
    columns = [COLUMNS[name] for name in Reconciliation.COLUMNS]
    context = {
        "columns": columns,
        "rows": [
            (KINDS.get(kind, kind), found.expected[kind], list(zip(columns, found.of(kind), strict=True)))
            for kind in sorted(found.expected)
        ],
        "is_complete": found.is_complete,
    }
    return render(request, "messages/expected_messages.html", context)
