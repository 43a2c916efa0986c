"""A form writes what it asks for and nothing else: whatever fields of whatever model are sent along, no other column changes."""

import datetime as dt
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.db import connection, models, transaction
from django.db.models.signals import post_save

from .fuzz import Harvest, Target, Values, filled
from .office import Office, come_in, open_office

pytestmark = pytest.mark.django_db

OURS = [it for it in apps.get_models() if it.__module__.startswith("casework.") and it._meta.managed]
# What nobody would write by chance, by the kind of column.
MARK_TEXT, MARK_NUMBER = "смаус", 987_654
MARK_DAY, MARK_ID = dt.date(2031, 3, 3), UUID("0badcafe-0bad-4bad-8bad-0badcafe0bad")
TURNS = "/turn/"  # writes a file, which no transaction takes back
WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE) "(\w+)"')


@pytest.fixture(autouse=True)
def one_factor(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


def smuggled(office: Office) -> Values:
    """Return a value for the name of every column that there is, as a form would send it."""
    named: Values = {}
    for model in OURS:
        for field in model._meta.concrete_fields:
            value = _value_for(field, office)
            named.setdefault(field.name, [value])
            named.setdefault(field.attname, [value])
    return named


def _value_for(field: Any, office: Office) -> str:
    if field.is_relation:
        same = field.remote_field.model
        row = (
            same._default_manager.exclude(pk__in=[office.chief.pk, office.team.pk]).order_by("-pk").first()
            if same._meta.managed
            else None
        )
        return str(row.pk if row else MARK_ID)
    match field:
        case models.BooleanField():
            return "on"
        case models.DateTimeField():
            return f"{MARK_DAY.isoformat()}T12:00:00Z"
        case models.DateField():
            return MARK_DAY.isoformat()
        case models.IntegerField() | models.DecimalField() | models.FloatField():
            return str(MARK_NUMBER)
        case models.UUIDField():
            return str(MARK_ID)
    if field.choices:
        return str(field.choices[-1][0])
    return MARK_TEXT


def of_the_form(asked: set[str], name: str) -> bool:
    """Whether what is asked for at an address has this name, or it is one of the boxes of a day."""
    return any(it == name or it.startswith((f"{name}_", f"{name}-")) for it in asked)


@contextmanager
def written() -> Iterator[tuple[list[tuple[str, dict[str, Any]]], list[str]]]:
    """Yield the rows that are saved, each with its values, and the statements that write, without their values."""
    saved: list[tuple[str, dict[str, Any]]] = []
    statements: list[str] = []

    def keep(sender: type[models.Model], instance: models.Model, update_fields: Any, **_more: Any) -> None:
        names = {it.attname: it.name for it in sender._meta.concrete_fields}
        known = {
            a: n
            for a, n in names.items()
            if a in instance.__dict__ and (update_fields is None or {a, n} & set(update_fields))
        }
        saved.append((sender._meta.label, {name: getattr(instance, attname) for attname, name in known.items()}))

    def look(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if found := WRITES.match(sql[sql.find(";") + 1 :] if sql.startswith("SET") else sql):
            statements.append(f"{found[1]} {params!r}")
        return execute(sql, params, many, context)

    post_save.connect(keep, weak=False)
    try:
        with connection.execute_wrapper(look):
            yield saved, statements
    finally:
        post_save.disconnect(keep)


def is_smuggled(value: Any, sent: str) -> bool:
    """Whether a value that was saved is the one that was sent along, however it was read."""
    if value is True or value is None:
        return False  # told by comparing
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat().startswith(MARK_DAY.isoformat())
    if isinstance(value, int | Decimal | float) and not isinstance(value, bool):
        return value == MARK_NUMBER
    return str(value) == sent


def send(browser: Any, target: Target, fields: Values) -> tuple[int, Any, list[str]]:
    with transaction.atomic(), written() as (saved, statements):
        response = browser.post(target.path, fields)
        transaction.set_rollback(True)
    return response.status_code, saved, statements


@pytest.mark.parametrize("step", [6, pytest.param(1, marks=pytest.mark.slow)], ids=["some forms", "every form"])
def test_no_form_writes_a_column_that_it_does_not_ask_for(step: int) -> None:
    office = open_office()
    chief = come_in(office.chief)
    harvest = Harvest()
    harvest.gather(chief, list(office.paths.values())[::step])
    more = smuggled(office)
    posted = [
        it
        for it in harvest.targets
        if it.method == "POST" and "/account/" not in it.path and not it.path.endswith(TURNS)
    ]
    found, acted, tried = [], 0, 0
    for target in posted:
        honest = filled({name: list(values) for name, values in target.fields.items()}, target, random.Random(3))
        # Several pages may offer a form for one address, each with some of its fields.
        asked = {name for it in posted if it.path == target.path for name in it.fields}
        along = [
            {name: value for name, value in part.items() if not of_the_form(asked, name)} for part in _in_parts(more)
        ]
        status, plainly, _statements = send(chief, target, honest)
        if not plainly or status not in (302, 200, 204):
            continue
        acted += status == 302
        for part in along:
            tried += len(part)
            other, saved, statements = send(chief, target, part | honest)
            found += [f"{target.path}: {status} became {other}"] if other != status else []
            found += [
                f"{target.path}: {label}.{name} = {value!r}"
                for (label, values), (_same, before) in zip(saved, plainly, strict=False)
                for name, value in values.items()
                if name in part and _differs(before.get(name), value) and is_smuggled(value, part[name][0])
            ]
            found += [
                f"{target.path}: {label}.{name} became {value!r}"
                for (label, values), (_same, before) in zip(saved, plainly, strict=False)
                for name, value in values.items()
                if isinstance(value, bool) and value != before.get(name)
            ]
            found += [
                f"{target.path}: {it[:200]}"
                for it in statements
                if any(str(mark) in it for mark in (MARK_TEXT, MARK_NUMBER, MARK_ID))
            ]
            if [label for label, _values in saved] != [label for label, _values in plainly]:
                found.append(f"{target.path}: writes other rows")

    assert not found, "\n".join(found)
    assert acted > 50 / step
    assert tried > 20_000 / step


def _differs(before: Any, value: Any) -> bool:
    return bool(before != value)


def _in_parts(fields: Values, size: int = 450) -> list[Values]:
    """Cut into as many fields as one request may have."""
    names = sorted(fields)
    return [{name: fields[name] for name in names[at : at + size]} for at in range(0, len(names), size)]


def test_every_column_of_ours_is_sent_along() -> None:
    names = smuggled(open_office())

    assert {
        "caseworker",
        "data_key",
        "restricted",
        "role",
        "is_active",
        "version",
        "case_id",
        "review_status",
    } <= names.keys()
    assert len(names) > 400
