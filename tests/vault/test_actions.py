"""A destroyed key erases at once, for good, and nobody else."""

import logging
from datetime import timedelta

import pytest

from casework.vault import actions
from casework.vault.errors import KeyDestroyed
from casework.vault.fields import ERASED
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
