"""How it stands right now, asked of the database: the same for the page of administrators, for `/readyz` and for Prometheus."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.accounts.task_runs import SILENCE, canary_age, late, woken
from casework.audit import state as audit_state
from casework.lifecycle.backups.state import backups_in
from casework.lifecycle.erasure.ledger import LedgerUnreadable
from casework.lifecycle.erasure.replay import is_behind
from casework.reminders.watch import health
from casework.vault.errors import KeyFileError
from casework.vault.keys import provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """`needed`: without it no page is shown. The others wait: what they do is caught up with."""

    code: str
    label: Promise
    ok: bool
    needed: bool = False
    more: dict[str, Any] = field(default_factory=dict)


def needed(now: datetime) -> Iterator[Check]:
    """Yield what must be well before anybody is sent here, and stop at the first that is not."""
    for code, label, asks in NEEDED:
        try:
            more = asks(now)
        except (DatabaseError, KeyFileError, LedgerUnreadable) as error:
            more = {"ok": False, "error": type(error).__name__}
        yield Check(code=code, label=label, ok=more.pop("ok"), needed=True, more=more)


def others(now: datetime) -> Iterator[Check]:
    """Yield what may stand still for a while without anybody losing anything."""
    age = canary_age(now)
    yield Check(
        code="worker",
        label=_("Worker"),
        ok=age is None or age <= SILENCE,
        more={"canary_seconds": _seconds(age)},
    )
    is_late = late(woken(now))
    yield Check(code="schedule", label=_("Work by the clock"), ok=not is_late, more={"late": is_late})
    reminding = health(now)
    beats = {name: _seconds(now - at if at else None) for name, at in reminding.beats.items()}
    yield Check(
        code="reminders",
        label=_("Reminders"),
        ok=not reminding.is_late,
        more={"lag_seconds": _seconds(reminding.lag)} | {f"{name}_seconds": age for name, age in beats.items()},
    )
    backups = backups_in(reminding)
    yield Check(
        code="backups",
        label=_("Backups"),
        ok=not backups.is_late,
        more={"is_set": backups.is_set, "last_seconds": _seconds(now - backups.last if backups.last else None)},
    )
    sealing = audit_state.state()
    sealed = now - sealing.sealed_until if sealing.sealed_until else None
    yield Check(
        code="audit",
        label=_("Trail of who did what"),
        ok=not sealing.is_late(now),
        more={"unsealed_seconds": _seconds(sealing.waits_for(now)), "last_seal_seconds": _seconds(sealed)},
    )


def _database(now: datetime) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('transaction_read_only')")
        row: tuple[str] = cursor.fetchone()
    return {"ok": row[0] == "off", "read_only": row[0] == "on"}


def _migrations(now: datetime) -> dict[str, Any]:
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return {"ok": missing == 0, "not_applied": missing}


def _keys(now: datetime) -> dict[str, Any]:
    provider().current_id("data")
    return {"ok": True}


def _erasures(now: datetime) -> dict[str, Any]:
    """An older backup, in which those who were erased are back: nobody looks at it before the ledger is replayed."""
    return {"ok": not is_behind()}


NEEDED: tuple[tuple[str, Promise, Callable[[datetime], dict[str, Any]]], ...] = (
    ("database", _("Database"), _database),
    ("migrations", _("Migrations"), _migrations),
    ("keys", _("Keys"), _keys),
    ("erasures", _("Erasures of an older backup"), _erasures),
)


def _seconds(age: timedelta | None) -> int | None:
    return round(age.total_seconds()) if age is not None else None
