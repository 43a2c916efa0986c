"""A merge: what comes along, what is asked, who may."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import SuspiciousOperation

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.models import (
    Address,
    Case,
    Client,
    Contact,
    Merge,
    NotePerson,
    Relation,
    SuspectedPair,
    ToDo,
)
from casework.clients.names import find
from casework.documents.models import Document
from casework.housing import actions as housing
from casework.housing.models import Placement
from casework.housing.waiting_list import waiting_list
from casework.lib.dates import Birth
from casework.lifecycle.duplicates import compare_people
from casework.lifecycle.importing import starting
from casework.lifecycle.merging.merge import Choices, UnableToMerge, merge
from casework.lifecycle.merging.rows_of_people import RULES, OnMerge, keys_to_people
from casework.lifecycle.merging.undo import undo_merge
from casework.reminders.models import MessageAgreement, Reminder
from casework.residency.actions import ensure_fresh
from casework.residency.models import Deadline, Stay
from tests.factories.accounts import NOW, make_membership, make_user, team_of
from tests.factories.clients import hide, make_address, make_case, make_client, make_contact, make_note, make_relation
from tests.factories.documents import make_document
from tests.factories.files import make_file
from tests.factories.housing import book, make_beds, make_request, make_site
from tests.factories.messages import make_willing
from tests.factories.residency import make_deadline, make_rule, make_stay

from ..importing.tables import GOOD, csv_of, imported, worked
from .whole import everything, found_to_be_one, looked_at, merge_into

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker() -> User:
    return make_user()


def alone(worker: User, **fields: Any) -> Client:
    """Somebody in a case of their own."""
    case = make_case(team=team_of(worker), caseworker=worker, by=worker)
    return make_client(case=case, by=worker, **fields)


def test_every_key_to_a_person_has_a_rule_and_no_rule_is_left_over() -> None:
    assert sorted(name for name, _model, _column in keys_to_people()) == sorted(RULES)
    assert set(OnMerge) == set(RULES.values())


def test_whole_files_become_one_and_no_row_is_lost(worker: User) -> None:
    mine, theirs = (make_file(team=team_of(worker), worker=worker, name=name) for name in ("Выдум", "Небыл"))
    Placement.objects.filter(client=theirs.client).update(since=date(2027, 5, 1), until=date(2027, 5, 9))
    child = Client.objects.get(case=theirs.case, is_principal=False)
    pair = found_to_be_one(mine.client, theirs.client, by=worker)
    before = everything()

    made = merge_into(mine.client, theirs.client, by=worker, pair=pair)

    after = everything()
    gone = {key for key in before if key not in after}
    assert ("clients.Client", str(theirs.client.pk)) in gone
    # The person, the question whether they are one, the second agreement, and the stay that was set aside.
    assert sorted({label for label, _pk in gone}) == [
        "clients.Client",
        "clients.SuspectedPair",
        "reminders.MessageAgreement",
        "residency.Stay",
    ]
    # Of the other case somebody stays, so what is about them stays with them.
    assert Client.objects.filter(case=theirs.case).get() == child
    assert Case.objects.get(pk=theirs.case.pk).status == "open"
    for name, model, column in keys_to_people():
        assert not model._base_manager.filter(**{column: theirs.client.pk}).exists(), name
    assert made.rows.filter(act="removed").count() == len(gone)


def test_an_emptied_case_is_joined_with_everything_in_it(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    note = make_note(other.case, by=worker, text="Принесла справку")

    merge_into(one, other, by=worker)

    note.refresh_from_db()
    left = Case.objects.get(pk=other.case_id)
    assert (note.case_id, note.text) == (one.case_id, "Принесла справку")
    assert (left.status, left.closing_reason, left.joined_into_id) == ("closed", "joined", one.case_id)


@pytest.mark.parametrize("is_over", ["one", "other"])
def test_two_entries_whom_one_act_has_placed_become_one_and_two_again(worker: User, is_over: str) -> None:
    one = alone(worker)
    other = make_client(case=one.case, by=worker)
    (act,) = {row.act for row in book(dict(zip((one, other), make_beds(2, by=worker), strict=True)), by=worker)}
    over = Placement.objects.get(client=one if is_over == "one" else other)
    housing.cancel(placements=[over], ending="other", by=worker, now=NOW)

    made = merge_into(one, other, by=worker, choices=Choices(doubts_answered=True))

    assert set(Placement.objects.values_list("client", flat=True)) == {one.pk}
    assert Placement.objects.get(act=act).state == "booked"
    undo_merge(merge=made, by=worker, now=NOW)
    assert set(Placement.objects.values_list("client", "act")) == {(one.pk, act), (other.pk, act)}


@pytest.mark.parametrize("waits_here", [True, False])
@pytest.mark.parametrize("with_somebody", [True, False])
def test_whoever_waited_for_a_bed_waits_on_in_the_other_case_and_waits_as_before_when_it_is_undone(
    worker: User, waits_here: bool, with_somebody: bool
) -> None:
    one, other = alone(worker), alone(worker)
    mate = make_client(case=other.case, by=worker)
    make_request([other, mate] if with_somebody else [other], by=worker)
    later = NOW + timedelta(hours=1)
    if waits_here:
        make_request([one], by=worker, now=later)
    before = {row.request.pk: (row.request.opened_at, set(row.references)) for row in waiting_list(worker, later)}

    made = merge_into(one, other, by=worker, choices=Choices(principal_here=mate.pk, doubts_answered=True))

    waiting = {row.request.case_id: (row.request.opened_at, set(row.references)) for row in waiting_list(worker, later)}
    theirs = {other.case_id: (NOW, {mate.pk})} if with_somebody else {}
    assert waiting == {one.case_id: (NOW, {one.pk}), **theirs}
    undo_merge(merge=made, by=worker, now=later)
    after = {row.request.pk: (row.request.opened_at, set(row.references)) for row in waiting_list(worker, later)}
    assert after == before


def test_what_is_chosen_is_written_and_a_name_that_is_not_goes_on_being_found(worker: User) -> None:
    one = alone(worker, family_name="Ооржак", given_name="Наталья", sex="female", nationalities=["RU"])
    other = alone(worker, family_name="Oorzhak", given_name="Natalya", nationalities=["KZ"], language="ru")
    choices = Choices(fields={"family_name": "theirs", "nationalities": "both"}, doubts_answered=True)

    merge_into(one, other, by=worker, choices=choices)

    one.refresh_from_db()
    assert (one.family_name, one.given_name, one.sex) == ("Oorzhak", "Наталья", "female")
    assert (one.nationalities, one.language) == (["RU", "KZ"], "ru")
    assert one.other_names.splitlines() == ["Ооржак Наталья", "Oorzhak Natalya"]
    assert find(worker, "Ооржак Наталья", now=NOW) == find(worker, "Oorzhak Natalya", now=NOW) == [one.pk]


def test_deadlines_come_along_with_what_was_decided_and_are_computed_anew(worker: User) -> None:
    make_rule(parameters={"days": 90})
    one, other = alone(worker), alone(worker, nationalities=["RU"])
    make_stay(other, date(2026, 11, 1), by=worker)
    ensure_fresh([other.pk], NOW)
    deadline = Deadline.objects.get(client=other)

    merge_into(one, other, by=worker)

    deadline.refresh_from_db()
    assert (deadline.client_id, deadline.gone_at, deadline.due_on) == (one.pk, None, date(2027, 1, 29))
    one.refresh_from_db()
    assert one.computed_position.facts_version == one.facts_version


def test_both_have_the_same_deadline_and_the_answer_of_each_stays_on_record(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    kept, past = make_deadline(one), make_deadline(other)

    merge_into(one, other, by=worker)

    assert {it.pk for it in Deadline.objects.filter(client=one)} == {kept.pk, past.pk}


def test_two_stays_that_cannot_both_be_true_are_asked_about(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    mine, theirs = make_stay(one, date(2026, 9, 1), by=worker), make_stay(other, date(2026, 9, 3), by=worker)
    past = make_stay(other, date(2026, 1, 1), date(2026, 2, 1), by=worker)

    assert [(it.kept, it.other) for it in looked_at(one, other).clashes] == [(mine, theirs)]
    with pytest.raises(UnableToMerge) as error:
        merge_into(one, other, by=worker, choices=Choices(doubts_answered=True))
    assert error.value.field == "stays"
    SuspectedPair.objects.all().delete()
    merge_into(one, other, by=worker, choices=Choices(doubts_answered=True, set_aside={mine.pk}))

    assert set(Stay.objects.filter(client=one)) == {theirs, past}


def test_a_stay_that_stands_in_nobodys_way_is_not_set_aside(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    stay = make_stay(one, date(2026, 9, 1), by=worker)

    with pytest.raises(SuspiciousOperation):
        merge_into(one, other, by=worker, choices=Choices(doubts_answered=True, set_aside={stay.pk}))


def test_two_beds_on_one_night_stand_in_the_way(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    first, second = make_beds(2, site=make_site(team=team_of(worker)))
    book({one: first}, by=worker)
    (placement,) = book({other: second}, by=worker)

    with pytest.raises(UnableToMerge, match="one bed"):
        merge_into(one, other, by=worker)
    assert Client.objects.filter(pk=other.pk).exists()

    Placement.objects.filter(pk=placement.pk).update(since=date(2027, 5, 1), until=date(2027, 5, 9))
    SuspectedPair.objects.all().delete()
    merge_into(one, other, by=worker)
    assert Placement.objects.filter(client=one).count() == 2


@pytest.mark.parametrize("is_over", ["ours", "theirs", "both"])
def test_beds_that_are_over_stand_in_nobodys_way_and_stay_on_record(is_over: str, worker: User) -> None:
    one, other = alone(worker), alone(worker)
    beds = make_beds(2, site=make_site(team=team_of(worker)))
    (ours,), (theirs,) = (
        book({it: bed}, by=worker, checks_in=True) for it, bed in zip((one, other), beds, strict=True)
    )
    for name, placement in (("ours", ours), ("theirs", theirs)):
        if is_over in (name, "both"):
            Placement.objects.filter(pk=placement.pk).update(
                state="checked_out", until=ours.since + timedelta(days=5), ended_at=NOW, ending="own_housing"
            )
    before = everything()

    made = merge_into(one, other, by=worker)

    doubles = Placement.objects.filter(client=one, was_double=True)
    assert Placement.objects.filter(client=one).count() == 2
    assert [it.pk for it in doubles] == [ours.pk if is_over == "ours" else theirs.pk]
    undo_merge(merge=made, by=worker, now=NOW + timedelta(hours=1))
    after = everything()
    assert {it.pk: (it.client_id, it.was_double) for it in Placement.objects.all()} == {
        ours.pk: (one.pk, False),
        theirs.pk: (other.pk, False),
    }
    assert [key for key in before if key[0] == "housing.Placement" and before[key] != after[key]] == []


def test_what_an_import_brought_stays_once_it_is_merged_and_the_import_says_so(worker: User) -> None:
    mine = alone(worker, family_name="Бывшая", given_name="Раньше", birth=Birth(date(1970, 1, 1)))
    of = imported(csv_of([GOOD]), worker)
    brought = Client.objects.get(case__import_rows__of=of)
    made = merge_into(mine, brought, by=worker, now=NOW + timedelta(minutes=5))

    starting.take_back(of=of, by=worker, now=NOW + timedelta(hours=1), asks=False)
    of = worked(of, clock=lambda: NOW + timedelta(hours=1))

    assert dict(of.rows.values_list("number", "state")) == {2: "kept"}
    assert Stay.objects.filter(client=mine).exists()
    undo_merge(merge=made, by=worker, now=NOW + timedelta(hours=2))
    assert Client.objects.filter(pk__in=[mine.pk, brought.pk]).count() == 2


def test_whom_an_import_brought_is_kept_too_where_they_are_the_one_who_stays(worker: User) -> None:
    mine = alone(worker, family_name="Бывшая", given_name="Раньше", birth=Birth(date(1970, 1, 1)))
    note = make_note(mine.case, by=worker, text="Давно знаем")
    of = imported(csv_of([GOOD]), worker)
    brought = Client.objects.get(case__import_rows__of=of)
    merge_into(brought, mine, by=worker, now=NOW + timedelta(minutes=5))

    starting.take_back(of=of, by=worker, now=NOW + timedelta(hours=1), asks=False)
    of = worked(of, clock=lambda: NOW + timedelta(hours=1))

    assert dict(of.rows.values_list("number", "state")) == {2: "kept"}
    note.refresh_from_db()
    assert (note.case_id, Client.objects.get().pk) == (brought.case_id, brought.pk)


def test_a_place_is_carried_on_with_its_reminders(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    bed = make_beds(1, site=make_site(team=team_of(worker)))[0]
    (placement,) = book({other: bed}, by=worker, checks_in=True)
    reminder = Reminder.objects.create(
        subject=f"placement:{placement.act}",
        due_on=date(2026, 12, 2),
        lead_days=3,
        recipient=worker,
        channel="email",
        case=other.case,
        send_at=NOW,
        created_at=NOW,
    )

    merge_into(one, other, by=worker)

    placement.refresh_from_db()
    reminder.refresh_from_db()
    assert (placement.client_id, placement.state, reminder.case_id) == (one.pk, "checked_in", one.case_id)


def test_of_two_preferred_contacts_the_one_on_file_stays_preferred(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    mine = make_contact(one, by=worker, is_preferred=True)
    theirs = make_contact(other, by=worker, value="+996 555 765432", is_preferred=True)

    merge_into(one, other, by=worker)

    theirs.refresh_from_db()
    assert set(Contact.objects.filter(client=one, is_preferred=True)) == {mine}
    assert (theirs.client_id, theirs.value) == (one.pk, "+996 555 765432")


def test_whoever_asked_us_to_stop_is_not_written_to_under_the_other_name(worker: User) -> None:
    one, other = make_willing(alone(worker)).client, make_willing(alone(worker)).client
    MessageAgreement.objects.filter(client=other).update(stopped_at=NOW, stopped_why="asked")

    merge_into(one, other, by=worker)

    assert MessageAgreement.objects.get(client=one).stopped_why == "asked"


def test_in_one_case_the_principal_stays_principal_under_whichever_name(worker: User) -> None:
    principal = alone(worker)
    double = make_client(case=principal.case, by=worker, relation="unrelated")
    child = make_client(case=principal.case, by=worker, relation="child", birth=Birth(date(2020, 1, 1)))
    make_relation(principal, "parent", child, by=worker)

    merge_into(double, principal, by=worker)

    double.refresh_from_db()
    assert (double.is_principal, double.relation) == (True, "principal")
    assert Relation.objects.get().one_id == double.pk


def test_where_the_principal_goes_somebody_else_becomes_it_of_those_who_stay(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    husband = make_client(case=other.case, by=worker, relation="spouse")
    about_her = make_note(other.case, by=worker, text="О ней", people=[other])
    about_both = make_note(other.case, by=worker, text="О них", people=[other, husband])

    with pytest.raises(UnableToMerge) as error:
        merge_into(one, other, by=worker, choices=Choices(doubts_answered=True))
    assert error.value.field == "principal_here"
    SuspectedPair.objects.all().delete()
    merge_into(one, other, by=worker)

    husband.refresh_from_db()
    about_her.refresh_from_db()
    about_both.refresh_from_db()
    assert (husband.is_principal, husband.case_id) == (True, other.case_id)
    assert (about_her.case_id, about_both.case_id) == (one.case_id, other.case_id)
    assert set(NotePerson.objects.filter(client=one).values_list("note", flat=True)) == {about_her.pk, about_both.pk}


def test_nothing_merges_by_itself_however_alike_two_are(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    for person in (one, other):
        make_document(person, number="75 1234567", by=worker)

    compare_people([one.pk, other.pk], now=NOW)
    pair = SuspectedPair.objects.get()

    assert pair.is_open
    with pytest.raises(UnableToMerge, match="Decide first"):
        merge_into(one, other, by=worker, pair=pair)
    assert (Client.objects.count(), Merge.objects.count()) == (2, 0)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"given_name": "Выдумана", "birth": Birth(date(1990, 5, 17))}, "twins"),
        ({"given_name": "Выдумана", "birth": Birth(date(1992, 5, 17))}, "brothers and sisters"),
        ({"birth": Birth(date(1963, 2, 1))}, "dates of birth differ"),
        ({"sex": "male"}, "sex differs"),
    ],
)
def test_twins_and_siblings_are_merged_only_by_somebody_who_says_that_they_looked(
    worker: User, fields: dict[str, Any], said: str
) -> None:
    one = alone(worker, given_name="Выдумала", sex="female")
    other = alone(worker, **({"given_name": "Выдумала"} | fields))

    assert any(said in it for it in looked_at(one, other).doubts)
    with pytest.raises(UnableToMerge) as error:
        merge_into(one, other, by=worker, choices=Choices())
    assert error.value.field == "doubts_answered"


def test_two_with_a_relation_on_file_are_two_people(worker: User) -> None:
    one = alone(worker)
    twin = make_client(case=one.case, by=worker, relation="sibling")
    make_relation(one, "sibling", twin, by=worker)

    with pytest.raises(UnableToMerge, match="relation between the two"):
        merge_into(one, twin, by=worker)


def test_both_cases_must_be_ones_that_whoever_merges_may_change(worker: User) -> None:
    one, other = alone(worker), alone(make_user())
    reviewer = make_user(Role.DUPLICATE_REVIEWER)
    pair = found_to_be_one(one, other, by=reviewer)

    for user in (worker, other.case.caseworker, make_user(Role.COORDINATOR, team=team_of(worker))):
        assert user is not None
        with pytest.raises(UnableToMerge, match="not yours"):
            merge_into(one, other, by=user, pair=pair)
    made = merge_into(one, other, by=reviewer, pair=pair)

    assert made.by == reviewer
    told = Reminder.objects.get(subject=f"merged:{made.pk}")
    assert told.recipient == other.case.caseworker


@pytest.mark.parametrize("is_first_of_the_pair", [True, False])
def test_no_guest_merges_somebody_of_the_case_into_one_of_their_own(is_first_of_the_pair: bool) -> None:
    users = [make_user(), make_user()]
    people = sorted(
        ((alone(user), user) for user in users), key=lambda each: each[0].pk, reverse=not is_first_of_the_pair
    )
    (other, worker), (one, guest) = people
    pair = found_to_be_one(one, other, by=worker)
    known: dict[str, Any] = {"case": other.case, "may_change": True, "reason": "Stands in", "now": NOW}
    coordinator = make_user(Role.COORDINATOR, team=team_of(worker))
    actions.give_access(user=guest, starts_at=NOW, ends_at=NOW + timedelta(days=1), by=coordinator, **known)
    assert Case.objects.changeable_by(guest, NOW).count() == 2

    with pytest.raises(UnableToMerge, match="not yours"):
        merge_into(one, other, by=guest, pair=pair)

    make_membership(guest, Role.CASEWORKER, team=team_of(worker))
    assert merge_into(one, other, by=guest, pair=pair).by == guest


@pytest.mark.parametrize("which", [0, 1])
def test_nobody_of_the_team_merges_somebody_of_a_case_that_is_hidden_from_them(which: int, worker: User) -> None:
    people = sorted((alone(worker), alone(worker)), key=lambda person: person.pk)
    pair = found_to_be_one(*people, by=worker)
    hide(people[which].case)

    with pytest.raises(UnableToMerge, match="not yours"):
        merge_into(*people, by=worker, pair=pair)


def test_a_restricted_case_is_joined_first(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    actions.restrict_case(
        case=other.case, people=[worker, make_user(team=team_of(worker))], version=1, by=worker, now=NOW
    )

    with pytest.raises(UnableToMerge, match="restricted"):
        merge_into(one, other, by=worker)


def test_what_has_changed_since_somebody_looked_is_looked_at_again(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    look = looked_at(one, other)
    make_stay(other, date(2026, 9, 3), by=worker)

    with pytest.raises(UnableToMerge, match="changed since you looked"):
        merge_into(one, other, by=worker, seen=look.seen)


def test_a_form_sent_twice_merges_once(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    pair = found_to_be_one(one, other, by=worker)
    first = merge_into(one, other, by=worker, pair=pair)

    again = merge(
        pair=pair,
        into=one.pk,
        choices=Choices(),
        reason="",
        seen="",
        by=worker,
        now=NOW + timedelta(seconds=1),
        merge_id=first.pk,
    )

    assert again == first
    assert Event.objects.filter(type="lifecycle.people_merged").count() == 1


def test_the_audit_says_who_and_which_and_no_value(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    make_address(other, by=worker)

    made = merge_into(one, other, by=worker)

    here, there = Event.objects.filter(type__startswith="lifecycle.p").order_by("pk")
    assert (here.type, here.case_id, here.actor_id) == ("lifecycle.people_merged", one.case_id, worker.pk)
    assert (there.type, there.case_id, there.subject_id) == (
        "lifecycle.person_merged_away",
        other.case_id,
        str(made.pk),
    )
    assert here.data == {
        "gone": str(other.pk),
        "into": str(one.pk),
        "rows": {"clients.Address.client": 1},
    }
    assert Address.objects.get().client_id == one.pk


def test_a_merge_ends_the_to_dos_that_asked_for_it(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    pair = found_to_be_one(one, other, by=worker)
    assert ToDo.objects.open().filter(kind=ToDo.Kind.DUPLICATE).count() == 2

    merge_into(one, other, by=worker, pair=pair)

    assert not ToDo.objects.open().filter(kind=ToDo.Kind.DUPLICATE).exists()


def test_a_document_of_each_stays_a_document(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    for person in (one, other):
        make_document(person, number="75 1234567", by=worker)

    merge_into(one, other, by=worker)

    assert [it.number for it in Document.objects.filter(client=one)] == ["75 1234567"] * 2
