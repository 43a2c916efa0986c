"""My team: the home of those who assign cases."""

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.housing.occupancy import State
from casework.reports.capacity import Beds, By, beds
from casework.reports.readers import Reader, reader_of
from casework.reports.team_today import TeamToday, team_today
from casework.web.cases.forms.lists import NOBODY
from casework.web.decorators import requires
from casework.web.request import UserRequest

from ..homes import home_tabs

# More sites than that are a table for the report, not for a glance.
SITES_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """One site tonight. `url` is "" for the sum of those that are not shown."""

    name: str
    url: str
    beds: int
    free: int
    held: int
    taken: int
    blocked: int


@requires(Permission.CASE_ASSIGN)
@require_safe
def my_team(request: UserRequest) -> HttpResponse:
    """Twelve queries whatever the size, five of them for the beds of all sites."""
    now, user = timezone.now(), request.user
    reader = reader_of(user, now)
    team = team_today(user, today=reader.today, now=now)
    tonight = beds(reader, reader.today, reader.today + timedelta(days=1))
    record("clients.team_listed", by=user, now=now, teams=len(reader.teams), overdue=team.overdue_count)
    context = {
        "tabs": home_tabs(request, "my_team"),
        "team": team,
        "overdue": [(it, _cases_url(str(it.worker or NOBODY), due="-1")) for it in team.overdue],
        "unassigned_url": _cases_url(NOBODY),
        "sites": site_rows(tonight, reader),
        "total": _row(_("All sites"), "", tonight.total.on(reader.today)) if tonight.places else None,
        "has_more_sites": len(tonight.places) > SITES_SHOWN,
        "parts": _parts(team),
        "today": reader.today,
        "team_names": sorted(reader.teams.values()),
    }
    return render(request, "home/my_team.html", context)


def site_rows(tonight: Beds, reader: Reader) -> list[SiteRow]:
    """Return the sites with the most free beds first, so many as fit a glance."""
    ids = {place.code: place.id for place in tonight.places.values()}
    rows = [
        _row(code, reverse("site", args=[ids[code]]), counts.on(reader.today))
        for (code,), counts in tonight.by(By.SITE).items()
    ]
    return sorted(rows, key=lambda it: (-it.free, it.name))[:SITES_SHOWN]


def _row(name: str, url: str, counts: dict[State, int]) -> SiteRow:
    return SiteRow(
        name=name,
        url=url,
        beds=sum(counts.values()),
        free=counts[State.FREE],
        held=counts[State.HELD] + counts[State.BOOKED],
        taken=counts[State.OCCUPIED],
        blocked=counts[State.BLOCKED] + counts[State.OUT_OF_LEASE],
    )


def _parts(team: TeamToday) -> list[tuple[str, str, int]]:
    """Return anchor, title and number of what waits, empty ones left out."""
    parts = [
        ("overdue", _("Overdue"), team.overdue_count),
        ("unassigned", _("Nobody looks after them"), team.unassigned.count),
        ("without-step", _("Without a next step"), team.without_step.count),
        ("waiting", _("Waiting for a bed"), team.waiting.count),
        ("arrivals", pgettext("beds", "Arrivals"), len(team.arrivals)),
        ("departures", _("Departures"), len(team.departures)),
    ]
    return [part for part in parts if part[2]]


def _cases_url(caseworker: str, **more: str) -> str:
    return f"{reverse('cases')}?{urlencode({'caseworker': caseworker, **more})}"
