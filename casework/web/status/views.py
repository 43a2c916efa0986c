"""Is the process alive, and is it fit to serve? Without any detail for the public. And where to report a hole."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.transaction import non_atomic_requests
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.audit import state as audit_state
from casework.audit.record import record
from casework.lifecycle.erasure.ledger import LedgerUnreadable
from casework.lifecycle.erasure.replay import is_behind
from casework.reminders.watch import SILENCE, health
from casework.vault.errors import KeyFileError
from casework.vault.keys import provider
from casework.web.decorators import public, requires
from casework.web.request import UserRequest


@public
@non_atomic_requests
def livez(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@public
@non_atomic_requests
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and holds every migration, the keys are there, and who was erased is not; else 503. A second line says how far the sealing of the audit trail is, a third whether reminders go.

    A sealer or a worker that stands still does not take the pages away: what they have to do waits for them.
    """
    try:
        executor = MigrationExecutor(connection)
        ready = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        provider().current_id("data")
        # An older backup, in which those who were erased are back: nobody looks at it before the ledger is replayed.
        ready = ready and not is_behind()
        sealing, reminding = (_sealing(), _reminding()) if ready else ("", "")
    except (DatabaseError, KeyFileError, LedgerUnreadable):
        ready, sealing, reminding = False, "", ""
    return HttpResponse(
        f"ok\n{sealing}\n{reminding}\n" if ready else "not ready",
        status=200 if ready else 503,
        content_type="text/plain",
    )


@requires(Permission.ACCOUNTS_MANAGE)
@require_safe
def status(request: UserRequest) -> HttpResponse:
    """Whether reminders go, in words: no number of messages, because it would tell of people."""
    now = timezone.now()
    state = health(now)
    context = {
        "state": state,
        "planned": state.beats["plan"],
        "delivered": state.beats["deliver"],
        "minutes": int(state.lag.total_seconds() // 60),
        "is_waiting": state.lag > SILENCE,
    }
    record("reminders.status_seen", by=request.user, now=now)
    return render(request, "status/status.html", context)


@public
@non_atomic_requests
def security_txt(request: HttpRequest) -> HttpResponse:
    """Say where to write to (RFC 9116). It is asked for anew, so it is good for some months from now on."""
    contact = settings.SECURITY_CONTACT
    if not contact:
        raise Http404
    lines = {
        "Contact": contact if ":" in contact else f"mailto:{contact}",
        "Expires": (timezone.now() + timedelta(days=180)).isoformat(timespec="seconds"),
        "Preferred-Languages": "en, ru",
        "Canonical": settings.PUBLIC_URL + reverse("security_txt"),
    }
    text = "".join(f"{name}: {value}\n" for name, value in lines.items())
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _sealing() -> str:
    now, sealing = timezone.now(), audit_state.state()
    said = "late" if sealing.is_late(now) else "ok"
    last = f"{(now - sealing.sealed_until).total_seconds():.0f} s ago" if sealing.sealed_until else "never"
    return (
        f"audit seals: {said}, oldest event without one {sealing.waits_for(now).total_seconds():.0f} s, last one {last}"
    )


def _reminding() -> str:
    state = health(timezone.now())
    beats = ", ".join(f"{name} {_ago(state.at, at)}" for name, at in state.beats.items())
    return f"reminders: {'late' if state.is_late else 'ok'}, {beats}, oldest unsent {state.lag.total_seconds():.0f} s"


def _ago(now: datetime, at: datetime | None) -> str:
    return f"{(now - at).total_seconds():.0f} s ago" if at is not None else "never"
