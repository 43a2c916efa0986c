"""Whose cases are counted, which wait, and what is suggested: exact for the teams of whoever reads, and of nobody else."""

from datetime import date, timedelta
from typing import Any

import pytest

from casework.accounts.models import Team, User
from casework.accounts.roles import Role
from casework.audit.record import record
from casework.clients import actions
from casework.clients.models import Case
from casework.lifecycle.scoring import score_case
from casework.reports.caseload import Caseload, balance_of, caseload_of
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_membership, make_team, make_user
from tests.factories.clients import hide, make_case, make_client, make_note, make_transfer
from tests.factories.needs import make_draft_version, publish
from tests.factories.residency import make_deadline, make_stay

pytestmark = pytest.mark.django_db
LONG_BEFORE = NOW - timedelta(days=60)


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def coordinator(team: Team) -> User:
    return make_user(Role.COORDINATOR, team=team, name="Coordinator")


@pytest.fixture
def worker(team: Team) -> User:
    return make_user(team=team, name="Worker")


def caseload(user: User, team: Team) -> Caseload:
    return caseload_of(user, {team.pk: team.name}, touched_since=NOW - timedelta(days=30), today=NOW.date(), now=NOW)


def old_case(team: Team, by: User, **fields: Any) -> Case:
    """A case that was opened two months ago and in which nothing was done since."""
    return make_case(team=team, by=by, now=LONG_BEFORE, **fields)


def test_open_cases_of_the_team_are_counted_and_no_others(team: Team, coordinator: User, worker: User) -> None:
    mine = make_case(team=team, caseworker=worker)
    closed = make_case(team=team, caseworker=worker)
    actions.close_case(case=closed, reason="needs_met", version=closed.version, by=worker, now=NOW)
    make_case()

    found = caseload(coordinator, team)

    assert [case.code for case in found.cases] == [mine.code]
    assert found.closed == {(team.pk, worker.pk): 1}
    assert {it.name for it in found.staff} == {"Coordinator", "Worker"}


def test_a_restricted_case_counts_for_whoever_is_named_on_it(team: Team, coordinator: User, worker: User) -> None:
    hidden, shown = make_case(team=team, caseworker=worker), make_case(team=team, caseworker=worker)
    hide(hidden, worker)
    hide(shown, worker, coordinator)

    assert [case.code for case in caseload(coordinator, team).cases] == [shown.code]


def test_a_caseworker_and_a_report_reader_have_no_caseload_to_read(team: Team, worker: User) -> None:
    make_case(team=team, caseworker=worker)

    for user in (worker, make_user(Role.REPORT_READER)):
        assert caseload(user, team).cases == []


def test_a_case_has_a_next_step_by_a_to_do_an_appointment_or_a_deadline_ahead(
    team: Team, coordinator: User, worker: User
) -> None:
    codes = {}
    for what in ("nothing", "to_do", "done", "appointment", "deadline", "past", "gone", "possible"):
        client = make_client(case=old_case(team, worker), by=worker, now=LONG_BEFORE)
        codes[what] = client.case.code
        match what:
            case "to_do" | "done":
                to_do = actions.write_to_do(
                    owner=worker, case=client.case, text="Call", due_on=None, by=worker, now=NOW
                )
                if what == "done":
                    actions.finish_to_do(to_do=to_do, by=worker, now=NOW)
            case "appointment":
                actions.plan_appointment(
                    case=client.case,
                    people=[client],
                    day=date(2026, 12, 5),
                    wall_time=NOW.time(),
                    zone="Asia/Bishkek",
                    by=worker,
                    now=NOW,
                )
            case "deadline":
                make_deadline(client, NOW.date())
            case "past":
                make_deadline(client, NOW.date() - timedelta(days=1))
            case "gone":
                make_deadline(client, gone_at=NOW)
            case "possible":
                make_deadline(client, optional=True)

    found = {case.code for case in caseload(coordinator, team).cases if case.has_next}

    assert found == {codes[what] for what in ("to_do", "appointment", "deadline")}


def test_a_case_is_touched_by_what_is_done_in_it_and_not_by_looks(team: Team, coordinator: User, worker: User) -> None:
    written, looked_at, left = (old_case(team, worker) for _number in range(3))
    new = make_case(team=team, by=worker, now=NOW)
    make_note(written, by=worker, now=NOW)
    record("clients.case_seen", subject=looked_at, case_id=looked_at.pk, by=worker, now=NOW)

    found = {case.code for case in caseload(coordinator, team).cases if case.is_touched}

    assert found == {written.code, new.code}
    assert left.code not in found


def test_cases_move_to_whoever_has_fewer_and_restricted_or_offered_ones_stay(
    team: Team, coordinator: User, worker: User
) -> None:
    free = make_user(team=team, name="Free")
    cases = [make_case(team=team, caseworker=worker) for _number in range(5)]
    hide(cases[0], worker, coordinator)
    make_transfer(cases[1], make_user(), by=worker)

    found = balance_of(caseload(coordinator, team))

    assert {move.to.id for move in found} == {str(free.pk)}
    assert {move.case.code for move in found} <= {case.code for case in cases[2:]}
    assert len(found) == 2


def test_whoever_only_gives_cases_out_is_given_none(team: Team, coordinator: User, worker: User) -> None:
    for _number in range(4):
        make_case(team=team, caseworker=worker)

    assert balance_of(caseload(coordinator, team)) == []
    make_membership(coordinator, Role.CASEWORKER, team=team)
    assert len(balance_of(caseload(coordinator, team))) == 2


def test_language_and_country_come_from_the_cases_that_somebody_has(
    team: Team, coordinator: User, worker: User
) -> None:
    other = make_user(team=team, name="Other", language="ru")
    client = make_client(case=make_case(team=team, caseworker=other), by=worker, language="kk")
    make_stay(client, by=worker, country="KG")
    for _number in range(6):
        client = make_client(case=make_case(team=team, caseworker=worker), by=worker, language="ru")
        make_stay(client, by=worker, country="KZ")

    (case,) = (case for case in caseload(coordinator, team).cases if case.worker == other.pk)
    assert (case.language, case.country) == ("kk", "KG")
    assert balance_of(caseload(coordinator, team)) == []  # nobody else has cases in Kazakhstan


def test_points_weigh_where_cases_have_scores(team: Team, coordinator: User, worker: User) -> None:
    assert not caseload(coordinator, team).has_scores
    publish(make_draft_version())
    client = make_client(case=make_case(team=team, caseworker=worker), by=worker)
    score_case(case=client.case, by=worker, now=NOW)

    found = caseload(coordinator, team)

    assert [case.points for case in found.cases] == [2]
    assert found.has_scores


def test_many_cases_cost_as_many_queries_as_one(team: Team, coordinator: User, worker: User) -> None:
    asked = []
    for number in (1, 5):
        for _number in range(number):
            make_client(case=make_case(team=team, caseworker=worker), by=worker)
        with counted_queries() as queries:
            balance_of(caseload(coordinator, team))
        asked.append(len(queries))

    assert asked == [3, 3]


def test_whoever_works_there_no_longer_is_not_among_the_staff(team: Team, coordinator: User) -> None:
    make_membership(make_user(None, name="Former"), Role.CASEWORKER, team=team, ends_at=NOW - timedelta(days=1))

    assert [it.name for it in caseload(coordinator, team).staff] == ["Coordinator"]
