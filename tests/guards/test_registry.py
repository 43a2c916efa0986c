"""Every column of every table says what it is, what for, how long it is kept and how it is stored."""

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder

from casework.vault import registry


def test_every_column_has_an_entry():
    assert len(registry.columns()) > 200
    assert registry.missing() == []


def test_every_entry_has_a_column():
    assert registry.stale() == []


def test_whatever_could_do_harm_is_sealed_or_says_why_not():
    assert registry.unexplained() == []


def test_every_encrypted_field_is_taken_for_harmful():
    harmless = [
        column
        for column in sorted(registry._encrypted())
        if registry.entries()[column].sensitivity not in registry.HARMFUL
    ]

    assert harmless == []


def test_what_is_said_to_be_sealed_or_hashed_is_a_column_of_bytes():
    not_bytes = []
    for column, entry in registry.entries().items():
        label, model_name = column.table.split(".")
        model = MigrationRecorder.Migration if label == "migrations" else apps.get_model(label, model_name)
        field = model._meta.get_field(column.name)
        if entry.stored != registry.PLAIN and field.get_internal_type() != "BinaryField":
            not_bytes.append(column)

    assert not_bytes == []


@pytest.mark.django_db
def test_the_database_has_no_table_beside_those_of_the_register():
    assert set(connection.introspection.table_names()) == registry.tables()


@pytest.mark.django_db
def test_no_table_has_a_column_beside_those_of_its_model():
    for model in registry._models():
        with connection.cursor() as cursor:
            described = connection.introspection.get_table_description(cursor, model._meta.db_table)
        assert {each.name for each in described} == {field.column for field in model._meta.local_concrete_fields}


def test_a_column_that_nobody_entered_is_noticed(monkeypatch):
    model = apps.get_model("clients", "Client")
    field = models.TextField()
    field.set_attributes_from_name("nickname")
    monkeypatch.setattr(model._meta, "local_fields", [*model._meta.local_fields, field])
    model._meta._expire_cache(forward=True, reverse=False)
    try:
        assert registry.missing() == [registry.Column("clients.Client", "nickname")]
    finally:
        monkeypatch.undo()
        model._meta._expire_cache(forward=True, reverse=False)
