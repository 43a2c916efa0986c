"""Whatever happens to ciphertext outside the application is refused: in every field, every time."""

import secrets
import uuid
from datetime import date
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from casework.vault import envelope
from casework.vault.errors import TamperedData
from casework.vault.fields import Ciphertext, EncryptedField
from casework.vault.models import DataKey
from tests.vault.testapp.models import Letter, Person, Worker

# Text that a database and a web form can carry: no NUL, no halves of surrogate pairs.
TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=400)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
VALUES: dict[str, st.SearchStrategy[Any]] = {"name": TEXT, "alias": TEXT, "born": st.dates(), "marks": JSON}
FIELD_AND_VALUE = st.sampled_from(sorted(VALUES)).flatmap(lambda name: st.tuples(st.just(name), VALUES[name]))


class Key(DataKey):
    """A data key that is in no database."""

    class Meta:
        proxy = True
        app_label = "testapp"

    @classmethod
    def made(cls) -> "Key":
        key = cls(id=uuid.uuid4(), owner_kind="client", wrapped=b"in memory")
        key.__dict__["_cipher"] = AESGCM(secrets.token_bytes(32))
        return key


def field(model: type, name: str) -> EncryptedField[Any, Any]:
    return model._meta.get_field(name)


def sealed(person: Person | Letter, name: str) -> bytes | None:
    return field(type(person), name).ciphertext_of(person)


def loaded(model: type, pk: Any, key: DataKey, name: str, content: bytes | None) -> Any:
    """A row as it is after loading, with this content in one column."""
    row = model(id=pk, data_key=key)
    row.__dict__[f"{name}_sealed"] = None if content is None else Ciphertext(content)
    return row


@given(FIELD_AND_VALUE)
def test_every_value_comes_back(field_and_value):
    name, value = field_and_value
    person = Person(data_key=Key.made(), **{name: value})

    again = loaded(Person, person.pk, person.data_key, name, sealed(person, name))

    assert getattr(again, name) == value
    assert type(getattr(again, name)) is type(value)


@given(TEXT)
def test_the_length_of_what_is_stored_tells_only_the_bucket(text):
    person = Person(data_key=Key.made(), name=text)
    padded = len(sealed(person, "name")) - 1 - 12 - 16

    assert padded >= len(text.encode()) + 4
    assert padded in (16, 32, 64, 128, 256) or padded % 256 == 0
    assert padded <= max(16, 2 * (len(text.encode()) + 4))


@given(FIELD_AND_VALUE, st.data())
def test_a_flipped_bit_is_refused(field_and_value, data):
    name, value = field_and_value
    assume(value is not None)
    person = Person(data_key=Key.made(), **{name: value})
    content = bytearray(sealed(person, name))
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(TamperedData) as refusal:
        getattr(loaded(Person, person.pk, person.data_key, name, bytes(content)), name)

    assert (refusal.value.model, refusal.value.pk, refusal.value.field) == ("testapp.Person", person.pk, name)


@given(FIELD_AND_VALUE, st.data())
def test_what_was_cut_off_or_added_to_is_refused(field_and_value, data):
    name, value = field_and_value
    assume(value is not None)
    person = Person(data_key=Key.made(), **{name: value})
    content = sealed(person, name)
    cut = content[: data.draw(st.integers(0, len(content) - 1))]
    longer = content + data.draw(st.binary(min_size=1, max_size=20))

    for altered in (cut, longer):
        with pytest.raises(TamperedData):
            getattr(loaded(Person, person.pk, person.data_key, name, altered), name)


@given(
    st.sampled_from(sorted(VALUES)),
    st.binary(max_size=300) | TEXT.map(str.encode) | st.dates().map(str).map(str.encode),
)
def test_what_was_never_sealed_is_refused(name, content):
    with pytest.raises(TamperedData):
        getattr(loaded(Person, uuid.uuid4(), Key.made(), name, content), name)


@given(TEXT, TEXT)
def test_what_comes_from_another_place_is_refused(text, other_text):
    key, other_key = Key.made(), Key.made()
    person, other = Person(data_key=key, name=text, alias=text), Person(data_key=key, name=other_text)
    letter = Letter(id=person.pk, data_key=key, name=text)
    name, alias = sealed(person, "name"), sealed(person, "alias")

    moved = [
        loaded(Person, person.pk, key, "name", sealed(other, "name")),  # from another row
        loaded(Person, person.pk, key, "name", alias),  # from another field of the row
        loaded(Person, person.pk, key, "name", sealed(letter, "name")),  # from another model with the same id
        loaded(Person, person.pk, other_key, "name", name),  # under another key
        loaded(Person, other.pk, key, "name", name),  # into another row
    ]
    for row in moved:
        with pytest.raises(TamperedData):
            _value = row.name


@given(TEXT)
def test_the_id_of_the_key_is_bound_even_where_the_key_is_the_same(text):
    key, twin = Key.made(), Key.made()
    twin.__dict__["_cipher"] = key.__dict__["_cipher"]
    person = Person(data_key=key, name=text)

    with pytest.raises(TamperedData):
        _value = loaded(Person, person.pk, twin, "name", sealed(person, "name")).name


def test_a_field_of_a_child_table_is_bound_to_that_table():
    key = Key.made()
    worker = Worker(data_key=key, name="a", badge="a")

    assert field(Worker, "badge").bound_to(worker) == f"v1|testapp.Worker|{worker.id}|badge|{key.pk}".encode()
    assert field(Worker, "name").bound_to(worker) == f"v1|testapp.Person|{worker.id}|name|{key.pk}".encode()


@pytest.mark.parametrize("plain", [b"", b"1990-13-40", b"\xff", b"1990-02-28x"])
def test_what_is_genuine_but_makes_no_sense_is_refused(plain):
    person = Person(data_key=Key.made())
    field_ = field(Person, "born")
    for content in (envelope.padded(plain), b"\x00\x00\x01\x00", plain):
        sealed_content = envelope.seal(person.data_key.cipher(), content, field_.bound_to(person))

        with pytest.raises(TamperedData):
            _value = loaded(Person, person.pk, person.data_key, "born", sealed_content).born


COLUMNS = [
    (Person, "testapp_person", "name"),
    (Person, "testapp_person", "alias"),
    (Person, "testapp_person", "born"),
    (Person, "testapp_person", "marks"),
    (Letter, "testapp_letter", "name"),
]


@pytest.mark.django_db
@pytest.mark.usefixtures("test_tables")
class TestInTheDatabase:
    """The same through SQL, on every encrypted column of every table."""

    @pytest.fixture
    def rows(self, key: DataKey) -> list[Any]:
        people = [
            Person.objects.create(data_key=key, name=f"Имя {n}", alias="x", born=date(1990, 1, n + 1), marks=[n])
            for n in range(2)
        ]
        return [*people, *(Letter.objects.create(data_key=key, person=people[0], name=f"Имя {n}") for n in range(2))]

    @pytest.mark.parametrize(("model", "table", "column"), COLUMNS)
    @pytest.mark.parametrize(
        "change",
        [
            "{column} = (SELECT {column} FROM {table} other WHERE other.id <> {table}.id LIMIT 1)",
            "{column} = set_byte({column}, 20, get_byte({column}, 20) # 1)",
            "{column} = substring({column} FROM 1 FOR length({column}) - 1)",
            "{column} = convert_to('Чужое имя', 'UTF8')",
            "{column} = '\\x'",
            "{column} = '\\x02' || substring({column} FROM 2)",
            "data_key_id = (SELECT id FROM vault_datakey WHERE id <> data_key_id LIMIT 1)",
        ],
    )
    def test_every_change_is_refused(self, rows, model, table, column, change):
        DataKey.objects.make(DataKey.OwnerKind.CASE, now=rows[0].data_key.created_at)
        row = next(row for row in rows if type(row) is model)
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {change.format(column=column, table=table)} WHERE id = %s", [row.pk])
            assert cursor.rowcount == 1

        with pytest.raises(TamperedData):
            getattr(model.objects.get(pk=row.pk), column)

    def test_a_field_moved_to_another_field_is_refused(self, rows):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE testapp_person SET name = alias, alias = name")

        for person in Person.objects.all():
            for name in ("name", "alias"):
                with pytest.raises(TamperedData):
                    getattr(person, name)

    def test_data_keys_exchanged_between_rows_are_refused(self, rows):
        other = DataKey.objects.make(DataKey.OwnerKind.CLIENT, now=rows[0].data_key.created_at)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE vault_datakey SET wrapped = (SELECT wrapped FROM vault_datakey twin WHERE twin.id <> vault_datakey.id)"
            )

        for key in DataKey.objects.all():
            with pytest.raises(TamperedData) as refusal:
                key.cipher()
            assert refusal.value.model == "vault.DataKey"
        assert other.pk != rows[0].data_key_id

    @settings(max_examples=25)
    @given(values=st.fixed_dictionaries(VALUES))
    def test_every_row_comes_back(self, key, values):
        person = Person.objects.create(data_key=key, **values)

        again = Person.objects.get(pk=person.pk)

        assert {name: getattr(again, name) for name in values} == values
