"""People in Bishkek who wait for beds: a family that declined what was too far, and somebody who is offered nothing yet."""

from datetime import datetime, timedelta
from typing import Any

from casework.accounts.models import Team, User
from casework.clients.models import Case, Client
from casework.housing import actions
from casework.housing.models import Bed, HousingRequest, Placement
from casework.lib.dates import today_in

DAY = timedelta(days=1)


def build_waiting(*, teams: dict[str, Team], workers: dict[str, User], now: datetime) -> None:
    """Give the demo requests with a history, and a turn-away that was corrected."""
    team, worker = teams["FRU"], workers["bishkek"]
    today = today_in(team.time_zone, now)
    for number, people in enumerate(_without_beds(team)):
        since = now - (11, 5)[number] * DAY
        request = actions.open_request(
            case=people[0].case,
            people=people,
            needed_from=today,
            leave_by=today + (6, 25)[number] * DAY,
            country=team.country,
            city="Bishkek",
            together=number == 0,
            note="Demo: near a school, if it can be.",
            by=worker,
            now=since,
        )
        if number == 0:
            _declined(request, people, worker, since + DAY)
            actions.note_contact(request=request, on=today - 2 * DAY, by=worker, now=now)
    row = actions.record_turn_away(
        team=team, day=today - 2 * DAY, people=6, reason="full", country=team.country, city="Bishkek", by=worker, now=now,
    )  # fmt: skip
    actions.change_turn_away(turn_away=row, version=1, people=4, by=worker, now=now)


def _declined(request: HousingRequest, people: list[Client], worker: User, at: datetime) -> None:
    """Beds were offered, and they said why not."""
    since = today_in("Asia/Bishkek", at) + DAY
    beds: Any = Bed.objects
    free = beds.free(since, since + 30 * DAY, at).filter(unit__site__code="BSK-1", unit__for_whom="family")
    found = list(free.with_place().order_by("unit__label", "label"))
    if len(found) < len(people):
        return
    offer = actions.offer_beds(
        request=request,
        people_in_beds=dict(zip(people, found, strict=False)),
        since=since,
        until=since + 30 * DAY,
        lapses_at=at + timedelta(hours=24),
        reason="Demo: agreed with everybody there.",
        by=worker,
        now=at,
    )
    actions.decline_offer(
        offer=offer,
        why="too_far",
        note="Demo: an hour and a half to the school.",
        by=worker,
        now=at + timedelta(hours=3),
    )


def _without_beds(team: Team) -> list[list[Client]]:
    """Return the people of two open cases of a team who have no bed of ours and wait for none, the larger case first."""
    cases: Any = Case.objects
    found = cases.open().filter(team=team, restricted=False, caseworker__isnull=False)
    found = found.exclude(pk__in=HousingRequest.objects.values("case"))
    found = found.exclude(pk__in=Placement.objects.values("client__case")).order_by("opened_at", "pk")
    people = [list(case.clients.select_related("case").defer("search_form").principal_first()) for case in found]
    return sorted((each for each in people if each), key=len, reverse=True)[:2]
