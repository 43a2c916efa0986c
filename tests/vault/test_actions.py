"""A destroyed key erases at once; a rotation rewraps every key while all stays readable."""

import logging
from datetime import timedelta

import pytest
from django.core.management import call_command

from casework.vault import actions, keyfile
from casework.vault.errors import KeyDestroyed, TamperedData
from casework.vault.fields import ERASED
from casework.vault.keys import provider
from casework.vault.models import DataKey
from tests.vault.conftest import NOW
from tests.vault.testapp.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("test_tables")]


def test_a_destroyed_key_opens_nothing_in_any_instance_loaded_later(key):
    person = Person.objects.create(data_key=key, name="Имя")

    actions.destroy_key(DataKey.objects.get(pk=key.pk), by=None, now=NOW)

    assert Person.objects.get(pk=person.pk).name is ERASED
    assert DataKey.objects.get(pk=key.pk).destroyed_at == NOW


def test_the_instance_given_forgets_the_key(key):
    key.cipher()

    actions.destroy_key(key, by=None, now=NOW)

    assert key.is_destroyed
    with pytest.raises(KeyDestroyed):
        key.cipher()


def test_destroying_twice_changes_nothing(key):
    actions.destroy_key(key, by=None, now=NOW)
    actions.destroy_key(key, by=None, now=NOW + timedelta(days=1))

    assert DataKey.objects.get(pk=key.pk).destroyed_at == key.destroyed_at == NOW


def test_other_owners_are_not_touched(key):
    other = Person.objects.create(data_key=DataKey.objects.make(DataKey.OwnerKind.CLIENT, now=NOW), name="Имя")

    actions.destroy_key(key, by=None, now=NOW)

    assert Person.objects.get(pk=other.pk).name == "Имя"


def test_the_ledger_has_ids_only_and_once(key, caplog, django_capture_on_commit_callbacks):
    caplog.set_level(logging.INFO, "casework.vault.erasures")
    with django_capture_on_commit_callbacks(execute=True):
        actions.destroy_key(key, by=None, now=NOW)
        actions.destroy_key(key, by=None, now=NOW)

    assert caplog.messages == [f"destroyed data key {key.pk} by None at {NOW.isoformat()}"]


def test_a_rotation_reaches_every_usable_key_and_everything_stays_readable(key_file):
    keys = DataKey.objects.make_many(DataKey.OwnerKind.CLIENT, 7, now=NOW)
    people = [Person.objects.create(data_key=each, name=f"Имя {number}") for number, each in enumerate(keys)]
    actions.destroy_key(keys[0], by=None, now=NOW)
    before = {each.pk: each.unwrapped() for each in keys[1:]}
    new_id = keyfile.add_key(key_file, "data")

    assert actions.rewrap_keys(batch_size=2) == 6
    assert actions.rewrap_keys(batch_size=2) == 0

    assert {each.pk: each.unwrapped() for each in DataKey.objects.usable()} == before
    assert set(DataKey.objects.usable().values_list("kek_id", flat=True)) == {new_id}
    assert [Person.objects.get(pk=person.pk).name for person in people[1:]] == [
        f"Имя {number}" for number in range(1, 7)
    ]
    assert Person.objects.get(pk=people[0].pk).name is ERASED


def test_a_rotation_stops_at_a_key_that_was_altered(key_file):
    key = DataKey.objects.make(DataKey.OwnerKind.CLIENT, now=NOW)
    DataKey.objects.update(wrapped=b"\x01" + bytes(60))
    keyfile.add_key(key_file, "data")

    with pytest.raises(TamperedData):
        actions.rewrap_keys()
    assert DataKey.objects.get(pk=key.pk).kek_id != provider().current_data_key_id()


def test_the_command_adds_a_key_rotates_and_says_which_keys_are_free(key_file, capsys):
    old_id = provider().current_data_key_id()
    DataKey.objects.make_many(DataKey.OwnerKind.CLIENT, 3, now=NOW)

    call_command("rotate_data_keys", "--new-key", "--batch-size", "2")

    printed = capsys.readouterr().out
    new_id = provider().current_data_key_id()
    assert new_id != old_id
    assert f"Wrapped 3 data keys with {new_id}." in printed
    assert f"No data key needs {old_id} any more" in printed


def test_the_command_alone_does_nothing_when_all_keys_are_current(key_file, capsys):
    DataKey.objects.make(DataKey.OwnerKind.CLIENT, now=NOW)

    call_command("rotate_data_keys")

    assert capsys.readouterr().out == f"Wrapped 0 data keys with {provider().current_data_key_id()}.\n"
