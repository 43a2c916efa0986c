"""The board: beds by days as a picture, with who is where as far as the reader may know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.housing.models import Site
from casework.housing.queries import BoardSite, BoardUnit, board
from casework.lib.dates import today_in
from casework.lib.day_words import month
from casework.web.decorators import requires
from casework.web.filters import chips
from casework.web.request import UserRequest, permissions_in

from ..cells import Cell, cell_of, legend
from ..forms_of_board import BoardForm
from ..tabs import housing_tabs

# Further than anybody plans; keeps the page within its weight.
MOST_BEDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    url: str
    label: str
    before: int
    cells: Sequence[Cell]
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLines:
    unit: Any
    lease_ends: date | None
    lines: Sequence[Line]


@requires(Permission.HOUSING_VIEW)
@require_safe
def housing_board(request: UserRequest) -> HttpResponse:
    now, user = timezone.now(), request.user
    known: Any = Site.objects
    keeps = Exists(known.usable_by(user, now, Permission.HOUSING_MANAGE).filter(pk=OuterRef("pk")))
    rows = known.usable_by(user, now).in_use_on(now.date()).annotate(is_kept=keeps)
    places = list(rows.order_by("country", "city", "code"))
    kept = {site.pk for site in places if site.is_kept}
    form = BoardForm(request.GET or None, sites=places)
    today = today_in(places[0].time_zone, now) if places else now.date()
    since, weeks = form.first_day or today, form.length
    until = since + timedelta(weeks=weeks)
    wanted = [site.pk for site in places if form.lets_through(site)]
    found = board(user, now, since, until, sites=wanted) if wanted else []
    shown: list[BoardSite] = []
    beds = 0
    for each in found:
        beds += len(each.beds)
        if beds <= MOST_BEDS or not shown:
            shown.append(each)
    record("housing.board_seen", by=user, now=now, sites=len(shown), days=(until - since).days)
    context = {
        "tabs": housing_tabs(request, "housing_board"),
        "form": form,
        "sites": [
            {
                "site": each.site,
                "heading": f"site-{each.site.pk}",
                "has_safety_note": each.has_safety_note,
                "units": [
                    _unit(unit, since, until, may_manage=each.site.pk in kept)
                    for unit in each.units
                    if form.lets_unit_through(unit.unit)
                ],
            }
            for each in shown
        ],
        "has_more": len(shown) < len(found),
        "since": since,
        "last": until - timedelta(days=1),
        "today": today,
        "days": [since + timedelta(days=number) for number in range((until - since).days)],
        "months": months_between(since, until),
        "earlier_url": _moved(request, since - timedelta(weeks=weeks)),
        "later_url": _moved(request, until),
        "legend": legend(),
        "has_sites": bool(places),
        "may_place": Permission.HOUSING_PLACE in permissions_in(request),
        "chips": chips(form, request.GET, request.path),
    }
    return render(request, "housing/board.html", context)


def _unit(unit: BoardUnit, since: date, until: date, *, may_manage: bool) -> UnitLines:
    lines = []
    for bed in unit.beds:
        cells = [cell_of(piece, bed.bed, may_manage=may_manage) for piece in bed.stretches]
        before = (bed.stretches[0].stretch.since - since).days if bed.stretches else (until - since).days
        after = (until - bed.stretches[-1].stretch.until).days if bed.stretches else 0
        lines.append(
            Line(url=reverse("bed", args=[bed.bed.pk]), label=bed.bed.label, before=before, cells=cells, after=after)
        )
    return UnitLines(unit=unit.unit, lease_ends=unit.lease_ends, lines=lines)


def months_between(since: date, until: date) -> list[tuple[str, int]]:
    """Return the months from a day up to another, each with the number of its days."""
    days = [since + timedelta(days=number) for number in range((until - since).days)]
    language = get_language() or "en"
    groups = groupby(days, key=lambda day: (day.year, day.month))
    return [(month(date(year, number, 1), language), len(list(them))) for (year, number), them in groups]


def _moved(request: UserRequest, since: date) -> str:
    """Return the address of the same board from another day on."""
    kept: list[tuple[str, Any]] = [(key, value) for key, value in request.GET.items() if not key.startswith("since")]
    day = [("since_day", since.day), ("since_month", since.month), ("since_year", since.year)]
    return f"{request.path}?{urlencode([*kept, *day])}"
