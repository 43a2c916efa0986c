"""Rows -> Facts: what the engine needs to know about people, in one query for any number of them."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from casework.clients.models import Address, Client
from casework.documents.models import Document

from .models import Application, Permit, Registration, Stay
from .rules import facts

# What is asked of each table: the name in the answer -> the column. Never a column of ciphertext.
COLUMNS: dict[type, dict[str, str]] = {
    Stay: {
        "country": "country",
        "entered_earliest": "entered_earliest",
        "entered_latest": "entered_latest",
        "has_left": "has_left",
        "left_earliest": "left_earliest",
        "left_latest": "left_latest",
        "legal_basis": "legal_basis",
        "purpose": "purpose",
        "entry_mode": "entry_mode",
        "planned": "planned",
        "document_kind": "document__kind",
        "nationality": "document__country",
    },
    Document: {
        "kind": "kind",
        "country": "country",
        "issued_on": "issued_on",
        "valid_until": "valid_until",
        "state": "state",
        "biometric": "biometric",
    },
    Permit: {"country": "country", "kind": "kind", "valid_from": "valid_from", "printed_until": "printed_until"},
    Registration: {
        "country": "country",
        "kind": "kind",
        "registered_on": "registered_on",
        "valid_until": "valid_until",
        "stay_id": "stay_id",
        "address_id": "address_id",
    },
    Application: {
        "country": "country",
        "kind": "kind",
        "filed_on": "filed_on",
        "state": "state",
        "keeps_stay_lawful": "keeps_stay_lawful",
        "permit_id": "permit_id",
    },
    Address: {
        "country": "country",
        "since": "since",
        "until": "until",
        "registration_possible": "registration_possible",
        "area_closed": "area_closed",
    },
}


def load_facts(client_ids: Collection[UUID]) -> dict[UUID, facts.Facts]:
    """Return the facts of these clients by id; those who do not exist are left out.

    A planned stay is a fact like any other: the engine tells by its day that it has not begun, and does not take it for
    granted that it has.
    Raises what the vault raises where a birth day has been altered. An erased one is unknown.
    """
    rows = (
        Client.objects.filter(pk__in=client_ids)
        .only("id", "nationalities", "born_earliest", "born_latest")
        .annotate(**{f"{model.__name__.lower()}_rows": _rows_of(model) for model in COLUMNS})
    )
    return {row.pk: _facts_of(row) for row in rows}


def _rows_of(model: Any) -> ArraySubquery:
    """Return the rows of one table as an array of JSON objects, in an order that never changes by itself."""
    rows: QuerySet[Any] = model._base_manager.filter(client=OuterRef("pk")).order_by("id")
    columns = {name: F(column) for name, column in COLUMNS[model].items()}
    return ArraySubquery(rows.values(row=JSONObject(id="id", **columns)))


def _facts_of(client: Any) -> facts.Facts:
    return facts.Facts(
        client_id=str(client.pk),
        # An erased bound is falsy, and so unknown.
        birth=facts.DayRange(earliest=client.born_earliest or None, latest=client.born_latest or None),
        nationalities=tuple(client.nationalities),
        stays=tuple(_stay(row) for row in client.stay_rows),
        documents=tuple(facts.Document(**_with_days(row, "issued_on", "valid_until")) for row in client.document_rows),
        permits=tuple(facts.Permit(**_with_days(row, "valid_from", "printed_until")) for row in client.permit_rows),
        registrations=tuple(
            facts.Registration(
                **_without_none(_with_days(row, "registered_on", "valid_until"), "stay_id", "address_id")
            )
            for row in client.registration_rows
        ),
        applications=tuple(
            facts.Application(**_without_none(_with_days(row, "filed_on"), "permit_id"))
            for row in client.application_rows
        ),
        addresses=tuple(facts.Address(**_with_days(row, "since", "until")) for row in client.address_rows),
    )


def _stay(row: dict[str, Any]) -> facts.Stay:
    left = _range(row.pop("left_earliest"), row.pop("left_latest"))
    return facts.Stay(
        entered=_range(row.pop("entered_earliest"), row.pop("entered_latest")),
        left=left if row.pop("has_left") else None,
        **_without_none(row, "document_kind", "nationality"),
    )


def _range(earliest: str | None, latest: str | None) -> facts.DayRange:
    return facts.DayRange(earliest=_day(earliest), latest=_day(latest))


def _with_days(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return row | {name: _day(row[name]) for name in names}


def _without_none(row: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return the row with "" where these are not recorded."""
    return row | {name: row[name] or "" for name in names}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
