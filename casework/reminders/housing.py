"""Housing as what reminders speak of: leases to those who keep the site, everything else to whoever looks after the case.

What one act has placed is one subject, so that a family which leaves together is spoken of once.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from casework.accounts.absences import Away
from casework.accounts.models import Membership
from casework.accounts.roles import Permission
from casework.clients.audience import Audience
from casework.clients.models import Case
from casework.housing import due
from casework.housing.models import BedOffer, HousingRequest, Lease, Placement
from casework.housing.models.site import SiteTeam
from casework.lib.dates import today_in

from .matters import Matter, Source, among, chunked
from .schedule import (
    HAS_LAPSED,
    LAPSES,
    LEADS_OF_LEASE_END,
    LEADS_OF_NOTICE,
    LEADS_OF_SILENCE,
    LEADS_OF_STAY,
    lead_reached,
    speaks_at,
)
from .subjects import BED_OFFER, HOLD, HOUSING_REQUEST, LEASE, LEASE_END, PLACEMENT

# One day more than the longest lead: somewhere it is already tomorrow. What is long past has been said.
BACK = timedelta(days=30)
PLACE = ("bed__unit__site", "client__case__team")


def _near(leads: Sequence[int], now: datetime) -> tuple[date, date]:
    return now.date() - BACK, now.date() + timedelta(days=max(leads) + 1)


def _stays_due(now: datetime, cases: Collection[UUID] | None = None) -> Iterator[list[Matter]]:
    near = due.ending_stays().filter(until__range=_near(LEADS_OF_STAY, now)).select_related(*PLACE)
    for rows in chunked(among(near, cases, "client__case")):
        yield _stays(rows, now)


def _stays_now(ids: Collection[str], now: datetime) -> list[Matter]:
    return _stays(list(due.ending_stays().filter(act__in=ids).select_related(*PLACE)), now)


def _stays(rows: Sequence[Placement], now: datetime) -> list[Matter]:
    of_case = _told([row.client.case for row in rows], now)
    found = {}
    for row in rows:
        end, today = row.until, row.bed.unit.site.today(now)
        if end is None:
            continue
        lead = lead_reached(end, today, LEADS_OF_STAY)
        found[row.act, end, row.client.case_id] = of_case(f"{PLACEMENT}{row.act}", end, lead, row.client.case)
    return list(found.values())


def _holds_due(now: datetime, cases: Collection[UUID] | None = None) -> Iterator[list[Matter]]:
    for rows in chunked(among(due.holds(now).select_related(*PLACE), cases, "client__case")):
        yield _holds(rows, now)


def _holds_now(ids: Collection[str], now: datetime) -> list[Matter]:
    return _holds(list(due.holds(now).filter(act__in=ids).select_related(*PLACE)), now)


def _holds(rows: Sequence[Placement], now: datetime) -> list[Matter]:
    of_case = _told([row.client.case for row in rows], now)
    found = {}
    for row in rows:
        if (lapses_at := row.held_until) is None:
            continue
        lead = LAPSES if now >= speaks_at(row.made_at, lapses_at) else None
        on = today_in(row.bed.unit.site.time_zone, lapses_at)
        found[row.act, row.client.case_id] = of_case(f"{HOLD}{row.act}", on, lead, row.client.case, lapses_at)
    return list(found.values())


def _offers_due(now: datetime, cases: Collection[UUID] | None = None) -> Iterator[list[Matter]]:
    for rows in chunked(among(due.offers(now).select_related("request__case__team"), cases, "request__case")):
        yield _offers(rows, now)


def _offers_now(ids: Collection[str], now: datetime) -> list[Matter]:
    return _offers(list(due.offers(now).filter(pk__in=ids).select_related("request__case__team")), now)


def _offers(rows: Sequence[BedOffer], now: datetime) -> list[Matter]:
    of_case = _told([row.request.case for row in rows], now)
    found = []
    for row in rows:
        case = row.request.case
        on, today = today_in(case.team.time_zone, row.lapses_at), today_in(case.team.time_zone, now)
        lead = lead_reached(on, today, (HAS_LAPSED,))
        if lead is None and now >= speaks_at(row.made_at, row.lapses_at):
            lead = LAPSES
        found.append(of_case(f"{BED_OFFER}{row.pk}", on, lead, case, row.lapses_at))
    return found


def _silent_due(now: datetime, cases: Collection[UUID] | None = None) -> Iterator[list[Matter]]:
    _back, ahead = _near(LEADS_OF_SILENCE, now)
    rows = due.waiting().not_contacted_since(ahead - due.SILENT_AFTER).select_related("case__team")
    for chunk in chunked(among(rows, cases, "case")):
        yield _silent(chunk, now)


def _silent_now(ids: Collection[str], now: datetime) -> list[Matter]:
    return _silent(list(due.waiting().filter(pk__in=ids).select_related("case__team")), now)


def _silent(rows: Sequence[HousingRequest], now: datetime) -> list[Matter]:
    of_case = _told([row.case for row in rows], now)
    found = []
    for row in rows:
        zone = row.case.team.time_zone
        on = due.last_word(row, zone) + due.SILENT_AFTER
        lead = lead_reached(on, today_in(zone, now), LEADS_OF_SILENCE)
        found.append(of_case(f"{HOUSING_REQUEST}{row.pk}", on, lead, row.case))
    return found


def _notices_due(now: datetime, cases: Collection[UUID] | None = None) -> Iterator[list[Matter]]:
    rows = due.leases_to_answer(now.date()).filter(notice_on__range=_near(LEADS_OF_NOTICE, now)).select_related("site")
    for chunk in chunked(rows if cases is None else rows.none()):  # a lease is about no case
        yield _leases(LEASE, "notice_on", LEADS_OF_NOTICE, chunk, now)


def _notices_now(ids: Collection[str], now: datetime) -> list[Matter]:
    rows = list(due.leases_to_answer(now.date()).filter(pk__in=ids).select_related("site"))
    return _leases(LEASE, "notice_on", LEADS_OF_NOTICE, rows, now)


def _ends_due(now: datetime, cases: Collection[UUID] | None = None) -> Iterator[list[Matter]]:
    rows = due.leases_ending(now.date()).filter(until__range=_near(LEADS_OF_LEASE_END, now)).select_related("site")
    for chunk in chunked(rows if cases is None else rows.none()):  # a lease is about no case
        yield _leases(LEASE_END, "until", LEADS_OF_LEASE_END, chunk, now)


def _ends_now(ids: Collection[str], now: datetime) -> list[Matter]:
    rows = list(due.leases_ending(now.date()).filter(pk__in=ids).select_related("site"))
    return _leases(LEASE_END, "until", LEADS_OF_LEASE_END, rows, now)


def _leases(prefix: str, day: str, leads: tuple[int, ...], rows: Sequence[Lease], now: datetime) -> list[Matter]:
    keepers = _keepers({row.site_id for row in rows}, now)
    return [
        Matter(
            subject=f"{prefix}{row.pk}",
            due_on=getattr(row, day),
            lead=lead_reached(getattr(row, day), row.site.today(now), leads),
            recipients=keepers.get(row.site_id, ()),
        )
        for row in rows
    ]


def _keepers(sites: Collection[UUID], now: datetime) -> dict[UUID, set[UUID]]:
    """Return who keeps each site: who may manage the places of one of its teams."""
    of_team: dict[UUID | None, set[UUID]] = {}
    held = Membership.objects.active(now).carrying(Permission.HOUSING_MANAGE).filter(team__isnull=False)
    links = list(SiteTeam.objects.filter(site__in=sites).values_list("site_id", "team_id"))
    for team, user in held.filter(team__in={team for _site, team in links}).values_list("team_id", "user_id"):
        of_team.setdefault(team, set()).add(user)
    found: dict[UUID, set[UUID]] = {}
    for site, team in links:
        found.setdefault(site, set()).update(of_team.get(team, ()))
    away = Away(now)
    return {site: set(away.here(sorted(users))) for site, users in found.items()}


def _told(cases: Sequence[Case], now: datetime) -> Callable[..., Matter]:
    """Return what makes a matter that whoever looks after its case is told of."""
    audience: Any = Audience(cases, now)

    def matter(subject: str, due_on: date, lead: int | None, case: Case, lapses_at: datetime | None = None) -> Matter:
        told = audience.of(case)
        return Matter(subject=subject, due_on=due_on, lead=lead, at_latest=lapses_at, recipients=told, case=case)

    return matter


def subjects_of_case(case: Case) -> list[str]:
    """Return under which names reminders may speak of the beds of a case: of its requests and offers, and of what one act has
    placed whose people are all in it.
    """
    requests = HousingRequest.objects.filter(case=case).values_list("pk", flat=True)
    offers = BedOffer.objects.filter(request__case=case).values_list("pk", flat=True)
    elsewhere = Placement.objects.filter(act=OuterRef("act")).exclude(client__case=case)
    acts = Placement.objects.filter(~Exists(elsewhere), client__case=case).order_by().values_list("act", flat=True)
    return [
        *(f"{HOUSING_REQUEST}{pk}" for pk in requests),
        *(f"{BED_OFFER}{pk}" for pk in offers),
        *(f"{prefix}{act}" for act in set(acts) for prefix in (PLACEMENT, HOLD)),
    ]


HOUSING = (
    Source(prefix=PLACEMENT, due=_stays_due, standing=_stays_now),
    Source(prefix=HOLD, due=_holds_due, standing=_holds_now),
    Source(prefix=BED_OFFER, due=_offers_due, standing=_offers_now),
    Source(prefix=HOUSING_REQUEST, due=_silent_due, standing=_silent_now),
    Source(prefix=LEASE, due=_notices_due, standing=_notices_now),
    Source(prefix=LEASE_END, due=_ends_due, standing=_ends_now),
)
