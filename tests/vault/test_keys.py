"""The provider of keys follows the key file, and refuses what it does not know."""

import json

import pytest

from casework.vault import keyfile
from casework.vault.envelope import DoesNotOpen
from casework.vault.errors import KeyFileExposed, KeyFileMissing, UnknownKey
from casework.vault.keys import KeyProvider, provider
from tests.vault.conftest import NOW


def test_what_was_wrapped_is_unwrapped_under_the_same_words_only(key_file):
    keys = KeyProvider(key_file)
    key_id, wrapped = keys.wrap(b"a data key", b"for this row")

    assert keys.unwrap(key_id, wrapped, b"for this row") == b"a data key"
    with pytest.raises(DoesNotOpen):
        keys.unwrap(key_id, wrapped, b"for another row")


def test_a_key_that_the_file_does_not_hold_is_refused(key_file):
    keys = KeyProvider(key_file)
    _id, wrapped = keys.wrap(b"a data key", b"")

    with pytest.raises(UnknownKey):
        keys.unwrap("d-other", wrapped, b"")


def test_a_new_current_key_is_used_at_once_and_the_older_one_still_opens(key_file):
    keys = KeyProvider(key_file)
    old_id, wrapped = keys.wrap(b"a data key", b"")

    new_id = keyfile.add_key(key_file, "data", now=NOW)

    assert keys.current_id("data") == new_id != old_id
    assert keys.wrap(b"x", b"")[0] == new_id
    assert keys.unwrap(old_id, wrapped, b"") == b"a data key"
    assert set(keys.ring("data").keys) == {old_id, new_id}


def test_taking_the_file_away_seals_what_was_readable(key_file):
    keys = KeyProvider(key_file)
    key_id, wrapped = keys.wrap(b"a data key", b"")
    content = key_file.read_text()

    key_file.unlink()
    with pytest.raises(KeyFileMissing):
        keys.unwrap(key_id, wrapped, b"")

    key_file.write_text(content)
    key_file.chmod(0o600)
    assert keys.unwrap(key_id, wrapped, b"") == b"a data key"


def test_a_file_opened_to_others_meanwhile_is_refused(key_file):
    keys = KeyProvider(key_file)
    keys.current_id("data")

    key_file.chmod(0o644)

    with pytest.raises(KeyFileExposed):
        keys.current_id("data")


def test_hashes_have_a_key_for_each_field_the_current_first(key_file):
    keys = KeyProvider(key_file)
    (old,) = keys.hash_keys("phone")
    assert keys.hash_keys("phone") == [old]
    assert keys.hash_keys("email") != [old]

    keyfile.add_key(key_file, "lookup", now=NOW)

    new, *older = keys.hash_keys("phone")
    assert older == [old]
    assert new != old


def test_the_keys_of_hashes_are_not_those_of_the_file(key_file):
    content = json.loads(key_file.read_text())

    assert KeyProvider(key_file).hash_keys("phone")[0].key not in {
        keyfile._decoded(key, "") for purpose in keyfile.PURPOSES for key in content[purpose]["keys"].values()
    }


def test_the_settings_say_where_the_file_is(key_file):
    assert provider() is provider()
    assert provider().path == key_file
