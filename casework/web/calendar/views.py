"""The dates of a member of staff in a calendar of their own: its address made, taken away, and fetched by a program."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from casework.accounts.roles import Permission
from casework.reminders.calendar import FETCHES_AN_HOUR, FetchedTooOften, fetch_feed, make_feed, revoke_feed
from casework.reminders.models import CalendarFeed
from casework.web.decorators import public, requires
from casework.web.request import UserRequest

LATER = 3600  # seconds


@requires(Permission.CASE_VIEW)
@require_safe
def calendar(request: UserRequest) -> HttpResponse:
    return _page(request)


@requires(Permission.CASE_VIEW, step_up=True)
@require_POST
def make_calendar_feed(request: UserRequest) -> HttpResponse:
    """Make the address and show it, this once: afterwards nobody can read it any more."""
    _feed, token = make_feed(by=request.user, now=timezone.now())
    return _page(request, address=settings.PUBLIC_URL + reverse("calendar_feed", args=[token]))


@requires(Permission.CASE_VIEW)
@require_POST
def revoke_calendar_feed(request: UserRequest) -> HttpResponse:
    revoke_feed(by=request.user, now=timezone.now())
    messages.success(request, _("The address is taken away: nothing can be fetched with it any more."))
    return redirect("calendar")


@public
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Answer a program. Whatever opens nothing is not there."""
    try:
        content = fetch_feed(token, now=timezone.now())
    except FetchedTooOften:
        return HttpResponse(status=429, headers={"Retry-After": str(LATER)})
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="calendar.ics"'
    response["Cache-Control"] = "no-store"
    return response


def _page(request: UserRequest, *, address: str = "") -> HttpResponse:
    feed = CalendarFeed.objects.filter(user=request.user, revoked_at__isnull=True).first()
    context = {"feed": feed, "address": address, "an_hour": FETCHES_AN_HOUR}
    return render(request, "calendar/calendar.html", context)
