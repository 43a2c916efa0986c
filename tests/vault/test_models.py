"""Data keys: made wrapped, destroyed for ever."""

import copy
import pickle
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from casework.vault import keyfile
from casework.vault.errors import KeyDestroyed, TamperedData, UnknownKey
from casework.vault.models import DataKey
from tests.vault.conftest import NOW

pytestmark = pytest.mark.django_db


def refused(**changes: object) -> str:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        DataKey.objects.update(**changes)
    return str(refusal.value.__cause__.diag.constraint_name)


def test_a_made_key_opens_again_from_the_database(key):
    again = DataKey.objects.get(pk=key.pk)

    assert again.unwrapped() == key.unwrapped()
    assert len(again.unwrapped()) == 32
    assert again.unwrapped() not in bytes(again.wrapped)


def test_many_keys_are_made_in_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        keys = DataKey.objects.make_many(DataKey.OwnerKind.CLIENT, 5, now=NOW)

    assert len({key.unwrapped() for key in keys}) == 5
    assert DataKey.objects.usable().count() == 5


def test_vault_data_key_is_wrapped_or_destroyed(key):
    assert refused(wrapped=None) == "vault_data_key_is_wrapped_or_destroyed"
    assert refused(destroyed_at=NOW) == "vault_data_key_is_wrapped_or_destroyed"


def test_vault_data_key_owner_kind_is_known(key):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        DataKey.objects.make("neighbour", now=NOW)
    assert "vault_data_key_owner_kind_is_known" in str(refusal.value)


def test_a_destroyed_key_stays_destroyed(key):
    wrapped = bytes(key.wrapped)
    DataKey.objects.update(wrapped=None, destroyed_at=NOW)

    assert refused(wrapped=wrapped, destroyed_at=None) == "vault_data_key_destruction_is_final"
    assert refused(destroyed_at=NOW + timedelta(days=1)) == "vault_data_key_destruction_is_final"


def test_a_key_keeps_its_owner(key):
    assert refused(owner_kind=DataKey.OwnerKind.SITE) == "vault_data_key_destruction_is_final"


def test_a_key_may_be_wrapped_anew(key):
    assert DataKey.objects.update(wrapped=b"anew", kek_id="d-2") == 1


def test_a_destroyed_key_opens_nothing(key):
    key.wrapped = None

    with pytest.raises(KeyDestroyed):
        key.cipher()
    with pytest.raises(KeyDestroyed):
        key.unwrapped()


def test_a_key_is_forgotten_when_its_row_is_loaded_again(key):
    assert key.cipher() is key.cipher()
    DataKey.objects.update(wrapped=None, destroyed_at=NOW)

    key.refresh_from_db()

    with pytest.raises(KeyDestroyed):
        key.cipher()


def test_copies_and_pickles_carry_the_wrapped_key_only(key):
    bare = key.unwrapped()
    key.cipher()

    for twin in (pickle.loads(pickle.dumps(key)), copy.copy(key), copy.deepcopy(key)):
        assert "_cipher" not in twin.__dict__
        assert twin.unwrapped() == bare
    assert bare not in pickle.dumps(key)


def test_an_altered_wrapped_key_is_refused(key):
    DataKey.objects.update(wrapped=bytes([*bytes(key.wrapped)[:-1], bytes(key.wrapped)[-1] ^ 1]))

    with pytest.raises(TamperedData):
        DataKey.objects.get().cipher()


def test_a_key_wrapped_by_another_installation_is_refused(key, key_file):
    with pytest.raises(UnknownKey):
        DataKey.objects.get().cipher()


def test_keys_that_a_rotation_has_not_reached_are_told(key):
    destroyed = DataKey.objects.make(DataKey.OwnerKind.CASE, now=NOW)
    DataKey.objects.filter(pk=destroyed.pk).update(wrapped=None, destroyed_at=NOW)

    assert DataKey.objects.wrapped_by_another_than(key.kek_id).count() == 0
    assert DataKey.objects.wrapped_by_another_than("d-other").get() == key


def test_a_key_says_only_its_id(key):
    assert str(key) == str(key.pk)
    assert repr(key) == f"<DataKey: {key.pk}>"


def test_ids_of_keys_are_short_enough_for_the_column():
    assert len(keyfile.new_key_id("data")) <= DataKey._meta.get_field("kek_id").max_length
