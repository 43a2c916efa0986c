"""Splitting and joining: who goes where, what goes along, who sees it then."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest

from casework.accounts.models import User
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Case, Client, Note, ToDo, Transfer
from casework.housing import actions as housing
from casework.housing.models import Placement
from casework.housing.waiting_list import waiting_list
from casework.lib.dates import Birth
from casework.lifecycle import cases
from casework.reminders.models import Reminder
from casework.reminders.plan import plan
from tests.factories.accounts import NOW, make_membership, make_user, team_of
from tests.factories.clients import make_address, make_case, make_client, make_note, make_transfer
from tests.factories.housing import TODAY, make_beds, make_offer, make_request
from tests.factories.residency import make_deadline

pytestmark = pytest.mark.django_db


def family(worker: User) -> list[Client]:
    """A mother, her husband, their daughter, and a man who is not related to them."""
    case = make_case(team=team_of(worker), caseworker=worker, by=worker)
    mother = make_client(case=case, by=worker)
    others = [
        make_client(case=case, by=worker, relation=relation, birth=Birth(year=year))
        for relation, year in (("spouse", 1988), ("child", 2018), ("unrelated", 1970))
    ]
    return [mother, *others]


def split(people: list[Client], *leaving: Client, by: User, **fields: Any) -> Case:
    case = Case.objects.get(pk=people[0].case_id)
    known: dict[str, Any] = {
        "principal": leaving[0].pk,
        "principal_here": None,
        "team": case.team,
        "caseworker": by,
        "version": case.version,
    }
    return cases.split_case(case=case, leaving=[it.pk for it in leaving], by=by, now=NOW, **(known | fields))


def join(source: Case, into: Case, *, by: User, **fields: Any) -> Case:
    source.refresh_from_db()
    into.refresh_from_db()
    known: dict[str, Any] = {
        "version": source.version,
        "into_version": into.version,
        "relations": {it.pk: "other_relative" for it in source.clients.all()},
    }
    return cases.join_cases(source=source, into=into, by=by, now=NOW, **(known | fields))


def relations_in(case: Case) -> dict[uuid.UUID, str]:
    return dict(Client.objects.filter(case=case).values_list("pk", "relation"))


def test_those_who_leave_get_a_case_of_their_own_and_everybodys_relation_is_right_on_both_sides() -> None:
    worker = make_user()
    people = family(worker)
    mother, father, daughter, other = people

    new = split(people, father, daughter, by=worker)

    assert relations_in(new) == {father.pk: "principal", daughter.pk: "child"}
    assert relations_in(mother.case) == {mother.pk: "principal", other.pk: "unrelated"}
    assert (new.team, new.caseworker, new.status) == (mother.case.team, worker, "open")


def test_where_the_principal_leaves_somebody_who_stays_takes_their_place() -> None:
    worker = make_user()
    people = family(worker)
    mother, father, daughter, other = people

    with pytest.raises(cases.UnableToSplitCase) as error:
        split(people, mother, by=worker)
    new = split(people, mother, by=worker, principal_here=father.pk)

    assert error.value.field == "principal_here"
    assert relations_in(new) == {mother.pk: "principal"}
    assert relations_in(Case.objects.get(pk=people[1].case_id)) == {
        father.pk: "principal",
        daughter.pk: "child",
        other.pk: "unrelated",
    }


def test_what_belongs_to_a_person_follows_them_and_what_belongs_to_the_case_goes_as_it_was_chosen() -> None:
    worker = make_user()
    people = family(worker)
    address = make_address(people[3], by=worker)
    ticked, left = make_note(people[0].case, by=worker, text="О нём"), make_note(people[0].case, by=worker)
    to_do = actions_to_do(worker, people[0].case)

    new = split(
        people, people[3], by=worker, chosen={"clients.Note.case": [ticked.pk], "clients.ToDo.case": [to_do.pk]}
    )

    address.client.refresh_from_db()
    assert address.client.case == new
    assert list(Note.objects.filter(case=new).values_list("pk", flat=True)) == [ticked.pk]
    assert list(Note.objects.exclude(case=new).values_list("pk", flat=True)) == [left.pk]
    assert ToDo.objects.get().case == new
    moved = Note.objects.get(pk=ticked.pk)
    assert (moved.text, moved.data_key_id != new.data_key_id) == ("О нём", True)


def actions_to_do(owner: User, case: Case) -> ToDo:
    to_do = ToDo(owner=owner, case=case, data_key=case.data_key, created_at=NOW, created_by=owner)
    to_do.text = "Позвонить"
    to_do.save()
    return to_do


def test_both_cases_tell_of_it_in_the_audit_and_no_name_is_said() -> None:
    worker = make_user()
    people = family(worker)

    new = split(people, people[3], by=worker)

    told = {(it.type, it.case_id) for it in Event.objects.filter(type__startswith="lifecycle.case_split")}
    assert told == {("lifecycle.case_split", people[0].case_id), ("lifecycle.case_split_off", new.pk)}
    assert Event.objects.filter(type="lifecycle.case_split").get().data["people"] == [str(people[3].pk)]


def test_the_reminder_of_somebody_who_moved_goes_to_the_new_caseworker() -> None:
    worker = make_user()
    colleague = make_user(team=team_of(worker))
    people = family(worker)
    make_deadline(people[3], date(2026, 11, 24))
    plan(now=NOW)
    before = Client.objects.get(pk=people[3].pk).facts_version

    new = split(people, people[3], by=worker, caseworker=colleague)
    plan(now=NOW)

    waiting = Reminder.objects.filter(state="waiting")
    assert {(it.recipient, it.case) for it in waiting} == {(colleague, new)}
    assert set(Reminder.objects.filter(recipient=worker).values_list("state", "why")) == {("stopped", "no_access")}
    assert Client.objects.get(pk=people[3].pk).facts_version == before + 1


@pytest.mark.parametrize("who", ["nobody", "everybody", "strangers"])
def test_a_split_that_leaves_nobody_on_one_side_is_refused(who: str) -> None:
    worker = make_user()
    people = family(worker)
    leaving = {"nobody": [], "everybody": people, "strangers": [make_client()]}[who]

    with pytest.raises(cases.UnableToSplitCase) as error:
        cases.split_case(
            case=people[0].case,
            leaving=[it.pk for it in leaving],
            principal=people[1].pk,
            principal_here=None,
            team=people[0].case.team,
            caseworker=None,
            version=1,
            by=worker,
            now=NOW,
        )

    assert error.value.field == "leaving"
    assert Case.objects.filter(clients__in=people).distinct().count() == 1


def test_nobody_splits_a_case_into_a_team_in_which_they_do_not_work() -> None:
    worker, stranger = make_user(), make_user()
    people = family(worker)

    with pytest.raises(cases.UnableToSplitCase) as error:
        split(people, people[3], by=worker, team=team_of(stranger), caseworker=None)

    assert error.value.field == "team"
    assert Case.objects.count() == 1


def test_a_form_sent_twice_splits_once_and_an_old_one_is_told() -> None:
    worker, token = make_user(), uuid.uuid4()
    people = family(worker)
    first = split(people, people[3], by=worker, submit_token=token)

    again = split(people, people[3], by=worker, submit_token=token)

    assert again == first
    with pytest.raises(ChangedMeanwhile):
        split(people, people[2], by=worker, version=1)


def test_what_is_split_off_a_restricted_case_is_restricted_to_the_same_people() -> None:
    worker = make_user()
    colleague = make_user(team=team_of(worker))
    people = family(worker)
    actions.restrict_case(case=people[0].case, people=[worker, colleague], version=1, by=worker, now=NOW)

    new = split(people, people[3], by=worker)

    assert new.restricted
    assert {it.user for it in new.members.all()} == {worker, colleague}


def test_a_joined_case_is_empty_and_closed_and_leads_to_where_everything_is() -> None:
    worker = make_user()
    people, target = family(worker), make_client(team=team_of(worker), by=worker)
    source = people[0].case
    make_note(source, by=worker)
    actions_to_do(worker, source)
    make_transfer(source, make_user(team=team_of(worker)), by=worker)

    join(source, target.case, by=worker)

    source.refresh_from_db()
    assert (source.status, source.closing_reason, source.joined_into) == ("closed", "joined", target.case)
    assert (source.clients.count(), source.notes.count(), source.to_dos.count()) == (0, 0, 0)
    assert (target.case.clients.count(), target.case.notes.count(), target.case.to_dos.count()) == (5, 1, 1)
    assert Client.objects.filter(case=target.case, is_principal=True).get() == target
    assert Transfer.objects.get().state == "withdrawn"
    assert Note.objects.get().text.startswith("Пришла")
    with pytest.raises(actions.UnableToReopenCase, match=target.case.code):
        actions.reopen_case(case=source, version=source.version, by=worker, now=NOW)


def test_those_who_waited_for_a_bed_in_both_cases_wait_on_in_one() -> None:
    worker = make_user()
    here, coming = (make_client(team=team_of(worker), by=worker) for _ in range(2))
    first = make_request([coming], by=worker, leave_by=TODAY + timedelta(days=3))
    later = NOW + timedelta(days=1)
    there = make_request([here], by=worker, now=later)
    offer = make_offer(first, {coming: make_beds(1, by=worker)[0]}, by=worker)

    join(coming.case, here.case, by=worker)

    [row] = waiting_list(worker, later)
    assert (row.request.pk, set(row.references)) == (there.pk, {here.pk, coming.pk})
    assert (row.request.opened_at, row.leave_by) == (NOW, TODAY + timedelta(days=3))
    housing.accept_offer(offer=offer, by=worker, now=NOW)
    assert Placement.objects.get().state == "booked"
    first.refresh_from_db()
    assert (first.state, first.closing) == ("closed", "other")


def test_beds_that_are_offered_in_both_cases_are_free_again_where_the_one_is_joined() -> None:
    worker = make_user()
    here, coming = (make_client(team=team_of(worker), by=worker) for _ in range(2))
    for client, bed in zip((here, coming), make_beds(2, by=worker), strict=True):
        make_offer(make_request([client], by=worker), {client: bed}, by=worker)

    join(coming.case, here.case, by=worker)

    assert {row.client_id: row.state for row in Placement.objects.all()} == {here.pk: "held", coming.pk: "cancelled"}


def test_a_join_is_taken_back_by_a_split_and_what_was_joined_before_leads_on() -> None:
    worker = make_user()
    first, second, third = (make_client(team=team_of(worker), by=worker) for _ in range(3))

    join(first.case, second.case, by=worker)
    join(second.case, third.case, by=worker)
    again = split([third], first, by=worker)

    assert Case.objects.get(pk=first.case_id).joined_into == third.case
    assert relations_in(again) == {first.pk: "principal"}


def test_cases_are_not_joined_where_that_makes_no_sense() -> None:
    worker = make_user()
    source, target, closed = (make_client(team=team_of(worker), by=worker) for _ in range(3))
    actions.close_case(case=closed.case, reason="other", version=1, by=worker, now=NOW)

    for into, said in ((source.case, "itself"), (closed.case, "closed")):
        with pytest.raises(cases.UnableToJoinCases, match=said):
            join(source.case, into, by=worker)
    with pytest.raises(cases.UnableToJoinCases, match="meanwhile"):
        join(source.case, target.case, by=worker, relations={})
    with pytest.raises(ChangedMeanwhile):
        join(source.case, target.case, by=worker, into_version=9)


def test_restricted_cases_join_with_their_names_united_after_asking() -> None:
    worker = make_user()
    second, third = make_user(team=team_of(worker)), make_user(team=team_of(worker))
    source, target = (make_client(team=team_of(worker), by=worker) for _ in range(2))
    actions.restrict_case(case=source.case, people=[worker, second], version=1, by=worker, now=NOW)

    with pytest.raises(cases.UnableToJoinCases, match="restricted"):
        join(source.case, target.case, by=worker)
    actions.restrict_case(case=target.case, people=[worker, third], version=1, by=worker, now=NOW)
    with pytest.raises(cases.UnableToJoinCases, match="Confirm who"):
        join(source.case, target.case, by=worker)
    join(source.case, target.case, by=worker, names_agreed=True)

    assert {it.user for it in target.case.members.all()} == {worker, second, third}


def test_whoever_does_not_work_in_the_team_is_not_named_by_a_join() -> None:
    worker = make_user()
    own_team = team_of(worker)
    other_team = team_of(make_user())
    make_membership(worker, "caseworker", team=other_team)  # type: ignore[arg-type]
    colleague, theirs = make_user(team=own_team), make_user(team=other_team)
    source = make_client(team=own_team, by=worker)
    target = make_client(team=other_team, by=worker)
    actions.restrict_case(case=source.case, people=[worker, colleague], version=1, by=worker, now=NOW)
    actions.restrict_case(case=target.case, people=[worker, theirs], version=1, by=worker, now=NOW)
    source.case.refresh_from_db()

    together, left_out = cases.names_united(source.case, target.case, NOW)

    assert (set(together), left_out) == ({worker, theirs}, [colleague])
