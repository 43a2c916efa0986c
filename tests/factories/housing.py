"""Places, beds and the people in them, for tests; every street is invented."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from casework.accounts.models import Team, User
from casework.clients.models import Client
from casework.housing import actions
from casework.housing.models import (
    Bed,
    BedBlock,
    BedOffer,
    HostOffer,
    HousingRequest,
    Lease,
    Placement,
    Site,
    Unit,
)

from .accounts import NOW, make_team, make_user, team_of

TODAY = NOW.date()
OPENED = date(2026, 1, 1)

_numbers = itertools.count(1)


def make_site(*, team: Team | None = None, by: User | None = None, now: datetime = NOW, **fields: Any) -> Site:
    team = team or make_team()
    known: dict[str, Any] = {
        "code": f"TST-{next(_numbers)}",
        "kind": Site.Kind.NGO_SHELTER,
        "name": "Приют Вымышленный",
        "line": "ул. Придуманная, 7",
        "country": "KG",
        "region": "Bishkek",
        "city": "Bishkek",
        "time_zone": "Asia/Bishkek",
        "opened_on": OPENED,
    }
    teams = fields.pop("teams", [team])
    return actions.open_site(teams=teams, by=by or make_user(team=team), now=now, **(known | fields))


def make_unit(
    site: Site | None = None, *, by: User | None = None, beds: int = 0, now: datetime = NOW, **fields: Any
) -> Unit:
    """A unit of a new site or of `site`, with beds that have stood there since the site was opened."""
    site = site or make_site()
    by = by or site.created_by
    known: dict[str, Any] = {"label": f"Room {next(_numbers)}", "capacity": max(beds, 4)}
    unit = actions.add_unit(site=site, by=by, now=now, **(known | fields))
    if beds:
        actions.add_beds(unit=unit, number=beds, by=by, now=now, opened_on=site.opened_on)
    return unit


def make_beds(number: int = 1, *, site: Site | None = None, **fields: Any) -> list[Bed]:
    """Beds in one new unit, in the order of their ids."""
    unit = make_unit(site, beds=number, **fields)
    return list(Bed.objects.filter(unit=unit).with_place().order_by("pk"))


def make_bed(**fields: Any) -> Bed:
    return make_beds(1, **fields)[0]


def make_block(bed: Bed, *, by: User | None = None, now: datetime = NOW, **fields: Any) -> BedBlock:
    known: dict[str, Any] = {"since": TODAY, "until": TODAY + timedelta(days=7), "reason": BedBlock.Reason.REPAIR}
    return actions.block_bed(bed=bed, by=by or bed.unit.site.created_by, now=now, **(known | fields))


def book(
    people_in_beds: Mapping[Client, Bed], *, by: User | None = None, now: datetime = NOW, **fields: Any
) -> list[Placement]:
    """Booked for ten days, from today unless told; with `checks_in=True` they live there."""
    since = fields.get("since", TODAY)
    known: dict[str, Any] = {"since": since, "until": since + timedelta(days=10)}
    by = by or make_user(team=next(iter(people_in_beds)).case.team)
    return actions.book(people_in_beds=people_in_beds, by=by, now=now, **(known | fields))


def hold(
    people_in_beds: Mapping[Client, Bed], *, by: User | None = None, now: datetime = NOW, **fields: Any
) -> list[Placement]:
    """Held for ten days, from today unless told, until this time tomorrow."""
    since = fields.get("since", TODAY)
    known: dict[str, Any] = {
        "since": since,
        "until": since + timedelta(days=10),
        "held_until": now + timedelta(hours=24),
    }
    by = by or make_user(team=next(iter(people_in_beds)).case.team)
    return actions.hold(people_in_beds=people_in_beds, by=by, now=now, **(known | fields))


def make_request(
    people: Sequence[Client], *, by: User | None = None, now: datetime = NOW, **fields: Any
) -> HousingRequest:
    """The people of one case wait for beds in Bishkek from today on."""
    known: dict[str, Any] = {"needed_from": TODAY, "country": "KG", "city": "Bishkek"}
    case = people[0].case
    by = by or make_user(team=case.team)
    return actions.open_request(case=case, people=people, by=by, now=now, **(known | fields))


def make_offer(
    request: HousingRequest,
    people_in_beds: Mapping[Client, Bed],
    *,
    by: User | None = None,
    now: datetime = NOW,
    **fields: Any,
) -> BedOffer:
    """Offered for ten days from today, to be answered until this time tomorrow."""
    known: dict[str, Any] = {
        "since": TODAY,
        "until": TODAY + timedelta(days=10),
        "lapses_at": now + timedelta(hours=24),
    }
    by = by or make_user(team=request.case.team)
    return actions.offer_beds(request=request, people_in_beds=people_in_beds, by=by, now=now, **(known | fields))


def make_lease(
    site: Site, unit: Unit | None = None, *, by: User | None = None, now: datetime = NOW, **fields: Any
) -> Lease:
    known: dict[str, Any] = {
        "since": OPENED,
        "until": date(2027, 1, 1),
        "currency": "KGS",
        "landlord_name": "Хозяин Вымышленный",
        "rent": Decimal(40000),
    }
    return actions.record_lease(site=site, unit=unit, by=by or site.created_by, now=now, **(known | fields))


def make_host(*, team: Team | None = None, by: User | None = None, now: datetime = NOW, **fields: Any) -> HostOffer:
    team = team or make_team()
    known: dict[str, Any] = {
        "contact_name": "Хозяйка Придуманная",
        "contact_phone": "+996 555 012345",
        "country": "KG",
        "city": "Bishkek",
        "beds": 2,
        "since": TODAY,
    }
    return actions.record_host_offer(team=team, by=by or make_user(team=team), now=now, **(known | fields))


def accepted_host(**fields: Any) -> HostOffer:
    """An offer after a visit that found what must be found."""
    offer, by = make_host(**fields), make_user()
    offer = actions.plan_visit(offer=offer, on=TODAY, version=1, by=by, now=NOW)
    offer = actions.record_visit(
        offer=offer, on=TODAY, found=HostOffer.NEEDED | {"registration"}, visited_by=by, version=2, by=by, now=NOW
    )
    return actions.accept_host(offer=offer, version=3, by=by, now=NOW)


def host_in_use(*, by: User, beds: int) -> HostOffer:
    """An offer that has become a site with beds."""
    offer = accepted_host(team=team_of(by), by=by, beds=beds)
    code = f"HOST-{next(_numbers)}"
    actions.take_host_into_use(offer=offer, code=code, name="Семья", unit_label="Комната", version=4, by=by, now=NOW)
    offer.refresh_from_db()
    return offer
