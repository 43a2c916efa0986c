"""Every column of the register that concerns a person is in their copy, or somebody has said why not."""

from django.apps import apps
from django.db import models

from casework.clients.models import Case, Client
from casework.lifecycle.erasure.reach import reachable
from casework.lifecycle.own_copy.columns import (
    COLUMNS_LEFT_OUT,
    ELSEWHERE,
    EVERYWHERE,
    TABLES_LEFT_OUT,
    columns_of,
    why_not,
)
from casework.vault import registry
from casework.web.own_copy.paper import label_of

HARMFUL = ("personal", "sensitive", "secret")
REACHED = {model._meta.label: model for model in reachable()}


def of_people() -> dict[str, list[str]]:
    """The tables with columns about people, as the register says, and these columns. Of history: as of what it is of."""
    found: dict[str, list[str]] = {}
    for column, entry in registry.entries().items():
        model = apps.get_model(column.table) if column.table != "migrations.Migration" else None
        if entry.sensitivity in HARMFUL and model is not None and not hasattr(model, "pgh_tracked_model"):
            found.setdefault(column.table, []).append(column.name)
    return found


def test_each_table_about_people_is_in_the_copy_or_has_a_reason() -> None:
    secret = {"accounts.Session", "accounts.Counter", "accounts.Recovery", "mfa.Authenticator", "vault.DataKey", "reminders.CalendarFeed", "accounts.ApiToken",
              "account.EmailConfirmation", "socialaccount.SocialAccount", "socialaccount.SocialToken", "socialaccount.SocialApp"}  # fmt: skip
    unexplained = [
        table for table in of_people() if table not in REACHED and table not in ELSEWHERE and table not in secret
    ]

    assert unexplained == []
    assert len(of_people().keys() & REACHED.keys()) > 30


def test_each_column_about_somebody_is_in_the_copy_or_has_a_reason_of_its_own() -> None:
    """A reason that holds for every table may not take a column out that the register calls personal, but for hashes and keys."""
    silent = [
        f"{table}.{name}"
        for table, names in of_people().items()
        if table in REACHED and table not in TABLES_LEFT_OUT
        for name in names
        if (field := REACHED[table]._meta.get_field(name)) not in columns_of(REACHED[table])
        and f"{table}.{name}" not in COLUMNS_LEFT_OUT
        and "hash" not in why_not(field)  # type: ignore[arg-type]  # a field of its own, no relation back
    ]

    assert silent == []


def test_each_column_of_each_table_that_is_reached_is_in_it_or_has_a_reason() -> None:
    for model in {*reachable(), Case, Client}:
        told = set(columns_of(model))
        for field in model._meta.local_concrete_fields:
            assert (field in told) is (why_not(field) == ""), f"{model._meta.label}.{field.name}"


def test_no_reason_is_left_for_what_is_there_no_more() -> None:
    known = {
        f"{model._meta.label}.{field.name}" for model in REACHED.values() for field in model._meta.local_concrete_fields
    }
    names = {field.name for model in REACHED.values() for field in model._meta.local_concrete_fields}

    assert TABLES_LEFT_OUT.keys() - REACHED.keys() == set()
    assert COLUMNS_LEFT_OUT.keys() - known == set()
    assert EVERYWHERE.keys() - names == set()
    assert ELSEWHERE.keys() & REACHED.keys() == set()


def test_every_column_about_somebody_has_words_on_paper() -> None:
    wordless = [
        f"{table}.{name}"
        for table, names in of_people().items()
        if table in REACHED and table not in TABLES_LEFT_OUT
        for name in names
        if (field := REACHED[table]._meta.get_field(name)) in columns_of(REACHED[table]) and not label_of(field)
    ]

    assert wordless == []


def test_no_column_of_bytes_is_in_it() -> None:
    assert [
        field for model in reachable() for field in columns_of(model) if isinstance(field, models.BinaryField)
    ] == []
