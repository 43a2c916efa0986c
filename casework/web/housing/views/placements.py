"""Where the people of a case sleep, and what becomes of each placement, for one person or for all whom one act placed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.access import cases_visible_to
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Case
from casework.housing import actions
from casework.housing.actions import UnableToPlace
from casework.housing.models import Placement, Site
from casework.housing.wording import moment, span
from casework.web.cases.header import case_header
from casework.web.cases.loading import visible_case
from casework.web.decorators import requires
from casework.web.forms.errors import refuse
from casework.web.forms.pages import one_form_page
from casework.web.opening import open_or_404
from casework.web.request import UserRequest

from ..answering import back_to_housing
from ..forms_of_acts import (
    ActForm,
    BookHeldForm,
    CancelForm,
    CheckInForm,
    CheckOutForm,
    LeavingDayForm,
    NoShowForm,
    TakeBackForm,
)
from ..request_rows import requests_of
from ..warnings import safety_note_sentences, warnings_about

METHODS = ["GET", "HEAD", "POST"]
State = Placement.State


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementRow:
    placement: Placement
    days: str
    held_until: str
    knows_site: bool
    acts: Sequence[tuple[str, str]]


@requires(Permission.CASE_VIEW)
@require_safe
def case_housing(request: UserRequest, code: str) -> HttpResponse:
    now = timezone.now()
    case = visible_case(request.user, code, now)
    record("housing.case_housing_seen", subject=case, case_id=case.pk, by=request.user, now=now)
    placements = list(_placements_of(case, request.user, now))
    rows = [_row(each, case, now) for each in placements]
    context = {
        "request_rows": requests_of(case, placements, now),
        "may_change": case.may_change,
        "case": case,
        "header": case_header(case, now, here="case_housing"),
        "now_and_coming": [row for row in rows if row.placement.is_live and not row.placement.has_lapsed(now)],
        "over": [row for row in rows if not row.placement.is_live or row.placement.has_lapsed(now)],
        "notes": _safety_notes(rows, now),
        "may_place": case.may_change and case.status == Case.Status.OPEN,
    }
    return render(request, "housing/case_housing.html", context)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def book_held(request: UserRequest, placement_id: UUID) -> HttpResponse:
    return _act(
        request,
        placement_id,
        BookHeldForm,
        lambda asked, form: actions.book_held(**asked, **form.values()),
        title=_("Book what is held?"),
        said=_("The beds are booked."),
    )


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def check_in(request: UserRequest, placement_id: UUID) -> HttpResponse:
    return _act(
        request,
        placement_id,
        CheckInForm,
        lambda asked, form: actions.check_in(**asked, **form.values()),
        title=_("Check in"),
        said=_("They live there now. Their addresses are written, and with them the deadlines of registration."),
        initial=lambda row: {"on": min(row.bed.unit.site.today(timezone.now()), row.until or row.since)},
        warns=True,
    )


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def check_out(request: UserRequest, placement_id: UUID) -> HttpResponse:
    return _act(
        request,
        placement_id,
        CheckOutForm,
        lambda asked, form: actions.check_out(**asked, **form.values()),
        title=_("Check out"),
        said=_("They have left, and the beds are free. Record where they live now, if you know it."),
        initial=lambda row: {"on": row.bed.unit.site.today(timezone.now())},
    )


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def change_leaving_day(request: UserRequest, placement_id: UUID) -> HttpResponse:
    return _act(
        request,
        placement_id,
        LeavingDayForm,
        _extend_or_shorten,
        title=_("When do they leave?"),
        said=_("The day of leaving is changed."),
        initial=lambda row: {"until": row.until},
        may=lambda row: row.is_live,
    )


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def mark_no_show(request: UserRequest, placement_id: UUID) -> HttpResponse:
    return _act(
        request,
        placement_id,
        NoShowForm,
        lambda asked, _form: actions.mark_no_show(**asked),
        title=_("Did they not come?"),
        said=_("The beds are free again from today."),
    )


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def cancel_placement(request: UserRequest, placement_id: UUID) -> HttpResponse:
    return _act(
        request,
        placement_id,
        CancelForm,
        lambda asked, form: actions.cancel(**asked, **form.values()),
        title=_("Cancel this placement?"),
        said=_("It is cancelled, and the beds are free."),
    )


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def take_back_placement(request: UserRequest, placement_id: UUID) -> HttpResponse:
    return _act(
        request,
        placement_id,
        TakeBackForm,
        lambda asked, _form: actions.take_back(**asked),
        title=_("Take back what was noted by mistake?"),
        said=_("It is as it was before."),
        may=lambda row: row.state in Placement.TAKEN_BACK,
    )


# Which state each act leads to, by the name of its address; the others say themselves when they may be done.
LEADS_TO = {
    "book_held": State.BOOKED,
    "check_in": State.CHECKED_IN,
    "check_out": State.CHECKED_OUT,
    "mark_no_show": State.NO_SHOW,
    "cancel_placement": State.CANCELLED,
}


def _act(
    request: UserRequest,
    placement_id: UUID,
    form_of: type[ActForm],
    act: Callable[[dict[str, Any], Any], Any],
    *,
    title: str,
    said: str,
    initial: Callable[[Placement], dict[str, Any]] = lambda _row: {},
    may: Callable[[Placement], bool] | None = None,
    warns: bool = False,
) -> HttpResponse:
    """Ask who is meant and on which day, and do it; what stands in the way is said, with the question that it asks."""
    now, by = timezone.now(), request.user
    name = request.resolver_match.url_name if request.resolver_match else ""
    one = _changeable(by, placement_id, now)
    together = [
        row
        for row in _changeable_rows(by, now).filter(act=one.act, client__case=one.client.case).soonest_first()
        if row.pk == one.pk or row.state == one.state
    ]
    allowed = may or (lambda row: row.may_become(LEADS_TO[name or ""]) and not row.has_lapsed(now))
    if request.method != "POST" and not allowed(one):
        messages.warning(request, _("This cannot be done any more: look at the state."))
        return redirect("case_housing", one.client.case.code)
    form = form_of(request.POST or None, rows=together, initial=initial(one))
    status = 200
    if request.method == "POST" and form.is_valid():
        asked = {"placements": form.placements, "seen": form.versions, "by": by, "now": now}
        try:
            act(asked, form)
        except UnableToPlace as refusal:
            refuse(form, refusal)
            form.ask({each.asks for each in refusal.hindrances})
        except ChangedMeanwhile:
            form = form_of(None, rows=_again(together, by, now), initial=initial(one))
            status = 409
        else:
            return back_to_housing(request, one.client.case, said)
    text = _("Somebody has changed this meanwhile. Look again, and then decide.") if status == 409 else ""
    url = reverse("case_housing", args=[one.client.case.code])
    header = case_header(one.client.case, now, here="case_housing")
    units = list({row.bed.unit_id: row.bed.unit for row in together}.values()) if warns else []
    warnings = warnings_about(units, now).of(units)
    answer = one_form_page(request, form, title=title, cancel_url=url, header=header, text=text, warnings=warnings)
    answer.status_code = status
    return answer


def _extend_or_shorten(asked: dict[str, Any], form: LeavingDayForm) -> Any:
    until = form.cleaned_data["until"]
    is_later = all(until is None or (row.until is not None and until > row.until) for row in asked["placements"])
    if is_later:
        return actions.extend(**asked, **form.values())
    return actions.shorten(**asked, until=until) if until else None


def _changeable_rows(user: User, now: datetime) -> Any:
    may = cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix="client__case__")
    placements: Any = Placement.objects
    rows = placements.filter(may).with_person().with_place()
    return rows.select_related(
        "bed__unit__site__data_key", "client__data_key", "client__case__team", "client__case__data_key"
    )


def _changeable(user: User, placement_id: UUID, now: datetime) -> Any:
    return open_or_404(_changeable_rows(user, now), pk=placement_id)


def _again(rows: Sequence[Placement], user: User, now: datetime) -> list[Placement]:
    return list(_changeable_rows(user, now).filter(pk__in=[row.pk for row in rows]).soonest_first())


def _placements_of(case: Case, user: User, now: datetime) -> Any:
    sites: Any = Site.objects
    knows = Exists(sites.usable_by(user, now).filter(pk=OuterRef("bed__unit__site")))
    placements: Any = Placement.objects
    rows = placements.filter(client__case=case).annotate(knows_site=knows).with_person().with_place()
    return rows.newest_first()


def _safety_notes(rows: Sequence[PlacementRow], now: datetime) -> list[str]:
    """Say of which places of now and later there is a safety note, and whom to ask."""
    sites = {row.placement.bed.unit.site_id: row.placement.bed.unit.site for row in rows if row.placement.is_live}
    noted = safety_note_sentences(sites, now)
    return [f"{sites[pk].code}: {text}" for pk, said in noted.items() for text in said]


def _row(placement: Any, case: Any, now: datetime) -> PlacementRow:
    acts = _acts(placement, now) if case.may_change else []
    return PlacementRow(
        placement=placement,
        days=span(placement.since, placement.planned_until if placement.until is None else placement.until),
        held_until=moment(placement.held_until, placement.bed.unit.site.time_zone) if placement.held_until else "",
        knows_site=placement.knows_site,
        acts=[(reverse(name, args=[placement.pk]), label) for name, label in acts],
    )


def _acts(placement: Placement, now: datetime) -> list[tuple[str, str]]:
    """Return what can be done with a placement now, the likeliest first."""
    if placement.has_lapsed(now):
        return []
    labels = {
        "book_held": _("Book"),
        "check_in": _("Check in"),
        "check_out": _("Check out"),
        "mark_no_show": _("Did not come"),
        "cancel_placement": _("Cancel"),
    }
    today = placement.bed.unit.site.today(now)
    found = [(name, label) for name, label in labels.items() if placement.may_become(LEADS_TO[name])]
    if today < placement.since:
        found = [(name, label) for name, label in found if name not in ("check_in", "mark_no_show")]
    if placement.is_live:
        found.append(("change_leaving_day", _("Day of leaving")))
    if placement.state in Placement.TAKEN_BACK:
        found.append(("take_back_placement", _("Take back")))
    return found
