"""Beds for programs: who is where as far as a token may know, and beds given once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from casework.accounts.models import Team, User
from casework.accounts.roles import Role
from casework.housing.models import Bed, Placement
from tests.counting import counted_queries
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import hide, make_client
from tests.factories.housing import book, make_beds, make_site
from tests.racing import at_once

from .programs import Program, problem


def today() -> Any:
    return timezone.now().date()


def make_worker() -> tuple[User, Team, list[Bed]]:
    worker = make_user(Role.COORDINATOR)
    team = team_of(worker)
    return worker, team, make_beds(3, site=make_site(team=team, by=worker))


def sent(client: Any, bed: Bed, **other: Any) -> dict[str, Any]:
    first = today() + timedelta(days=3)
    asked = {"people": [{"client": client.reference, "bed": str(bed.pk)}], "since": first.isoformat()}
    return asked | {"until": (first + timedelta(days=9)).isoformat(), "reason": "As agreed"} | other


@pytest.mark.django_db
def test_it_says_who_is_where_and_of_restricted_cases_that_a_bed_is_taken() -> None:
    worker, team, beds = make_worker()
    seen, hidden = make_client(team=team, by=worker), make_client(team=team, by=worker)
    first = today() + timedelta(days=3)
    for client, bed in ((seen, beds[0]), (hidden, beds[1])):
        book({client: bed}, by=worker, now=timezone.now(), since=first)
    hide(hidden.case, worker)
    said = Program(worker).get("placements", on=first.isoformat())

    shown = {bed["id"]: bed for site in said.json()["sites"] for room in site["rooms"] for bed in room["beds"]}
    assert {shown[str(bed.pk)]["state"] for bed in beds[:2]} == {"booked"}
    assert shown[str(beds[0].pk)]["client"] == seen.reference
    assert shown[str(beds[1].pk)]["client"] is None
    assert shown[str(beds[1].pk)]["until"] is None
    assert shown[str(beds[2].pk)]["state"] == "free"
    assert hidden.case.code not in said.content.decode()


@pytest.mark.django_db
def test_beds_of_other_teams_are_not_there() -> None:
    worker, _team, _beds = make_worker()
    make_worker()

    assert len(Program(worker).get("placements", on=today().isoformat()).json()["sites"]) == 1
    assert problem(Program(make_user(Role.AUDITOR)).get("placements", on="2026-01-01")) == (403, "role_missing")


@pytest.mark.django_db
def test_sites_come_in_pages() -> None:
    worker, team, _beds = make_worker()
    make_beds(1, site=make_site(team=team, by=worker))
    program = Program(worker)
    first = program.get("placements", on=today().isoformat(), sites=1).json()
    second = program.get("placements", on=today().isoformat(), sites=1, after_site=first["next"]).json()

    assert first["sites"][0]["code"] == first["next"]
    assert second["sites"][0]["code"] != first["next"]
    assert second["next"] is None


@pytest.mark.django_db
def test_a_call_sent_twice_books_once_and_a_bed_is_given_once() -> None:
    worker, team, beds = make_worker()
    one, other = make_client(team=team, by=worker), make_client(team=team, by=worker)
    program = Program(worker)
    first, again = program.post("placements", sent(one, beds[0])), program.post("placements", sent(one, beds[0]))
    taken = program.post("placements", sent(other, beds[0]), key="another-key")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert problem(taken) == (409, "in_the_way")
    assert taken.json()["errors"][0]["what"]
    assert Placement.objects.count() == 1


@pytest.mark.django_db
def test_who_is_in_the_way_is_told_by_reference_unless_their_case_is_restricted() -> None:
    worker, team, beds = make_worker()
    seen, hidden, third = (make_client(team=team, by=worker) for _number in range(3))
    for client, bed in ((seen, beds[0]), (hidden, beds[1])):
        book({client: bed}, by=worker, now=timezone.now(), since=today() + timedelta(days=3))
    hide(hidden.case, worker)
    program = Program(worker)
    by_seen, by_hidden = (
        program.post("placements", sent(third, bed), key=f"key-of-{n:03}") for n, bed in enumerate(beds[:2])
    )

    assert [problem(by_seen), problem(by_hidden)] == [(409, "in_the_way")] * 2
    assert seen.reference in by_seen.content.decode()
    assert hidden.reference not in by_hidden.content.decode()
    assert "is taken" in by_hidden.json()["errors"][0]["what"]


@pytest.mark.django_db
def test_a_key_that_booked_somebody_else_is_refused() -> None:
    worker, team, beds = make_worker()
    one, other = make_client(team=team, by=worker), make_client(team=team, by=worker)
    program = Program(worker)
    program.post("placements", sent(one, beds[0]))

    assert problem(program.post("placements", sent(other, beds[1]))) == (409, "key_used")


@pytest.mark.django_db
def test_people_and_beds_that_are_not_there_are_named_by_their_place() -> None:
    worker, team, beds = make_worker()
    foreign, restricted = make_client(), make_client(team=team, by=worker)
    hide(restricted.case, worker)
    _worker, _team, [foreign_bed, *_more] = make_worker()
    program = Program(worker)
    for client, bed, where in (
        (foreign, beds[0], "body.people.0.client"),
        (restricted, beds[0], "body.people.0.client"),
        (make_client(team=team, by=worker), foreign_bed, "body.people.0.bed"),
    ):
        answer = program.post("placements", sent(client, bed))
        assert problem(answer) == (422, "invalid")
        assert [each["where"] for each in answer.json()["errors"]] == [where]
    assert not Placement.objects.exists()


@pytest.mark.django_db
def test_without_a_key_or_the_scope_nothing_is_booked() -> None:
    worker, team, beds = make_worker()
    asked = sent(make_client(team=team, by=worker), beds[0])
    answer = Program(worker).post("placements", asked, key="")

    assert problem(answer) == (422, "invalid")
    assert [each["where"] for each in answer.json()["errors"]] == ["header.Idempotency-Key"]
    assert problem(Program(worker, ["read:placements"]).post("placements", asked)) == (403, "scope_missing")
    assert not Placement.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_programs_that_want_one_bed_at_the_same_moment_one_gets_it() -> None:
    worker, team, beds = make_worker()
    program = Program(worker)
    calls = [sent(make_client(team=team, by=worker), beds[0]) for _number in range(2)]
    answers = at_once(
        *(
            lambda asked=asked, n=n: program.post("placements", asked, key=f"key-of-{n:03}")
            for n, asked in enumerate(calls)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert Placement.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 5])
def test_it_costs_the_same_at_every_size(number: int) -> None:
    worker, team, _beds = make_worker()
    first = today() + timedelta(days=3)
    for bed in make_beds(number, site=make_site(team=team, by=worker)):
        book({make_client(team=team, by=worker): bed}, by=worker, now=timezone.now(), since=first)
    program = Program(worker)
    program.get("placements", on=first.isoformat())
    with counted_queries() as asked:
        program.get("placements", on=first.isoformat())

    assert len(asked) <= 12


@pytest.mark.django_db
def test_sites_of_other_teams_make_no_page() -> None:
    worker, _team, _beds = make_worker()
    make_worker()

    assert Program(worker).get("placements", on=today().isoformat(), sites=1).json()["next"] is None
