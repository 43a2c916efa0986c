"""Who waits for a bed, in the order in which beds are offered, with the reasons; and who of them fits into one room."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.housing.vacancy import InRoom
from casework.housing.waiting_list import LOOKED_AHEAD, WaitingRow, places_waited_for, waiting_list, who_fits
from casework.housing.wording import day, moment, point_sentence, reason_for_rank
from casework.web.decorators import requires
from casework.web.filters import chips
from casework.web.request import UserRequest

from ..forms_of_waiting import FreeDaysForm, WaitingFilterForm
from ..request_rows import days_in_words, find_url, wishes_in_words
from ..tabs import housing_tabs

# Nobody reads further; keeps the page within its weight.
MOST_SHOWN = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One request on the page. It names nobody: the list is printed, and lies about."""

    row: WaitingRow
    needs: Sequence[str]
    reasons: Sequence[str]
    last_word: str
    offered: str
    find_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """Somebody who waits, and how a room fits them: `remarks` for it, `objections` that ask for a reason, or why not."""

    row: WaitingRow
    reasons: Sequence[str]
    remarks: Sequence[str]
    objections: Sequence[str]
    url: str
    offered: str = ""


@requires(Permission.HOUSING_VIEW)
@require_safe
def housing_waiting(request: UserRequest) -> HttpResponse:
    now, user = timezone.now(), request.user
    form = WaitingFilterForm(request.GET or None, places=places_waited_for(user, now))
    found = waiting_list(user, now, **form.narrowed)
    shown = found[:MOST_SHOWN]
    record("housing.waiting_list_seen", by=user, now=now, rows=len(shown))
    context = {
        "tabs": housing_tabs(request, "housing_waiting"),
        "form": form,
        "chips": chips(form, request.GET, request.path),
        "lines": [_line(row) for row in shown],
        "has_more": len(found) > len(shown),
        "count": len(found),
        "unseen": _unseen(found),
    }
    return render(request, "housing/waiting.html", context)


@requires(Permission.HOUSING_PLACE)
@require_safe
def who_fits_unit(request: UserRequest, unit_id: UUID) -> HttpResponse:
    now, user = timezone.now(), request.user
    today = now.date()
    days: dict[str, Any] = {"since": today, "until": today + LOOKED_AHEAD}
    form = FreeDaysForm(request.GET or None, initial=days)
    if request.GET and form.is_valid():
        days = form.cleaned_data
    answer = who_fits(user, now, unit_id, days["since"], days["until"])
    if answer is None:
        raise Http404
    unit, room, found = answer
    record("housing.who_fits_seen", subject=unit.site, by=user, now=now, rows=len(found))
    fits = [_fitting(row, it, days) for row, it in found if isinstance(it, InRoom)]
    context = {
        "tabs": housing_tabs(request, "housing_waiting"),
        "form": form,
        "unit": unit,
        "free": len(room.free),
        "days": days,
        "fits": [each for each in fits if not each.objections],
        "for_a_reason": [each for each in fits if each.objections],
        "not_fitting": [_refused(row, it) for row, it in found if not isinstance(it, InRoom)],
    }
    return render(request, "housing/who_fits.html", context)


def _unseen(rows: Sequence[WaitingRow]) -> list[tuple[str, WaitingRow]]:
    """Return who is to be called out above the list: who waits longest, and those with whom nobody has spoken for long."""
    if not rows:
        return []
    oldest = max(rows, key=lambda row: (row.waits, -row.rank))
    silent = max(rows, key=lambda row: (row.silent_for, -row.rank))
    return [
        (_("waits longest: %(days)s") % {"days": days_in_words(oldest.waits)}, oldest),
        (_("longest without a word: %(days)s") % {"days": days_in_words(silent.silent_for)}, silent),
    ]


def _line(row: WaitingRow) -> Line:
    request = row.request
    return Line(
        row=row,
        needs=[_("from %(day)s") % {"day": day(request.needed_from)}, *wishes_in_words(request, row.people)],
        reasons=[reason_for_rank(each) for each in row.because],
        last_word=day(request.last_contact_on) if request.last_contact_on else _("none"),
        offered=_offered(row),
        find_url=find_url(request.case.code, request, list(row.references.values()), row.today)
        if request.may_change
        else "",
    )


def _fitting(row: WaitingRow, answer: InRoom, days: Mapping[str, date | None]) -> Fitting:
    query: dict[str, Any] = {f"bed_{row.references[person]}": str(bed) for person, bed in answer.beds}
    for name, on in days.items():
        if on is not None:
            query |= {f"{name}_day": on.day, f"{name}_month": on.month, f"{name}_year": on.year}
    url = f"{reverse('place_people', args=[row.request.case.code])}?{urlencode(query)}"
    return Fitting(
        row=row,
        reasons=[reason_for_rank(each) for each in row.because],
        remarks=_said(answer.fit.remarks, row),
        objections=_said(answer.fit.objections, row),
        url=url if row.request.may_change and row.offered_until is None else "",
        offered=_offered(row),
    )


def _offered(row: WaitingRow) -> str:
    """Return until when they are to answer an offer that they have already; "" if they have none."""
    if row.offered_until is None:
        return ""
    until = moment(row.offered_until, row.request.case.team.time_zone)
    return _("offered, answer until %(moment)s") % {"moment": until}


def _refused(row: WaitingRow, points: Collection[Any]) -> Fitting:
    reasons = [reason_for_rank(each) for each in row.because]
    return Fitting(row=row, reasons=reasons, remarks=(), objections=_said(points, row), url="")


def _said(points: Collection[Any], row: WaitingRow) -> list[str]:
    return list(dict.fromkeys(point_sentence(point, row.references.get(point.key, "")) for point in points))
