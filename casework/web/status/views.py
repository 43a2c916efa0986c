"""Is the process alive, is it fit to serve, and how does it stand? Without any detail for the public. And where to report a hole."""

from datetime import timedelta

from django.conf import settings
from django.db.transaction import non_atomic_requests
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.reminders.watch import SILENCE, health
from casework.web.decorators import public, requires
from casework.web.request import UserRequest

from .counting import request_counts
from .present import needed, others


@public
@non_atomic_requests
def livez(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@public
@non_atomic_requests
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and holds every migration, the keys are there, and who was erased is not; else 503.

    A sealer or a worker that stands still does not take the pages away: what they have to do waits for them. Whoever shows
    the token of the figures reads how each of it stands.
    """
    now = timezone.now()
    checks = list(needed(now))
    ready = all(check.ok for check in checks)
    if not _is_watcher(request):
        return HttpResponse("ok" if ready else "not ready", status=200 if ready else 503, content_type="text/plain")
    if ready:
        checks += others(now)
    told = {check.code: {"ok": check.ok, **check.more} for check in checks}
    return JsonResponse({"ready": ready, "checks": told}, status=200 if ready else 503)


@public
@non_atomic_requests
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus; there is no such page where no token is set."""
    if not settings.METRICS_TOKEN:
        raise Http404
    if not _is_watcher(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    from prometheus_client import generate_latest

    from .metrics import Present

    registry = request_counts().registry()
    registry.register(Present(timezone.now()))  # type: ignore[arg-type]  # it asks for `collect` alone
    return HttpResponse(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")


@requires(Permission.ACCOUNTS_MANAGE)
@require_safe
def status(request: UserRequest) -> HttpResponse:
    """Whether reminders go, in words: no number of messages, because it would tell of people."""
    now = timezone.now()
    state = health(now)
    checks = [*needed(now), *others(now)]
    context = {
        "checks": checks,
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


def _is_watcher(request: HttpRequest) -> bool:
    shown = request.headers.get("Authorization", "")
    return bool(settings.METRICS_TOKEN) and constant_time_compare(shown, f"Bearer {settings.METRICS_TOKEN}")
