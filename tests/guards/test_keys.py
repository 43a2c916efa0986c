"""No key of the key file is left out of rotation: whatever is stored under one is declared, and found by its declaration."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands

from casework.accounts.sealed_texts import SEALED_TEXTS
from casework.lifecycle import key_rotation
from casework.vault import registry
from casework.vault.fields import EncryptedField
from casework.vault.hashed import hashed_fields
from casework.vault.keyfile import PURPOSES
from casework.vault.models import DataKey
from casework.vault.sealed import Sealed

from .source import CODE, ROOT, python_files

# Keyed hashes that no rotation makes anew, and why.
NOT_STORED_FOR_LONG = {
    "clients.Consent.recipient_name",  # computed whenever two names are compared, stored nowhere
    "accounts.counter",  # counted for minutes, and looked for under older keys too
    "accounts.sign_in",  # in events of the audit trail, which nobody may change; told apart within one key
}
# Ciphertext and hashes that hang on no key of the key file by themselves.
OTHERWISE = {
    "accounts.Invitation.token_hash",  # of random tokens, without a key
    "accounts.Recovery.token_hash",
    "accounts.ApiToken.token_hash",
    "reminders.CalendarFeed.token_hash",
    "reports.ExportPiece.content",  # a file under the data key of whoever asked for it, for an hour
}
MODELS_OF_BYTES = {
    "accounts.ApiToken.token_hash",
    "accounts.Invitation.token_hash",
    "accounts.Recovery.token_hash",
    "audit.Seal.hash",
}


def constants_of(tree: ast.Module) -> dict[str, str]:
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def named_hashes() -> set[str]:
    """Return the names under which the code hashes, wherever it does."""
    found = set()
    for path in python_files(CODE):
        if path.is_relative_to(CODE / "vault"):
            continue
        tree = ast.parse(path.read_text("utf-8"))
        constants = constants_of(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("keyed_hash", "keyed_hashes"):
                name = node.args[0]
                found.add(constants[name.id] if isinstance(name, ast.Name) else name.value)  # type: ignore[attr-defined]
    return found


def test_every_keyed_hash_belongs_to_a_column_that_is_rotated_or_says_why_not() -> None:
    declared = {field.hashed_as for field in hashed_fields()}

    assert len(declared) >= 3
    assert named_hashes() == declared | NOT_STORED_FOR_LONG


def test_every_column_that_is_sealed_or_hashed_is_rotated() -> None:
    parts = {part.name for purpose in PURPOSES for part in key_rotation._parts()[purpose]}
    left = set()
    for column, entry in registry.entries().items():
        name = f"{column.table}.{column.name}"
        if entry.stored == registry.PLAIN or name in parts | OTHERWISE:
            continue
        model = apps.get_model(column.table)
        field = model._meta.get_field(column.name)
        source = getattr(model, "pgh_tracked_model", model)
        if not (isinstance(field, EncryptedField) and issubclass(source, Sealed)):  # under a data key
            left.add(name)
    assert left == set()


def test_every_column_of_bytes_is_in_the_register_as_sealed_or_hashed() -> None:
    plain = {
        f"{column.table}.{column.name}"
        for column, entry in registry.entries().items()
        if entry.stored == registry.PLAIN
        and column.table != "migrations.Migration"
        and apps.get_model(column.table)._meta.get_field(column.name).get_internal_type() == "BinaryField"
    }

    assert plain <= MODELS_OF_BYTES


def test_every_column_of_texts_that_is_declared_is_there() -> None:
    assert {texts.purpose for texts in SEALED_TEXTS} == {"session", "mfa"}
    for texts in SEALED_TEXTS:
        assert apps.get_model(texts.model)._meta.get_field(texts.field).concrete


def test_nothing_but_the_settings_and_the_demo_reads_the_secret_of_the_settings() -> None:
    """A process keeps in its settings what the file said when it started; everything else looks at the file."""
    asking = re.compile(r"SECRET_KEY|salted_hmac|core import signing|core\.signing|get_hmac|token_generator")

    found = {str(path.relative_to(ROOT)) for path in python_files(CODE) if asking.search(path.read_text("utf-8"))}

    in_words_only = {"casework/vault/keyfile.py", "casework/vault/management/commands/make_key_file.py"}
    assert found - in_words_only == {"casework/config/settings.py", "casework/lifecycle/demo/logins.py"}


def test_every_kind_of_key_is_in_the_table_of_the_documentation() -> None:
    told = (ROOT / "docs" / "keys.md").read_text("utf-8")
    rows = [line for line in told.splitlines() if line.startswith("|")]

    for purpose in PURPOSES:
        assert any(f"`{purpose}`" in row for row in rows), purpose
    for kind in DataKey.OwnerKind.values:
        assert any(kind in row for row in rows), kind
    for texts in SEALED_TEXTS:
        assert any(f"`{texts.model}.{texts.field}`" in row for row in rows), texts
    for field in hashed_fields():
        assert any(f"`{field.model._meta.label}.{field.name}`" in row for row in rows), field


@pytest.mark.parametrize("page", ["keys.md", "audit.md"])
def test_commands_that_the_documentation_names_exist(page: str) -> None:
    told = Path(ROOT / "docs" / page).read_text("utf-8")

    named = set(re.findall(r"bin/manage ([a-z_]+)", told))

    assert named
    assert named <= set(get_commands())
