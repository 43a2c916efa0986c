"""Reports over 10,000 cases: measured against bounds that a busy machine keeps too."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from bench.copying import copy_rows
from bench.people import make_people
from casework.accounts.models import Membership, Team, User
from casework.accounts.roles import Role
from casework.clients.models import Case, Client, Service
from casework.lib.ids import new_id
from casework.reports.arrivals import arrivals_of
from casework.reports.caseload import balance_of, caseload_of
from casework.reports.deadlines import outcomes_of
from casework.reports.donor import cells_of, programmes_in, suppressed_places
from casework.reports.periods import parse_period
from casework.residency.models import Deadline, Rule
from tests.factories.accounts import NOW, make_team, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PEOPLE = 16_000


def taken(what: str, act: Callable[[], Any]) -> tuple[Any, float]:
    begun = time.process_time(), time.perf_counter()
    found = act()
    cpu, wall = time.process_time() - begun[0], time.perf_counter() - begun[1]
    print(f"{what}: {cpu:.2f} s in the process, {wall:.2f} s in all")
    return found, cpu


def one_big_team() -> tuple[Team, User]:
    """All cases in one team, spread unevenly over forty caseworkers, each helped in one way or two in a quarter."""
    make_people(PEOPLE, now=NOW)
    team = make_team()
    workers = [make_user(team=team) for _number in range(40)]
    cases = list(Case.objects.order_by("pk").select_related("data_key"))
    for number, case in enumerate(cases):
        case.team, case.caseworker = team, workers[(number % 40) * (number % 3) // 2 % 40]
    Case.objects.bulk_update(cases, ["team", "caseworker"], batch_size=1000)
    services = [
        Service(
            id=new_id(),
            data_key=case.data_key,
            case=case,
            kind=kind,
            state=Service.State.DELIVERED,
            delivered_on=date(2026, 7, 1) + timedelta(days=number % 92),
            delivered_at=NOW,
            delivered_by=workers[0],
            asked_by=workers[0],
            asked_at=NOW,
        )
        for number, case in enumerate(cases)
        for kind in ("legal", "school", "transport")[: number % 3 + 1]
    ]
    copy_rows(Service, services)
    deadlines = [
        Deadline(
            id=new_id(),
            client_id=client,
            duty="register" if number % 2 else "leave",
            subject_kind="client",
            subject_id=client,
            country="KZ",
            due_on=date(2026, 6, 1) + timedelta(days=number % 183),
            review=Rule.ReviewStatus.PROVISIONAL,
            state="waived" if number % 5 == 0 else "open",
            computed_at=NOW,
        )
        for number, client in enumerate(Client.objects.order_by("pk").values_list("pk", flat=True))
    ]
    copy_rows(Deadline, deadlines)
    coordinator = make_user(None)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the database does by itself where rows are committed
    Membership.objects.create(user=coordinator, team=team, role=Role.COORDINATOR, starts_at=NOW - timedelta(days=9))
    return team, coordinator


def test_ten_thousand_cases_take_seconds() -> None:
    team, coordinator = one_big_team()
    since: dict[str, Any] = {"touched_since": NOW - timedelta(days=30), "today": NOW.date(), "now": NOW}
    quarter = parse_period("2026-q3")
    span: dict[str, Any] = {"first": date(2026, 6, 1), "after": date(2026, 12, 1), "now": NOW}

    load, of_load = taken("caseload", lambda: caseload_of(coordinator, {team.pk: team.name}, **since))
    moves, of_moves = taken("suggestions", lambda: balance_of(load))
    cells, of_cells = taken("people of a quarter", lambda: cells_of(quarter))
    _places, of_places = taken("what may be told of them", lambda: suppressed_places(cells, quarter))
    outcomes, of_outcomes = taken("deadlines", lambda: outcomes_of(coordinator, **span))
    _arrivals, of_arrivals = taken("arrivals", lambda: arrivals_of(coordinator, step="week", **span))

    assert len(load.cases) > 9_000
    assert moves
    assert sum(cells.values()) > 20_000
    assert programmes_in(cells) == []
    assert outcomes.total.total() == PEOPLE
    assert max(of_load, of_moves, of_places, of_outcomes, of_arrivals) < 10
    assert of_cells < 30
