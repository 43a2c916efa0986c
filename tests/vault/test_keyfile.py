"""The key file is made once, kept to its owner, and refused whenever anything about it is wrong."""

import base64
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.vault import keyfile
from casework.vault.errors import KeyFileError, KeyFileExposed, KeyFileMissing, KeyFileUnreadable, UnknownKey
from tests.vault.conftest import NOW


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "deep" / "keys.json"
    keyfile.make(made)
    return made


def altered(path: Path, **changes: Any) -> Path:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    return path


def test_a_new_file_is_for_its_owner_only_and_has_a_key_for_each_purpose(path):
    read = keyfile.read(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert (
        len(
            {
                read.data.get(read.data.current),
                read.lookup.get(read.lookup.current),
                read.search.get(read.search.current),
            }
        )
        == 3
    )
    assert read.older_secrets == []
    assert len(base64.b64decode(read.secret)) == 48


def test_two_files_have_nothing_in_common(path, tmp_path):
    keyfile.make(tmp_path / "other.json")
    first, second = keyfile.read(path), keyfile.read(tmp_path / "other.json")

    assert not set(first.data.keys.values()) & set(second.data.keys.values())
    assert first.secret != second.secret


def test_a_file_that_is_there_is_never_overwritten(path):
    before = path.read_bytes()

    with pytest.raises(FileExistsError):
        keyfile.make(path)
    assert path.read_bytes() == before


def test_a_missing_file_is_not_made_and_the_message_says_where_and_what_to_do(tmp_path):
    path = tmp_path / "keys.json"

    with pytest.raises(KeyFileMissing) as refusal:
        keyfile.read(path)

    assert str(path) in str(refusal.value)
    assert "make_key_file" in str(refusal.value)
    assert not path.exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o666, 0o700, 0o000])
def test_a_file_that_others_may_use_is_refused(path, mode):
    path.chmod(mode)

    with pytest.raises(KeyFileExposed) as refusal:
        keyfile.read(path)
    assert f"chmod 600 {path}" in str(refusal.value)


def test_a_file_that_nobody_may_write_is_read(path):
    path.chmod(0o400)

    assert keyfile.read(path).secret


@pytest.mark.parametrize("missing", ["version", "data", "lookup", "search", "secret"])
def test_a_file_without_one_of_its_parts_is_refused(path, missing):
    content = json.loads(path.read_text())
    del content[missing]
    path.write_text(json.dumps(content))

    with pytest.raises(KeyFileUnreadable):
        keyfile.read(path)


@pytest.mark.parametrize(
    "ring",
    [
        {},
        [],
        None,
        {"current": "a", "keys": {}},
        {"current": "b", "keys": {"a": base64.b64encode(bytes(32)).decode()}},
        {"current": "a", "keys": {"a": base64.b64encode(bytes(31)).decode()}},
        {"current": "a", "keys": {"a": base64.b64encode(bytes(33)).decode()}},
        {"current": "a", "keys": {"a": "not base64!"}},
        {"current": "a", "keys": {"a": 5}},
        {"current": [], "keys": {"a": base64.b64encode(bytes(32)).decode()}},
        {"current": "", "keys": {"": base64.b64encode(bytes(32)).decode()}},
        {"current": "я", "keys": {"я": base64.b64encode(bytes(32)).decode()}},
        {"current": "x" * 33, "keys": {"x" * 33: base64.b64encode(bytes(32)).decode()}},
    ],
)
def test_keys_that_are_none_are_refused(path, ring):
    with pytest.raises(KeyFileUnreadable):
        keyfile.read(altered(path, data=ring))


@pytest.mark.parametrize(
    "changes",
    [{"version": 2}, {"version": "1"}, {"secret": "c2hvcnQ="}, {"secret": 7}, {"secret": "!"}, {"secret": {}}],
)
def test_another_version_or_a_weak_secret_is_refused(path, changes):
    with pytest.raises(KeyFileUnreadable):
        keyfile.read(altered(path, **changes))


def test_the_error_never_contains_a_key(path):
    key = keyfile.read(path).secret

    with pytest.raises(KeyFileUnreadable) as refusal:
        keyfile.read(altered(path, data={}))
    assert key not in str(refusal.value)
    assert key not in repr(keyfile.KeyFile.__repr__)


def test_keys_do_not_show_themselves(path):
    read = keyfile.read(path)

    assert str(read.data.get(read.data.current)) not in repr(read) + repr(read.data)


def test_an_added_key_becomes_the_current_one_and_the_older_stays(path):
    before = keyfile.read(path)

    added = keyfile.add_key(path, "data", now=NOW)

    after = keyfile.read(path)
    assert after.data.current == added
    assert after.data.get(before.data.current) == before.data.get(before.data.current)
    assert (after.lookup, after.search, after.secret) == (before.lookup, before.search, before.secret)
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_key_that_is_not_there_is_asked_for_by_its_id(path):
    with pytest.raises(UnknownKey, match="d-gone"):
        keyfile.read(path).data.get("d-gone")


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps).map(str.encode)
)
def test_any_other_content_is_refused_in_words(path, content):
    path.write_bytes(content)

    with pytest.raises(KeyFileError):
        keyfile.read(path)


@settings(max_examples=30)
@given(st.data())
def test_a_file_cut_short_is_refused(tmp_path, data):
    path = tmp_path / "cut.json"
    path.unlink(missing_ok=True)
    keyfile.make(path)
    content = path.read_bytes().rstrip()
    path.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])

    with pytest.raises(KeyFileError):
        keyfile.read(path)
