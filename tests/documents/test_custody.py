"""Where originals are: handed over, given back, and never in two places."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from casework.accounts.models import User
from casework.audit.models import Event
from casework.clients.changes import ChangedMeanwhile
from casework.documents import actions
from casework.documents.actions import UnableToKeepOriginal
from casework.documents.models import Custody, Document
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_client
from tests.factories.documents import make_document
from tests.racing import at_once

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def document() -> Document:
    return make_document(make_client())


@pytest.fixture
def by() -> User:
    return make_user()


def hand_over(document: Document, by: User, **values: Any) -> Custody:
    known: dict[str, Any] = {"holder": Custody.Holder.SAFE, "since": date(2026, 11, 3)}
    return actions.hand_over_original(document=document, by=by, now=NOW, today=TODAY, **(known | values))


def give_back(custody: Custody, by: User, day: date = date(2026, 11, 10), version: int | None = None) -> Custody:
    return actions.record_return(
        custody=custody,
        version=custody.version if version is None else version,
        returned_on=day,
        returned_to="the client",
        by=by,
        now=LATER,
        today=TODAY,
    )


def test_an_original_goes_to_the_safe_and_comes_back(document: Document, by: User) -> None:
    custody = hand_over(document, by, place="Shelf 2", receipt="17")
    away = Document.objects.with_custody().get()
    give_back(custody, by)
    back = Document.objects.with_custody().get()

    assert (away.holder, away.away_since) == (Custody.Holder.SAFE, date(2026, 11, 3))
    assert (back.holder, back.away_since) == (None, None)
    kept = Custody.objects.get()
    assert (kept.place, kept.receipt, kept.returned_to, kept.returned_by) == ("Shelf 2", "17", "the client", by)
    types = list(Event.objects.filter(case_id=document.client.case_id).order_by("id").values_list("type", flat=True))
    assert types[-2:] == ["documents.original_handed_over", "documents.original_returned"]


def test_an_original_that_is_away_is_not_handed_over_again(document: Document, by: User) -> None:
    hand_over(document, by)

    with pytest.raises(UnableToKeepOriginal, match="has not come back yet"):
        hand_over(document, by, holder=Custody.Holder.AUTHORITY)


def test_a_lost_document_cannot_be_handed_over(by: User) -> None:
    with pytest.raises(UnableToKeepOriginal, match="recorded as lost"):
        hand_over(make_document(make_client(), state=Document.State.LOST), by)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"since": TODAY + timedelta(days=1)}, "since"),
        ({"since": TODAY, "expected_back_on": TODAY - timedelta(days=1)}, "expected_back_on"),
    ],
)
def test_days_that_cannot_be_are_refused(document: Document, by: User, values: dict[str, date], field: str) -> None:
    with pytest.raises(UnableToKeepOriginal) as refusal:
        hand_over(document, by, **values)

    assert refusal.value.field == field
    assert not Custody.objects.exists()


@pytest.mark.parametrize("day", [date(2026, 11, 2), TODAY + timedelta(days=1)])
def test_it_comes_back_between_the_hand_over_and_today(document: Document, by: User, day: date) -> None:
    custody = hand_over(document, by)

    with pytest.raises(UnableToKeepOriginal):
        give_back(custody, by, day)
    assert give_back(custody, by, TODAY).returned_on == TODAY


def test_a_return_is_taken_back_unless_it_went_somewhere_else_since(document: Document, by: User) -> None:
    custody = give_back(hand_over(document, by), by)
    again = actions.reopen_custody(custody=custody, version=custody.version, by=by, now=LATER)

    assert (again.returned_on, again.returned_to, again.returned_by) == (None, "", None)
    custody = give_back(again, by)
    hand_over(document, by, holder=Custody.Holder.AUTHORITY, since=date(2026, 11, 12))
    with pytest.raises(UnableToKeepOriginal, match="handed over again"):
        actions.reopen_custody(custody=custody, version=custody.version, by=by, now=LATER)


def test_what_was_written_down_is_corrected_and_a_mistake_removed(document: Document, by: User) -> None:
    custody = hand_over(document, by)
    changed = actions.change_custody(
        custody=custody, version=1, place="Shelf 3", expected_back_on=TODAY, by=by, now=LATER, today=TODAY
    )

    assert (changed.place, changed.version) == ("Shelf 3", 2)
    with pytest.raises(ChangedMeanwhile):
        actions.remove_custody(custody=custody, version=1, by=by, now=LATER)
    actions.remove_custody(custody=changed, version=2, by=by, now=LATER)
    assert not Custody.objects.exists()


def test_a_form_sent_twice_hands_over_once(document: Document, by: User) -> None:
    first = hand_over(document, by)
    again = hand_over(document, by, custody_id=first.pk)

    assert again == first
    assert Event.objects.filter(type="documents.original_handed_over").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_hand_it_over_at_once_one_is_told_where_it_is() -> None:
    document, by = make_document(make_client()), make_user()

    def act(number: int) -> str:
        try:
            hand_over(document, by, place=f"Shelf {number}")
        except UnableToKeepOriginal:
            return "refused"
        return "kept"

    assert sorted(at_once(lambda: act(1), lambda: act(2))) == ["kept", "refused"]
    assert Custody.objects.count() == 1


def test_the_database_refuses_two_places_and_disorder(document: Document, by: User) -> None:
    custody = hand_over(document, by)
    changes: list[tuple[str, dict[str, Any]]] = [
        ("original_comes_back_after_it_went", {"returned_on": date(2026, 11, 2), "returned_by": by}),
        ("original_is_expected_after_it_went", {"expected_back_on": date(2026, 11, 2)}),
        ("original_is_given_back_by_somebody", {"returned_on": TODAY}),
    ]
    for name, values in changes:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Custody.objects.filter(pk=custody.pk).update(**values)
    second = Custody(
        data_key=document.data_key, document=document, holder="safe", since=TODAY, recorded_at=NOW, recorded_by=by
    )
    with pytest.raises(IntegrityError, match="original_is_in_one_place"), transaction.atomic():
        second.save(force_insert=True)


def test_places_and_names_are_readable_neither_at_rest_nor_in_the_audit(document: Document, by: User) -> None:
    give_back(hand_over(document, by, place="Kanareika street", handed_over_by="Kanareika", remark="Kanareika"), by)

    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM documents_custody c UNION ALL SELECT e::text FROM audit_event e")
        rest = str(cursor.fetchall())

    assert "Kanareika" not in rest


def test_what_should_be_back_comes_first(by: User) -> None:
    third, first, second = (
        hand_over(make_document(make_client()), by, expected_back_on=day)
        for day in (None, date(2026, 11, 5), date(2026, 11, 19))
    )

    assert list(Custody.objects.open().expected_first()) == [first, second, third]
    assert [each.is_late(TODAY) for each in (first, second, third)] == [True, True, False]
    assert not second.is_late(date(2026, 11, 19))
