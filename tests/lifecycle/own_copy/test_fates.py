"""Given out and taken in elsewhere: what comes along says the same there, and of everything else a note says what became of it."""

from typing import Any

import pytest

from casework.accounts.models import User
from casework.audit.models import Event
from casework.clients.models import (
    Assessment,
    Client,
    Consent,
    ContactStop,
    Need,
    NeverContact,
    Note,
    Referral,
    Service,
)
from casework.documents.models import Document, Scan, ScanPage
from casework.lib.ids import new_id
from casework.lifecycle.erasure.reach import reachable
from casework.lifecycle.own_copy.columns import TABLES_LEFT_OUT
from casework.lifecycle.own_copy.content import as_data, copy_of
from casework.lifecycle.own_copy.fates import EXCEPT, FATES, Becomes, plan
from casework.lifecycle.own_copy.opening import read
from casework.lifecycle.own_copy.packing import portable
from casework.lifecycle.own_copy.taking_in import FACTS, Taken, take_in
from tests.factories.accounts import NOW, make_team, make_user, team_of
from tests.factories.clients import make_contact
from tests.factories.files import File
from tests.factories.needs import make_service
from tests.factories.safety import make_consent

WORDS = "ведро якорь тундра фонарь"


def test_each_table_of_the_copy_has_a_fate_and_a_reason_where_it_is_not_taken_in() -> None:
    tables = {model._meta.label for model in reachable() if not hasattr(model, "pgh_tracked_model")}

    assert tables - TABLES_LEFT_OUT.keys() - FATES.keys() == set()
    assert FATES.keys() - tables - {"clients.Case", "clients.Client"} == set()
    assert [table for table, (becomes, why) in FATES.items() if (becomes == Becomes.ROW) == bool(str(why))] == []
    assert EXCEPT.keys() - FATES.keys() == set()
    assert {table for table, *_rest in FACTS} <= {table for table, (fate, _) in FATES.items() if fate == Becomes.ROW}


def people_of(case: Any) -> list[Client]:
    return list(Client.objects.filter(case=case).select_related("case").principal_first())


def taken_in(case: Any) -> Taken:
    sealed = portable(
        copy_of(people_of(case), by=case.caseworker, now=NOW), passphrase=WORDS, now=NOW, about={}, with_pictures=True
    ).content
    there, team = make_user(), make_team(name="Elsewhere")
    return take_in(read(WORDS, sealed), team=team, caseworker=None, by=there, now=NOW, token=new_id())


def said(model: Any, names: tuple[str, ...], case: Any) -> list[dict[str, Any]]:
    rows = model._default_manager.filter(client__case=case)
    return sorted(({name: getattr(row, name) for name in names} for row in rows), key=repr)


@pytest.mark.django_db
def test_what_is_known_of_people_says_the_same_where_it_is_taken_in(file: File, worker: User) -> None:
    make_contact(file.client, by=worker, value="+996 555 777777", code_word="тюльпан")

    taken = taken_in(file.case)

    assert taken.refused == []
    for table, _act, model, names, _links in FACTS:
        here, there = said(model, names, file.case), said(model, names, taken.case)
        assert here, table
        assert there == here, table
    scan, copy = (Scan.objects.get(client__case=case) for case in (file.case, taken.case))
    assert (copy.kind, copy.pages.count()) == (scan.kind, scan.pages.count()) == (scan.kind, 2)
    assert copy.data_key_id == copy.client.data_key_id
    sizes = [
        list(ScanPage.objects.filter(scan=each).order_by("number").values_list("width", "height"))
        for each in (scan, copy)
    ]
    assert sizes[0] == sizes[1]
    assert Assessment.objects.get(client__case=taken.case).note.endswith("Копийк устала")


@pytest.mark.django_db
def test_who_must_not_be_reached_and_what_was_refused_holds_where_it_is_taken_in(file: File, worker: User) -> None:
    make_consent(file.client, by=worker, said="no", purpose="family", categories=["address"])

    taken = taken_in(file.case)

    listed, entry = (NeverContact.objects.filter(case=case).get() for case in (file.case, taken.case))
    assert (entry.value, entry.kind) == (listed.value, listed.kind)
    refusal = Consent.objects.get(client__case=taken.case)
    assert (refusal.said, refusal.purpose, refusal.categories) == ("no", "family", ["address"])
    assert ("clients.Consent", Becomes.NOTHING) in [(line.table, line.becomes) for line in taken.others]
    assert not ContactStop.objects.filter(case=taken.case).exists()


@pytest.mark.django_db
def test_help_and_referrals_are_kept_in_words_and_count_in_no_figure(file: File, worker: User) -> None:
    make_service(file.case, by=worker, kind="medical", note="у психиатра", item="рецепт")

    taken = taken_in(file.case)

    notes = "\n".join(note.text for note in Note.objects.filter(case=taken.case))
    for words in ("Копийк судится", "Копийк просит", "Сейф, Копийк", "medical help"):
        assert words in notes, words
    assert "психиатр" not in notes
    assert "рецепт" not in notes
    assert not Service.objects.filter(case=taken.case).exists()
    assert not Referral.objects.filter(case=taken.case).exists()


@pytest.mark.django_db
def test_the_list_before_is_what_a_note_says_afterwards(file: File) -> None:
    lines = plan(as_data(copy_of(people_of(file.case), by=file.worker, now=NOW))["tables"])

    taken = taken_in(file.case)

    before = {line.table: line.count for line in lines if line.becomes == Becomes.ROW}
    assert {table: count for table, count in taken.rows.items() if table != "clients.Note"} == {
        table: count for table, count in before.items() if table != "clients.Note"
    }
    assert [line for line in lines if line.becomes != Becomes.ROW] == taken.others
    text = next(note.text for note in Note.objects.filter(case=taken.case) if note.text.startswith("What came with"))
    for line in taken.others:
        assert f"{line.name} ({line.count}): {line.label}. {line.why}." in text
    event = Event.objects.get(type="lifecycle.portable_taken_in")
    assert event.data["left"] == sum(line.count for line in taken.others)


@pytest.mark.django_db
@pytest.mark.parametrize("picture", [b"no picture", None])
def test_a_picture_that_is_none_or_is_not_there_is_named_and_the_rest_is_taken_in(
    picture: bytes | None, worker: User
) -> None:
    person = {"id": "1", "family_name": "Чужая", "is_principal": True, "relation": "principal", "nationalities": ["RU"]}
    tables = {
        "clients.Client": [person],
        "documents.Scan": [{"id": "2", "client": "1", "kind": "identity"}],
        "documents.ScanPage": [{"id": "3", "scan": "2", "number": 1, "file_id": "f"}],
        "somebody.Else": [{"id": "4"}],
    }
    data = {"tables": tables, "pictures": {"f": picture} if picture else {}}

    taken = take_in(data, team=team_of(worker), caseworker=None, by=worker, now=NOW, token=new_id())

    assert [table for table, _why in taken.refused] == ["documents.Scan"]
    assert [(line.table, line.count, line.becomes) for line in taken.others] == [("somebody.Else", 1, Becomes.NOTHING)]
    assert not Scan.objects.exists()
    assert not Document.objects.exists()
    assert not Need.objects.exists()
