"""Places, beds and those who live in them or wait for one, all of them invented, made through the acts that people use."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from casework.accounts.models import Team, User
from casework.clients.models import Case, Client
from casework.housing import actions
from casework.housing.models import Bed, HostOffer, Site, Unit
from casework.lib.dates import today_in
from casework.residency import actions as residency
from casework.residency.models import Stay

from .hosts import build_hosts
from .housing_past import build_housing_past

BEGAN = timedelta(days=300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    label: str
    beds: int
    area: str
    for_whom: str = "anyone"
    step_free: bool = False
    has_cot: bool = False
    takes_pets: bool = False
    can_register: bool | None = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    code: str
    kind: str
    name: str
    team: str
    city: str
    rooms: tuple[Room, ...]


PLACES = (
    Place(
        code="ALA-1", kind="ngo_shelter", name="Приют «Небылица»", team="ALA", city="Almaty",
        rooms=(
            Room(label="Flat 1", beds=5, area="31", for_whom="family", has_cot=True, step_free=True),
            Room(label="Room 2", beds=3, area="13", for_whom="men"),
            Room(label="Room 3", beds=2, area="10", for_whom="women"),
        ),
    ),
    Place(
        code="ALA-2", kind="shared_rental", name="Квартира на Придуманной", team="ALA", city="Almaty",
        rooms=(Room(label="Room A", beds=3, area="9.6", can_register=None, takes_pets=True),),
    ),
    Place(
        code="BSK-1", kind="hostel_hotel", name="Хостел «Мираж»", team="FRU", city="Bishkek",
        rooms=(
            Room(label="Room 1", beds=4, area="18"),
            Room(label="Room 2", beds=3, area="14", for_whom="women"),
            Room(label="Room 3", beds=5, area="24", for_whom="family", has_cot=True, step_free=True),
            Room(label="Room 4", beds=5, area="17", for_whom="family", can_register=False),
        ),
    ),
    Place(
        code="TBS-1", kind="hostel_hotel", name="Гостиница «Сказка»", team="TBS", city="Tbilisi",
        rooms=(Room(label="Room 1", beds=4, area="20"), Room(label="Room 2", beds=2, area="11", for_whom="family")),
    ),
)  # fmt: skip


def build_housing(*, teams: dict[str, Team], workers: dict[str, User], now: datetime) -> None:
    """Give the demo places in three towns, people who live there, beds that are held, and a waiting list."""
    keeper = workers["coordinator"]
    sites = {place.code: _open(place, teams, keeper, now - BEGAN) for place in PLACES}
    _lease(sites, keeper, now)
    _host(teams["FRU"], teams["ALA"], workers, now)
    build_hosts(team=teams["ALA"], keeper=keeper, visitor=workers["caseworker"], now=now)
    cases = _cases(teams["ALA"])
    family = next((case for case in cases if len(case) >= 4), cases[0])
    singles = [case for case in cases if len(case) == 1]
    today = today_in(teams["ALA"].time_zone, now)
    _live(sites, family, singles, workers["caseworker"], now, today)
    _wait(sites, singles[3:6], workers["caseworker"], now, today)
    elsewhere = [people for people in _cases(teams["FRU"]) if len(people) == 1][:1]
    for people in elsewhere:
        _book(people, _beds(sites["BSK-1"], "Room 1"), workers["bishkek"], now, today, days=40, checks_in=True)
    actions.block_bed(
        bed=_beds(sites["ALA-2"], "Room A")[2],
        since=today - timedelta(days=2),
        until=today + timedelta(days=5),
        reason="repair",
        note="Demo: the radiator leaks.",
        by=keeper,
        now=now,
    )
    actions.write_safety_note(
        site=sites["TBS-1"], text="Demo: a neighbour asks guests where they work.", by=keeper, now=now
    )
    for days, number, reason in ((9, 3, "full"), (4, 5, "not_together"), (1, 2, "full")):
        actions.record_turn_away(
            team=teams["ALA"],
            day=today - timedelta(days=days),
            people=number,
            reason=reason,
            country="KZ",
            city="Almaty",
            by=workers["caseworker"],
            now=now,
        )
    build_housing_past(
        people=_without_address(cases), sites=sites, team=teams["ALA"], worker=workers["caseworker"], now=now
    )


def _without_address(cases: list[list[Client]]) -> list[Client]:
    """Return those of whom it is not known where they live: nothing that they did before ends an address of theirs."""
    ids = [client.pk for case in cases for client in case]
    known = Client.objects.filter(pk__in=ids, addresses__isnull=True, placements__isnull=True)
    free = set(known.values_list("pk", flat=True))
    return [client for case in cases for client in case if client.pk in free]


def _open(place: Place, teams: dict[str, Team], keeper: User, began: datetime) -> Site:
    team = teams[place.team]
    site = actions.open_site(
        teams=list({team.pk: team, teams["ALA"].pk: teams["ALA"]}.values()),
        code=place.code,
        kind=place.kind,
        name=place.name,
        line="ул. Придуманная, 7",
        contact_name="Вымышленная Л.",
        contact_phone="+996 555 012345",
        house_rules="Demo: quiet after ten, no guests overnight.",
        country=team.country,
        region=place.city,
        city=place.city,
        time_zone=team.time_zone,
        area_closed=False,
        opened_on=began.date(),
        by=keeper,
        now=began,
    )
    for room in place.rooms:
        actions.add_unit(
            site=site,
            label=room.label,
            capacity=room.beds,
            beds=room.beds,
            floor_area=Decimal(room.area),
            for_whom=room.for_whom,
            step_free=room.step_free,
            has_cot=room.has_cot,
            takes_pets=room.takes_pets,
            registration_possible=room.can_register,
            by=keeper,
            now=began,
        )
    return site


def _lease(sites: dict[str, Site], keeper: User, now: datetime) -> None:
    """One lease runs on, one ends soon and wants notice, one has ended; the rent of the hostel tripled in the autumn of 2022."""
    today = now.date()
    began = today - BEGAN
    known: dict[str, Any] = {
        "landlord_name": "Demo Landlord",
        "landlord_phone": "+996 555 012346",
        "by": keeper,
        "now": now,
    }
    shelter = actions.record_lease(
        site=sites["ALA-1"], unit=None, since=began, until=None, currency="KZT", rent=Decimal(600000), **known
    )
    hostel = actions.record_lease(
        site=sites["BSK-1"],
        unit=None,
        since=date(2022, 3, 1),
        until=today + timedelta(days=75),
        notice_on=today + timedelta(days=10),
        deposit=Decimal(80000),
        currency="KGS",
        rent=Decimal(60000),
        **known,
    )
    actions.record_lease(
        site=sites["TBS-1"],
        unit=Unit.objects.get(site=sites["TBS-1"], label="Room 2"),
        since=began,
        until=today - timedelta(days=3),
        currency="GEL",
        rent=Decimal(45),
        per="night",
        **known,
    )
    for since, amount in ((date(2022, 10, 1), 180000), (date(2023, 5, 1), 120000)):
        actions.change_rent(lease=hostel, since=since, amount=Decimal(amount), by=keeper, now=now)
    for lease, days, amount in ((shelter, 120, 900000), (hostel, 180, 150000), (hostel, 60, 210000)):
        since = today - timedelta(days=days)
        actions.change_rent(lease=lease, since=since, amount=Decimal(amount), by=keeper, now=now)


def _host(team: Team, neighbours: Team, workers: dict[str, User], now: datetime) -> None:
    """A family in Bishkek that was visited and is in use, and another that waits for a visit."""
    keeper, today = workers["coordinator"], today_in(team.time_zone, now)
    known: dict[str, Any] = {"team": team, "country": "KG", "city": "Bishkek", "by": keeper, "now": now}
    host = actions.record_host_offer(
        contact_name="Гостеприимная В.", contact_phone="+996 555 012347", line="ул. Придуманная, 9", beds=2,
        since=today - timedelta(days=20), for_whom="women", **known,
    )  # fmt: skip
    found = HostOffer.NEEDED | {"own_room", "locks", "heated", "water", "registration"}
    host = actions.record_visit(
        offer=host,
        on=today - timedelta(days=15),
        found=found,
        visited_by=workers["bishkek"],
        version=1,
        by=keeper,
        now=now,
    )
    host = actions.accept_host(offer=host, version=host.version, by=keeper, now=now)
    actions.take_host_into_use(
        offer=host,
        teams=[team, neighbours],
        code="BSK-2",
        name="Семья Гостеприимных",
        unit_label="Room",
        version=host.version,
        by=keeper,
        now=now,
    )
    other = actions.record_host_offer(contact_name="Радушный Г.", beds=1, since=today, **known)
    actions.plan_visit(offer=other, on=today + timedelta(days=4), version=1, by=keeper, now=now)


def _live(
    sites: dict[str, Site], family: list[Client], singles: list[list[Client]], worker: User, now: datetime, today: date
) -> None:
    """A family in a flat, a man who comes next week, one who has left, a bed that is held until tomorrow."""
    ago = timedelta(days=9)
    _book(family, _beds(sites["ALA-1"], "Flat 1"), worker, now - ago, today - ago, days=30, checks_in=True)
    beds = _beds(sites["ALA-1"], "Room 2")
    reason = "Demo: no other bed was free."
    _book(singles[0], beds, worker, now, today + timedelta(days=6), days=20, reason=reason)
    left = _beds(sites["ALA-2"], "Room A")
    gone = _book(
        singles[1], left, worker, now - timedelta(days=19), today - timedelta(days=19), days=14, checks_in=True
    )
    actions.check_out(placements=gone, on=today - timedelta(days=6), ending="own_housing", by=worker, now=now)
    actions.hold(
        people_in_beds={singles[2][0]: left[1]},
        since=today + timedelta(days=1),
        until=today + timedelta(days=15),
        held_until=now + timedelta(hours=20),
        by=worker,
        now=now,
    )
    residency.refresh(client_ids=[client.pk for client in (*family, *singles[1])], now=now)


def _wait(sites: dict[str, Site], waiting: list[list[Client]], worker: User, now: datetime, today: date) -> None:
    """Three cases wait: one must leave in two days, one waits long without a word, one has an offer in hand."""
    known: tuple[dict[str, Any], ...] = (
        {"leave_by": today + timedelta(days=2), "pets": True},
        {"step_free": True},
        {"leave_by": today + timedelta(days=20)},
    )
    for number, (people, fields) in enumerate(zip(waiting, known, strict=False)):
        since = now - timedelta(days=(3, 18, 6)[number])
        request = actions.open_request(
            case=people[0].case,
            people=people,
            needed_from=today,
            country="KZ",
            city="Almaty",
            by=worker,
            now=since,
            **fields,
        )
        if number == 2:
            actions.offer_beds(
                request=request,
                people_in_beds={people[0]: _beds(sites["ALA-1"], "Room 2")[1]},
                since=today + timedelta(days=1),
                until=today + timedelta(days=31),
                lapses_at=now + timedelta(hours=30),
                reason="Demo: agreed with the others in the room.",
                by=worker,
                now=now,
            )


def _book(
    people: list[Client], beds: list[Bed], by: User, now: datetime, since: date, *, days: int, **more: Any
) -> Any:
    return actions.book(
        people_in_beds=dict(zip(people, beds, strict=False)),
        since=since,
        until=since + timedelta(days=days),
        by=by,
        now=now,
        **({"reason": "Demo: agreed with everybody there."} | more),
    )


def _beds(site: Site, label: str) -> list[Bed]:
    return list(Bed.objects.filter(unit__site=site, unit__label=label).with_place().order_by("label"))


def _cases(team: Team) -> list[list[Client]]:
    """Return the people of the open cases of a team that everybody of it sees and who are in its country, case by case."""
    cases: Any = Case.objects
    here = Stay.objects.filter(country=team.country, has_left=False, planned=False, client__is_principal=True)
    found = cases.open().filter(team=team, restricted=False, caseworker__isnull=False)
    found = found.filter(pk__in=here.values("client__case")).order_by("opened_at", "pk")
    return [list(case.clients.select_related("case").defer("search_form").principal_first()) for case in found]
