"""A backup that was restored holds what has been erased since: the ledger says what, and it is erased again."""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.models import Case, Client, Erasure, LegalHold
from casework.vault.actions import destroy_key
from casework.vault.models import DataKey

from . import ledger
from .reach import reach_of
from .removal import remains_of, remove

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Replayed:
    """`again`: erasures of which something was there. `known`: those of which nothing was. `unclear`: meant, and not known to be done."""

    again: list[UUID] = field(default_factory=list)
    known: list[UUID] = field(default_factory=list)
    unclear: list[UUID] = field(default_factory=list)
    rows: int = 0
    keys: int = 0


def replay(*, now: datetime, path: Path | None = None, unclear_too: bool = False, dry_run: bool = False) -> Replayed:
    """Erase again whatever the ledger says, each in a transaction of its own. Done twice, the second time finds nothing.

    Raises LedgerUnreadable before anything is done.
    """
    lines, unclear = ledger.done(path), ledger.unclear(path)
    result = Replayed(unclear=[] if unclear_too else list(unclear))
    for line in [*lines.values(), *(unclear.values() if unclear_too else ())]:
        if is_known(line):
            result.known.append(line.erasure)
        else:
            result.again.append(line.erasure)
            if not dry_run:
                _again(line, result, now)
    return result


def is_behind() -> bool:
    """Return whether what was erased last is here: then this is an older backup, and the ledger has yet to be replayed."""
    last = ledger.last_done()
    line = ledger.done().get(last) if last is not None else None
    return line is not None and not is_known(line)


def is_known(line: ledger.Line) -> bool:
    """Return whether nothing of an erasure is here any more, and the database says itself that it was done."""
    return (
        (line.case is None or Erasure.objects.filter(pk=line.erasure, state=Erasure.State.DONE).exists())
        and not Case.objects.filter(pk__in=line.cases).exists()
        and not Client.objects.filter(pk__in=line.people).exists()
        and not DataKey.objects.usable().filter(pk__in=line.keys).exists()
        and not any(_rows(label, pks).exists() for label, pks in line.rows.items())
    )


@transaction.atomic
def _again(line: ledger.Line, result: Replayed, now: datetime) -> None:
    here = set(Case.objects.select_for_update().filter(pk__in=line.cases).values_list("pk", flat=True))
    _lift_holds({*here, *([line.case] if line.case else [])}, now)
    roots: dict[Any, set[Any]] = {
        Case: here,
        Client: set(Client.objects.filter(pk__in=line.people).values_list("pk", flat=True)),
    }
    for label, pks in line.rows.items():
        model = apps.get_model(label)
        roots[model] = roots.get(model, set()) | set(_rows(label, pks).values_list("pk", flat=True))
    removed = remove(reach_of(roots), about=[pk for pk in (line.case,) if pk], by=None, now=now)
    for key in DataKey.objects.usable().filter(pk__in=line.keys).order_by("pk"):
        destroy_key(key, by=None, now=now)
        removed.keys.append(key.pk)
    result.rows += sum(removed.rows.values()) + sum(removed.history.values())
    result.keys += len(removed.keys)
    record("lifecycle.erasure_repeated", by=None, now=now, case_id=line.case, erasure=str(line.erasure))
    _enter(line, removed, now)


def _enter(line: ledger.Line, removed: Any, now: datetime) -> None:
    """Let the database say of itself that it was done."""
    erasure = Erasure.objects.filter(pk=line.erasure).first()
    if line.case is None or (erasure is not None and erasure.state == Erasure.State.DONE):
        return  # what went because its period was over was asked for by nobody
    erasure = erasure or Erasure(id=line.erasure, case_id=line.case, client_id=line.client, asked_at=line.at)
    erasure.reason, erasure.state, erasure.decided_at = line.reason, Erasure.State.DONE, line.at
    erasure.asked_by_id, erasure.decided_by_id = _user(line.asked_by), _user(line.decided_by)
    erasure.counts, erasure.remains = removed.counts, remains_of(removed, [line.case])
    erasure.save()


def _rows(label: str, pks: list[str]) -> Any:
    return apps.get_model(label)._base_manager.filter(pk__in=pks)


def _user(pk: UUID | None) -> UUID | None:
    return pk if pk is not None and User.objects.filter(pk=pk).exists() else None


def _lift_holds(cases: set[UUID], now: datetime) -> None:
    """Take away what stood in the way when the backup was made: it was lifted before the erasure was done."""
    for hold in LegalHold.objects.in_force().filter(case__in=cases):
        LegalHold.objects.filter(pk=hold.pk).update(lifted_at=now, lifted_by=hold.ordered_by)
