"""Encrypted fields behave as fields do, and nowhere show what they hold."""

import copy
import json
import pickle
import uuid
from datetime import date
from typing import Any

import pytest
from django import forms
from django.core import serializers
from django.core.exceptions import FieldError, ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Q, Value
from django.db.models.functions import Lower
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from casework.vault import actions
from casework.vault.errors import DataKeyMissing, KeyDestroyed, TamperedData
from casework.vault.fields import ERASED, Ciphertext, EncryptedDateField, EncryptedTextField, encrypted_fields
from casework.vault.models import DataKey
from casework.vault.sealed import Sealed
from tests.vault.conftest import NOW
from tests.vault.testapp.models import Letter, NamedPerson, Person, Worker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("test_tables")]

CANARY = "Зяблицев-Канарейкин"
BORN = date(1990, 2, 28)


@pytest.fixture
def person(key: DataKey) -> Person:
    return Person.objects.create(data_key=key, name=CANARY, born=BORN, marks={"scar": [1, "левая рука"]}, code="K7")


def stored(model: type[models.Model], pk: Any, column: str) -> bytes | None:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM {model._meta.db_table} WHERE {model._meta.pk.column} = %s', [pk])
        (value,) = cursor.fetchone()
    return value if value is None else bytes(value)


def test_values_come_back_as_they_were_saved(person):
    again = Person.objects.get(pk=person.pk)

    assert again.name == CANARY
    assert again.born == BORN
    assert again.marks == {"scar": [1, "левая рука"]}
    assert again.alias is None


def test_the_column_holds_bytes_without_the_value(person):
    content = stored(Person, person.pk, "name")

    assert content[:1] == b"\x01"
    assert CANARY.encode() not in content
    assert len(content) == 1 + 12 + 64 + 16


def test_null_and_empty_are_kept_apart(key):
    empty = Person.objects.create(data_key=key, name="", alias="")
    null = Person.objects.create(data_key=key, alias=None)

    assert (Person.objects.get(pk=empty.pk).alias, Person.objects.get(pk=null.pk).alias) == ("", None)
    assert stored(Person, null.pk, "alias") is None
    assert stored(Person, empty.pk, "alias") is not None


def test_null_where_it_is_not_allowed_is_refused_by_the_database(key):
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(data_key=key, name=None)


def test_reading_rows_and_their_fields_takes_one_query(person, django_assert_num_queries: DjangoAssertNumQueries):
    Person.objects.create(data_key=person.data_key, name="Другой")

    with django_assert_num_queries(1):
        assert {each.name for each in Person.objects.all()} == {CANARY, "Другой"}


def test_a_field_that_is_not_touched_is_not_opened(person):
    Person.objects.filter(pk=person.pk).update(born=None)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE testapp_person SET name = 'plain' WHERE id = %s", [person.pk])

    assert Person.objects.get(pk=person.pk).born is None


def test_equal_values_have_different_ciphertext(key):
    first, second = (Person.objects.create(data_key=key, name=CANARY) for _ in range(2))

    assert stored(Person, first.pk, "name") != stored(Person, second.pk, "name")


def test_a_save_of_one_field_leaves_the_others_alone(person):
    before = stored(Person, person.pk, "born")
    person.name = "Новая"
    person.born = date(2000, 1, 1)

    person.save(update_fields=["name"])

    assert Person.objects.get(pk=person.pk).name == "Новая"
    assert stored(Person, person.pk, "born") == before


def test_a_save_without_a_change_keeps_the_ciphertext(person):
    before = stored(Person, person.pk, "name")
    again = Person.objects.get(pk=person.pk)
    assert again.name == CANARY

    again.save()

    assert stored(Person, person.pk, "name") == before


def test_a_structure_altered_in_place_is_saved(person):
    again = Person.objects.get(pk=person.pk)
    again.marks["scar"].append("новый")

    again.save()

    assert Person.objects.get(pk=person.pk).marks == {"scar": [1, "левая рука", "новый"]}


def test_a_value_can_be_set_to_null(person):
    person.born = None
    person.save()

    assert Person.objects.get(pk=person.pk).born is None
    assert stored(Person, person.pk, "born") is None


def test_refresh_brings_back_what_is_stored(person):
    person.name = "Другая"
    person.born = None

    person.refresh_from_db(fields=["name"])
    assert (person.name, person.born) == (CANARY, None)
    person.refresh_from_db()
    assert person.born == BORN


def test_many_are_created_at_once(key):
    Person.objects.bulk_create([Person(data_key=key, name=f"Имя {number}", code="many") for number in range(3)])

    assert sorted(person.name for person in Person.objects.coded("many")) == ["Имя 0", "Имя 1", "Имя 2"]


def test_many_are_updated_at_once(key):
    Person.objects.bulk_create([Person(data_key=key, name=f"Имя {number}") for number in range(3)])
    people = list(Person.objects.all())
    for person in people:
        person.name += "!"
        person.born = BORN

    Person.objects.bulk_update(people, ["name", "born", "alias"])

    assert sorted(person.name for person in Person.objects.all()) == ["Имя 0!", "Имя 1!", "Имя 2!"]
    assert {person.born for person in Person.objects.all()} == {BORN}


def test_conflicting_rows_are_updated_by_bulk_create(person):
    person.name = "Новая"

    Person.objects.bulk_create([person], update_conflicts=True, unique_fields=["id"], update_fields=["name"])

    assert Person.objects.get(pk=person.pk).name == "Новая"


@pytest.mark.parametrize("narrow", [lambda rows: rows.only("code"), lambda rows: rows.defer("name", "born")])
def test_a_deferred_field_is_loaded_when_it_is_touched(person, narrow, django_assert_num_queries):
    again = narrow(Person.objects.all()).get(pk=person.pk)

    with django_assert_num_queries(1):
        assert again.name == CANARY


def test_a_row_followed_from_another_opens_without_a_query_for_its_key(person, django_assert_num_queries):
    Letter.objects.create(data_key=person.data_key, person=person, name="письмо")

    with django_assert_num_queries(1):
        assert Letter.objects.select_related("person__data_key").get().person.name == CANARY
    with django_assert_num_queries(2):
        assert Letter.objects.get().person.name == CANARY
    with django_assert_num_queries(2):
        (again,) = Person.objects.prefetch_related("letters")
        assert [letter.name for letter in again.letters.all()] == ["письмо"]


def test_annotations_and_unions_and_distinct_go_on_working(person):
    Letter.objects.create(data_key=person.data_key, person=person, name="письмо")

    assert Person.objects.annotate(letter_count=Count("letters")).get().letter_count == 1
    assert Person.objects.filter(Exists(Letter.objects.filter(person=OuterRef("pk")))).distinct().get().name == CANARY
    assert [each.name for each in Person.objects.all().union(Person.objects.all())] == [CANARY]
    assert Person.objects.distinct().count() == 1
    assert Person.objects.filter(pk__in=Person.objects.coded("K7")).get() == person


def test_a_lock_is_on_the_row_and_not_on_its_key(person, django_assert_num_queries):
    with transaction.atomic(), django_assert_num_queries(1) as captured:
        assert Person.objects.select_for_update().get(pk=person.pk).name == CANARY

    assert 'FOR UPDATE OF "testapp_person"' in captured.captured_queries[0]["sql"]


def test_locks_go_with_values_and_only(person):
    with transaction.atomic():
        assert list(Person.objects.select_for_update().values_list("code", flat=True)) == ["K7"]
        assert Person.objects.only("code").select_for_update().get().code == "K7"


@pytest.mark.parametrize("model", [Person, NamedPerson, Worker])
def test_inherited_models_share_the_ciphertext(key, model):
    made = model.objects.create(data_key=key, name=CANARY)

    assert Person.objects.get(pk=made.pk).name == CANARY
    assert NamedPerson.objects.get(pk=made.pk).name == CANARY
    assert model.objects.get(pk=made.pk).name == CANARY


def test_a_model_with_a_table_of_its_own_has_fields_of_its_own(key):
    worker = Worker.objects.create(data_key=key, name=CANARY, badge="7731")
    worker.badge = "7732"
    worker.save()

    again = Worker.objects.get(pk=worker.pk)
    assert (again.name, again.badge) == (CANARY, "7732")
    assert [field.name for field in encrypted_fields(Worker)] == ["name", "alias", "born", "marks", "badge"]


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        "condition",
        [
            {"name": "x"},
            {"name": None},
            {"name__exact": "x"},
            {"name__in": ["x"]},
            {"name__startswith": "x"},
            {"name__icontains": "x"},
            {"born__gt": BORN},
            {"born__year": 1990},
            {"marks__scar": 1},
            {"name_sealed": b"x"},
        ],
    )
    def test_lookups(self, condition):
        with pytest.raises(FieldError):
            Person.objects.filter(**condition)
        with pytest.raises(FieldError):
            Person.objects.exclude(**condition)

    @pytest.mark.parametrize(
        "ask",
        [
            lambda rows: rows.order_by("name"),
            lambda rows: rows.order_by("-born"),
            lambda rows: rows.order_by(F("name").asc()),
            lambda rows: rows.values("name"),
            lambda rows: rows.values(),
            lambda rows: rows.values_list("code", "name"),
            lambda rows: rows.annotate(theirs=F("name")),
            lambda rows: rows.annotate(theirs=Lower("name")),
            lambda rows: rows.annotate(theirs=Count("name")),
            lambda rows: [rows.aggregate(Max("born"))],
            lambda rows: rows.filter(code=F("name")),
            lambda rows: rows.distinct("name"),
        ],
    )
    def test_lists_orders_and_expressions(self, person, ask):
        with pytest.raises(FieldError):
            list(ask(Person.objects.all()))

    def test_the_same_from_another_model(self, person):
        for ask in (
            lambda: Letter.objects.filter(person__name="x"),
            lambda: list(Letter.objects.order_by("person__name")),
            lambda: list(Letter.objects.values("person__born")),
        ):
            with pytest.raises(FieldError):
                ask()

    @pytest.mark.parametrize("value", ["x", b"x", F("code"), Value("x"), Value(b"x"), Lower("code")])
    def test_updates_in_the_database(self, person, value):
        with pytest.raises(FieldError), transaction.atomic():
            Person.objects.filter(pk=person.pk).update(name=value)

        assert Person.objects.get(pk=person.pk).name == CANARY

    def test_a_value_of_another_type(self, key):
        for wrong in ({"name": 5}, {"born": "1990-02-28"}, {"born": NOW}, {"marks": {1, 2}}, {"marks": float("nan")}):
            with pytest.raises((TypeError, ValueError)):
                Person.objects.create(data_key=key, **wrong)

    def test_a_row_without_a_data_key(self):
        with pytest.raises(DataKeyMissing):
            Person(name=CANARY).save()


def test_null_may_be_asked_for(person):
    Letter.objects.create(data_key=person.data_key, person=person, name="письмо")

    assert Person.objects.filter(alias__isnull=True, born__isnull=False).get() == person
    assert Person.objects.exclude(Q(born__isnull=True) | Q(name__isnull=True)).get() == person
    assert Letter.objects.filter(person__alias__isnull=True).count() == 1


class TestErasure:
    def test_what_was_sealed_reads_as_erased_at_once(self, person):
        other = Person.objects.get(pk=person.pk)

        actions.destroy_key(other.data_key, by=None, now=NOW)

        erased = Person.objects.get(pk=person.pk)
        assert erased.name is ERASED
        assert erased.born is ERASED
        assert erased.alias is None

    def test_erased_is_falsy_and_says_so_in_the_language_of_the_reader(self):
        assert not ERASED
        assert ERASED != ""
        assert str(ERASED) == "erased"
        with translation.override("ru"):
            assert str(ERASED) in {"erased", "стёрто", "удалено"}
        assert repr(ERASED) == "ERASED"
        assert pickle.loads(pickle.dumps(ERASED)) is copy.deepcopy(ERASED) is ERASED

    def test_an_erased_row_can_be_saved_but_not_written(self, person):
        before = stored(Person, person.pk, "name")
        actions.destroy_key(person.data_key, by=None, now=NOW)
        erased = Person.objects.get(pk=person.pk)

        erased.code = "gone"
        erased.save()
        assert stored(Person, person.pk, "name") == before
        erased.name = "Новая"
        with pytest.raises(KeyDestroyed):
            erased.save()

    def test_erased_cannot_be_written_to_another_row(self, person):
        actions.destroy_key(person.data_key, by=None, now=NOW)
        other_key = DataKey.objects.make(DataKey.OwnerKind.CLIENT, now=NOW)

        with pytest.raises(KeyDestroyed):
            Person.objects.create(data_key=other_key, name=Person.objects.get(pk=person.pk).name)

    def test_an_erased_row_is_valid(self, person):
        actions.destroy_key(person.data_key, by=None, now=NOW)

        Person.objects.get(pk=person.pk).full_clean()


class TestNothingShows:
    def test_in_repr(self, person):
        again = Person.objects.get(pk=person.pk)
        untouched = repr(again.__dict__)
        _opened = again.name, again.marks
        again.alias = CANARY

        for text in (repr(again), untouched, repr(again.__dict__), repr(again.name_sealed), str(again.name_sealed)):
            assert "Канарейкин" not in text
            assert "\\x" not in text

    def test_in_copies_and_pickles(self, person):
        person.alias = "Канарейка не сохранена"
        content = pickle.dumps(person)

        assert "Канарей".encode() not in content
        for twin in (pickle.loads(content), copy.copy(person), copy.deepcopy(person)):
            assert isinstance(twin.__dict__["name_sealed"], Ciphertext)
            assert (twin.name, twin.alias, twin.born) == (CANARY, "Канарейка не сохранена", BORN)

    def test_a_copy_is_independent(self, person):
        twin = copy.copy(person)
        twin.name = "Другая"

        assert person.name == CANARY

    @pytest.mark.parametrize("form", ["json", "python", "xml"])
    def test_in_serialised_rows_which_load_again(self, person, form):
        again = Person.objects.get(pk=person.pk)
        assert again.born == BORN
        content = serializers.serialize(form, [again])
        for canary in (CANARY, "1990", "левая", json.dumps(CANARY).strip('"')):
            assert canary not in str(content)
        Person.objects.all().delete()

        for row in serializers.deserialize(form, content):
            row.save()

        again = Person.objects.get(pk=person.pk)
        assert (again.name, again.born, again.marks["scar"][0], again.alias) == (CANARY, BORN, 1, None)

    def test_in_dumpdata(self, person, capsys):
        call_command("dumpdata", "testapp.Person")
        printed = capsys.readouterr().out

        assert "K7" in printed
        for canary in (CANARY, "1990", json.dumps(CANARY).strip('"')):
            assert canary not in printed

    def test_in_the_error_of_tampered_data(self, person):
        error = TamperedData("testapp.Person", person.pk, "name")

        assert str(person.pk) in str(error)
        assert CANARY not in str(error)
        again = pickle.loads(pickle.dumps(error))
        assert (again.model, again.pk, again.field) == ("testapp.Person", person.pk, "name")

    def test_in_the_sql_that_is_sent(self, person, django_assert_num_queries):
        with django_assert_num_queries(1) as captured:
            person.name = "Канарейка"
            person.save(update_fields=["name"])

        assert "Канарейка" not in captured.captured_queries[0]["sql"]


class PersonForm(forms.ModelForm):
    class Meta:
        model = Person
        fields = ["name", "alias", "born", "marks"]


class TestForms:
    def test_cleaned_values_are_saved(self, key):
        form = PersonForm(
            {"name": CANARY, "alias": "", "born": "1990-02-28", "marks": '{"a": 1}'}, instance=Person(data_key=key)
        )

        assert form.is_valid(), form.errors
        saved = Person.objects.get(pk=form.save().pk)
        assert (saved.name, saved.alias, saved.born, saved.marks) == (CANARY, None, BORN, {"a": 1})

    def test_a_form_shows_what_is_stored(self, person):
        form = PersonForm(instance=Person.objects.get(pk=person.pk))

        assert form["name"].value() == CANARY
        assert 'value="1990-02-28"' in str(form["born"])

    def test_too_long_text_is_an_error_of_the_field(self, person):
        form = PersonForm({"name": "я" * 41}, instance=person)

        assert list(form.errors) == ["name"]


class TestFullClean:
    def test_a_good_row_passes_and_keeps_its_ciphertext(self, person):
        again = Person.objects.get(pk=person.pk)
        before = again.__dict__["name_sealed"]

        again.full_clean()
        again.save()

        assert stored(Person, person.pk, "name") == before

    def test_text_longer_than_allowed_is_refused(self, key):
        with pytest.raises(ValidationError) as refusal:
            Person(data_key=key, name="я" * 41).full_clean()
        assert list(refusal.value.message_dict) == ["name"]

    def test_a_date_written_out_becomes_a_date(self, key):
        person = Person(data_key=key, born="1990-02-28")
        person.full_clean()

        assert person.born == BORN

    @pytest.mark.parametrize(
        "wrong", [{"born": "yesterday"}, {"born": 5}, {"name": "a\x00b"}, {"name": "\ud800"}, {"marks": {1}}]
    )
    def test_what_cannot_be_stored_is_refused(self, key, wrong):
        with pytest.raises(ValidationError) as refusal:
            Person(data_key=key, **wrong).full_clean()
        assert list(refusal.value.message_dict) == list(wrong)

    def test_a_missing_text_that_is_required_is_refused(self, person):
        for missing in ("", None):
            with pytest.raises(ValidationError) as refusal:
                Letter(data_key=person.data_key, person=person, name=missing).full_clean()
            assert list(refusal.value.message_dict) == ["name"]


class TestMoved:
    def test_a_copy_under_another_primary_key_is_refused_before_it_is_stored(self, person):
        twin = Person.objects.get(pk=person.pk)
        twin.pk = uuid.uuid4()
        twin._state.adding = True

        with pytest.raises(TamperedData), transaction.atomic():
            twin.save()
        assert Person.objects.count() == 1

    def test_another_data_key_is_refused_before_it_is_stored(self, person):
        again = Person.objects.get(pk=person.pk)
        again.data_key = DataKey.objects.make(DataKey.OwnerKind.CLIENT, now=NOW)

        with pytest.raises(TamperedData), transaction.atomic():
            again.save()
        assert Person.objects.get(pk=person.pk).name == CANARY

    def test_values_that_were_read_may_be_copied_to_another_row(self, person):
        other = Person.objects.create(
            data_key=DataKey.objects.make(DataKey.OwnerKind.CLIENT, now=NOW), name=person.name, marks=person.marks
        )

        assert Person.objects.get(pk=other.pk).marks == person.marks

    def test_read_values_follow_their_row_to_another_key(self, person):
        again = Person.objects.get(pk=person.pk)
        _read = again.name, again.born, again.marks
        again.data_key = DataKey.objects.make(DataKey.OwnerKind.CLIENT, now=NOW)

        again.save()

        assert Person.objects.get(pk=person.pk).name == CANARY


class TestChecks:
    def test_the_models_of_the_test_app_are_sound(self):
        assert [problem for model in (Person, Worker, Letter) for problem in model.check()] == []

    def test_what_an_encrypted_field_cannot_be_is_refused(self):
        class Plain(models.Model):
            name = EncryptedTextField(unique=True)
            born = EncryptedDateField(choices=[(BORN, "then")])

            class Meta:
                app_label = "unsound"

            def __str__(self) -> str:
                return "plain"

        problems = {problem.id for problem in Plain.check()}

        assert {"vault.E001", "vault.E002", "vault.E003"} <= problems

    def test_text_may_have_choices(self):
        class Chosen(Sealed):
            kind = EncryptedTextField(choices=[("a", "A")])

            class Meta:
                app_label = "chosen"

            def __str__(self) -> str:
                return "chosen"

        assert Chosen.check() == []
        key = DataKey(id=uuid.uuid4(), owner_kind="client")
        with pytest.raises(ValidationError):
            Chosen._meta.get_field("kind").clean(None, Chosen(data_key=key, kind="b"))
