"""A key file is made for a new installation only."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from casework.vault import keyfile
from casework.vault.models import DataKey
from tests.vault.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(settings, tmp_path: Path) -> Path:
    settings.KEY_FILE = tmp_path / "new" / "keys.json"
    return settings.KEY_FILE


def test_it_makes_a_file_that_works(path, capsys):
    call_command("make_key_file")

    assert keyfile.read(path)
    assert str(path) in capsys.readouterr().out


def test_it_never_overwrites(path):
    call_command("make_key_file")
    before = path.read_bytes()

    with pytest.raises(CommandError, match="already"):
        call_command("make_key_file")
    assert path.read_bytes() == before


def test_it_refuses_while_the_database_holds_data_keys(key_file, path, settings):
    settings.KEY_FILE = key_file
    DataKey.objects.make(DataKey.OwnerKind.CASE, now=NOW)
    settings.KEY_FILE = path

    with pytest.raises(CommandError, match="holds data keys"):
        call_command("make_key_file")
    assert not path.exists()


def test_it_refuses_while_the_database_does_not_answer(path, monkeypatch):
    def down(*_arguments: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(DataKey.objects, "count", down)

    with pytest.raises(CommandError, match="does not answer"):
        call_command("make_key_file")
    assert not path.exists()


def test_it_works_before_the_tables_are_there(path, monkeypatch):
    monkeypatch.setattr("django.db.backends.base.introspection.BaseDatabaseIntrospection.table_names", lambda _self: [])

    call_command("make_key_file")

    assert path.exists()


def test_it_says_why_the_file_cannot_be_written(path, settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.KEY_FILE = tmp_path / "file" / "keys.json"

    with pytest.raises(CommandError, match="cannot be written"):
        call_command("make_key_file")
