"""The register of columns is read strictly: what it does not understand, it refuses."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from casework.vault import registry
from casework.vault.registry import Column, RegistryError

GOOD = """
[Client]
purpose = "To know whom we support"
retention = "case"
internal = ["id"]
personal = ["family_name", "search_form"]
sensitive = ["sex"]
ciphertext = ["search_form"]
reasons = { sex = "Counted in SQL" }
purposes = { id = "To tell people apart" }
retentions = { id = "installation" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "retention.toml").write_text('case = "With the case"\ninstallation = "Always"\n')
    return tmp_path


def read(folder: Path, text: str) -> dict[str, registry.Entry]:
    (folder / "clients.toml").write_text(text)
    found = registry.entries(folder)
    return {column.name: entry for column, entry in found.items() if column.table == "clients.Client"}


def test_a_table_is_said_once_and_a_column_where_it_differs(folder):
    found = read(folder, GOOD)

    assert (found["family_name"].sensitivity, found["family_name"].purpose) == ("personal", "To know whom we support")
    assert (found["id"].purpose, found["id"].retention) == ("To tell people apart", "installation")
    assert found["family_name"].column == Column("clients.Client", "family_name")


def test_how_a_column_is_stored_is_seen_from_its_field_or_said(folder):
    found = read(folder, GOOD)

    assert (found["family_name"].stored, found["search_form"].stored) == ("ciphertext", "ciphertext")
    assert (found["sex"].stored, found["id"].stored) == ("plain", "plain")


def test_a_plain_column_that_could_do_harm_needs_a_reason(folder):
    assert not read(folder, GOOD)["sex"].is_unexplained
    assert read(folder, GOOD.replace('reasons = { sex = "Counted in SQL" }', ""))["sex"].is_unexplained
    assert not read(folder, GOOD)["id"].is_unexplained


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("[Client]", "[Client"), "cannot be read"),
        (('"To know whom we support"', '""'), "what for"),
        (('retention = "case"', 'retention = "ages"'), "ages"),
        (('sensitive = ["sex"]', 'sensitive = ["sex", "id"]'), "listed as"),
        (('sensitive = ["sex"]', 'dangerous = ["sex"]'), "dangerous"),
        (('ciphertext = ["search_form"]', 'ciphertext = ["serach_form"]'), "serach_form"),
        (("reasons = { sex", "reasons = { sax"), "sax"),
        (("[Client]", 'Case = "x"\n[Client]'), "clients.Case"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(folder, change, says):
    with pytest.raises(RegistryError, match=says):
        read(folder, GOOD.replace(*change))


def test_a_missing_file_of_retentions_is_refused(folder):
    (folder / "retention.toml").unlink()

    with pytest.raises(RegistryError, match=r"retention\.toml"):
        read(folder, GOOD)


def test_every_retention_is_used_by_some_column():
    used = {entry.retention for entry in registry.entries().values()}

    assert used == set(registry.retentions())


def test_the_record_of_processing_is_printed_with_a_row_for_each_column(capsys):
    call_command("print_registry")

    printed = capsys.readouterr().out
    assert sum(line.startswith("| ") for line in printed.splitlines()) == len(registry.entries()) + len(
        {column.table for column in registry.columns()}
    )
    assert "| family_name | personal | To know whom we support" in printed
    assert "## clients.Client" in printed


def test_a_broken_register_is_told_in_words(monkeypatch, tmp_path):
    monkeypatch.setattr(registry.entries, "__defaults__", (tmp_path,))

    with pytest.raises(CommandError, match=r"retention\.toml"):
        call_command("print_registry")
