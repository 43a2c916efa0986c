"""Cases for programs: a list without names, one case with its people, nothing that is restricted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from casework.accounts.models import User
from casework.audit.models import Event
from casework.clients import quotas
from casework.clients.models import Case, Client
from casework.lifecycle.emergency import open_in_emergency
from tests.counting import counted_queries
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import hide, make_case, make_client
from tests.factories.residency import make_deadline

from .programs import Program, problem

pytestmark = pytest.mark.django_db

NAME = "Канарейкина"


@pytest.fixture
def worker() -> User:
    return make_user()


@pytest.fixture
def person(worker: User) -> Client:
    return make_client(family_name=NAME, team=team_of(worker), by=worker)


def test_the_list_names_nobody(worker: User, person: Client) -> None:
    make_deadline(person)
    answer = Program(worker).get("cases")

    [case] = answer.json()["cases"]
    assert case["code"] == person.case.code
    assert case["team"] == team_of(worker).code
    assert case["next_deadline"]["duty_in_words"]
    assert NAME not in answer.content.decode()
    event = Event.objects.filter(type="clients.cases_listed").get()
    assert event.data["cases"] == [str(person.case_id)]


def test_one_case_has_its_people(worker: User, person: Client) -> None:
    said = Program(worker).get(f"cases/{person.case.code}").json()

    assert [each["family_name"] for each in said["people"]] == [NAME]
    assert said["people"][0]["born"] == {"earliest": "1990-05-17", "latest": "1990-05-17"}


def test_foreign_restricted_missing_and_impossible_are_one_answer(worker: User, person: Client) -> None:
    foreign, restricted = make_client().case, person.case
    hide(restricted, worker)
    program = Program(worker)
    answers = [program.get(f"cases/{code}") for code in (foreign.code, restricted.code, "C-222-222", "nothing")]

    assert [problem(each) for each in answers] == [(404, "not_there")] * 4
    assert len({each.content for each in answers}) == 1
    assert program.get("cases").json()["cases"] == []


def test_what_was_opened_in_an_emergency_opens_to_no_program(worker: User) -> None:
    colleague = make_user()
    foreign = make_case(team=team_of(colleague), caseworker=colleague, by=colleague)
    open_in_emergency(code=foreign.code, reason="Somebody called from the border.", by=worker, now=timezone.now())
    visible = Case.objects.visible_to(worker, timezone.now())

    assert foreign in visible
    assert problem(Program(worker).get(f"cases/{foreign.code}")) == (404, "not_there")
    assert Program(worker).get("cases").json()["cases"] == []


def test_pages_of_a_list_show_every_case_once(worker: User) -> None:
    now = timezone.now()
    for number in range(5):
        make_case(team=team_of(worker), by=worker, now=now - timedelta(days=number // 2))
    program, codes, after = Program(worker), [], ""
    while True:
        said = program.get("cases", limit=2, after=after).json()
        codes += [case["code"] for case in said["cases"]]
        after = said["next"]
        if after is None:
            break

    assert sorted(codes) == sorted(Case.objects.values_list("code", flat=True))


@pytest.mark.parametrize(
    "after", ["x", "2026-01-01~x", "~", "2026-01-01T00:00:00~00000000-0000-4000-8000-000000000000"]
)
def test_a_place_that_is_none(worker: User, after: str) -> None:
    answer = Program(worker).get("cases", after=after)

    assert problem(answer) == (422, "invalid")
    assert [each["where"] for each in answer.json()["errors"]] == ["query.after"]


def test_a_program_sees_no_more_cases_in_a_day_than_its_owner(
    worker: User, person: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotas, "CASES_A_DAY", 1)
    other = make_client(team=team_of(worker), by=worker).case
    program = Program(worker)

    assert program.get(f"cases/{person.case.code}").status_code == 200
    answer = program.get(f"cases/{other.code}")
    assert problem(answer) == (429, "too_many_cases")
    assert int(answer["Retry-After"]) > 0
    assert program.get(f"cases/{person.case.code}").status_code == 200
    assert Event.objects.filter(type="clients.case_withheld", case_id=other.pk).count() == 1
    assert not Event.objects.filter(type="clients.case_seen", case_id=other.pk).exists()


def test_many_cases_are_told_of(worker: User, person: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "CASES_TOLD_OF", 1)
    Program(worker).get(f"cases/{person.case.code}")

    assert Event.objects.filter(type="clients.many_cases_opened").count() == 1


@pytest.mark.parametrize("people", [1, 6])
def test_it_costs_the_same_at_every_size(worker: User, people: int) -> None:
    case = make_case(team=team_of(worker), by=worker)
    for number in range(people):
        make_deadline(make_client(case=case, by=worker, relation="principal" if number == 0 else "sibling"))
        make_deadline(make_client(team=team_of(worker), by=worker))
    program = Program(worker)
    program.get("cases")
    with counted_queries() as of_list:
        program.get("cases")
    with counted_queries() as of_case:
        program.get(f"cases/{case.code}")

    assert (len(of_list), len(of_case)) == (8, 6)
