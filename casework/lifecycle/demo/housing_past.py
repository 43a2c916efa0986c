"""Who lived in the demo's beds before, so that reports have something to look back on."""

from datetime import datetime, timedelta

from casework.accounts.models import Team, User
from casework.clients.models import Client
from casework.housing import actions
from casework.housing.models import Bed, Site
from casework.lib.dates import today_in
from casework.residency import actions as residency

# Site, room, how many days ago they came, for how many nights, and why they left.
PAST = (
    ("BSK-1", "Room 1", 120, 34, "own_housing"),
    ("BSK-1", "Room 4", 90, 12, "moved_on"),
    ("ALA-1", "Room 2", 200, 61, "own_housing"),
    ("ALA-1", "Room 2", 130, 21, "family"),
    ("ALA-2", "Room A", 100, 45, "as_planned"),
    ("TBS-1", "Room 1", 160, 28, "moved_on"),
)
# Days ago, people, reason, town.
TURNED_AWAY = (
    (40, 4, "full", "Almaty"),
    (55, 6, "full", "Almaty"),
    (70, 1, "no_fit", "Almaty"),
    (96, 3, "no_money", "Almaty"),
    (130, 2, "full", "Almaty"),
)


def build_housing_past(
    *, people: list[Client], sites: dict[str, Site], team: Team, worker: User, now: datetime
) -> None:
    """Let people who live elsewhere now have lived in our beds before, one after the other, and others have been turned away."""
    for client, (code, room, days, nights, ending) in zip(people, PAST, strict=False):
        came, today = now - timedelta(days=days), sites[code].today(now)
        bed = Bed.objects.filter(unit__site=sites[code], unit__label=room).with_place().order_by("label").last()
        if bed is None:
            continue
        placed = actions.book(
            people_in_beds={client: bed},
            since=today - timedelta(days=days),
            until=today - timedelta(days=days - nights),
            checks_in=True,
            reason="Demo: agreed with everybody there.",
            by=worker,
            now=came,
        )
        left = today - timedelta(days=days - nights)
        actions.check_out(placements=placed, on=left, ending=ending, by=worker, now=came + timedelta(days=nights))
    residency.refresh(client_ids=[client.pk for client in people[: len(PAST)]], now=now)
    today = today_in(team.time_zone, now)
    for days, number, reason, town in TURNED_AWAY:
        actions.record_turn_away(
            team=team,
            day=today - timedelta(days=days),
            people=number,
            reason=reason,
            country=team.country,
            city=town,
            by=worker,
            now=now,
        )
