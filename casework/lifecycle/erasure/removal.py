"""Removes what `reach` found: rows, their history, drafts, files that wait to be fetched, pictures; and destroys the keys.

History is kept by triggers that let nobody change or remove it. Erasure is the one reason for which a row of it goes, so it passes
them; nothing of what it removes is written into history either.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import pgtrigger
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from casework.accounts.models import Draft, Job
from casework.audit.history import history_of
from casework.audit.models import Event
from casework.clients.models import Case, Client, ErasedPerson
from casework.documents import storage
from casework.documents.models import ScanPage
from casework.housing.models import HostOffer
from casework.reports.models import UNFINISHED, Export
from casework.vault.actions import destroy_key
from casework.vault.models import DataKey
from casework.vault.renewal import in_the_way, models_with_keys

from .reach import Model, Reach, keys_to, opened_by

# Keys that are somebody's who stays, whatever lies under them.
OF_OTHERS = (DataKey.OwnerKind.USER, DataKey.OwnerKind.SITE, DataKey.OwnerKind.ORGANISATION)
AT_ONCE = 5000


@dataclass(slots=True)
class Removed:
    """`rows` and `history`: how many of which table. `keys`: destroyed. `loose`: rows that are gone and whose key goes on opening others."""

    rows: dict[str, int] = field(default_factory=dict)
    history: dict[str, int] = field(default_factory=dict)
    keys: list[UUID] = field(default_factory=list)
    loose: dict[str, list[str]] = field(default_factory=dict)
    files: list[UUID] = field(default_factory=list)
    people: list[UUID] = field(default_factory=list)
    cases: list[UUID] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        extra = {"files": len(self.files), "keys": len(self.keys)}
        return {name: count for name, count in {**self.rows, **self.history, **extra}.items() if count}


def remove(reach: Reach, *, about: Iterable[UUID], by: Any, now: datetime) -> Removed:
    """Remove it all, in the transaction of whoever calls. `about`: the cases whose lists and files mention who goes.

    Files of pictures go after the commit.
    """
    done = Removed(people=sorted(reach.of(Client)), cases=sorted(reach.of(Case)))
    done.files = _files(reach)
    keys, loose = _keys_of(reach)
    _add(done.rows, "reports.Export", _forget_exports({*about, *done.cases}, now))
    _add(done.rows, "accounts.Draft", _delete(Draft, Q(about__in=_all_pks(reach))))
    for model, pks in reach.rows.items():
        _add(done.rows, model._meta.label, _delete(model, Q(pk__in=pks)))
    for model in reach.rows:
        _cut(model, reach)
    for name, count in _delete_history(reach):
        _add(done.history, name, count)
    done.keys = _destroy(keys, by=by, now=now)
    _add(done.rows, "accounts.Draft", _delete(Draft, Q(data_key__in=done.keys)))
    done.loose = {
        model._meta.label: sorted(str(pk) for pk, key in rows.items() if key not in done.keys)
        for model, rows in loose.items()
    }
    done.loose = {label: pks for label, pks in done.loose.items() if pks}
    ErasedPerson.objects.bulk_create([ErasedPerson(pk=pk) for pk in done.people], ignore_conflicts=True)
    transaction.on_commit(partial(storage.remove, done.files))
    return done


def remains_of(removed: Removed, case_ids: Iterable[UUID]) -> dict[str, int]:
    """Count what stays and names nobody: bare ids in the audit trail, days on which no bed was free, ids of keys and people."""
    ids = set(case_ids)
    counts = {
        "audit.Event": Event.objects.filter(case_id__in=ids).count(),
        "vault.DataKey": len(removed.keys),
        "clients.ErasedPerson": len(removed.people),
    }
    return {name: count for name, count in counts.items() if count}


def _delete(model: Model, condition: Q) -> int:
    """Delete rows past the triggers that would keep them, or history of them; return how many."""
    with ExitStack() as stack:
        if names := in_the_way(model):
            stack.enter_context(pgtrigger.ignore(*names))
        rows: Any = model._base_manager.filter(condition)
        count: int = rows._raw_delete(rows.db)
    return count


def _cut(model: Model, reach: Reach) -> None:
    """Let what stays refer no more to rows that are gone."""
    for other, key, goes in keys_to(model):
        if not goes and key.null:
            other._base_manager.filter(**{f"{key.name}__in": reach.of(model)}).update(**{key.name: None})


def _delete_history(reach: Reach) -> Iterator[tuple[str, int]]:
    """Delete what rows that are gone said before; and what was said by rows that hung on them and had been removed earlier."""
    for model in {*reach.rows, *_hanging_on(reach)}:
        try:
            history = history_of(model)
        except ValueError:
            continue
        condition: Any = Q(id__in=reach.of(model))
        is_there = Exists(model._base_manager.filter(pk=OuterRef("id")))
        for parent, pks in reach.rows.items():
            for other, key, goes in keys_to(parent):
                if other is model and goes and pks:
                    condition |= Q(**{f"{key.name}__in": pks}) & ~is_there
        yield history._meta.label, _delete(history, condition)


def _hanging_on(reach: Reach) -> set[Model]:
    return {other for parent in reach.rows for other, _key, goes in keys_to(parent) if goes}


def _keys_of(reach: Reach) -> tuple[set[UUID], dict[Model, dict[Any, UUID]]]:
    """Return the keys under which the rows are, and of each row under which."""
    keys: set[UUID] = set()
    under: dict[Model, dict[Any, UUID]] = {}
    for model, pks in reach.rows.items():
        if opened_by(model):
            under[model] = dict(model._base_manager.filter(pk__in=pks).values_list("pk", "data_key"))
            keys.update(under[model].values())
            try:
                keys.update(history_of(model)._base_manager.filter(id__in=pks).values_list("data_key", flat=True))
            except ValueError:
                continue
    own = DataKey.objects.filter(pk__in=keys).exclude(owner_kind__in=OF_OTHERS)
    # The key of a host who was not taken is theirs alone, though it could have become that of a place.
    return {*own.values_list("pk", flat=True), *under.get(HostOffer, {}).values()}, under


def _destroy(keys: set[UUID], *, by: Any, now: datetime) -> list[UUID]:
    """Destroy those keys under which nothing is left, with all that took their places or whose place they took."""
    chains = _chains(keys)
    needed: set[UUID] = set()
    everything = set().union(*chains) if chains else set()
    for model in models_with_keys():
        if model is not Draft:
            rows = model._base_manager.filter(data_key__in=everything).order_by()
            needed.update(rows.values_list("data_key", flat=True).distinct())
    destroyed: list[UUID] = []
    for chain in chains:
        if not chain & needed:
            destroy_key(DataKey.objects.get(pk=min(chain)), by=by, now=now)
            destroyed += sorted(chain)
    return destroyed


def _chains(keys: set[UUID]) -> list[set[UUID]]:
    """Return the keys by owner: those that one owner has and had."""
    chains: list[set[UUID]] = []
    for key in sorted(keys):
        if any(key in chain for chain in chains):
            continue
        chain = {key}
        while True:
            # Two indexed questions: as one condition over both ends of the reference it reads all keys that there are.
            earlier = DataKey.objects.filter(replaced_by__in=chain).values_list("pk", flat=True)
            later = DataKey.objects.filter(pk__in=chain, replaced_by__isnull=False).values_list(
                "replaced_by", flat=True
            )
            if not (more := set(earlier.union(later)) - chain):
                break
            chain |= more
        chains.append(chain)
    return chains


def _forget_exports(cases: set[UUID], now: datetime) -> int:
    """Forget files that wait and mention one of these cases, and stop what is being written: it may have read them already."""
    exports = Export.objects.filter(Q(pieces__case_ids__overlap=list(cases)) | Q(job__state__in=UNFINISHED)).distinct()
    pks = list(exports.values_list("pk", flat=True))
    Job.objects.filter(export__in=pks, state__in=UNFINISHED).update(state=Job.State.CANCELLED, finished_at=now)
    Export.objects.filter(pk__in=pks).delete()
    return len(pks)


def _files(reach: Reach) -> list[UUID]:
    rows = ScanPage.objects.filter(pk__in=reach.of(ScanPage)).values_list("file_id", "preview_id")
    return [file_id for pair in rows for file_id in pair if file_id is not None]


def _all_pks(reach: Reach) -> list[UUID]:
    return [pk for pks in reach.rows.values() for pk in pks if isinstance(pk, UUID)]


def _add(counts: dict[str, int], name: str, count: int) -> None:
    if count:
        counts[name] = counts.get(name, 0) + count
