"""Oversight: the home of auditors. Whether the trail is sealed, and what they have not looked into yet; no content of any case."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.audit.state import state
from casework.clients.models import EmergencySeen, SightNotice
from casework.web.access.emergencies import emergency_row, with_notes
from casework.web.decorators import requires
from casework.web.request import UserRequest

from ..homes import home_tabs

SHOWN = 10


@requires(Permission.AUDIT_VIEW)
@require_safe
def oversight(request: UserRequest) -> HttpResponse:
    now, by = timezone.now(), request.user
    seen = EmergencySeen.objects.filter(access=OuterRef("pk"), user=by)
    unseen = list(with_notes().filter(~Exists(seen)).exclude(user=by)[: SHOWN + 1])
    rows = [emergency_row(each, by, {by.pk}, now, with_reason=False) for each in unseen[:SHOWN]]
    known: Any = SightNotice.objects.newest_first().filter(seen_at__isnull=True).exclude(user=by)
    notices = list(known.select_related("user__data_key")[: SHOWN + 1])
    sealing = state()
    record("clients.emergencies_listed", by=by, now=now, rows=len(rows))
    context = {
        "tabs": home_tabs(request, "oversight"),
        "rows": rows,
        "has_more_rows": len(unseen) > SHOWN,
        "notices": notices[:SHOWN],
        "has_more_notices": len(notices) > SHOWN,
        "sealing": sealing,
        "is_late": sealing.is_late(now),
    }
    return render(request, "home/oversight.html", context)
