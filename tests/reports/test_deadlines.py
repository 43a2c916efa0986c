"""What became of deadlines, counted by the database and, with the definitions in hand, by going through them one by one."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from casework.accounts.models import Team, User
from casework.accounts.roles import Role
from casework.clients.models import Case
from casework.reports.deadlines import Outcome, Place, outcomes_of
from casework.residency.models import Deadline, Decision
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_team, make_user
from tests.factories.clients import hide, make_case, make_client
from tests.factories.residency import make_deadline

pytestmark = pytest.mark.django_db
FIRST, AFTER = date(2026, 9, 1), date(2026, 12, 1)
DAY = date(2026, 10, 14)
FACT: dict[str, Any] = {"state": "done", "met_by_kind": "registration", "met_by_id": uuid4()}


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def coordinator(team: Team) -> User:
    return make_user(Role.COORDINATOR, team=team)


def answered(deadline: Deadline, kind: str, at: datetime, by: User) -> None:
    Decision.objects.create(
        data_key=deadline.client.data_key,
        deadline=deadline,
        number=deadline.decisions.count() + 1,
        kind=kind,
        decided_by=by,
        decided_at=at,
    )


def total(user: User) -> Counter[Outcome]:
    return outcomes_of(user, first=FIRST, after=AFTER, now=NOW).total


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        (FACT | {"met_on": DAY}, Outcome.IN_TIME),
        (FACT | {"met_on": DAY + timedelta(days=1)}, Outcome.LATE),
        (FACT | {"met_on": None}, Outcome.DAY_UNKNOWN),
        ({"state": "waived"}, Outcome.WAIVED),
        ({}, Outcome.MISSED),
        ({"due_on": NOW.date()}, Outcome.TO_COME),
        ({"due_on": NOW.date() - timedelta(days=1)}, Outcome.MISSED),
        ({"imposed_on": NOW.date(), "set_by": "authority"}, Outcome.TO_COME),
        (FACT | {"met_on": DAY, "gone_at": NOW}, Outcome.IN_TIME),
        ({"state": "waived", "gone_at": NOW}, Outcome.WAIVED),
    ],
)
def test_each_deadline_is_one_thing(team: Team, coordinator: User, fields: dict[str, Any], outcome: Outcome) -> None:
    make_deadline(make_client(team=team), **({"due_on": DAY} | fields))

    assert total(coordinator) == {outcome: 1}


@pytest.mark.parametrize(
    "fields", [{"optional": True}, {"gone_at": NOW}, {"due_on": FIRST - timedelta(days=1)}, {"due_on": AFTER}]
)
def test_what_is_only_possible_gone_or_of_other_months_does_not_count(
    team: Team, coordinator: User, fields: dict[str, Any]
) -> None:
    make_deadline(make_client(team=team), **({"due_on": DAY} | fields))

    assert total(coordinator) == {}


@pytest.mark.parametrize(
    ("at", "outcome"),
    [
        (datetime(2026, 10, 14, 17, 59, tzinfo=UTC), Outcome.IN_TIME),  # one minute before midnight in Bishkek
        (datetime(2026, 10, 14, 18, 0, tzinfo=UTC), Outcome.LATE),
    ],
)
def test_said_done_counts_on_the_day_where_the_team_works(
    team: Team, coordinator: User, at: datetime, outcome: Outcome
) -> None:
    deadline = make_deadline(make_client(team=team), DAY, state="done")
    answered(deadline, Decision.Kind.DONE, at - timedelta(days=20), coordinator)
    answered(deadline, Decision.Kind.REOPENED, at - timedelta(days=10), coordinator)
    answered(deadline, Decision.Kind.DONE, at, coordinator)

    assert total(coordinator) == {outcome: 1}


def test_deadlines_of_closed_and_archived_cases_were_deadlines(team: Team, coordinator: User) -> None:
    client = make_client(team=team)
    make_deadline(client, DAY)
    Case.objects.filter(pk=client.case_id).update(
        status="closed", closing_reason="needs_met", closed_at=NOW, archived_at=NOW
    )

    assert total(coordinator) == {Outcome.MISSED: 1}


def test_others_and_restricted_cases_are_counted_for_nobody_who_may_not_see_them(team: Team, coordinator: User) -> None:
    hidden = make_client(team=team)
    make_deadline(hidden, DAY)
    hide(hidden.case)
    make_deadline(make_client(), DAY)

    assert total(coordinator) == {}
    assert total(make_user(Role.REPORT_READER)) == {}
    assert total(make_user(team=team)) == {}


def test_the_counts_are_those_of_whoever_goes_through_them_one_by_one(team: Team, coordinator: User) -> None:
    invented = random.Random(8)
    workers = [None, *(make_user(team=team) for _number in range(2))]
    for _number in range(12):
        client = make_client(case=make_case(team=team, caseworker=invented.choice(workers)), by=coordinator)
        for _each in range(3):
            due_on = FIRST + timedelta(days=invented.randint(-5, 95))
            state = invented.choice(["open", "done", "waived"])
            met = state == "done" and invented.random() < 0.5
            fact = FACT | {"met_on": invented.choice([None, due_on, due_on + timedelta(days=3)])} if met else {}
            deadline = make_deadline(
                client,
                due_on,
                **({"state": state} | fact),
                duty=invented.choice(["register", "leave"]),
                country=invented.choice(["KZ", "KG"]),
                optional=invented.random() < 0.2,
                gone_at=invented.choice([None, None, NOW]),
            )
            if state == "done" and not met:
                at = datetime.combine(due_on, datetime.min.time(), UTC) + timedelta(hours=invented.randint(-48, 72))
                answered(deadline, Decision.Kind.DONE, at, coordinator)

    found = outcomes_of(coordinator, first=FIRST, after=AFTER, now=NOW)

    assert found.counts == _counted_one_by_one(team)
    for name in Place._fields:
        assert sum((counts for counts in found.by(name).values()), Counter()) == found.total


def _counted_one_by_one(team: Team) -> Counter[tuple[Place, Outcome]]:
    """The same by the definitions, knowing nothing of how the report asks."""
    zone = ZoneInfo(team.time_zone)
    counts: Counter[tuple[Place, Outcome]] = Counter()
    for it in Deadline.objects.select_related("client__case").prefetch_related("decisions"):
        if it.optional or it.drives_on is None or not FIRST <= it.drives_on < AFTER:
            continue
        if it.state == "open" and it.gone_at is not None:
            continue
        said = [each.decided_at.astimezone(zone).date() for each in it.decisions.all() if each.kind == "done"]
        met_on = it.met_on if it.met_by_id else (said[-1] if said else None)
        match it.state:
            case "waived":
                outcome = Outcome.WAIVED
            case "done" if met_on is None:
                outcome = Outcome.DAY_UNKNOWN
            case "done":
                outcome = Outcome.IN_TIME if met_on <= it.drives_on else Outcome.LATE
            case _:
                outcome = Outcome.MISSED if it.drives_on < NOW.astimezone(zone).date() else Outcome.TO_COME
        place = Place(it.drives_on.replace(day=1), it.duty, it.country, it.client.case.caseworker_id)
        counts[place, outcome] += 1
    return counts


def test_it_is_one_query(team: Team, coordinator: User) -> None:
    for _number in range(3):
        make_deadline(make_client(team=team), DAY)

    with counted_queries() as queries:
        total(coordinator)

    assert len(queries) == 1
