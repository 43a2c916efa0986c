"""A copy says everything; a file of it is taken in elsewhere; nothing in such a file is trusted."""

import io
import json
import zipfile
from datetime import date
from typing import Any

import pytest

from casework.accounts.models import User
from casework.audit.models import Event
from casework.clients.models import Address, Case, CaseMember, Client, Contact, Note, Relation
from casework.documents import storage
from casework.documents.models import Document, ScanPage
from casework.lib.dates import Birth
from casework.lib.ids import new_id
from casework.lifecycle.cases import join_cases, split_case
from casework.lifecycle.own_copy.content import as_data, copy_of
from casework.lifecycle.own_copy.opening import UnableToTakeIn, read
from casework.lifecycle.own_copy.packing import packed, portable
from casework.lifecycle.own_copy.taking_in import take_in
from casework.residency.models import Registration, Stay
from casework.vault.portable import open_with, seal_with
from tests.factories.accounts import NOW, make_team, make_user, team_of
from tests.factories.clients import hide, make_address, make_case, make_client, make_contact, make_note, make_relation
from tests.factories.documents import make_document
from tests.factories.files import File
from tests.factories.residency import make_registration, make_stay

pytestmark = pytest.mark.django_db

WORDS = "ведро якорь тундра фонарь"


def everybody(case: Case) -> list[Client]:
    return list(Client.objects.filter(case=case).select_related("case").principal_first())


def test_the_copy_of_a_whole_case_has_every_table_and_every_sealed_word(file: File) -> None:
    data = as_data(copy_of(everybody(file.case), by=file.worker, now=NOW))
    said = json.dumps(data, ensure_ascii=False)

    assert len(data["tables"]) > 25
    for words in (
        "Копийкова",
        "Копийк записана",
        "Копийк ждёт",
        "Сейф, Копийк",
        "Копийк судится",
        "ул. Копийк, 1",
        "Копийк75",
        "Копийк устала",
    ):
        assert words in said, words
    assert data["names_others"] == {}
    assert "data_key" not in said
    assert "search_form" not in said


def test_what_names_others_too_is_counted_and_left_out_unless_it_is_asked_for(file: File, worker: User) -> None:
    mother, child = everybody(file.case)
    make_note(file.case, by=worker, people=[mother, child], text="о двоих")
    make_note(file.case, by=worker, people=[child], text="о ребёнке")

    alone = as_data(copy_of([child], by=worker, now=NOW))
    shared = as_data(copy_of([child], by=worker, now=NOW, shared_too=True))

    said = json.dumps(alone, ensure_ascii=False)
    assert ("о ребёнке" in said, "о двоих" in said, "ул. Копийк, 1" in said) == (True, False, False)
    assert alone["names_others"]["clients.Note"] == 1
    assert "о двоих" in json.dumps(shared, ensure_ascii=False)
    assert shared["names_others"] == {}


def after_a_split(worker: User) -> tuple[Client, Client, Case]:
    """Mother and child of one case, she gone to a case of her own; what was written about her alone stayed in the old one."""
    mother, child = family(worker)
    old = Case.objects.get(pk=mother.case_id)
    make_note(old, by=worker, people=[mother], text="о ней одной")
    make_note(old, by=worker, people=[mother, child], text="о двоих")
    known: dict[str, Any] = {"team": old.team, "caseworker": worker, "version": old.version, "principal_here": child.pk}
    split_case(case=old, leaving=[mother.pk], principal=mother.pk, by=worker, now=NOW, **known)
    mother, child = (Client.objects.select_related("case").get(pk=each.pk) for each in (mother, child))
    return mother, child, old


def test_what_stayed_in_a_case_that_is_hidden_from_the_reader_is_neither_in_it_nor_counted(worker: User) -> None:
    mother, _child, old = after_a_split(worker)

    seen = as_data(copy_of([mother], by=worker, now=NOW))
    hide(old)
    hidden = as_data(copy_of([mother], by=worker, now=NOW, shared_too=True))
    not_counted = as_data(copy_of([mother], by=worker, now=NOW))["names_others"]

    assert "о ней одной" in json.dumps(seen, ensure_ascii=False)
    said = json.dumps(hidden, ensure_ascii=False)
    assert ("Придуманная, 7" in said, "о ней одной" in said, "о двоих" in said) == (True, False, False)
    assert not_counted == {}


def test_nobody_is_shown_half_of_a_relation_to_somebody_hidden_from_them(worker: User) -> None:
    mother, child, _old = after_a_split(worker)
    hide(mother.case)

    hidden = as_data(copy_of([child], by=worker, now=NOW))
    named = make_user(team=team_of(worker))
    CaseMember.objects.create(case=mother.case, user=named, named_at=NOW)
    seen = as_data(copy_of([child], by=named, now=NOW))

    assert "clients.Relation" not in hidden["tables"]
    assert len(seen["tables"]["clients.Relation"]) == 1


def test_what_a_row_said_before_is_in_it(worker: User) -> None:
    client = make_client(case=make_case(team=team_of(worker), by=worker), by=worker)
    Client.objects.filter(pk=client.pk).update(sex="female")

    data = as_data(copy_of(everybody(client.case), by=worker, now=NOW))

    (before,) = data["earlier"]["clients.ClientHistory"]
    assert (before["sex"], before["family_name"]) == ("unknown", "Образцова")
    assert "pgh_context" not in before


def test_the_zip_holds_the_data_and_the_pictures_under_names_that_say_nothing(file: File) -> None:
    content, lost = packed(
        copy_of(everybody(file.case), by=file.worker, now=NOW), now=NOW, about={"organisation": "Придуманный фонд"}
    )

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        data = json.loads(archive.read("copy.json"))
        pictures = [archive.read(name) for name in names if name.startswith("pictures/")]
    assert (len(names), "copy.json" in names) == (3, True)
    assert [picture[:2] for picture in pictures] == [b"\xff\xd8"] * 2
    assert (lost, data["pictures_lost"]) == (0, [])
    assert data["about"]["organisation"] == "Придуманный фонд"


def test_a_picture_whose_file_is_lost_is_named_in_the_copy_and_keeps_nothing_else_out(file: File) -> None:
    first, second = ScanPage.objects.filter(scan__client=file.client).order_by("number")
    storage.path_of(first.file_id).unlink()

    content, lost = packed(copy_of(everybody(file.case), by=file.worker, now=NOW), now=NOW, about={})

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        data = json.loads(archive.read("copy.json"))
        assert sorted(archive.namelist()) == ["copy.json", f"pictures/{second.file_id}.jpg"]
    assert (lost, data["pictures_lost"]) == (1, [f"{first.file_id}.jpg"])


def family(worker: User) -> list[Client]:
    case = make_case(team=team_of(worker), caseworker=worker, by=worker)
    mother = make_client(case=case, by=worker, sex="female", language="ru")
    child = make_client(case=case, by=worker, relation="child", given_name="Малая", birth=Birth(date(2019, 3, 1)))
    make_contact(mother, by=worker, instructions="после шести", is_safe=True)
    make_address(mother, by=worker, line="ул. Придуманная, 7")
    paper = make_document(mother, by=worker, number="70 7654321")
    stay = make_stay(mother, date(2026, 10, 1), by=worker, document=paper, remark="придумано")
    make_registration(mother, by=worker, stay=stay)
    make_relation(mother, "parent", child, by=worker)
    make_note(case, by=worker, text="Ждёт ответа")
    return [mother, child]


def test_taken_in_elsewhere_everything_is_there_again_under_other_ids_and_keys(worker: User) -> None:
    people = family(worker)
    sealed = portable(
        copy_of(people, by=worker, now=NOW), passphrase=WORDS, now=NOW, about={}, with_pictures=True
    ).content
    assert "Образцова".encode() not in sealed
    there, team = make_user(), make_team(name="Elsewhere")

    taken = take_in(read(WORDS, sealed), team=team, caseworker=None, by=there, now=NOW, token=new_id())

    assert taken.refused == []
    case = taken.case
    assert case is not None
    mother, child = everybody(case)
    assert (mother.full_name, mother.sex, mother.language, mother.birth_date) == (
        "Образцова Вымышлена",
        "female",
        "ru",
        date(1990, 5, 17),
    )
    assert (child.given_name, child.relation) == ("Малая", "child")
    contact = Contact.objects.get(client=mother)
    assert (contact.value, contact.instructions, contact.is_safe) == ("+996 555 012345", "после шести", True)
    assert Address.objects.get(client=mother).line == "ул. Придуманная, 7"
    stay = Stay.objects.get(client=mother)
    assert (stay.entered_earliest, stay.remark, stay.document) == (
        date(2026, 10, 1),
        "придумано",
        Document.objects.get(client=mother),
    )
    assert Registration.objects.get(client=mother).stay == stay
    assert Relation.objects.get(one__case=case).kind in ("parent", "child")
    assert any("Ждёт ответа" in note.text for note in Note.objects.filter(case=case))
    ours = {each.pk for each in people} | {each.data_key_id for each in people}
    assert not ours & {mother.pk, child.pk, mother.data_key_id, child.data_key_id}
    assert (case.team, Event.objects.filter(type="lifecycle.portable_taken_in").count()) == (team, 1)


def test_sent_twice_it_is_taken_in_once(worker: User) -> None:
    data = read(
        WORDS,
        portable(
            copy_of(family(worker), by=worker, now=NOW), passphrase=WORDS, now=NOW, about={}, with_pictures=False
        ).content,
    )
    known: dict[str, Any] = {"team": team_of(worker), "caseworker": None, "by": worker, "now": NOW, "token": new_id()}

    first, again = (take_in(data, **known) for _time in range(2))

    assert (first.case, again.rows) == (again.case, {})
    assert Case.objects.count() == 2

    # Nor once more where it was joined into another case since.
    other = make_client(team=team_of(worker), by=worker).case
    assert again.case is not None
    taken = Case.objects.get(pk=again.case.pk)
    come = {each.pk: "other_relative" for each in taken.clients.all()}
    join_cases(
        source=taken, into=other, relations=come, version=taken.version, into_version=other.version, by=worker, now=NOW
    )
    people = Client.objects.count()
    take_in(data, **known)
    assert Client.objects.count() == people


def sealed_of(data: Any) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("copy.json", data if isinstance(data, str) else json.dumps(data))
    return seal_with(WORDS, held.getvalue())


PERSON = {"id": "1", "family_name": "Чужая", "is_principal": True, "relation": "principal", "nationalities": ["RU"]}
WHOLE = {"format": "casework-copy", "version": 1, "tables": {"clients.Client": [PERSON]}}


@pytest.mark.parametrize(("content", "sentence"), [
    (b"PK", "not a portable file"),
    (seal_with.__doc__ and b"CASEWORK PORTABLE 1\n" + bytes(80), "does not open"),
    ("no json", "damaged"), ("[" * 100_000, "damaged"), ([], "not a portable file"), ({**WHOLE, "format": "other"}, "not a portable file"),
    ({**WHOLE, "version": 2}, "newer version"), ({**WHOLE, "tables": {}}, "nobody"), ({**WHOLE, "tables": {"clients.Client": [PERSON] * 51}}, "more than can be"),
    ({**WHOLE, "tables": {"clients.Client": [PERSON], "x": [{}] * 2001}}, "more than can be"),
])  # fmt: skip
def test_a_file_that_is_none_is_refused_with_what_is_wrong(content: Any, sentence: str) -> None:
    with pytest.raises(UnableToTakeIn, match=sentence):
        read(WORDS, content if isinstance(content, bytes) else sealed_of(content))


def test_a_zip_without_the_data_or_no_zip_at_all_is_damaged() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("other.json", "{}")
    for content in (held.getvalue(), b"no zip"):
        with pytest.raises(UnableToTakeIn, match="damaged"):
            read(WORDS, seal_with(WORDS, content))


@pytest.mark.parametrize(("table", "row"), [
    ("clients.Contact", {"channel": "pigeon", "value": "x"}), ("clients.Contact", {"channel": ["phone"], "value": "+996 555 010101"}),
    ("clients.Contact", {"channel": "phone", "value": "x" * 100_000}), ("clients.Address", {"country": "Narnia", "city": "x"}),
    ("clients.Address", {"country": "KG", "city": "x\x00", "since": "2026-01-01"}), ("clients.Address", {"country": "KG", "since": "01/02/2026"}),
    ("documents.Document", {"kind": "passport of Narnia", "country": "RU"}), ("residency.Stay", {"country": "KZ", "entered_earliest": 7}),
    ("residency.Stay", {"country": "KZ", "has_left": "yes", "entered_earliest": "2026-01-01", "entered_latest": "2026-01-01"}),
    ("residency.Stay", {"country": "KZ", "entered_earliest": "2027-01-01", "entered_latest": "2026-01-01"}),
    ("residency.Registration", {"country": "KZ", "kind": "x" * 300, "registered_on": "2026-01-01"}),
])  # fmt: skip
def test_a_wrong_row_is_named_and_the_others_are_taken_in(table: str, row: dict[str, Any], worker: User) -> None:
    data = {**WHOLE, "tables": {"clients.Client": [PERSON], table: [{"id": "2", "client": "1", **row}]}}

    taken = take_in(data, team=team_of(worker), caseworker=None, by=worker, now=NOW, token=new_id())

    assert [where for where, _why in taken.refused] == [table]
    assert all(why for _where, why in taken.refused)
    assert Client.objects.get(case=taken.case).family_name == "Чужая"


def test_a_file_in_which_nobody_can_be_read_makes_nothing(worker: User) -> None:
    data = {**WHOLE, "tables": {"clients.Client": [{**PERSON, "sex": "dragon"}]}}

    with pytest.raises(UnableToTakeIn, match="sex"):
        take_in(data, team=team_of(worker), caseworker=None, by=worker, now=NOW, token=new_id())

    assert not Case.objects.exists()


def test_what_opens_is_what_was_sealed(worker: User) -> None:
    copy = copy_of(family(worker), by=worker, now=NOW)
    sealed = portable(copy, passphrase=WORDS, now=NOW, about={}, with_pictures=False).content

    with zipfile.ZipFile(io.BytesIO(open_with(WORDS, sealed))) as archive:
        assert archive.namelist() == ["copy.json"]
