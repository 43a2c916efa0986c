"""Housing in bulk: a place to sleep for every team, with people in its beds, people to come, and people who wait."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from casework.accounts.models import Team, User
from casework.accounts.roles import Role
from casework.clients.models import Client
from casework.housing import actions
from casework.housing.models import Bed, HousingRequest, Placement, RequestPerson, Site, Unit
from casework.lib.ids import new_id

from .copying import copy_rows
from .progress import Progress

SEED = 20261127
BEDS_OF_UNITS = (2, 3, 4, 6)  # fifteen a team
WAITING = 5  # cases a team
NEEDED = sum(BEDS_OF_UNITS) * 3 + WAITING  # for three in every bed, one after the other
# People are counted as having come long before the first day that anybody looks at.
OPENED = date(2020, 1, 1)


def have_housing(*, now: datetime) -> None:
    """See to it that each team has a site with beds; those that have one stay as they are."""
    source = random.Random(SEED)
    teams = list(Team.objects.exclude(pk__in=Site.objects.values("teams")).order_by("pk"))
    with Progress("sites", len(teams)) as progress:
        for team in teams:
            _house(team, source, now)
            progress.advance(1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@transaction.atomic
def _house(team: Team, source: random.Random, now: datetime) -> None:
    by = User.objects.filter(memberships__team=team, memberships__role=Role.COORDINATOR).order_by("pk")[0]
    people = Client.objects.filter(case__team=team, is_principal=True).select_related("data_key", "case__data_key")
    found = list(people.defer("search_form").order_by("pk")[:NEEDED])
    if len(found) < NEEDED:  # a team that has only begun
        return
    waiting = iter(found)
    for _ in range(WAITING):
        _let_wait(next(waiting), by, source, now)
    site = actions.open_site(
        teams=[team],
        code=f"S-{team.code}",
        kind="ngo_shelter",
        name="Выдуманный приют",
        country=team.country,
        city="Выдуманск",
        time_zone=team.time_zone,
        opened_on=OPENED,
        by=by,
        now=now,
    )
    placements: list[Placement] = []
    for number, size in enumerate(BEDS_OF_UNITS):
        unit = Unit.objects.create(site=site, label=str(number + 1), capacity=size)
        for bed in Bed.objects.bulk_create(
            Bed(unit=unit, label=str(place + 1), opened_on=OPENED) for place in range(size)
        ):
            placements += _placements(bed, waiting, by, source, now)
    copy_rows(Placement, placements)


def _placements(
    bed: Bed, people: Iterator[Client], by: User, source: random.Random, now: datetime
) -> Iterator[Placement]:
    """Yield who slept there before, mostly somebody who does now, and sometimes somebody who comes next."""
    today, day = now.date(), now.date() - timedelta(days=source.randint(60, 90))
    for state, days, often in (("checked_out", (10, 40), 0.9), ("checked_in", (70, 90), 0.8), ("booked", (5, 30), 0.3)):
        if source.random() > often:
            continue
        until = day + timedelta(days=source.randint(*days))
        if state == "checked_in":
            day, until = min(day, today), max(until, today + timedelta(days=3))
        elif state == "booked":
            day = max(day, today + timedelta(days=4))
            until = day + timedelta(days=source.randint(*days))
        client = next(people)
        came, left = state != "booked", state == "checked_out"
        yield Placement(
            client=client,
            data_key=client.data_key,
            bed=bed,
            since=day,
            until=until,
            state=state,
            act=new_id(),
            made_at=now,
            made_by=by,
            booked_at=now,
            booked_by=by,
            checked_in_at=now if came else None,
            checked_in_by=by if came else None,
            ended_at=now if left else None,
            ended_by=by if left else None,
        )
        day = until + timedelta(days=source.randint(0, 3))


def _let_wait(client: Client, by: User, source: random.Random, now: datetime) -> None:
    request = HousingRequest(
        case=client.case,
        data_key=client.case.data_key,
        needed_from=now.date(),
        country="KG",
        opened_at=now - timedelta(days=source.randint(1, 40)),
        opened_by=by,
    )
    request.save(force_insert=True)
    RequestPerson.objects.create(request=request, client=client)
