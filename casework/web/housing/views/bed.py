"""One bed: what it is on the days to come, and from there to blocking it or to placing somebody there."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import Case
from casework.housing.models import Bed
from casework.housing.queries import board
from casework.web.decorators import requires
from casework.web.request import UserRequest, permissions_in

from ..cells import cell_of
from ..forms_of_board import CaseCodeForm
from ..loading import MANAGE, usable_bed
from ..warnings import warnings_about

AHEAD = timedelta(weeks=8)


@requires(Permission.HOUSING_VIEW)
@require_safe
def bed(request: UserRequest, bed_id: UUID) -> HttpResponse:
    """Show a bed; `?day=2026-12-01` is the first night that a reader has in mind."""
    found = usable_bed(request.user, bed_id, timezone.now())
    return _page(request, found, CaseCodeForm())


@requires(Permission.HOUSING_PLACE)
@require_safe
def place_in_bed(request: UserRequest, bed_id: UUID) -> HttpResponse:
    """Lead on to placing the people of a case in this bed: `?code=` is that of the case."""
    now = timezone.now()
    found = usable_bed(request.user, bed_id, now, Permission.HOUSING_PLACE)
    form = CaseCodeForm(request.GET)
    if form.is_valid():
        code = form.cleaned_data["code"]
        cases: Any = Case.objects
        if cases.changeable_by(request.user, now).open().filter(code=code).exists():
            since = _first_night(request, found.unit.site.today(now))
            days: dict[str, str | int] = {"bed": str(found.pk), "since_day": since.day}
            query = urlencode({**days, "since_month": since.month, "since_year": since.year})
            return redirect(f"{reverse('place_people', args=[code])}?{query}")
        form.add_error("code", _("No open case of yours has this code."))
    return _page(request, found, form)


def _page(request: UserRequest, found: Bed, form: CaseCodeForm) -> HttpResponse:
    now, user = timezone.now(), request.user
    held = permissions_in(request)
    site = found.unit.site
    since = _first_night(request, site.today(now))
    may_manage = MANAGE in held and bool(type(found).objects.usable_by(user, now, MANAGE).filter(pk=found.pk).exists())
    of_site = board(user, now, since, since + AHEAD, sites=[site.pk])
    lines = [it for each in of_site for it in each.beds if it.bed.pk == found.pk]
    cells = [cell_of(piece, found, may_manage=may_manage, to_bed=False) for line in lines for piece in line.stretches]
    record("housing.bed_seen", subject=found, by=user, now=now, site=str(site.pk))
    context = {
        "bed": found,
        "cells": cells,
        "warnings": warnings_about([found.unit], now).of([found.unit]),
        "may_manage": may_manage,
        "may_place": Permission.HOUSING_PLACE in held,
        "form": form,
        "day": since.isoformat(),
        "since": since,
    }
    return render(request, "housing/bed.html", context)


def _first_night(request: UserRequest, today: date) -> date:
    """Return the night that the address asks for, today for anything else."""
    try:
        asked = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return today
    return asked if today <= asked <= today + timedelta(days=730) else today
