"""Upkeep: the home of administrators. What has failed, what waits, who cannot work; and what is in order."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.audit.state import state as audit_state
from casework.lifecycle.backups.state import backups_in
from casework.reminders.watch import SILENCE, health
from casework.web.decorators import requires
from casework.web.people.rows import role_in_words
from casework.web.request import UserRequest

from ..homes import home_tabs
from ..upkeep import SHOWN, invitations_to_look_at, jobs_to_look_at, keys_are_of_today, people_to_look_at


@requires(Permission.ACCOUNTS_MANAGE)
@require_safe
def upkeep(request: UserRequest) -> HttpResponse:
    now = timezone.now()
    reminding, sealing = health(now), audit_state()
    invitations = invitations_to_look_at(now)
    record("accounts.upkeep_seen", by=request.user, now=now)
    context = {
        "tabs": home_tabs(request, "upkeep"),
        "reminding": reminding,
        "is_waiting": reminding.lag > SILENCE,
        "jobs": jobs_to_look_at(now),
        "invitations": [
            (each, role_in_words(each.role, each.team), each.expires_at > now) for each in invitations[:SHOWN]
        ],
        "has_more_invitations": len(invitations) > SHOWN,
        "people": people_to_look_at(now),
        "backups": backups_in(reminding),
        "sealing": sealing,
        "is_unsealed": sealing.is_late(now),
        "keys_are_current": keys_are_of_today(),
    }
    return render(request, "home/upkeep.html", context)
