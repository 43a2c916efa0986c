"""Offers of hosts: what each needs next, from the call to a place in use, and what coordinators do to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.accounts.access import people_with
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.housing import actions
from casework.housing.models import HostOffer, Site
from casework.housing.without_lease import living_or_coming
from casework.housing.wording import day
from casework.lib.countries import country_name
from casework.lib.dates import today_in
from casework.web.cases.acting import is_done
from casework.web.components import SummaryRow
from casework.web.decorators import requires
from casework.web.forms.pages import one_form_page
from casework.web.request import UserRequest

from ..answering import asked
from ..forms import VersionForm
from ..forms_of_hosts import (
    NEW,
    HostOfferForm,
    IntoUseForm,
    NewHostOfferForm,
    PlanVisitForm,
    ReasonForm,
    VisitForm,
)
from ..loading import MANAGE, teams_that_manage
from ..people_there import people_there
from ..tabs import housing_tabs

METHODS = ["GET", "HEAD", "POST"]
State = HostOffer.State
GOES_ON = (State.OFFERED, State.VISIT_PLANNED, State.VISITED, State.ACCEPTED, State.IN_USE)
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What an offer needs next; `url` is where it is done, "" if there is nothing to do."""

    said: str
    url: str = ""
    is_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRow:
    offer: Any
    days: str
    step: Step


@requires(MANAGE)
@require_safe
def housing_hosts(request: UserRequest) -> HttpResponse:
    """List the offers by state, each with the step that it needs; `?shown=over`: those that came to nothing or have ended."""
    now, user = timezone.now(), request.user
    shows_over = request.GET.get("shown") == "over"
    states = (State.DECLINED, State.WITHDRAWN) if shows_over else GOES_ON
    offers = _visible(user, now)
    rows = [_row(each, now) for each in offers.filter(state__in=states).order_by("made_at", "pk")[:MOST_SHOWN]]
    still_open = offers.filter(state=State.WITHDRAWN, site__isnull=False, site__closed_on__isnull=True)
    record("housing.hosts_seen", by=user, now=now, offers=len(rows))
    groups = [(str(state.label), [row for row in rows if row.offer.state == state]) for state in states]
    context = {
        "tabs": housing_tabs(request, "housing_hosts"),
        "shows_over": shows_over,
        "groups": [(label, of_state) for label, of_state in groups if of_state],
        "still_open": [_row(each, now) for each in still_open.order_by("made_at", "pk")],
        "has_more": len(rows) == MOST_SHOWN,
    }
    return render(request, "housing/hosts.html", context)


@requires(MANAGE)
@require_safe
def host_offer(request: UserRequest, offer_id: UUID) -> HttpResponse:
    now = timezone.now()
    offer = _offer(request.user, offer_id, now)
    record("housing.host_offer_seen", subject=offer, by=request.user, now=now)
    there = []
    if offer.site is not None and offer.state == State.WITHDRAWN:
        there = people_there(request.user, now, list(living_or_coming(now).filter(bed__unit__site=offer.site)))
    context = {
        "offer": offer,
        "step": _step(offer, now),
        "about": about(offer),
        "checks": [
            (str(HostOffer.Check(code).label), code in offer.found, code in HostOffer.NEEDED) for code in _checks()
        ],
        "there": there,
        "acts": _acts(offer),
    }
    return render(request, "housing/host.html", context)


@requires(MANAGE)
@require_http_methods(METHODS)
def record_host_offer(request: UserRequest) -> HttpResponse:
    now, by = timezone.now(), request.user
    teams = teams_that_manage(by, now)
    first = teams.first()
    initial = {"team": first, "country": first.country, "since": today_in(first.time_zone, now)} if first else {}
    form = NewHostOfferForm(request.POST or None, initial=initial, teams=teams)
    if request.method == "POST" and form.is_valid():
        new_id, values = form.cleaned_data["id"], form.values()
        if is_done(form, lambda: actions.record_host_offer(offer_id=new_id, by=by, now=now, **values)):
            messages.success(request, _("The offer is on record. Plan a visit now: nobody is placed there before it."))
            return redirect("host_offer", new_id) if new_id else redirect("housing_hosts")
    return one_form_page(request, form, title=_("Somebody offers a room"), cancel_url=reverse("housing_hosts"))


@requires(MANAGE)
@require_http_methods(METHODS)
def change_host_offer(request: UserRequest, offer_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    offer = _offer(by, offer_id, now)
    form = HostOfferForm(request.POST or None, initial=HostOfferForm.initial_of(offer))
    return _form(
        request,
        offer,
        form,
        lambda: actions.change_host_offer(offer=offer, version=form.version_read, by=by, now=now, **form.values()),
        title=_("Change this offer"),
        said=_("The offer is changed."),
    )


@requires(MANAGE)
@require_http_methods(METHODS)
def plan_visit(request: UserRequest, offer_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    offer = _offer(by, offer_id, now)
    form = PlanVisitForm(request.POST or None, initial=PlanVisitForm.initial_of(offer))
    return _form(
        request,
        offer,
        form,
        lambda: actions.plan_visit(offer=offer, version=form.version_read, by=by, now=now, **form.values()),
        title=_("Plan a visit"),
        said=_("The visit is planned."),
    )


@requires(MANAGE)
@require_http_methods(METHODS)
def record_visit(request: UserRequest, offer_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    offer = _offer(by, offer_id, now)
    staff = people_with(Permission.HOUSING_VIEW, [offer.team], now).filter(is_active=True).select_related("data_key")
    people = sorted(staff.distinct(), key=lambda user: (str(user.display_name or user.email), str(user.pk)))
    initial = VisitForm.initial_of(offer)
    initial |= {"on": initial["on"] or today_in(offer.team.time_zone, now)}
    initial |= {"visited_by": initial["visited_by"] or str(by.pk)}
    form = VisitForm(request.POST or None, initial=initial, staff=people)
    return _form(
        request,
        offer,
        form,
        lambda: actions.record_visit(offer=offer, version=form.version_read, by=by, now=now, **form.values()),
        title=_("What was found there?"),
        said=_("What was found is on record."),
        text=_("Leave blank what was not seen: only what somebody saw counts."),
    )


@requires(MANAGE)
@require_http_methods(METHODS)
def accept_host(request: UserRequest, offer_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    offer = _offer(by, offer_id, now)
    form = VersionForm(request.POST or None, initial=VersionForm.initial_of(offer))
    found = [SummaryRow(label=_("What was found"), value=[str(HostOffer.Check(it).label) for it in offer.found])]
    return asked(
        request,
        form,
        lambda: actions.accept_host(offer=offer, version=form.version_read, by=by, now=now),
        title=_("Accept this offer?"),
        act_label=_("Accept the offer"),
        said=_("The offer is accepted. Take the place into use now."),
        text=str(offer.contact_name),
        rows=found,
        warning=missing_sentence(offer),
        back=_url(offer),
    )


@requires(MANAGE)
@require_http_methods(METHODS)
def take_host_into_use(request: UserRequest, offer_id: UUID) -> HttpResponse:
    """Open a site for an accepted offer with its beds, or say which site it is."""
    now, by = timezone.now(), request.user
    offer = _offer(by, offer_id, now)
    teams = teams_that_manage(by, now)
    sites = _sites_for(offer, by, now)
    initial = {
        "version": offer.version,
        "existing": str(offer.site_id or NEW),
        "name": offer.contact_name,
        "unit_label": _("Room"),
        "beds": offer.beds,
        "teams": [offer.team_id],
    }
    form = IntoUseForm(request.POST or None, initial=initial, teams=teams, sites=sites)

    def act() -> None:
        version, new_id, values = form.version_read, form.cleaned_data["id"], form.values()
        if form.site is not None:
            actions.take_host_into_use_at(offer=offer, site=form.site, version=version, by=by, now=now)
        else:
            actions.take_host_into_use(offer=offer, version=version, site_id=new_id, by=by, now=now, **values)

    if request.method == "POST" and form.is_valid() and is_done(form, act):
        messages.success(request, _("The place is in use: people can be placed there."))
        offer.refresh_from_db(fields=["site"])
        return redirect("site", offer.site_id)
    text = f"{offer.contact_name}, {offer.city}"
    return one_form_page(request, form, title=_("Take this place into use"), who=text, cancel_url=_url(offer))


@requires(MANAGE)
@require_http_methods(METHODS)
def decline_host(request: UserRequest, offer_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    offer = _offer(by, offer_id, now)
    form = ReasonForm(request.POST or None, initial=ReasonForm.initial_of(offer))
    return asked(
        request,
        form,
        lambda: actions.decline_host(offer=offer, version=form.version_read, by=by, now=now, **form.values()),
        title=_("Do not take this offer?"),
        act_label=_("Do not take the offer"),
        said=_("It is noted that the offer is not taken. Tell the host."),
        text=str(offer.contact_name),
        back=_url(offer),
    )


@requires(MANAGE)
@require_http_methods(METHODS)
def withdraw_host(request: UserRequest, offer_id: UUID) -> HttpResponse:
    """The host takes the offer back; who lives there is named before it is confirmed."""
    now, by = timezone.now(), request.user
    offer = _offer(by, offer_id, now)
    rows = list(living_or_coming(now).filter(bed__unit__site=offer.site)) if offer.site_id else []
    form = ReasonForm(request.POST or None, initial=ReasonForm.initial_of(offer))
    if rows:
        said = _("The site takes nobody new. Move those who live there: they are named below.")
        warning = _(
            "Nobody is put out by this: the site takes nobody new from today, and those who live there are to be moved."
        )
    else:
        said = _("It is noted that the host took the offer back.")
        closes = bool(offer.site_id) and not offer.site.is_closed_on(offer.site.today(now))
        warning = _("The site closes today: nobody has a bed there.") if closes else ""
    return asked(
        request,
        form,
        lambda: actions.withdraw_host(offer=offer, version=form.version_read, by=by, now=now, **form.values()),
        title=_("Does the host take the offer back?"),
        act_label=_("The host takes it back"),
        said=said,
        text=str(offer.contact_name),
        warning=warning,
        concerned=people_there(by, now, rows),
        back=_url(offer),
    )


@requires(MANAGE)
@require_http_methods(METHODS)
def reconsider_host(request: UserRequest, offer_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    offer = _offer(by, offer_id, now)
    form = VersionForm(request.POST or None, initial=VersionForm.initial_of(offer))
    return asked(
        request,
        form,
        lambda: actions.reconsider_host(offer=offer, version=form.version_read, by=by, now=now),
        title=_("Take up this offer again?"),
        act_label=_("Take it up again"),
        said=_("The offer is open again. Somebody must look at the place once more."),
        text=str(offer.contact_name),
        back=_url(offer),
    )


def about(offer: Any) -> list[SummaryRow]:
    """Return what is known of an offer, row by row."""
    place = [part for part in (offer.line, offer.city) if part]
    visited = f"{day(offer.visited_on)}, {offer.visited_by.display_name}" if offer.visited_on else None
    facts: list[tuple[str, Any]] = [
        (_("State"), offer.get_state_display()),
        (_("Phone"), offer.contact_phone),
        (_("Address"), ", ".join([*place, country_name(offer.country, get_language() or "en")])),
        (_("Beds"), str(offer.beds)),
        (_("Days"), _days(offer)),
        (_("For whom"), offer.get_for_whom_display()),
        (_("Pets are welcome"), _("yes") if offer.takes_pets else _("no")),
        (_("Note"), offer.note),
        (_("Recorded"), offer.made_at),
        (_("Visit planned for"), offer.visit_on),
        (_("Visited"), visited),
        (_("Note on the visit"), offer.visit_note),
        (_("Reason"), offer.reason),
        (_("Team"), offer.team.name),
    ]
    may_be_blank = {_("Reason"), _("Note on the visit"), _("Visit planned for")}
    return [
        SummaryRow(label=label, value=value or None) for label, value in facts if value or label not in may_be_blank
    ]


def missing_sentence(offer: HostOffer) -> str:
    """Say what must be found before anybody is placed there, and was not; "" if nothing is missing."""
    labels = [str(HostOffer.Check(code).label) for code in _checks() if code in offer.missing]
    return _("Not found yet, and needed: %(what)s.") % {"what": "; ".join(labels)} if labels else ""


def _form(
    request: UserRequest, offer: Any, form: Any, act: Callable[[], Any], *, title: str, said: str, text: str = ""
) -> HttpResponse:
    """Show a form about an offer, do what it says, and go back to the offer."""
    if request.method == "POST" and form.is_valid() and is_done(form, act):
        messages.success(request, said)
        return redirect(_url(offer))
    return one_form_page(request, form, title=title, who=str(offer.contact_name), text=text, cancel_url=_url(offer))


def _checks() -> Sequence[str]:
    """The findings, those first without which nobody is placed there."""
    return sorted(HostOffer.Check.values, key=lambda code: code not in HostOffer.NEEDED)


def _visible(user: User, now: datetime) -> Any:
    offers: Any = HostOffer.objects
    lives = living_or_coming(now).filter(bed__unit__site=OuterRef("site")).order_by()
    rows = offers.visible_to(user, now).annotate(has_people=Exists(lives))
    return rows.select_related("data_key", "team", "site__data_key", "visited_by__data_key")


def _offer(user: User, offer_id: UUID, now: datetime) -> Any:
    return get_object_or_404(_visible(user, now), pk=offer_id)


def _sites_for(offer: Any, by: User, now: datetime) -> list[Site]:
    """Return the sites that may be the place of an offer: its own, or one in use of the same country that no host has."""
    sites: Any = Site.objects
    kept = sites.usable_by(by, now, MANAGE)
    free = kept.filter(host_offer__isnull=True, closed_on__isnull=True, country=offer.country)
    return list((kept.filter(pk=offer.site_id) | free).distinct().order_by("code"))


def _row(offer: Any, now: datetime) -> HostRow:
    return HostRow(offer=offer, days=_days(offer), step=_step(offer, now))


def _days(offer: Any) -> str:
    if offer.until is None:
        return _("from %(since)s on") % {"since": day(offer.since)}
    return f"{day(offer.since)} – {day(offer.until - timedelta(days=1))}"


def _step(offer: Any, now: datetime) -> Step:
    """Return what an offer needs next."""
    today = today_in(offer.team.time_zone, now)
    name, said, is_late = _next(offer, today)
    return Step(said=said, url=reverse(name, args=[offer.pk]) if name else "", is_late=is_late)


def _next(offer: Any, today: date) -> tuple[str, str, bool]:
    match offer.state:
        case State.OFFERED:
            return "plan_visit", _("plan a visit"), False
        case State.VISIT_PLANNED if offer.visit_on is not None and offer.visit_on < today:
            return (
                "record_visit",
                _("say what was found: the visit was planned for %(day)s") % {"day": day(offer.visit_on)},
                True,
            )
        case State.VISIT_PLANNED if offer.visit_on is not None:
            return "record_visit", _("visit on %(day)s, then say what was found") % {"day": day(offer.visit_on)}, False
        case State.VISITED if offer.missing:
            return (
                "record_visit",
                _("look again, or do not take it: %(missing)s") % {"missing": missing_sentence(offer)},
                False,
            )
        case State.VISITED:
            return "accept_host", _("accept it, or not"), False
        case State.ACCEPTED:
            return "take_host_into_use", _("take the place into use"), False
        case State.WITHDRAWN if offer.site is not None and offer.site.closed_on is None:
            if offer.has_people:
                return "host_offer", _("move those who live there"), True
            return "host_offer", _("nobody lives there any more: close the site"), True
    return "", _("nothing to do"), False


def _acts(offer: Any) -> list[tuple[str, str]]:
    """Return what can be done with an offer beside its next step."""
    labels = [
        ("plan_visit", State.VISIT_PLANNED, _("Plan a visit")),
        ("record_visit", State.VISITED, _("Say what was found")),
        ("accept_host", State.ACCEPTED, _("Accept the offer")),
        ("take_host_into_use", State.IN_USE, _("Take into use")),
        ("decline_host", State.DECLINED, _("Do not take the offer")),
        ("withdraw_host", State.WITHDRAWN, _("The host takes it back")),
        ("reconsider_host", State.OFFERED, _("Take it up again")),
    ]
    return [(reverse(name, args=[offer.pk]), label) for name, state, label in labels if offer.may_become(state)]


def _url(offer: Any) -> str:
    return reverse("host_offer", args=[offer.pk])
