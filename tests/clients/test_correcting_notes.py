"""Notes: corrected, taken back, struck, kept on top; and how calls and visits went."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from casework.audit.models import Event
from casework.clients import actions
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import EarlierNote, Note
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_client, make_note

pytestmark = pytest.mark.django_db


def test_a_call_with_an_outcome_needs_no_words_and_anything_else_does() -> None:
    case = make_client().case

    call = make_note(case, kind="call", outcome="no_answer", text="")

    assert (call.kind, call.outcome, call.text) == ("call", "no_answer", "")
    with pytest.raises(actions.UnableToWriteNote):
        make_note(case, kind="call", text=" ")
    with pytest.raises(actions.UnableToWriteNote, match="does not fit"):
        make_note(case, kind="visit", outcome="no_answer")


def test_a_note_is_about_people_of_its_case_alone() -> None:
    client, stranger = make_client(), make_client()

    note = make_note(client.case, people=[client, stranger])

    assert [it.client_id for it in note.about.all()] == [client.pk]


def test_what_was_corrected_stays_readable() -> None:
    client = make_client()
    writer = make_user(team=client.case.team)
    note = make_note(client.case, by=writer, text="Приём в пять")

    corrected = actions.correct_note(note=note, version=1, text="Приём в шесть", people=[client], by=writer, now=NOW)

    assert (corrected.text, corrected.earlier_count, corrected.is_corrected) == ("Приём в шесть", 1, True)
    assert [it.text for it in EarlierNote.objects.filter(note=note)] == ["Приём в пять"]
    assert Event.objects.get(type="clients.note_corrected").data == {"fields": ["people", "text"]}


def test_of_two_who_correct_it_the_second_is_told() -> None:
    writer = make_user()
    note = make_note(make_client().case, by=writer)
    actions.correct_note(note=note, version=1, text="Раз", by=writer, now=NOW)

    with pytest.raises(ChangedMeanwhile) as conflict:
        actions.correct_note(note=note, version=1, text="Два", by=writer, now=NOW)

    assert conflict.value.theirs.text == "Раз"  # type: ignore[attr-defined]


def test_nobody_corrects_what_somebody_else_wrote_or_after_a_month() -> None:
    writer = make_user()
    note = make_note(make_client().case, by=writer)

    for by, now in ((make_user(), NOW), (writer, NOW + timedelta(days=31))):
        with pytest.raises(actions.UnableToChangeNote):
            actions.correct_note(note=note, version=1, text="x", by=by, now=now)


def test_a_note_is_taken_back_within_ten_minutes_and_struck_later() -> None:
    writer = make_user()
    case = make_client().case
    fresh, old = make_note(case, by=writer), make_note(case, by=writer)
    late = NOW + timedelta(minutes=11)

    for _ in range(2):
        actions.remove_note(note=fresh, by=writer, now=NOW + timedelta(minutes=10))
    with pytest.raises(actions.UnableToChangeNote, match="Strike"):
        actions.remove_note(note=old, by=writer, now=late)
    struck = actions.strike_note(note=old, reason="Не того человека", version=1, by=make_user(), now=late)

    assert not Note.objects.filter(pk=fresh.pk).exists()
    assert (struck.is_struck, struck.strike_reason, struck.text) == (True, "Не того человека", old.text)
    assert Event.objects.filter(type="clients.note_removed").count() == 1


def test_striking_asks_for_a_reason_and_lets_go_of_the_top() -> None:
    writer = make_user()
    note = make_note(make_client().case, by=writer, pinned=True)

    with pytest.raises(actions.UnableToChangeNote):
        actions.strike_note(note=note, reason=" ", version=1, by=writer, now=NOW)
    struck = actions.strike_note(note=note, reason="x", version=1, by=writer, now=NOW)

    assert not struck.pinned
    with pytest.raises(actions.UnableToPinNote):
        actions.pin_note(note=struck, pinned=True, by=writer, now=NOW)


def test_ten_stay_on_top_and_who_pinned_each_is_known() -> None:
    case, pinner = make_client().case, make_user()
    notes = [make_note(case, pinned=True) for _ in range(9)]
    last, one_more = make_note(case), make_note(case)

    pinned = actions.pin_note(note=last, pinned=True, by=pinner, now=NOW)
    with pytest.raises(actions.UnableToPinNote):
        actions.pin_note(note=one_more, pinned=True, by=pinner, now=NOW)
    with pytest.raises(actions.UnableToPinNote):
        make_note(case, pinned=True)
    actions.pin_note(note=notes[0], pinned=False, by=pinner, now=NOW)
    actions.pin_note(note=one_more, pinned=True, by=pinner, now=NOW)

    assert (pinned.pinned_by, pinned.pinned_at) == (pinner, NOW)
    assert Note.objects.filter(pinned=True).count() == 10


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("note_outcome_fits_its_kind", {"outcome": "met", "kind": "call"}),
        ("note_hour_has_its_day", {"happened_time": time(9), "happened_on": None}),
        ("note_pinned_by_somebody_at_a_time", {"pinned": True}),
        ("note_struck_by_somebody_at_a_time", {"struck_at": NOW}),
    ],
)
def test_what_must_never_be_the_database_refuses(name: str, values: dict[str, Any]) -> None:
    note = make_note(make_client().case, happened_on=date(2026, 11, 1))

    with pytest.raises(IntegrityError, match=name):
        Note.objects.filter(pk=note.pk).update(**values)
