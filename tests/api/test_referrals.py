"""Referrals for programs: listed without names, filed once, answered by version."""

from typing import Any

import pytest
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.actions import accept_incoming
from casework.clients.models import IncomingReferral, Referral
from tests.counting import counted_queries
from tests.factories.accounts import make_membership, make_team, make_user, team_of
from tests.factories.clients import hide, make_client
from tests.factories.referrals import make_incoming, make_sent_referral

from .programs import Program, problem

pytestmark = pytest.mark.django_db

NAME = "Канарейкина"
SENT = {"given_name": "Вымышлена", "family_name": NAME, "sender": "Invented partner", "service": "legal"}


@pytest.fixture
def worker() -> User:
    return make_user()


@pytest.fixture
def referral(worker: User) -> Referral:
    return make_sent_referral(make_client(team=team_of(worker), by=worker, family_name=NAME), by=worker)


def test_the_lists_name_nobody_and_hide_what_is_restricted_or_foreign(worker: User, referral: Referral) -> None:
    incoming = make_incoming(team=team_of(worker), by=worker, family_name=NAME)
    make_incoming()
    make_sent_referral(make_client())
    hidden = make_sent_referral(make_client(team=team_of(worker), by=worker), by=worker)
    hide(hidden.case, worker)
    program = Program(worker)
    out, arrived = program.get("referrals/out"), program.get("referrals/in", state="waiting")

    assert [row["id"] for row in out.json()["referrals"]] == [str(referral.pk)]
    assert [row["id"] for row in arrived.json()["referrals"]] == [str(incoming.pk)]
    assert NAME not in out.content.decode() + arrived.content.decode()
    assert Event.objects.filter(type="clients.referrals_listed").count() == 2


def test_a_referral_in_is_filed_once_and_named_to_nobody(worker: User) -> None:
    program = Program(worker)
    first, again = program.post("referrals/in", SENT), program.post("referrals/in", SENT)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    [filed] = IncomingReferral.objects.all()
    assert (filed.family_name, filed.team, filed.state) == (NAME, team_of(worker), "waiting")
    assert NAME not in first.content.decode()
    event = Event.objects.get(type="clients.incoming_referral_recorded")
    assert event.data["token"] == str(program.token.pk)


def test_the_same_person_from_the_same_sender_waits_once(worker: User) -> None:
    program = Program(worker)
    first = program.post("referrals/in", SENT).json()
    answer = program.post("referrals/in", SENT, key="another-key")

    assert problem(answer) == (409, "recorded_already")
    assert answer.json()["now"]["id"] == first["id"]


@pytest.mark.parametrize(
    ("other", "where"),
    [
        ({"given_name": "", "family_name": ""}, "body.family_name"),
        ({"service": "magic"}, "body.service"),
        ({"people": 0}, "body.people"),
        ({"people": "3"}, "body.people"),
        ({"given_name": "x" * 121}, "body.given_name"),
        ({"received_on": "2199-01-01"}, "body.received_on"),
        ({"partner": "00000000-0000-4000-8000-000000000000"}, "body.partner"),
        ({"team": "NOPE"}, "body.team"),
        ({"nobody_knows": 1}, "body.nobody_knows"),
    ],
)
def test_what_is_wrong_is_said_where_it_is_and_nothing_is_filed(
    worker: User, other: dict[str, Any], where: str
) -> None:
    answer = Program(worker).post("referrals/in", SENT | other)

    assert answer.status_code == 422
    assert [each["where"] for each in answer.json()["errors"]] == [where]
    assert NAME not in answer.content.decode()
    assert not IncomingReferral.objects.exists()


def test_whoever_works_in_two_teams_says_which(worker: User) -> None:
    other = make_team()
    make_membership(worker, Role.CASEWORKER, team=other)

    assert problem(Program(worker).post("referrals/in", SENT)) == (422, "invalid")
    assert Program(worker).post("referrals/in", SENT | {"team": other.code}).json()["team"] == other.code


def test_a_bot_records_what_the_partner_answered(worker: User, referral: Referral) -> None:
    program = Program(worker)
    path = f"referrals/out/{referral.pk}/answer"
    accepted = program.post(
        path, {"answer": "accepted", "version": referral.version, "words": "Come on Monday."}
    ).json()

    assert accepted["state"] == "accepted"
    stale = program.post(path, {"answer": "declined", "version": referral.version, "reason": "full"})
    assert problem(stale) == (409, "changed_meanwhile")
    assert stale.json()["now"] == {"version": accepted["version"], "state": "accepted"}
    done = program.post(path, {"answer": "done", "version": accepted["version"], "outcome": "helped"})
    assert done.json()["outcome"] == "helped"
    again = program.post(path, {"answer": "accepted", "version": done.json()["version"]})
    assert problem(again) == (422, "refused")


def test_declined_wants_a_reason(worker: User, referral: Referral) -> None:
    answer = Program(worker).post(
        f"referrals/out/{referral.pk}/answer", {"answer": "declined", "version": referral.version}
    )

    assert [each["where"] for each in answer.json()["errors"]] == ["body.reason"]


def test_foreign_restricted_and_missing_are_one_answer(worker: User, referral: Referral) -> None:
    foreign = make_sent_referral(make_client())
    hide(referral.case, worker)
    program, sent = Program(worker), {"answer": "received", "version": 1}
    answers = [program.post(f"referrals/out/{pk}/answer", sent) for pk in (foreign.pk, referral.pk, worker.pk)]

    assert [problem(each) for each in answers] == [(404, "not_there")] * 3
    assert len({each.content for each in answers}) == 1


def test_a_scope_to_read_writes_nothing_and_a_role_without_cases_reads_nothing(
    worker: User, referral: Referral
) -> None:
    reader = Program(worker, ["read:referrals"])

    assert problem(reader.post("referrals/in", SENT)) == (403, "scope_missing")
    assert problem(reader.post(f"referrals/out/{referral.pk}/answer", {})) == (403, "scope_missing")
    assert problem(Program(make_user(Role.ADMINISTRATOR)).get("referrals/in")) == (403, "role_missing")
    assert problem(Program(worker, ["read:cases"]).get("referrals/out")) == (403, "scope_missing")


@pytest.mark.parametrize("number", [1, 5])
def test_it_costs_the_same_at_every_size(worker: User, number: int) -> None:
    for _number in range(number):
        make_incoming(team=team_of(worker), by=worker, family_name=f"{NAME}{_number}")
        make_sent_referral(make_client(team=team_of(worker), by=worker), by=worker)
    program = Program(worker)
    program.get("referrals/in")
    with counted_queries() as of_in:
        program.get("referrals/in")
    with counted_queries() as of_out:
        program.get("referrals/out")

    assert (len(of_in), len(of_out)) == (5, 5)


def test_what_came_of_a_restricted_case_is_not_listed(worker: User) -> None:
    case = make_client(team=team_of(worker), by=worker).case
    incoming = make_incoming(team=team_of(worker), by=worker)
    accept_incoming(referral=incoming, case=case, by=worker, now=timezone.now())
    program = Program(worker)
    before = program.get("referrals/in").json()["referrals"]
    hide(case, worker)

    assert [row["case"] for row in before] == [case.code]
    assert program.get("referrals/in").json()["referrals"] == []


def test_a_referral_that_is_filed_again_does_not_tell_which_restricted_case_came_of_it(worker: User) -> None:
    program = Program(worker)
    filed = program.post("referrals/in", SENT).json()["id"]
    case = make_client(team=team_of(worker), by=worker).case
    accept_incoming(referral=IncomingReferral.objects.get(), case=case, by=worker, now=timezone.now())
    assert program.post("referrals/in", SENT).json()["id"] == filed
    hide(case, worker)

    answer = program.post("referrals/in", SENT)

    assert problem(answer) == (404, "not_there")
    assert case.code not in answer.content.decode()
