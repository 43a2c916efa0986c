"""What people are to each other: what is recorded, what is refused in words, what the database refuses."""

import uuid
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError

from casework.audit.models import Event
from casework.clients import actions
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Case, Client, Relation
from casework.lib.dates import Birth
from casework.lib.kinship import Tie
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_case, make_client, make_relation

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def family() -> tuple[Client, Client, Client]:
    """A mother, her son of seven, and somebody who is not related to them."""
    mother = make_client()
    son = make_client(case=mother.case, relation="child", birth=Birth(date(2019, 2, 1)), given_name="Выдуман")
    other = make_client(case=mother.case, given_name="Никтония")
    return mother, son, other


def refused(one: Client, kind: str, other: Client) -> str:
    with pytest.raises(actions.UnableToRelate) as error:
        make_relation(one, kind, other)
    return error.value.sentence


def bare(one: Client, kind: str, other: Client) -> Relation:
    worker = make_user(team=one.case.team)
    return Relation.objects.create(
        data_key=one.data_key, one=one, kind=kind, other=other, recorded_by=worker, recorded_at=NOW
    )


def test_a_relation_is_recorded_once_however_often_its_form_is_sent() -> None:
    mother, son, _other = family()
    token, worker = uuid.uuid4(), make_user(team=mother.case.team)

    rows = [make_relation(mother, "parent", son, by=worker, relation_id=token, remark="по метрике") for _ in range(2)]

    assert [row.pk for row in rows] == [token, token]
    assert Relation.objects.get().remark == "по метрике"
    assert Event.objects.filter(type="clients.relation_recorded", case_id=mother.case_id).count() == 1


def test_what_is_said_from_either_side_alike_is_stored_in_one_order() -> None:
    mother, _son, other = family()

    make_relation(mother, "carer", other)
    make_relation(other, "other", mother)

    stored = Relation.objects.get(kind="other")
    assert stored.one_id < stored.other_id
    assert refused(mother, "other", other) == "This is on file already."


def test_nobody_is_related_to_themselves() -> None:
    mother, _son, _other = family()

    assert refused(mother, "sibling", mother).startswith("Nobody is related to themselves")
    with pytest.raises(IntegrityError, match="relation_not_with_oneself"):
        bare(mother, "guardian", mother)


def test_the_same_is_not_recorded_twice() -> None:
    mother, son, _other = family()
    make_relation(mother, "carer", son)

    assert refused(mother, "carer", son) == "This is on file already."
    with pytest.raises(IntegrityError, match="relation_recorded_once"):
        bare(mother, "carer", son)


def test_nobody_is_the_parent_of_their_parent() -> None:
    mother, son, _other = family()
    make_relation(mother, "parent", son)

    assert "Another relation" in refused(son, "parent", mother)
    with pytest.raises(IntegrityError, match="relation_one_of_family_a_pair"):
        bare(son, "parent", mother)


def test_nobody_is_the_guardian_of_their_guardian() -> None:
    mother, _son, other = family()
    make_relation(mother, "guardian", other)

    assert "guardian of their own guardian" in refused(other, "guardian", mother)
    with pytest.raises(IntegrityError, match="relation_guardian_one_way"):
        bare(other, "guardian", mother)


def test_what_is_alike_from_either_side_has_one_order_in_the_database() -> None:
    mother, _son, other = family()
    first, second = sorted([mother, other], key=lambda each: each.pk)

    with pytest.raises(IntegrityError, match="relation_either_way_in_one_order"):
        bare(second, "sibling", first)


def test_a_circle_over_generations_is_refused() -> None:
    case = make_case()
    people = [make_client(case=case, birth=Birth(), relation=it) for it in ("principal", "other_relative", "other_relative", "other_relative")]  # fmt: skip
    _principal, first, second, third = people
    make_relation(first, "parent", second)
    make_relation(second, "parent", third)

    assert "ancestor" in refused(third, "parent", first)


def test_a_parent_who_is_younger_than_the_child_is_refused_in_words() -> None:
    case = make_client().case
    older = make_client(case=case, birth=Birth(year=1980), relation="other_relative")
    younger = make_client(case=case, birth=Birth(year=1990), relation="other_relative")

    assert "the elder of the two would be the younger" in refused(younger, "parent", older)


def test_a_child_is_nobodys_legal_guardian() -> None:
    _mother, son, other = family()

    assert "guardian is an adult" in refused(son, "guardian", other)


def test_what_contradicts_the_relation_to_the_principal_is_refused_with_that_relation() -> None:
    mother, son, other = family()

    assert "child" in refused(mother, "spouse", son)
    assert "not related" in refused(other, "sibling", mother)


def test_a_person_cannot_be_changed_into_what_contradicts_the_relations_on_file() -> None:
    mother, son, _other = family()
    make_relation(mother, "parent", son)

    with pytest.raises(actions.UnableToChangeClient, match="relation that is on file"):
        actions.change_client(client=son, version=1, relation="sibling", by=make_user(), now=NOW)


def test_a_relation_is_corrected_and_turned_round() -> None:
    case = make_client().case
    one, other = (make_client(case=case, relation="other_relative", birth=Birth()) for _ in range(2))
    relation = make_relation(one, "parent", other, remark="со слов")
    worker = make_user(team=case.team)

    actions.change_relation(
        relation=relation, one=other, kind="parent", other=one, remark="по метрике", version=1, by=worker, now=NOW, today=TODAY
    )  # fmt: skip

    stored = Relation.objects.get()
    assert (stored.one_id, stored.remark, stored.version) == (other.pk, "по метрике", 2)
    assert stored.data_key_id == other.data_key_id


def test_of_two_corrections_the_second_is_told() -> None:
    mother, son, _other = family()
    relation = make_relation(mother, "carer", son)
    values: dict[str, Any] = {"one": mother, "other": son, "by": make_user(), "now": NOW, "today": TODAY}
    actions.change_relation(relation=relation, kind="guardian", version=1, **values)

    with pytest.raises(ChangedMeanwhile):
        actions.change_relation(relation=relation, kind="parent", version=1, **values)
    with pytest.raises(ChangedMeanwhile):
        actions.remove_relation(relation=relation, version=1, by=make_user(), now=NOW)


def test_a_relation_is_removed() -> None:
    mother, son, _other = family()
    relation = make_relation(mother, "parent", son)

    actions.remove_relation(relation=relation, version=1, by=make_user(), now=NOW)

    assert not Relation.objects.exists()
    assert Event.objects.filter(type="clients.relation_removed").get().data["kind"] == "parent"


def test_of_a_family_in_two_cases_a_reader_of_one_sees_nothing() -> None:
    worker = make_user()
    mine = make_client(team=team_of(worker))
    theirs = make_client()
    make_relation(mine, "guardian", theirs)
    make_relation(make_client(case=theirs.case), "guardian", make_client(case=mine.case))

    assert not Relation.objects.visible_to(worker, NOW).exists()  # type: ignore[attr-defined]
    assert set(Event.objects.filter(type="clients.relation_recorded").values_list("case_id", flat=True)) == {
        mine.case_id,
        theirs.case_id,
    }


def test_several_are_confirmed_in_one_act_and_taken_back_in_one() -> None:
    mother, son, other = family()
    daughter = make_client(case=mother.case, relation="child", birth=Birth(year=2021))
    ties: list[Tie[uuid.UUID]] = [
        Tie(mother.pk, "parent", son.pk), Tie(mother.pk, "parent", daughter.pk), Tie(son.pk, "sibling", daughter.pk)
    ]  # fmt: skip
    values: dict[str, Any] = {"case": mother.case, "batch": uuid.uuid4(), "by": make_user(), "now": NOW}

    made = actions.confirm_relations(ties=ties, today=TODAY, **values)
    again = actions.confirm_relations(ties=ties, today=TODAY, **values)
    corrected = next(row for row in made if row.other_id == son.pk)
    actions.change_relation(
        relation=corrected, one=mother, kind="guardian", other=son, version=1, by=make_user(), now=NOW, today=TODAY
    )
    gone = actions.take_back_relations(**values)

    assert {row.pk for row in made} == {row.pk for row in again}
    assert gone == 2
    assert Relation.objects.get().kind == "guardian"
    outside = [Tie(make_client().pk, "parent", other.pk)]
    with pytest.raises(actions.UnableToRelate, match="not in this case"):
        actions.confirm_relations(ties=outside, today=TODAY, **(values | {"batch": uuid.uuid4()}))


def test_another_principal_applicant_is_chosen_with_everybodys_relation_in_one_act() -> None:
    mother, son, other = family()
    relations = {mother.pk: "parent", other.pk: "unrelated"}

    actions.choose_principal(case=mother.case, principal=son, relations=relations, version=1, by=make_user(), now=NOW)

    rows = dict(Client.objects.values_list("pk", "relation"))
    assert rows == {mother.pk: "parent", son.pk: "principal", other.pk: "unrelated"}
    assert Client.objects.get(is_principal=True).pk == son.pk
    assert Case.objects.get().version == 2


def test_a_choice_that_leaves_somebody_out_or_contradicts_the_file_writes_nothing() -> None:
    mother, son, other = family()
    make_relation(mother, "parent", son)
    values: dict[str, Any] = {"case": mother.case, "principal": son, "version": 1, "by": make_user(), "now": NOW}

    with pytest.raises(actions.UnableToChoosePrincipal, match="meanwhile"):
        actions.choose_principal(relations={mother.pk: "parent"}, **values)
    with pytest.raises(actions.UnableToChoosePrincipal, match="contradicts"):
        actions.choose_principal(relations={mother.pk: "sibling", other.pk: "unrelated"}, **values)
    with pytest.raises(ChangedMeanwhile):
        actions.choose_principal(relations={mother.pk: "parent", other.pk: "unrelated"}, **(values | {"version": 7}))

    assert Client.objects.get(is_principal=True).pk == mother.pk
