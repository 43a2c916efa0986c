"""Deadlines for programs: by days, with why, and answered."""

from datetime import date, timedelta
from typing import Any

import pytest

from casework.accounts.models import User
from casework.audit.models import Event
from casework.clients.models import Client
from casework.residency.models import ComputedPosition, Deadline
from tests.counting import counted_queries
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import hide, make_case, make_client
from tests.factories.residency import make_rule, make_stay

from .programs import Program, problem

pytestmark = pytest.mark.django_db

NAME = "Канарейкина"
# Holds the days of everybody here: ninety after the first of November.
SPAN = {"from": "2026-06-01", "to": "2027-05-31"}


@pytest.fixture
def worker() -> User:
    return make_user()


def make_due(worker: User, *, team: Any = None, case: Any = None) -> Client:
    """Somebody with a deadline that the rules give rise to."""
    case = case or make_case(team=team or team_of(worker), caseworker=worker, by=worker)
    client = make_client(
        case=case, by=worker, family_name=NAME, relation="principal" if not case.clients.exists() else "sibling"
    )
    make_stay(client, by=worker, country="KZ", entered_earliest=date(2026, 11, 1), entered_latest=date(2026, 11, 1))
    return client


@pytest.fixture
def rule() -> Any:
    return make_rule("consecutive_days", {"days": 90}, citation="Resolution 1146")


@pytest.fixture
def person(worker: User, rule: Any) -> Client:
    return make_due(worker)


def the_deadline(program: Program, person: Client) -> dict[str, Any]:
    said = program.get(f"cases/{person.case.code}/deadlines").json()
    [first, *_others] = said["deadlines"]
    found: dict[str, Any] = first
    return found


def test_it_says_why_in_the_language_that_is_asked_for(worker: User, person: Client) -> None:
    english = the_deadline(Program(worker, language="en"), person)
    russian = the_deadline(Program(worker, language="ru"), person)

    assert english["client"] == person.reference
    assert english["why"]
    assert all(step["sentence"] for step in english["why"])
    assert [step["code"] for step in english["why"]] == [step["code"] for step in russian["why"]]
    assert english["why"] != russian["why"]
    assert english["rules"][0]["says"]
    assert NAME not in str(english)
    event = Event.objects.filter(type="residency.deadlines_seen").first()
    assert event is not None
    assert event.case_id == person.case_id


def test_those_between_two_days(worker: User, person: Client) -> None:
    program = Program(worker)
    due = date.fromisoformat(the_deadline(program, person)["due_on"])
    inside = program.get("deadlines", **{"from": due.isoformat(), "to": due.isoformat()})
    later = program.get(
        "deadlines", **{"from": (due + timedelta(days=1)).isoformat(), "to": (due + timedelta(days=300)).isoformat()}
    )

    assert [row["client"] for row in inside.json()["deadlines"]] == [person.reference]
    assert later.json()["deadlines"] == []
    assert NAME not in inside.content.decode()


@pytest.mark.parametrize(
    ("span", "where"),
    [
        ({"from": "2026-05-01", "to": "2026-04-01"}, "query.to"),
        ({"from": "2026-01-01", "to": "2028-01-01"}, "query.to"),
        ({"from": "2026-02-30", "to": "2026-04-01"}, "query.from"),
        ({"from": "1.2.2026", "to": "2026-04-01"}, "query.from"),
        ({"to": "2026-04-01"}, "query.from"),
    ],
)
def test_a_stretch_that_is_none(worker: User, span: dict[str, str], where: str) -> None:
    answer = Program(worker).get("deadlines", **span)

    assert problem(answer) == (422, "invalid")
    assert [each["where"] for each in answer.json()["errors"]] == [where]


def test_what_was_decided_is_recorded_once(worker: User, person: Client) -> None:
    program = Program(worker)
    deadline = the_deadline(program, person)
    path, sent = f"deadlines/{deadline['id']}/answer", {"answer": "done", "seen_on": deadline["due_on"]}

    assert program.post(path, sent).json()["state"] == "done"
    assert program.post(path, sent).json()["state"] == "done"
    assert Deadline.objects.get(pk=deadline["id"]).decisions.count() == 1
    event = Event.objects.get(type="residency.deadline_done")
    assert (event.actor_id, event.data["token"]) == (worker.pk, str(program.token.pk))


def test_not_needed_wants_a_reason(worker: User, person: Client) -> None:
    program = Program(worker)
    deadline = the_deadline(program, person)
    path, sent = f"deadlines/{deadline['id']}/answer", {"answer": "not_needed", "seen_on": deadline["due_on"]}
    answer = program.post(path, sent)

    assert problem(answer) == (422, "refused")
    assert [each["where"] for each in answer.json()["errors"]] == ["body.reason"]
    assert program.post(path, sent | {"reason": "They left."}).json()["state"] == "waived"


def test_an_answer_to_a_day_that_has_moved_is_refused_with_the_day_that_holds(worker: User, person: Client) -> None:
    program = Program(worker)
    deadline = the_deadline(program, person)
    answer = program.post(f"deadlines/{deadline['id']}/answer", {"answer": "done", "seen_on": "2026-01-01"})

    assert problem(answer) == (409, "moved_meanwhile")
    assert answer.json()["now"] == {"due_on": deadline["due_on"], "state": "open"}
    assert not Deadline.objects.get(pk=deadline["id"]).decisions.exists()


def test_foreign_restricted_and_missing_are_one_answer(worker: User, rule: Any) -> None:
    stranger = make_user()
    foreign, restricted = make_due(stranger), make_due(worker)
    Program(stranger).get(f"cases/{foreign.case.code}/deadlines")
    Program(worker).get(f"cases/{restricted.case.code}/deadlines")
    hide(restricted.case, worker)
    program = Program(worker)
    ids = [Deadline.objects.filter(client=each).values_list("pk", flat=True)[0] for each in (foreign, restricted)]
    sent = {"answer": "done", "seen_on": None}
    answers = [program.post(f"deadlines/{pk}/answer", sent) for pk in (*ids, foreign.pk, "nothing")]
    answers += [program.get(f"cases/{each.case.code}/deadlines") for each in (foreign, restricted)]

    assert [problem(each) for each in answers] == [(404, "not_there")] * 6
    assert len({each.content for each in answers}) == 1
    assert program.get("deadlines", **SPAN).json()["deadlines"] == []
    assert Program(stranger).get("deadlines", **SPAN).json()["deadlines"] != []


def test_a_scope_to_read_answers_nothing(worker: User, person: Client) -> None:
    deadline = the_deadline(Program(worker), person)
    reader = Program(worker, ["read:deadlines"])

    assert problem(reader.post(f"deadlines/{deadline['id']}/answer", {})) == (403, "scope_missing")
    assert problem(Program(worker, ["read:cases"]).get("deadlines", **SPAN)) == (403, "scope_missing")
    assert problem(Program(worker, ["read:cases"]).get(f"cases/{person.case.code}/deadlines")) == (403, "scope_missing")


@pytest.mark.parametrize("people", [1, 5])
def test_it_costs_the_same_at_every_size(worker: User, rule: Any, people: int) -> None:
    case = make_case(team=team_of(worker), caseworker=worker, by=worker)
    for _number in range(people):
        make_due(worker, case=case)
    program = Program(worker)
    program.get("deadlines", **SPAN)
    with counted_queries() as of_list:
        program.get("deadlines", **SPAN)
    with counted_queries() as of_case:
        program.get(f"cases/{case.code}/deadlines")

    assert len(of_list) <= 9
    assert len(of_case) <= 10


def test_nobody_of_another_team_is_computed_because_a_program_asks(worker: User, rule: Any) -> None:
    stranger = make_due(make_user())
    own = make_due(worker)
    Program(worker).get("deadlines", **SPAN)

    assert ComputedPosition.objects.filter(client=own).exists()
    assert not ComputedPosition.objects.filter(client=stranger).exists()
