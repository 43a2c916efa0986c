"""Tables for the models of the test app, and data keys without a database."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import modify_settings

from casework.vault import keyfile
from casework.vault.models import DataKey

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def test_tables(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Install the test app and make its tables, for the tests of one module."""
    with modify_settings(INSTALLED_APPS={"append": "tests.vault.testapp"}), django_db_blocker.unblock():
        from tests.vault.testapp.models import TABLES

        with connection.schema_editor() as editor:
            for model in TABLES:
                editor.create_model(model)
        yield
        with connection.schema_editor() as editor:
            for model in reversed(TABLES):
                editor.delete_model(model)


@pytest.fixture
def key(db: None) -> DataKey:
    """A saved data key."""
    return DataKey.objects.make(DataKey.OwnerKind.CLIENT, now=NOW)


@pytest.fixture
def key_file(settings: LazySettings, tmp_path: Path) -> Path:
    """A key file of the test's own, which it may spoil."""
    path = tmp_path / "keys" / "keys.json"
    keyfile.make(path)
    settings.KEY_FILE = path
    return path
