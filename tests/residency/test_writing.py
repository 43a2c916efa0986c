"""Many rows in one statement."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from casework.residency.models import ComputedPosition, Deadline, Move
from casework.residency.writing import insert_rows, update_rows
from tests.factories.accounts import NOW
from tests.factories.clients import make_client
from tests.factories.residency import make_deadline

pytestmark = pytest.mark.django_db

DUE = date(2026, 12, 1)


def a_deadline(client, occurrence: int, **fields) -> Deadline:
    known = {"duty": "leave", "subject_kind": "client", "subject_id": client.pk, "country": "KZ", "computed_at": NOW}
    return Deadline(client=client, occurrence=occurrence, review="provisional", **known | fields)


def test_rows_are_stored_as_they_were_given() -> None:
    client = make_client()
    because = [{"code": "entered", "values": {"day": "2026-11-01", "text": "ё\\ \"'\t\n"}, "rule": None}]
    rows = [a_deadline(client, number, due_on=DUE, because=because, rule_ids=[3, 4]) for number in (1, 2)]

    with CaptureQueriesContext(connection) as queries:
        insert_rows(rows)

    stored = list(Deadline.objects.order_by("occurrence"))
    assert len(queries) == 1
    assert [each.pk for each in stored] == [row.pk for row in rows]
    assert (stored[0].due_on, stored[0].drives_on, stored[0].opens_on) == (DUE, DUE, None)
    assert (stored[0].because, stored[0].rule_ids) == (because, [3, 4])
    assert (stored[0].computed_at, stored[0].optional, stored[0].met_by_kind) == (NOW, False, "")


def test_numbers_that_the_database_hands_out_are_left_to_it() -> None:
    deadline = make_deadline(make_client())

    insert_rows([Move(deadline=deadline, at=NOW, what="moved", cause="facts", from_on=DUE, to_on=None) for _ in "ab"])

    assert len(set(Move.objects.values_list("pk", flat=True))) == 2


def test_only_what_is_named_is_updated_and_only_in_these_rows() -> None:
    client = make_client()
    changed, other = make_deadline(client, DUE), make_deadline(client, DUE)
    changed.due_on, changed.country = DUE + timedelta(days=1), "KG"

    update_rows([changed], {"due_on"})

    changed.refresh_from_db()
    other.refresh_from_db()
    assert (changed.due_on, changed.drives_on, changed.country) == (date(2026, 12, 2), date(2026, 12, 2), "KZ")
    assert other.due_on == DUE


def test_a_row_takes_the_place_of_the_one_with_its_key() -> None:
    client = make_client()
    for version in (1, 2):
        insert_rows(
            [ComputedPosition(client=client, facts_version=version, rules_version=-(2**62), computed_at=NOW)],
            replace=True,
        )

    position = ComputedPosition.objects.get()
    assert (position.facts_version, position.rules_version, position.warnings) == (2, -(2**62), [])


def test_a_second_row_of_an_identity_is_refused() -> None:
    client = make_client()

    with pytest.raises(IntegrityError, match="deadline_identity"):
        insert_rows([a_deadline(client, 1), a_deadline(client, 1)])


def test_no_rows_are_no_statement() -> None:
    with CaptureQueriesContext(connection) as queries:
        insert_rows([])
        update_rows([], {"due_on"})

    assert len(queries) == 0


def test_what_is_sealed_is_not_written_this_way() -> None:
    with pytest.raises(TypeError):
        insert_rows([make_client()])
