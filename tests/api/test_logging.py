"""A case logged by a program: once, with its deadlines, or not at all."""

from typing import Any

import pytest
from django.utils import timezone

from casework.accounts.models import User
from casework.audit.models import Event
from casework.clients.models import Case, Client
from casework.lifecycle.cases import join_cases
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import hide, make_client

from .programs import Program, problem

pytestmark = pytest.mark.django_db

NAME = "Канарейкина"


def sent(**other: Any) -> dict[str, Any]:
    person = {"family_name": NAME, "given_name": "Анна", "born": {"day": "1990-05-17"}, "nationalities": ["RU"]}
    relative = {"given_name": "Пётр", "born": {"year": 2015}, "nationalities": ["RU"], "relation": "child"}
    known = {
        "person": person | {"paper": {"kind": "international_passport", "number": "75 0000001"}},
        "family": [relative],
        "arrival": {"country": "KG", "entered": {"earliest": "2026-11-01", "latest": "2026-11-03"}},
        "reach": {"channel": "signal", "value": "+996 555 012345"},
        "is_mine": True,
    }
    return known | other


@pytest.fixture
def worker() -> User:
    return make_user()


def test_it_is_logged_once_with_everything_that_was_sent(worker: User) -> None:
    program = Program(worker)
    first, again = program.post("cases", sent()), program.post("cases", sent())

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    case = Case.objects.get()
    assert (case.code, case.caseworker, case.team) == (first.json()["code"], worker, team_of(worker))
    assert [each["given_name"] for each in first.json()["people"]] == ["Анна", "Пётр"]
    [principal, child] = case.clients.principal_first()
    assert principal.contacts.get().value == "+996 555 012345"
    assert principal.stays.get().entered_earliest.isoformat() == "2026-11-01"
    assert principal.documents.get().number == "75 0000001"
    assert child.stays.count() == 1
    event = Event.objects.get(type="lifecycle.case_logged")
    assert event.data["token"] == str(program.token.pk)


def test_sent_again_later_it_is_seen_as_by_whoever_opens_it_and_not_once_it_is_restricted(worker: User) -> None:
    program = Program(worker)
    code = program.post("cases", sent()).json()["code"]
    case = Case.objects.get()
    assert program.post("cases", sent()).json()["code"] == code
    event = Event.objects.get(type="clients.case_seen")
    assert (event.case_id, event.data["token"]) == (case.pk, str(program.token.pk))

    hide(case, worker)
    answer = program.post("cases", sent())

    assert problem(answer) == (404, "not_there")
    assert NAME not in answer.content.decode()
    assert Case.objects.count() == 1


def test_sent_again_after_it_was_joined_into_another_nobody_is_logged_twice(worker: User) -> None:
    program = Program(worker)
    program.post("cases", sent())
    case, other = Case.objects.get(), make_client(team=team_of(worker), by=worker).case
    come = {each.pk: "other_relative" for each in case.clients.all()}
    seen = {"version": case.version, "into_version": other.version}
    join_cases(source=case, into=other, relations=come, by=worker, now=timezone.now(), **seen)

    program.post("cases", sent())

    assert Client.objects.count() == 3
    assert not case.clients.exists()


def test_another_key_logs_another_case(worker: User) -> None:
    program = Program(worker)
    codes = {program.post("cases", sent(), key=key).json()["code"] for key in ("key-number-1", "key-number-2")}

    assert len(codes) == 2


NAMELESS = {"born": {}, "nationalities": ["RU"]}


@pytest.mark.parametrize(
    ("other", "where"),
    [
        ({"person": NAMELESS}, "body.person"),
        ({"person": NAMELESS | {"given_name": "Анна", "nationalities": []}}, "body.person.nationalities"),
        ({"person": NAMELESS | {"given_name": "Анна", "nationalities": ["QQ"]}}, "body.person.nationalities.0"),
        ({"person": NAMELESS | {"given_name": "Анна", "born": {"day": "2190-01-01"}}}, "body.person.born"),
        ({"person": NAMELESS | {"given_name": "Анна", "born": {"day": "2015-01-01"}}}, "body.is_unaccompanied_child"),
        ({"person": NAMELESS | {"given_name": "Анна", "born": {"day": 19900517}}}, "body.person.born.day"),
        ({"family": [NAMELESS | {"given_name": "П", "relation": "principal"}]}, "body.family.0"),
        ({"arrival": {"country": "ZZ", "entered": None}}, "body.arrival.country"),
        (
            {"arrival": {"country": "KG", "entered": {"earliest": "2026-11-02", "latest": "2026-11-01"}}},
            "body.arrival.entered",
        ),
        ({"reach": {"channel": "phone"}}, "body.reach"),
        ({"is_mine": "yes"}, "body.is_mine"),
        ({"team": "NOPE"}, "body.team"),
    ],
)
def test_what_is_wrong_is_said_where_it_is_and_nothing_is_written(
    worker: User, other: dict[str, Any], where: str
) -> None:
    answer = Program(worker).post("cases", sent(**other))

    assert answer.status_code == 422, answer.content
    assert [each["where"] for each in answer.json()["errors"]] == [where]
    assert NAME not in answer.content.decode()
    assert not Case.objects.exists()


@pytest.mark.parametrize("body", ['{"a": NaN}', '{"a": "\\u0000"}', '{"a": "\\ud800"}', "{", b"\xff", "[" * 5000])
def test_what_is_no_json_that_can_be_stored(worker: User, body: Any) -> None:
    headers = {"HTTP_IDEMPOTENCY_KEY": "a-key-of-the-test"}
    answer = Program(worker).browser.post("/api/v1/cases", body, content_type="application/json", **headers)

    assert problem(answer) == (400, "unreadable")


def test_a_scope_to_read_logs_nothing(worker: User) -> None:
    assert problem(Program(worker, ["read:cases"]).post("cases", sent())) == (403, "scope_missing")
    assert not Case.objects.exists()
