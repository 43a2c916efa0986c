"""Rotation of all keys of the key file as one act: which keys there are, what hangs on each, and how far a rotation is."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from casework.accounts import jobs
from casework.accounts.models import Job
from casework.accounts.sealed_texts import SEALED_TEXTS
from casework.audit.heads import signers, write_head
from casework.audit.record import record
from casework.audit.seal import seal_waiting
from casework.vault import keyfile, rotation
from casework.vault.keyfile import PURPOSES
from casework.vault.keys import provider

from .erasure import ledger

KIND, KIND_OF_DATA_KEYS = "lifecycle.rotate_keys", "lifecycle.replace_data_keys"
LOCK = 0x6B65_7973_726F_7461  # "keysrota": a number that every rotation agrees on
# A request or a task that began under the older key may still write under it. After so long, none does any more.
KEPT_AT_LEAST = timedelta(hours=1)


class AnotherRotationRuns(Exception):
    """It brings everything to the current keys: there is nothing to do beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStatus:
    """One key of the key file. `rows`: how many hang on it; of keys that sign the audit trail, none does."""

    purpose: str
    id: str
    made: datetime | None
    is_current: bool
    is_prepared: bool
    rows: int
    removable: bool


def statuses(now: datetime, purposes: Collection[str] = PURPOSES) -> list[KeyStatus]:
    """Return every key, the current one of each purpose first, then older ones, then one that is prepared."""
    found, all_counts = [], _counts(purposes)
    for purpose in PURPOSES:
        ring = provider().ring(purpose)
        if purpose not in purposes or ring is None:
            continue
        counts = all_counts[purpose]
        for key_id in sorted(ring.current_first(), key=lambda each: each == ring.next):
            is_used = key_id in (ring.current, ring.next)
            found.append(
                KeyStatus(
                    purpose=purpose,
                    id=key_id,
                    made=ring.made.get(key_id),
                    is_current=key_id == ring.current,
                    is_prepared=key_id == ring.next,
                    rows=counts.get(key_id, 0),
                    removable=not is_used and not counts.get(key_id) and _is_long_used(ring, now),
                )
            )
    return found


def rows_left(purposes: Collection[str] = PURPOSES) -> dict[str, int]:
    """Return how many rows of each purpose are not under the current key."""
    return {purpose: sum(part.left() for part in _parts()[purpose]) for purpose in PURPOSES if purpose in purposes}


def add_keys(purposes: Collection[str], *, now: datetime) -> dict[str, str]:
    """Make the prepared key of each purpose the current one, else a fresh one; return their ids."""
    return _noted(keyfile.add_key, "lifecycle.key_added", purposes, now)


def prepare_keys(purposes: Collection[str], *, now: datetime) -> dict[str, str]:
    """Add a key of each purpose that nothing uses yet, to bring to all machines before one of them uses it."""
    return _noted(keyfile.prepare_key, "lifecycle.key_prepared", purposes, now)


def rotate_keys(
    purposes: Collection[str],
    *,
    clock: Callable[[], datetime],
    size: int = rotation.PIECE,
    told: Callable[[Job], None],
) -> dict[str, int]:
    """Bring everything to the current keys; return how many rows of each purpose are left. Only inside `only_one`.

    `told` hears how far it is, after each piece. What was interrupted goes on in the same job.
    """
    left = rows_left(purposes)
    job = _job(sum(left.values()), clock())
    for purpose in left:
        for part in _parts()[purpose]:
            before = job.done
            rotation.rotate(part, size=size, told=partial(_advance, job, part.name, told))
            if job.done > before:
                key = provider().current_id(purpose)
                record(
                    "lifecycle.keys_rotated",
                    by=None,
                    now=clock(),
                    purpose=purpose,
                    key=key,
                    column=part.name,
                    rows=job.done - before,
                )
    if "seal" in left:
        seal_waiting()
        write_head(now=clock(), at_once=True)
    left = rows_left(purposes)
    jobs.finish(job, now=clock(), left=sum(left.values()))
    return left


def forget_old(purposes: Collection[str], *, now: datetime) -> list[KeyStatus]:
    """Take out of the key file what nothing needs any more; return the keys that are gone."""
    gone = [status for status in statuses(now, purposes) if status.removable]
    signed = signers() | ledger.signers()
    for status in gone:
        public = provider().seal_publics().get(status.id) if status.id in signed else None
        if public is not None and provider().ring("seal") is None:
            continue  # of a file without `seal`: its lookup keys sign, and their heads must go on to verify
        with transaction.atomic():
            record("lifecycle.key_removed", by=None, now=now, purpose=status.purpose, key=status.id)
            keyfile.remove_key(Path(settings.KEY_FILE), status.purpose, status.id, public=public)
    held = {(purpose, key_id) for purpose in PURPOSES if (ring := provider().ring(purpose)) for key_id in ring.keys}
    return [status for status in gone if (status.purpose, status.id) not in held]


@contextmanager
def only_one() -> Iterator[None]:
    """Let one rotation work at a time, on whichever machine. Raises AnotherRotationRuns.

    On a connection of its own, whose end frees it: also that of a process that was killed.
    """
    guard = connection.get_new_connection(connection.get_connection_params())
    try:
        guard.autocommit = True
        if guard.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone() != (True,):
            raise AnotherRotationRuns
        try:
            yield
        finally:
            # A server notices only a moment later that a connection was closed.
            guard.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    finally:
        guard.close()


def is_running() -> bool:
    """Return whether a rotation works at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
            " AND (classid::bigint << 32 | objid::bigint) = %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [LOCK],
        )
        return bool(cursor.fetchone()[0])


def last_rotation() -> Job | None:
    """Return the rotation that runs, or ran last, of keys of the file or of data keys."""
    return Job.objects.filter(kind__in=(KIND, KIND_OF_DATA_KEYS)).order_by("-created_at", "-pk").first()


def _parts() -> dict[str, Sequence[rotation.Part]]:
    return {purpose: rotation.parts_of(SEALED_TEXTS).get(purpose, ()) for purpose in PURPOSES}


def _counts(purposes: Collection[str]) -> dict[str, dict[str, int]]:
    asked = [(purpose, part) for purpose, parts in _parts().items() if purpose in purposes for part in parts]
    found: dict[str, dict[str, int]] = {purpose: {} for purpose in purposes}
    for (purpose, _part), counts in zip(asked, rotation.counts_of([part for _purpose, part in asked]), strict=True):
        for key_id, count in counts.items():
            found[purpose][key_id] = found[purpose].get(key_id, 0) + count
    return found


def _is_long_used(ring: keyfile.KeyRing, now: datetime) -> bool:
    """Return whether the current key has been that for long enough; of one that does not say since when, it has."""
    since = ring.made.get(ring.current)
    return since is None or since <= now - KEPT_AT_LEAST


def _noted(change: Callable[..., str], event: str, purposes: Collection[str], now: datetime) -> dict[str, str]:
    added = {}
    for purpose in PURPOSES:
        if purpose in purposes:
            with transaction.atomic():
                added[purpose] = change(Path(settings.KEY_FILE), purpose, now=now)
                record(event, by=None, now=now, purpose=purpose, key=added[purpose])
    return added


def _job(left: int, now: datetime) -> Job:
    """Return the job of a rotation that was interrupted, else a new one."""
    interrupted = Job.objects.filter(kind=KIND, state__in=[Job.State.WAITING, Job.State.RUNNING]).first()
    job = interrupted or jobs.start_job(KIND, by=None, now=now)
    running = jobs.begin(job.pk, total=job.done + left)
    assert running is not None  # noqa: S101 - only whoever holds the lock ends one
    return running


def _advance(job: Job, name: str, told: Callable[[Job], None], done: int) -> None:
    jobs.advance(job, by=done, place=name)
    told(job)
