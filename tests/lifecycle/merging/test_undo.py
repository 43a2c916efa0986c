"""A merge is undone: to the last row, and without taking back what was done since."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.history import history_of
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.actions.facts import facts_changed
from casework.clients.models import Address, Case, Client, Contact, Merge, MergedRow, Note
from casework.documents.models import Scan
from casework.housing.models import Placement
from casework.lib.dates import Birth
from casework.lifecycle import cases
from casework.lifecycle.erasure.reach import of_case
from casework.lifecycle.erasure.removal import remove
from casework.lifecycle.merging.merge import UNDO_FOR, Choices
from casework.lifecycle.merging.undo import UnableToUndoMerge, changed_since, throw_away_old_rows, undo_merge
from casework.residency.actions import ensure_fresh, mark_done
from casework.residency.models import Deadline, Stay
from casework.vault.actions import destroy_key
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_address, make_client, make_contact, make_note, make_relation
from tests.factories.documents import make_document
from tests.factories.files import make_file
from tests.factories.housing import book, make_beds, make_request, make_site
from tests.factories.messages import make_willing
from tests.factories.needs import make_need, make_service
from tests.factories.residency import make_deadline, make_permit, make_registration, make_rule, make_stay
from tests.factories.safety import make_consent, make_never_contact
from tests.factories.scans import make_scan

from .test_merge import alone
from .whole import difference, everything, found_to_be_one, looked_at, merge_into

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=29)
# On the same day: no date has moved by itself meanwhile.
SOON = NOW + timedelta(minutes=5)


@pytest.fixture
def worker() -> User:
    return make_user()


def undo(merge: Merge, by: User, **fields: Any) -> Any:
    return undo_merge(merge=merge, by=by, **({"now": LATER} | fields))


def test_whole_files_that_were_merged_are_two_again_to_the_last_row(worker: User) -> None:
    mine, theirs = (make_file(team=team_of(worker), worker=worker, name=name) for name in ("Выдум", "Небыл"))
    Placement.objects.filter(client=theirs.client).update(since=date(2027, 5, 1), until=date(2027, 5, 9))
    compute_anew(mine.client, theirs.client)
    pair = found_to_be_one(mine.client, theirs.client, by=worker)
    before = everything()

    made = merge_into(mine.client, theirs.client, by=worker, pair=pair)
    assert difference(before, everything())
    outcome = undo(made, worker, now=SOON)

    assert difference(before, everything()) == {}
    assert outcome.kept == {}
    made.refresh_from_db()
    assert (made.undone_at, made.undone_by, made.rows.count()) == (SOON, worker, 0)


def compute_anew(*people: Client) -> None:
    """Have the deadlines on file be those that facts and rules give rise to."""
    for person in people:
        facts_changed(person, now=NOW)
    ensure_fresh([it.pk for it in people], NOW)


INGREDIENTS: dict[str, Any] = {
    "stay": lambda it, by, other: make_stay(it, date(2026, 9, 3 if other else 1), by=by),
    "past stay": lambda it, by, other: make_stay(it, date(2026, 2, 1), date(2026, 3, 9 if other else 5), by=by),
    "registration": lambda it, by, _: make_registration(it, by=by, stay=it.stays.first()),
    "document": lambda it, by, _: make_document(it, by=by, number="75 1234567"),
    "scan": lambda it, by, _: make_scan(it, by=by),
    "permit": lambda it, by, _: make_permit(it, by=by),
    "contact": lambda it, by, other: make_contact(it, by=by, value=f"+996 555 01234{int(other)}", is_preferred=True),
    "address": lambda it, by, _: make_address(it, by=by),
    "willing": lambda it, _by, _other: make_willing(it),
    "need": lambda it, by, _: make_need(it, by=by),
    "service": lambda it, by, _: make_service(it.case, by=by, people=[it]),
    "consent": lambda it, by, _: make_consent(it, by=by),
    "never": lambda it, by, _: make_never_contact(it.case, by=by),
    "never the person": lambda it, by, _: make_never_contact(it.case, client=it, by=by),
    "note": lambda it, by, _: make_note(it.case, by=by, people=[it]),
    "deadline": lambda it, _by, _other: make_deadline(it),
    "waits": lambda it, by, _: make_request([it], by=by),
    "bed": lambda it, by, other: book(
        {it: make_beds(1, site=make_site(team=it.case.team, by=by))[0]}, by=by, since=date(2027, 2 if other else 5, 1)
    ),
    "to-do": lambda it, by, _: actions.write_to_do(text="Позвонить", owner=by, by=by, now=NOW, case=it.case),
    "child": lambda it, by, _: make_relation(
        it, "parent", make_client(case=it.case, by=by, relation="child", birth=Birth(date(2019, 4, 2))), by=by
    ),
    "transfer": lambda it, by, _: actions.offer_case(
        case=it.case,
        to_team=it.case.team,
        to_worker=make_user(team=it.case.team),
        note="Ждёт",
        by=by,
        now=NOW,
    ),
}
FIELDS = ("family_name", "given_name", "other_names", "birth", "sex", "nationalities", "language")


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def merged_and_undone(
    mine: set[str], theirs: set[str], place: str, chosen: dict[str, str], set_own_aside: bool
) -> None:
    """Two people with these things on file are merged and are two again: the database is what it was."""
    worker = make_user()
    make_rule(parameters={"days": 90})
    make_rule(
        "register_within", {"n": 5, "unit": "calendar_days", "day_one": "entry_day", "actor": "client"}, duty="register"
    )
    one = alone(worker, family_name="Ооржак", nationalities=["RU"], sex="female")
    fields: dict[str, Any] = {"family_name": "Oorzhak", "nationalities": ["KZ", "RU"], "birth": Birth(year=1990)}
    if place == "one case":
        other = make_client(case=one.case, by=worker, relation="unrelated", **fields)
    else:
        other = alone(worker, **fields)
    if place == "a family":
        make_client(case=other.case, by=worker, relation="spouse")
    for name, make in INGREDIENTS.items():  # in one order: some lean on others
        for person, has, is_other in ((one, mine, False), (other, theirs, True)):
            person.refresh_from_db()
            taken = place == "one case" and is_other and name in ("waits", "transfer") and name in mine
            if name in has and not taken:
                make(person, worker, is_other)
    pair = found_to_be_one(one, other, by=worker)
    people = [one, other]
    if chosen.get("who") == "other":
        people.reverse()
    compute_anew(one, other)
    before = everything()
    look = looked_at(*people)
    aside = {it.kept.pk if set_own_aside else it.other.pk for it in look.clashes}
    principal = look.left_behind[0].pk if look.needs_principal else None
    choices = Choices(fields=chosen, set_aside=aside, principal_here=principal, doubts_answered=True)

    made = merge_into(*people, by=worker, pair=pair, choices=choices)
    after = everything()
    # Nothing is lost meanwhile: what is not a row any more is kept with the merge, as it was.
    kept = {(it.model, it.row_id) for it in made.rows.filter(act="removed")}
    undo(made, worker, now=SOON)

    assert before.keys() - after.keys() == kept
    assert difference(before, everything()) == {}


things = st.sets(st.sampled_from(sorted(INGREDIENTS)))
places = st.sampled_from(["alone", "a family", "one case"])
choice = st.fixed_dictionaries(
    {"who": st.sampled_from(["one", "other"])},
    optional={
        it: st.sampled_from(["own", "theirs", "both"] if it in ("other_names", "nationalities") else ["own", "theirs"])
        for it in FIELDS
    },
)


# Without shrinking: each example is many statements, and what it drew says enough.
QUICK: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "phases": [Phase.explicit, Phase.generate],
}


@settings(max_examples=6, derandomize=True, **QUICK)
@given(mine=things, theirs=things, place=places, chosen=choice, set_own_aside=st.booleans())
def test_whatever_is_merged_and_undone_the_database_is_what_it_was(
    mine: set[str], theirs: set[str], place: str, chosen: dict[str, str], set_own_aside: bool
) -> None:
    with taken_back():
        merged_and_undone(mine, theirs, place, chosen, set_own_aside)


@pytest.mark.slow
@settings(max_examples=150, **QUICK)
@given(mine=things, theirs=things, place=places, chosen=choice, set_own_aside=st.booleans())
def test_whatever_is_merged_and_undone_the_database_is_what_it_was_many_times(
    mine: set[str], theirs: set[str], place: str, chosen: dict[str, str], set_own_aside: bool
) -> None:
    with taken_back():
        merged_and_undone(mine, theirs, place, chosen, set_own_aside)


def test_what_was_changed_since_stays_as_it_was_left(worker: User) -> None:
    one, other = alone(worker, given_name="Наталья"), alone(worker, given_name="Natalya")
    address = make_address(other, by=worker)
    made = merge_into(one, other, by=worker, choices=Choices(fields={"given_name": "theirs"}, doubts_answered=True))
    one.refresh_from_db()
    actions.change_client(client=one, version=one.version, given_name="Наташа", by=worker, now=NOW)
    actions.change_address(address=address, version=1, city="Ош", by=worker, now=NOW)

    assert changed_since(made) == {"clients.Client": 1}
    outcome = undo(made, worker)

    one.refresh_from_db()
    address = Address.objects.get()
    assert (one.given_name, address.client_id, address.city) == ("Наташа", other.pk, "Ош")
    assert outcome.kept == {"clients.Client": 1}
    assert Client.objects.get(pk=other.pk).given_name == "Natalya"


def test_what_was_added_since_stays_unless_it_hangs_on_what_goes_back(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    document = make_document(other, by=worker)
    made = merge_into(one, other, by=worker)
    one.refresh_from_db()
    document.refresh_from_db()
    note, contact = make_note(one.case, by=worker), make_contact(one, by=worker)
    scan = make_scan(one, by=worker, document=document)

    undo(made, worker)

    assert (Note.objects.get(pk=note.pk).case_id, Contact.objects.get(pk=contact.pk).client_id) == (one.case_id, one.pk)
    assert Scan.objects.get(pk=scan.pk).client_id == other.pk


def test_what_was_taken_back_since_does_not_come_back(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    note = make_note(other.case, by=worker, people=[other])
    made = merge_into(one, other, by=worker)
    Note.objects.get(pk=note.pk).delete()

    outcome = undo(made, worker)

    assert not Note.objects.exists()
    assert Client.objects.filter(pk=other.pk).exists()
    assert outcome.kept == {"clients.Note": 1, "clients.NotePerson": 1}


def test_a_deadline_that_somebody_answered_meanwhile_keeps_its_answer(worker: User) -> None:
    make_rule(parameters={"days": 90})
    one, other = alone(worker), alone(worker)
    make_stay(other, date(2026, 11, 1), by=worker)
    ensure_fresh([other.pk], NOW)
    made = merge_into(one, other, by=worker)
    deadline = Deadline.objects.get(client=one)
    mark_done(deadline=deadline, seen_on=deadline.drives_on, by=worker, now=NOW)

    undo(made, worker)

    deadline.refresh_from_db()
    assert (deadline.client_id, deadline.state, deadline.gone_at) == (other.pk, "done", None)


def test_merges_are_undone_in_the_order_in_which_they_were_made(worker: User) -> None:
    one, other, third = alone(worker), alone(worker), alone(worker)
    make_address(third, by=worker)
    before = {it.pk: it.case_id for it in (one, other, third)}
    first = merge_into(other, third, by=worker)
    second = merge_into(one, other, by=worker, now=NOW + timedelta(hours=1))

    first.refresh_from_db()
    assert first.into_id == one.pk
    with pytest.raises(UnableToUndoMerge, match="Undo that first"):
        undo(first, worker)
    undo(second, worker)
    first.refresh_from_db()
    undo(first, worker)

    assert {it.pk: it.case_id for it in Client.objects.all()} == before
    assert Address.objects.get().client_id == third.pk


def test_a_case_that_was_joined_elsewhere_since_gives_back_what_came(worker: User) -> None:
    one, other, third = alone(worker), alone(worker), alone(worker)
    note = make_note(other.case, by=worker)
    made = merge_into(one, other, by=worker)
    one.refresh_from_db()
    source, into = one.case, third.case
    source.refresh_from_db()
    cases.join_cases(
        source=source,
        into=into,
        version=source.version,
        into_version=into.version,
        relations={one.pk: "sibling"},
        by=worker,
        now=NOW,
    )

    undo(made, worker)

    assert Note.objects.get(pk=note.pk).case_id == other.case_id
    assert Client.objects.get(pk=other.pk).case_id == other.case_id
    assert Client.objects.get(pk=one.pk).case_id == third.case_id


def test_after_thirty_days_it_stands_and_its_rows_are_thrown_away(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    made = merge_into(one, other, by=worker)
    late = NOW + UNDO_FOR + timedelta(seconds=1)

    with pytest.raises(UnableToUndoMerge, match="thirty days are over"):
        undo(made, worker, now=late)
    assert throw_away_old_rows(now=LATER) == 0
    assert throw_away_old_rows(now=late) > 0
    assert (MergedRow.objects.count(), Merge.objects.count()) == (0, 1)


def test_undone_twice_or_by_others_it_is_refused(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    made = merge_into(one, other, by=worker)

    for user in (make_user(), make_user(Role.COORDINATOR), make_user(Role.AUDITOR)):
        with pytest.raises(UnableToUndoMerge, match="not yours"):
            undo(made, user)
    undo(made, make_user(Role.DUPLICATE_REVIEWER))
    with pytest.raises(UnableToUndoMerge, match="already"):
        undo(made, worker)
    assert Event.objects.filter(type="lifecycle.merge_undone").count() == 2


def test_who_was_erased_does_not_come_back(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    made = merge_into(one, other, by=worker)
    destroy_key(other.data_key, by=worker, now=NOW)
    made.refresh_from_db()

    with pytest.raises(UnableToUndoMerge, match="erased"):
        undo(made, worker)


def test_whoever_is_erased_is_erased_under_both_names(worker: User) -> None:
    one, other = alone(worker), alone(worker, family_name="Стёртова")
    make_stay(other, date(2026, 9, 3), by=worker)
    make_stay(one, date(2026, 9, 1), by=worker)
    make_address(other, by=worker)
    merge_into(one, other, by=worker)
    history = history_of(Client).objects
    assert history.filter(id=other.pk).exists()

    remove(of_case(one.case_id), about=[one.case_id], by=worker, now=NOW)

    other.data_key.refresh_from_db()
    assert other.data_key.is_destroyed
    assert not history.filter(id__in=[one.pk, other.pk]).exists()
    assert not history_of(Stay).objects.exists()
    assert (Merge.objects.count(), MergedRow.objects.count(), Address.objects.count()) == (0, 0, 0)


def test_of_a_case_that_was_erased_nobody_comes_back(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    make_client(case=other.case, by=worker, relation="spouse")
    made = merge_into(one, other, by=worker)
    address = make_address(Client.objects.get(pk=one.pk), by=worker)
    remove(of_case(other.case_id), about=[other.case_id], by=worker, now=NOW)
    made.refresh_from_db()

    with pytest.raises(UnableToUndoMerge, match="has been erased"):
        undo(made, worker)
    assert Address.objects.get() == address


def test_the_database_refuses_a_merge_that_cannot_be(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    made = merge_into(one, other, by=worker)

    for values, name in (
        ({"gone_id": one.pk}, "merge_not_into_oneself"),
        ({"undone_at": NOW}, "merge_undone_by_somebody_in_time"),
        ({"undone_at": NOW + timedelta(days=31), "undone_by": worker}, "merge_undone_by_somebody_in_time"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Merge.objects.filter(pk=made.pk).update(**values)
    with pytest.raises(IntegrityError, match="merged_row_act_known"), transaction.atomic():
        MergedRow.objects.update(act="x")
    row = MergedRow.objects.all()[0]
    row.pk = None
    twin = MergedRow(id=one.pk, data_key=row.data_key, merge=made, model=row.model, row_id=row.row_id, act=row.act)
    with pytest.raises(IntegrityError, match="merged_row_once_a_merge"), transaction.atomic():
        twin.save(force_insert=True)
    again = Merge(
        data_key=made.data_key,
        into=one,
        gone_id=made.gone_id,
        left_case=made.left_case,
        at=NOW,
        by=worker,
        undo_until=NOW,
    )
    again.reason = "x"
    with pytest.raises(IntegrityError, match="merge_of_a_person_stands_once"), transaction.atomic():
        again.save(force_insert=True)


def test_what_is_kept_of_a_merge_is_sealed_under_the_keys_of_its_rows(worker: User) -> None:
    one, other = alone(worker, family_name="Тайнова"), alone(worker, family_name="Скрытова")
    stay = make_stay(other, date(2026, 9, 3), by=worker)
    make_stay(one, date(2026, 9, 1), by=worker)

    made = merge_into(one, other, by=worker)

    kept = {it.model: it for it in made.rows.filter(act="removed")}
    assert kept["clients.Client"].data_key_id == other.data_key_id
    assert kept["residency.Stay"].data_key_id == stay.data_key_id
    said: Any = kept["clients.Client"].before
    assert said["family_name"] == "Скрытова"
    assert isinstance(Stay.objects.get(), Stay)
    assert Case.objects.count() == 2
