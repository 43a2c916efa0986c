"""Gathers what is held about people: by table, with what their rows said before."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import Q

from casework.accounts.models import User
from casework.audit.history import history_of
from casework.clients.access import needs_visible_to
from casework.clients.models import Case, Client, Relation
from casework.documents import storage
from casework.documents.models import ScanPage
from casework.vault.fields import ERASED

from ..erasure.reach import SHARED, Model, Pick, reach_of
from .columns import TABLES_LEFT_OUT, columns_of

logger = logging.getLogger(__name__)

FORMAT, VERSION = "casework-copy", 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """`rows` by model, `earlier` what they said before. `left`: how much names other people too and is therefore not in it."""

    case: Case
    people: Sequence[Client]
    rows: dict[Model, list[Any]]
    earlier: dict[Model, list[Any]]
    left: dict[Model, int] = field(default_factory=dict)

    def pictures(self) -> Iterator[tuple[str, bytes | None]]:
        """Yield the pictures of papers, each with a name that says nothing; None where the file is lost or spoilt."""
        for page in self.rows.get(ScanPage, ()):
            try:
                picture = b"".join(storage.read(page.file_id, page.scan.data_key))
            except storage.CANNOT_BE_READ as problem:
                logger.error("the file of page %s cannot be read: %s", page.pk, type(problem).__name__)
                picture = None
            yield f"{page.file_id}.jpg", picture


def copy_of(people: Sequence[Client], *, by: User, now: datetime, shared_too: bool = False) -> Copy:
    """Return what is held about people of one case: everything of the case if they are all that are in it.

    What is of other cases is in it, and counted, as far as whoever makes the copy may read it there.
    `shared_too`: also what names others of the case; whoever asks for that has looked it through.
    """
    case: Case = people[0].case
    ids = {client.pk for client in people}
    is_whole = not Client.objects.filter(case=case).exclude(pk__in=ids).exists()
    pick = _readable(case, by, now)
    reach = reach_of({Case: {case.pk}} if is_whole else {Client: ids}, pick)
    left = {model: pick(model, pks - reach.of(model)) for model, pks in _naming(ids).items()}
    wanted = dict(reach.rows) | {Case: reach.of(Case) | {case.pk}}
    if shared_too:
        for model, pks in left.items():
            for each, more in reach_of({model: pks}, pick).rows.items():
                wanted[each] = wanted.get(each, set()) | more
    rows = {model: _loaded(model, pks) for model, pks in wanted.items() if _is_told(model)}
    if shared_too or is_whole:
        left = {}
    return Copy(
        case=case,
        people=people,
        rows={model: found for model, found in rows.items() if found},
        earlier=dict(_earlier(rows)),
        left={model: len(pks) for model, pks in left.items() if pks and _is_told(model)},
    )


def as_data(copy: Copy) -> dict[str, Any]:
    """Return the copy as what JSON can hold: columns by their names, days and instants as ISO 8601, choices as codes."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "tables": {model._meta.label: [_as_data(row) for row in rows] for model, rows in copy.rows.items()},
        "earlier": {model._meta.label: [_as_data(row) for row in rows] for model, rows in copy.earlier.items()},
        "names_others": {model._meta.label: count for model, count in copy.left.items()},
    }


def _is_told(model: Model) -> bool:
    return model._meta.label not in TABLES_LEFT_OUT


def _readable(case: Case, by: User, now: datetime) -> Pick:
    """Return what picks the rows of this case, and of others those that `by` may read: no half of a relation either."""
    here = Q(case=None) | Q(case=case) | Q(case__joined_into=case)
    elsewhere = needs_visible_to(by, now, prefix="case__")

    def pick(model: Model, pks: set[Any]) -> set[Any]:
        rows: Any = model._base_manager
        if model is Relation:
            rows = Relation.objects.visible_to(by, now)
        elif model is not Client and any(each.name == "case" for each in model._meta.local_fields):
            rows = rows.filter(here | elsewhere)
        else:
            return pks
        return set(rows.filter(pk__in=pks).values_list("pk", flat=True))

    return pick


def _naming(ids: set[Any]) -> dict[Model, set[Any]]:
    """Return what names these people and may name others of their case."""
    found: dict[Model, set[Any]] = {}
    for through, name in SHARED.items():
        key: Any = through._meta.get_field(name)
        rows = through._base_manager.filter(client__in=ids)
        found[key.related_model] = set(rows.values_list(key.attname, flat=True))
    return found


def _loaded(model: Model, pks: set[Any]) -> list[Any]:
    rows: Any = model._base_manager.filter(pk__in=pks)
    if any(each.name == "data_key" for each in model._meta.local_fields):
        rows = rows.select_related("data_key")
    if model is ScanPage:
        rows = rows.select_related("scan__data_key").order_by("scan", "number")
    return list(rows)


def _earlier(rows: dict[Model, list[Any]]) -> Iterator[tuple[Model, list[Any]]]:
    for model, found in rows.items():
        try:
            history = history_of(model)
        except ValueError:
            continue
        before = (
            history.objects.filter(id__in=[row.pk for row in found]).select_related("data_key").order_by("id", "pgh_id")
        )
        if kept := list(before):
            yield history, kept


def _as_data(row: Any) -> dict[str, Any]:
    found = {
        each.name: plain(getattr(row, each.attname if each.is_relation else each.name))
        for each in columns_of(type(row))
    }
    if hasattr(row, "pgh_created_at"):
        found["until"] = plain(row.pgh_created_at)
    return found


def plain(value: Any) -> Any:
    """Return a value as JSON holds it."""
    if value is ERASED:
        return None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(each) for each in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return format(value, "f") if isinstance(value, Decimal) else str(value)
