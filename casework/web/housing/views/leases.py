"""Leases: what ends next over all places that somebody keeps, one with its rents, and what coordinators do to it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.accounts.models import User
from casework.audit.record import record
from casework.housing import actions
from casework.housing.actions import PeopleLeftWithoutLease
from casework.housing.models import Lease, LeaseRent, Unit
from casework.housing.placing import Asks
from casework.housing.without_lease import without_lease_at_sites_of
from casework.housing.wording import day
from casework.web.cases.acting import is_done
from casework.web.components import SummaryRow
from casework.web.decorators import requires
from casework.web.forms.pages import one_form_page
from casework.web.request import UserRequest

from ..answering import asked
from ..forms_of_leases import (
    WHOLE,
    EndLeaseForm,
    LeaseForm,
    NewLeaseForm,
    NoticeForm,
    OverPeopleForm,
    RemoveLeaseForm,
    RentForm,
)
from ..lease_rows import SOON, LeaseRow, leases_of_sites
from ..loading import MANAGE, usable_site
from ..people_there import people_without_lease
from ..tabs import housing_tabs

METHODS = ["GET", "HEAD", "POST"]
# Nobody reads further; each lease stands on the page of its site too.
MOST_SHOWN = 150


@requires(MANAGE)
@require_safe
def housing_leases(request: UserRequest) -> HttpResponse:
    """List the leases of all places that the reader keeps; `?shown=over`: those that have ended."""
    now, user = timezone.now(), request.user
    shows_over = request.GET.get("shown") == "over"
    rows = leases_of_sites(user, now)
    going_on = [row for row in rows if not row.is_over]
    over = [row for row in reversed(rows) if row.is_over]
    soon = sorted((row for row in going_on if _is_soon(row, now)), key=_by_due)
    later = sorted((row for row in going_on if not _is_soon(row, now)), key=lambda row: row.lease.place)
    record("housing.leases_seen", by=user, now=now, leases=len(rows))
    context = {
        "tabs": housing_tabs(request, "housing_leases"),
        "shows_over": shows_over,
        "left": people_without_lease(user, now, without_lease_at_sites_of(user, now)),
        "soon": soon,
        "later": later[:MOST_SHOWN],
        "over": over[:MOST_SHOWN],
        "has_more": len(over if shows_over else later) > MOST_SHOWN,
        "days": SOON.days,
    }
    return render(request, "housing/leases.html", context)


@requires(MANAGE)
@require_safe
def lease(request: UserRequest, lease_id: UUID) -> HttpResponse:
    now = timezone.now()
    rows = leases_of_sites(request.user, now, pk=lease_id)
    if not rows:
        raise Http404
    row = rows[0]
    record("housing.lease_seen", subject=row.lease, by=request.user, now=now)
    return render(request, "housing/lease.html", {"row": row, "lease": row.lease, "about": about(row)})


@requires(MANAGE)
@require_http_methods(METHODS)
def record_lease(request: UserRequest, site_id: UUID) -> HttpResponse:
    """Record a lease of a site; `?unit=<id>` chooses a unit of it."""
    now, by = timezone.now(), request.user
    site = usable_site(by, site_id, now, MANAGE)
    units: Any = Unit.objects
    form = NewLeaseForm(
        request.POST or None,
        site=site,
        units=list(units.filter(site=site).in_use().by_label()),
        initial={"unit": request.GET.get("unit", WHOLE), "since": site.today(now)},
    )
    url = f"{reverse('site', args=[site_id])}#leases"
    if request.method == "POST" and form.is_valid():
        new_id, values = form.cleaned_data["id"], form.values()
        act = _asking(form, lambda: actions.record_lease(site=site, lease_id=new_id, by=by, now=now, **values))
        if is_done(form, act):
            messages.success(request, _("The lease is recorded."))
            return redirect(url)
    return _page(request, form, now, title=_("Record a lease"), who=site.code, cancel_url=url)


@requires(MANAGE)
@require_http_methods(METHODS)
def change_lease(request: UserRequest, lease_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    row = _kept(by, lease_id, now)
    form = LeaseForm(request.POST or None, initial=LeaseForm.initial_of(row), site=row.site)
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        act = _asking(form, lambda: actions.change_lease(lease=row, version=version, by=by, now=now, **values))
        if is_done(form, act):
            return _back(request, row, _("The lease is changed."))
    return _page(request, form, now, title=_("Change this lease"), who=row.place, cancel_url=_url(row))


@requires(MANAGE)
@require_http_methods(METHODS)
def give_notice(request: UserRequest, lease_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    row = _kept(by, lease_id, now)
    form = NoticeForm(request.POST or None, initial={"on": row.site.today(now), **NoticeForm.initial_of(row)})
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        act = _asking(form, lambda: actions.give_notice(lease=row, version=version, by=by, now=now, **values))
        if is_done(form, act):
            return _back(request, row, _("It is noted that notice was given."))
    return _page(request, form, now, title=_("Was notice given?"), who=row.place, cancel_url=_url(row))


@requires(MANAGE)
@require_http_methods(METHODS)
def end_lease(request: UserRequest, lease_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    row = _kept(by, lease_id, now)
    form = EndLeaseForm(request.POST or None, initial=EndLeaseForm.initial_of(row))
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        act = _asking(form, lambda: actions.change_lease(lease=row, version=version, by=by, now=now, **values))
        if is_done(form, act):
            return _back(request, row, _("The end of the lease is on record."))
    return _page(request, form, now, title=_("When does this lease end?"), who=row.place, cancel_url=_url(row))


@requires(MANAGE)
@require_http_methods(METHODS)
def remove_lease(request: UserRequest, lease_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    row = _kept(by, lease_id, now)
    form = RemoveLeaseForm(request.POST or None, initial=RemoveLeaseForm.initial_of(row))

    def act() -> Any:
        return actions.remove_lease(
            lease=row, version=form.version_read, by=by, now=now, reason=form.cleaned_data.get("reason", "")
        )

    site_url = f"{reverse('site', args=[row.site_id])}#leases"
    return asked(
        request,
        form,
        _asking(form, act),
        said=_("The lease is removed."),
        back=site_url,
        text=f"{row.place}: {day(row.since)}",
        title=_("Remove this lease?"),
        warning=_("Only if it was recorded by mistake: its rents go with it. A lease that is over is ended instead."),
        act_label=_("Remove this lease"),
        is_danger=True,
        concerned=lambda: people_without_lease(by, now, form.left),
    )


@requires(MANAGE)
@require_http_methods(METHODS)
def change_rent(request: UserRequest, lease_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    row = _kept(by, lease_id, now)
    before = row.rents.order_by("since").last()
    per = before.per if before is not None else LeaseRent.Per.MONTH
    initial = {"since": row.site.today(now), "per": per}
    form = RentForm(request.POST or None, initial=initial, currency=row.currency)
    if request.method == "POST" and form.is_valid():
        values = form.values()
        if is_done(form, lambda: actions.change_rent(lease=row, by=by, now=now, **values)):
            return _back(request, row, _("The rent is on record."))
    return one_form_page(request, form, title=_("Another rent"), who=row.place, cancel_url=_url(row))


@requires(MANAGE)
@require_http_methods(METHODS)
def remove_rent(request: UserRequest, rent_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    leases: Any = Lease.objects
    rents = LeaseRent.objects.filter(lease__in=leases.usable_by(by, now)).select_related("lease__site", "lease__unit")
    rent = get_object_or_404(rents, pk=rent_id)
    if request.method == "POST":
        actions.remove_rent(rent=rent, by=by, now=now)
        return _back(request, rent.lease, _("The rent is removed; the one before it goes on."))
    context = {
        "title": _("Remove this rent?"),
        "text": f"{rent.lease.place}: {day(rent.since)}",
        "warning": _("Only if it was recorded by mistake: the rent before it goes on instead."),
        "act_label": _("Remove this rent"),
        "cancel_url": _url(rent.lease),
        "is_danger": True,
    }
    return render(request, "components/confirm_page.html", context)


def about(row: LeaseRow) -> list[SummaryRow]:
    """Return what is known of a lease, row by row."""
    it = row.lease
    given = day(it.notice_given_on) if it.notice_given_on else None
    facts: list[tuple[str, Any]] = [
        (_("Landlord"), it.landlord_name),
        (_("Phone of the landlord"), it.landlord_phone),
        (_("Days"), row.days),
        (_("Tell the landlord by"), it.notice_on),
        (_("Notice given on"), given),
        (_("Deposit"), row.deposit),
        (_("Rent now"), row.now.amount if row.now else ""),
        (_("A bed comes to, a month"), row.now.a_bed if row.now else ""),
        (_("Note"), it.note),
    ]
    if it.exception:
        facts.append((_("Why people stay past its end"), it.exception))
    return [SummaryRow(label=label, value=value or None) for label, value in facts]


def _asking(form: OverPeopleForm, act: Callable[[], Any]) -> Callable[[], Any]:
    """Let the form ask for a reason where the act would leave people without a lease."""

    def acting() -> Any:
        try:
            return act()
        except PeopleLeftWithoutLease as refusal:
            form.left = refusal.left
            form.ask([Asks.REASON])
            raise

    return acting


def _page(request: UserRequest, form: OverPeopleForm, now: datetime, **context: Any) -> HttpResponse:
    return one_form_page(request, form, concerned=people_without_lease(request.user, now, form.left), **context)


def _kept(user: User, lease_id: UUID, now: datetime) -> Any:
    """Return a lease of a place that the user keeps, or answer 404."""
    leases: Any = Lease.objects
    rows = leases.usable_by(user, now).select_related("data_key", "site__data_key", "unit")
    return get_object_or_404(rows, pk=lease_id)


def _is_soon(row: LeaseRow, now: datetime) -> bool:
    return row.due is not None and row.due <= row.lease.site.today(now) + SOON


def _by_due(row: LeaseRow) -> tuple[date, str]:
    return (row.due or date.max, row.lease.place)


def _url(row: Any) -> str:
    return reverse("lease", args=[row.pk])


def _back(request: UserRequest, row: Any, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect(_url(row))
