"""Folders for backups, a key pair, and a plan for both."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db.backends.base.base import BaseDatabaseWrapper
from pytest_django import DjangoDbBlocker

from casework.lifecycle.backups.folders import Folders
from casework.lifecycle.backups.plan import Plan
from casework.lifecycle.backups.sealing import new_identity
from tests.backups import key_file

__all__ = ["key_file", "plan", "reaches_others", "secret_key", "there"]


@pytest.fixture
def secret_key(tmp_path: Path) -> Path:
    """The file with the secret key, which on a real server is elsewhere."""
    secret, public = new_identity()
    path = tmp_path / "kept by the lawyer.txt"
    path.write_text(f"# public key: {public}\n{secret}\n")
    return path


@pytest.fixture
def reaches_others(django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test reach a second database, which is made and removed while it runs; otherwise only those of the settings."""
    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", django_db_blocker._real_ensure_connection)


@pytest.fixture
def plan(settings: LazySettings, tmp_path: Path, secret_key: Path, key_file: Path) -> Plan:
    settings.BACKUPS = Plan(
        directory=tmp_path / "backups",
        keys_directory=tmp_path / "keys of backups",
        recipients=(public_half(secret_key),),
    )
    return settings.BACKUPS


@pytest.fixture
def there(plan: Plan) -> Folders:
    return Folders(directory=plan.directory, keys_directory=plan.keys_directory)


def public_half(secret_key: Path) -> str:
    return secret_key.read_text().splitlines()[0].removeprefix("# public key: ")
