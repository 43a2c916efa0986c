"""Sites: the list, one with its units and beds, and what coordinators do to it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.accounts.models import Team
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.housing import actions
from casework.housing.keepers import keepers_of
from casework.housing.models import Bed, BedBlock, Placement, Site, Unit
from casework.housing.wording import span
from casework.lib.countries import country_name
from casework.web.cases.acting import is_done
from casework.web.components import SummaryRow
from casework.web.decorators import requires
from casework.web.forms.pages import one_form_page
from casework.web.request import UserRequest, permissions_in
from casework.web.sheet.views import LANGUAGES, language_asked

from ..answering import asked
from ..forms import ClosingForm, SiteForm, VersionForm
from ..lease_rows import leases_of_site
from ..loading import MANAGE, site_with_marks, teams_that_manage, usable_site
from ..tabs import housing_tabs
from ..warnings import safety_note_sentence

METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BedRow:
    bed: Bed
    today: str
    blocks: Sequence[BedBlock]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    unit: Unit
    features: Sequence[str]
    beds: Sequence[BedRow]


@requires(Permission.HOUSING_VIEW)
@require_safe
def sites(request: UserRequest) -> HttpResponse:
    """List the places that the reader's teams may use; `?shown=closed`: those that are not there any more."""
    now = timezone.now()
    shows_closed = request.GET.get("shown") == "closed"
    # Somewhere it is tomorrow already.
    beds = Q(units__beds__closed_on__isnull=True) | Q(units__beds__closed_on__gt=now.date() + timedelta(days=1))
    known: Any = Site.objects
    rows = (
        known.usable_by(request.user, now)
        .annotate(beds=Count("units__beds", filter=beds, distinct=True))
        .order_by("country", "city", "code")
    )
    context = {
        "tabs": housing_tabs(request, "sites"),
        "sites": [it for it in rows if it.is_closed_on(it.today(now)) is shows_closed],
        "shows_closed": shows_closed,
        "may_manage": MANAGE in permissions_in(request),
    }
    return render(request, "housing/sites.html", context)


@requires(Permission.HOUSING_VIEW)
@require_safe
def site(request: UserRequest, site_id: UUID) -> HttpResponse:
    now = timezone.now()
    found = site_with_marks(request.user, site_id, now)
    record("housing.site_seen", subject=found, by=request.user, now=now)
    units = _units(found, now)
    context = {
        "site": found,
        "about": about(found),
        "units": units,
        "may_manage": found.may_manage,
        "safety": safety_note_sentence(keepers_of([found.pk], now).get(found.pk, [])) if found.has_safety_note else "",
        "leases": leases_of_site(found, _beds_in_use(found, units), now) if found.may_manage else [],
        "may_place": Permission.HOUSING_PLACE in permissions_in(request),
    }
    return render(request, "housing/site.html", context)


@requires(Permission.HOUSING_VIEW)
@require_safe
def house_rules(request: UserRequest, site_id: UUID) -> HttpResponse:
    """On paper for whoever is placed there, in a language that they read; the rules themselves as they were written."""
    now = timezone.now()
    found = site_with_marks(request.user, site_id, now)
    if not found.house_rules:
        raise Http404
    record("housing.house_rules_printed", subject=found, by=request.user, now=now)
    language = language_asked(request.GET)
    context: dict[str, Any] = {"site": found, "language": language, "languages": LANGUAGES.items()}
    with translation.override(language):
        context["paper"] = render_to_string(
            "housing/_house_rules.html", {"rules": found.house_rules, "code": found.code}
        )
    return render(request, "housing/house_rules.html", context)


@requires(MANAGE)
@require_http_methods(METHODS)
def open_site(request: UserRequest) -> HttpResponse:
    now, by = timezone.now(), request.user
    teams = teams_that_manage(by, now)
    first = teams.first()
    initial = {"teams": [first], "country": first.country, "time_zone": first.time_zone} if first else {}
    form = SiteForm(request.POST or None, initial=initial, teams=teams)
    if request.method == "POST" and form.is_valid():
        new_id, values = form.cleaned_data["id"], form.values()
        if is_done(form, lambda: actions.open_site(site_id=new_id, by=by, now=now, **values)):
            messages.success(request, _("The site is there. Add its rooms now."))
            return redirect("site", new_id) if new_id else redirect("sites")
    return one_form_page(request, form, title=_("Add a site"), cancel_url=reverse("sites"))


@requires(MANAGE)
@require_http_methods(METHODS)
def change_site(request: UserRequest, site_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    found = usable_site(by, site_id, now, MANAGE)
    teams = teams_that_manage(by, now)
    form = SiteForm(request.POST or None, initial=SiteForm.initial_of(found), teams=teams)
    if request.method == "POST" and form.is_valid():
        values = form.values()
        # Teams of which the writer keeps no places stay as they are.
        others = Team.objects.filter(sites=found).exclude(pk__in=teams.values("pk"))
        values["teams"] = [*values["teams"], *others]
        if is_done(form, lambda: actions.change_site(site=found, version=form.version_read, by=by, now=now, **values)):
            messages.success(request, _("The site is changed."))
            return redirect("site", site_id)
    url = reverse("site", args=[site_id])
    return one_form_page(request, form, title=_("Change this site"), who=found.code, cancel_url=url)


@requires(MANAGE)
@require_http_methods(METHODS)
def close_site(request: UserRequest, site_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    found = usable_site(by, site_id, now, MANAGE)
    form = ClosingForm(request.POST or None, initial={"on": found.today(now), "version": found.version})
    return asked(
        request,
        form,
        lambda: actions.close_site(site=found, on=form.day, version=form.version_read, by=by, now=now),
        said=_("The site is closed, with its rooms and beds."),
        back=reverse("site", args=[site_id]),
        text=found.code,
        title=_("Close this site?"),
        warning=_("Nobody can be placed there from this day on. It can be taken into use again later."),
        act_label=_("Close this site"),
    )


@requires(MANAGE)
@require_http_methods(METHODS)
def reopen_site(request: UserRequest, site_id: UUID) -> HttpResponse:
    now, by = timezone.now(), request.user
    found = usable_site(by, site_id, now, MANAGE)
    form = VersionForm(request.POST or None, initial=VersionForm.initial_of(found))
    return asked(
        request,
        form,
        lambda: actions.reopen_site(site=found, version=form.version_read, by=by, now=now),
        said=_("The site is in use again."),
        back=reverse("site", args=[site_id]),
        text=found.code,
        title=_("Take this site into use again?"),
        act_label=_("Take into use again"),
    )


def about(site: Site) -> list[SummaryRow]:
    """Return what is known of a site, row by row."""
    place = [part for part in (site.line, site.city, site.region) if part]
    closed: dict[bool | None, str] = {True: _("yes"), False: _("no"), None: _("not known")}
    facts: list[tuple[str, Any]] = [
        (_("Kind"), site.get_kind_display()),
        (_("Address"), ", ".join([*place, country_name(site.country, get_language() or "en")])),
        (_("Whom to turn to there"), site.contact_name),
        (_("Phone there"), site.contact_phone),
        (_("House rules"), site.house_rules),
        (_("Is the area closed to new permits?"), closed[site.area_closed]),
        (_("Time zone"), site.time_zone),
        (_("In use since"), site.opened_on),
        (_("Teams that may use it"), sorted(team.name for team in site.teams.all())),
    ]
    return [SummaryRow(label=label, value=value) for label, value in facts]


def _beds_in_use(site: Site, units: Sequence[UnitRow]) -> Counter[UUID]:
    """Return how many beds are in use, by the unit and by the site."""
    found = Counter({row.unit.pk: sum(line.bed.closed_on is None for line in row.beds) for row in units})
    found[site.pk] = found.total()
    return found


def _units(site: Site, now: datetime) -> list[UnitRow]:
    """Return the units with their beds, and of each bed what it is today. Nobody's name: that is for the board."""
    today = site.today(now)
    beds: Any = Bed.objects
    placements: Any = Placement.objects
    blocks: Any = BedBlock.objects
    taken = {
        each.bed_id: each
        for each in placements.taking_beds(now).on_day(today).filter(bed__unit__site=site).defer("client")
    }
    blocked: dict[UUID, list[BedBlock]] = {}
    coming = blocks.filter(Q(until__isnull=True) | Q(until__gt=today), bed__unit__site=site)
    for block in coming.soonest_first():
        blocked.setdefault(block.bed_id, []).append(block)
    by_unit: dict[UUID, list[BedRow]] = {}
    for bed in beds.filter(unit__site=site).order_by("opened_on", "label", "id"):
        row = BedRow(
            bed=bed,
            today=_today(bed, taken.get(bed.pk), blocked.get(bed.pk, []), today),
            blocks=blocked.get(bed.pk, []),
        )
        by_unit.setdefault(bed.unit_id, []).append(row)
    units: Any = Unit.objects
    return [
        UnitRow(unit=unit, features=_features(unit), beds=sorted(by_unit.get(unit.pk, []), key=_in_order))
        for unit in units.filter(site=site).by_label()
    ]


def _in_order(row: BedRow) -> tuple[bool, int, str]:
    """Closed beds last, numbers as numbers."""
    label = row.bed.label
    return (row.bed.closed_on is not None, int(label) if label.isdecimal() else 10_000, label)


def _today(bed: Bed, placement: Placement | None, blocks: Sequence[BedBlock], today: Any) -> str:
    if bed.is_closed_on(today):
        return _("closed")
    if placement is not None:
        held = placement.state == Placement.State.HELD
        days = span(placement.since, placement.until)
        return (_("held %(days)s") if held else _("taken %(days)s")) % {"days": days}
    if blocks and blocks[0].since <= today:
        return _("blocked %(days)s: %(reason)s") % {
            "days": span(blocks[0].since, blocks[0].until),
            "reason": blocks[0].get_reason_display(),
        }
    return pgettext("bed", "free")


def _features(unit: Unit) -> list[str]:
    said = [_("for %(count)s people") % {"count": unit.capacity}, str(unit.get_for_whom_display())]
    if unit.floor_area is not None:
        said.append(_("%(area)s m2") % {"area": unit.floor_area})
    said += [
        text
        for holds, text in (
            (unit.step_free, _("no steps on the way in")),
            (unit.has_cot, _("a cot can be put up")),
            (unit.takes_pets, _("pets are welcome")),
            (unit.registration_possible is True, _("the owner agrees to registration")),
            (unit.registration_possible is False, _("the owner does not agree to registration")),
            (unit.registration_possible is None, _("not known whether the owner agrees to registration")),
        )
        if holds
    ]
    return said
