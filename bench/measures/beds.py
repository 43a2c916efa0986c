"""Many who want the last bed at once, families that want two in mixed order; and the numbers of three years against SQL."""

import itertools
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from casework.accounts.models import Team, User
from casework.clients.models import Client
from casework.housing import actions
from casework.housing.models import Bed, Placement, Unit
from casework.housing.occupancy import State
from casework.housing.queries import numbers_by_day
from casework.lib.ids import new_id
from tests.racing import at_once

from ..copying import copy_rows
from ..frame import Figure, Settings, measure
from ..people import have_people
from ..timing import compare

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
CROWD, ROUNDS = 200, 20
BEDS, YEARS, BEDS_OF_A_SITE = 5_000, 3, 40


@measure("bed_races", on_database=True)
def bed_races(settings: Settings) -> Iterator[Figure]:
    """Two hundred acts that begin at the same moment, each in a connection of its own: one succeeds, the others are told."""
    crowd, rounds = (20, 2) if settings.quick else (CROWD, ROUNDS)
    people, by = people_in(2 * crowd)
    for name, wants in (("last_bed", 1), ("families", 2)):
        slowest, won, failed = 0.0, 0, 0
        for _ in range(rounds):
            beds = _beds(1 if wants == 1 else 3, by)
            orders = itertools.cycle(itertools.permutations(beds, wants))
            acts = [
                _booking(dict(zip(people[wants * number : wants * (number + 1)], next(orders), strict=True)), by)
                for number in range(crowd)
            ]
            began = time.perf_counter()
            outcomes = at_once(*acts)
            slowest = max(slowest, time.perf_counter() - began)
            won += sum(isinstance(it, list) for it in outcomes)
            failed += sum(not isinstance(it, list | actions.UnableToPlace) for it in outcomes)
            Placement.objects.filter(bed__in=beds).delete()
        yield Figure(f"bed_races.{name}.won", won / rounds, f"of {crowd} a round", at_least=1, at_most=None)
        yield Figure(f"bed_races.{name}.lost_without_a_sentence", failed, "acts", at_most=0)
        yield Figure(f"bed_races.{name}.slowest_round", slowest, "s", at_most=5)


@measure("bed_days", on_database=True)
def bed_days(settings: Settings) -> Iterator[Figure]:
    """How many beds are what on each day of three years, by site, against the same aggregate in SQL, with equal answers."""
    count = 200 if settings.quick else BEDS
    people, by = people_in(count)
    beds = many_beds(count, by)
    since = TODAY - timedelta(days=365 * YEARS)
    fill(beds, people, by, since)
    sites = {bed.unit_id: bed.unit.site_id for bed in beds}

    def ours() -> dict[tuple[Any, date], int]:
        found = numbers_by_day(by, NOW, since, TODAY, group=lambda bed: sites[bed.unit])  # type: ignore[index]  # units are told by their ids
        return {
            (site, day): occupied
            for site, counts in found.items()
            for day, occupied in zip(counts.days, counts.by_state[State.OCCUPIED], strict=True)
            if occupied
        }

    assert ours() == _by_sql(since)
    taken = compare(ours, lambda: _by_sql(since), quick=settings.quick)
    yield Figure(f"bed_days.{count}", taken.ratio, "x the same in SQL", at_most=2)


def people_in(count: int) -> tuple[list[Client], User]:
    have_people(max(count, Client.objects.count()), now=NOW)
    by = User.objects.filter(email__startswith="caseworker").order_by("email")[0]
    return list(Client.objects.defer("search_form").select_related("case").order_by("pk")[:count]), by


def _beds(number: int, by: User) -> list[Bed]:
    return many_beds(number, by, rooms=1)


def many_beds(count: int, by: User, *, rooms: int = 8) -> list[Bed]:
    teams, sites = list(Team.objects.filter(memberships__user=by)), []
    for number in range(-(-count // BEDS_OF_A_SITE)):
        site = actions.open_site(
            teams=teams,
            code=f"B{Bed.objects.count()}-{number}",
            kind="ngo_shelter",
            name="Bench",
            country="KG",
            city="Bishkek",
            time_zone="Asia/Bishkek",
            opened_on=date(2020, 1, 1),
            by=by,
            now=NOW,
        )
        sites.append(site)
        here = min(BEDS_OF_A_SITE, count - number * BEDS_OF_A_SITE)
        for room in range(rooms):
            size = here // rooms + (room < here % rooms)
            unit = Unit.objects.create(site=site, label=str(room), capacity=max(size, 1))
            Bed.objects.bulk_create(Bed(unit=unit, label=str(it), opened_on=site.opened_on) for it in range(size))
    return list(Bed.objects.with_place().filter(unit__site__in=sites).order_by("pk"))


def fill(beds: list[Bed], people: list[Client], by: User, since: date) -> None:
    """Let one after the other live in every bed, with days between."""
    source = random.Random(20261127)
    rows = []
    for bed, client in zip(beds, people, strict=True):
        day = since
        while day < TODAY:
            until = day + timedelta(days=source.randint(5, 50))
            rows.append(
                Placement(
                    data_key=client.data_key,
                    client=client,
                    bed=bed,
                    since=day,
                    until=until,
                    state="checked_out",
                    act=new_id(),
                    made_at=NOW,
                    made_by=by,
                    booked_at=NOW,
                    booked_by=by,
                    checked_in_at=NOW,
                    checked_in_by=by,
                    ended_at=NOW,
                    ended_by=by,
                )
            )
            day = until + timedelta(days=source.randint(0, 4))
    copy_rows(Placement, rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE housing_placement, housing_bed, housing_unit")


def _by_sql(since: date) -> dict[tuple[Any, date], int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT u.site_id, d::date, count(*)
            FROM housing_placement AS p
            JOIN housing_bed AS b ON b.id = p.bed_id
            JOIN housing_unit AS u ON u.id = b.unit_id
            CROSS JOIN LATERAL generate_series(
                greatest(p.since, %(since)s), least(coalesce(p.until, %(until)s), %(until)s) - 1, interval '1 day'
            ) AS d
            WHERE p.state IN ('checked_in', 'checked_out') AND p.since < %(until)s
                AND (p.until IS NULL OR p.until > %(since)s)
            GROUP BY u.site_id, d
            """,
            {"since": since, "until": TODAY},
        )
        return {(site, day): count for site, day, count in cursor.fetchall()}


def _booking(people_in_beds: dict[Client, Bed], by: User) -> Callable[[], Any]:
    return lambda: actions.book(
        people_in_beds=people_in_beds, since=TODAY, until=TODAY + timedelta(days=9), reason="Bench", by=by, now=NOW
    )
