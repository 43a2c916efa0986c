"""Trips tried out: nothing is stored until somebody saves one of them as planned."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.documents.models import Document
from casework.lib.refusals import Refusal
from casework.residency import actions
from casework.residency.models import Stay
from casework.residency.rules.trips import Trip
from casework.web.decorators import requires
from casework.web.forms.errors import refuse
from casework.web.request import UserRequest

from ..forms import TripForms
from ..page import Asked, asked_of, context_of, pictures_on
from ..pictures import pictures_of
from ..trying import changes_of, rows_of, trip_forms, try_out


@requires(Permission.CASE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def try_trips(request: UserRequest, reference: str) -> HttpResponse:
    now = timezone.now()
    asked = asked_of(request.user, reference, now)
    forms = trip_forms(asked, request.POST if request.method == "POST" else None)
    return _page(request, asked, forms, now)


@requires(Permission.CASE_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def save_trip(request: UserRequest, reference: str) -> HttpResponse:
    """Save the trip whose button was pressed; the others stay on the page as they were typed."""
    now = timezone.now()
    asked = asked_of(request.user, reference, now)
    if not asked.client.may_change:
        raise Http404
    if request.method != "POST":
        return redirect("position", reference)
    forms = trip_forms(asked, request.POST)
    chosen = _chosen(request, forms)
    if forms.is_valid() and chosen is not None:
        try:
            _save(asked, forms.trips[chosen].trip(), request, now)
        except Refusal as refusal:
            refuse(forms.trips[chosen], refusal)
            return _page(request, asked, forms, now)
        messages.success(request, _("The trip is saved as a planned stay. It counts in every date from now on."))
        if len(forms.filled()) == 1:
            return redirect("position", reference)
        asked = asked_of(request.user, reference, now)
        forms = trip_forms(asked, _without(request, chosen))
    return _page(request, asked, forms, now)


def _page(request: UserRequest, asked: Asked, forms: TripForms, now: datetime) -> HttpResponse:
    """Answer with what the trips would do, or with what cannot be read; what was typed is kept in both."""
    if forms.is_bound and not asked.is_failed and _is_readable(forms):
        tried = try_out(asked, forms, now)
        context = context_of(asked, pictures_of(tried.glances), now)
        context |= {"rows": rows_of(tried, forms, asked.book), "changes": changes_of(tried), "is_tried": True}
    else:
        context = context_of(asked, pictures_on(asked, now, asked.today), now)
    context |= {"trips": forms, "forms": forms.all, "on": asked.today}
    record("residency.trips_tried", subject=asked.client, case_id=asked.client.case_id, by=request.user, now=now)
    return render(request, "position/trips.html", context)


def _is_readable(forms: TripForms) -> bool:
    """Whether the trips can be tried out; one that was refused when it was saved is not tried again."""
    return not any(form.errors for form in forms.all) and forms.is_valid()


def _chosen(request: UserRequest, forms: TripForms) -> int | None:
    number = request.POST.get("save", "")
    chosen = int(number) if number.isascii() and number.isdigit() and len(number) < 3 else len(forms.trips)
    return chosen if chosen < len(forms.trips) and not forms.trips[chosen].is_blank else None


def _without(request: UserRequest, number: int) -> Any:
    """Return what was typed without the trip that was saved."""
    data = request.POST.copy()
    for name in [name for name in data if name.startswith(f"trip{number}-")]:
        del data[name]
    return data


def _save(asked: Asked, trip: Trip, request: UserRequest, now: datetime) -> Stay:
    return actions.record_stay(
        client=asked.client,
        id=UUID(trip.id),
        country=trip.country,
        entered_earliest=trip.entered,
        entered_latest=trip.entered,
        has_left=True,
        left_earliest=trip.left,
        left_latest=trip.left,
        planned=True,
        document=_document_of_latest_stay(asked),
        by=request.user,
        now=now,
    )


def _document_of_latest_stay(asked: Asked) -> Document | None:
    """Return the document with which the trip was tried out."""
    stays: Any = Stay.objects.filter(client=asked.client, document__isnull=False).newest_first()
    latest = stays.select_related("document").first()
    return latest.document if latest else None
