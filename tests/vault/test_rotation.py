"""Everything that hangs on an older key of the key file is brought to the current one, and nothing stops on the way."""

import json
import logging
from pathlib import Path

import pytest
from django.db import connection, transaction

from casework.vault import actions, keyfile
from casework.vault.errors import KeyDestroyed
from casework.vault.fields import ERASED
from casework.vault.keys import provider
from casework.vault.models import DataKey
from casework.vault.rotation import DataKeys, rotate
from tests.racing import at_once
from tests.vault.conftest import NOW
from tests.vault.testapp.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("test_tables")]


def test_every_usable_data_key_is_wrapped_anew_and_everything_stays_readable(key_file: Path) -> None:
    keys = DataKey.objects.make_many(DataKey.OwnerKind.CLIENT, 7, now=NOW)
    people = [Person.objects.create(data_key=each, name=f"Имя {number}") for number, each in enumerate(keys)]
    actions.destroy_key(keys[0], by=None, now=NOW)
    before = {each.pk: each.unwrapped() for each in keys[1:]}
    old, new = provider().current_id("data"), keyfile.add_key(key_file, "data", now=NOW)
    told: list[int] = []
    assert DataKeys().counts() == {old: 6}

    assert rotate(DataKeys(), size=2, told=told.append) == 0

    assert told == [2, 2, 2]
    assert DataKeys().counts() == {new: 6}
    assert {each.pk: each.unwrapped() for each in DataKey.objects.usable()} == before
    assert [Person.objects.get(pk=person.pk).name for person in people[1:]] == [
        f"Имя {number}" for number in range(1, 7)
    ]
    assert Person.objects.get(pk=people[0].pk).name is ERASED
    with pytest.raises(KeyDestroyed):
        DataKey.objects.get(pk=keys[0].pk).cipher()


def test_an_altered_key_is_named_and_left_and_keeps_no_other_from_being_rotated(
    key_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    altered, *others = DataKey.objects.make_many(DataKey.OwnerKind.CLIENT, 5, now=NOW)
    DataKey.objects.filter(pk=altered.pk).update(wrapped=b"\x01" + bytes(60))
    old, new = provider().current_id("data"), keyfile.add_key(key_file, "data", now=NOW)

    with caplog.at_level(logging.ERROR):
        assert rotate(DataKeys(), size=2) == 1

    assert DataKeys().counts() == {old: 1, new: 4}
    assert f"{altered.pk} stays under its key" in caplog.text
    assert all(DataKey.objects.get(pk=each.pk).unwrapped() for each in others)


@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_is_changing_is_passed_over_and_met_again(
    key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    DataKey.objects.make_many(DataKey.OwnerKind.CLIENT, 6, now=NOW)
    held = DataKey.objects.order_by("pk")[0]
    keyfile.add_key(key_file, "data", now=NOW)
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("SELECT FROM vault_datakey WHERE id = %s FOR UPDATE", [held.pk])
    pauses = []

    def let_go(seconds: float) -> None:
        pauses.append(DataKeys().left())
        other.rollback()
        other.close()

    monkeypatch.setattr("casework.vault.rotation.time.sleep", let_go)

    assert rotate(DataKeys(), size=2) == 0
    assert pauses == [1]


def test_two_that_add_a_key_at_once_take_none_away(key_file: Path) -> None:
    before = set(keyfile.read(key_file).data.keys)

    added = at_once(*(lambda: keyfile.add_key(key_file, "data", now=NOW) for _number in range(8)))

    after = keyfile.read(key_file).data
    assert set(after.keys) == before | set(added)
    assert len(after.keys) == 9
    assert [each.name for each in key_file.parent.iterdir()] == [key_file.name]


def test_a_prepared_key_is_used_only_when_it_is_said(key_file: Path) -> None:
    before = provider().current_id("data")

    prepared = keyfile.prepare_key(key_file, "data", now=NOW)

    assert provider().current_id("data") == before
    assert keyfile.prepare_key(key_file, "data", now=NOW) == prepared
    assert keyfile.add_key(key_file, "data", now=NOW) == prepared == provider().current_id("data")
    assert keyfile.add_key(key_file, "data", now=NOW) != prepared


def test_a_key_that_is_used_cannot_be_taken_out(key_file: Path) -> None:
    current, prepared = provider().current_id("data"), keyfile.prepare_key(key_file, "data", now=NOW)
    content = key_file.read_bytes()

    for each in (current, prepared):
        with pytest.raises(ValueError, match="is used"):
            keyfile.remove_key(key_file, "data", each)

    assert key_file.read_bytes() == content


def test_a_file_from_before_its_parts_had_ages_and_its_secret_an_id_is_read_and_rotated(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keyfile.make(path)
    content = json.loads(path.read_text())
    (secret,) = content["secret"]["keys"].values()
    for ring in content.values():
        if isinstance(ring, dict):
            ring.pop("made")
    path.write_text(json.dumps(content | {"secret": secret}))
    assert keyfile.read(path).secret == secret

    added = keyfile.add_key(path, "secret", now=NOW)

    read = keyfile.read(path)
    assert read.older_secrets == [secret]
    assert read.secrets.current_first() == [added, "x-first"]
    assert set(read.secrets.made) == {added}


def test_what_a_transaction_took_back_is_rotated_again(key_file: Path) -> None:
    DataKey.objects.make_many(DataKey.OwnerKind.CLIENT, 3, now=NOW)
    new = keyfile.add_key(key_file, "data", now=NOW)

    class Killed(Exception):
        pass

    def killed() -> None:
        with transaction.atomic():
            rotate(DataKeys())
            raise Killed

    with pytest.raises(Killed):
        killed()
    assert new not in DataKeys().counts()

    assert rotate(DataKeys()) == 0
    assert DataKeys().counts() == {new: 3}
