"""Computing deadlines anew: facts and rules in, changed rows out. What people decided stays."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.models import Client

from ..computing import WRITTEN, Identity, Person, Writes, compute, identity_of
from ..facts import load_facts
from ..freshness import note_state, rests_on_other_rules, rules_now
from ..models import ComputedPosition, Deadline, Decision, Move
from ..rulebook import rules_version
from ..writing import insert_rows, update_rows

# How many people one request computes before it shows a page; more are left to the workers.
AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a refresh did. `failed`: people whose facts could not be computed; their rows are as before."""

    clients: int = 0
    created: int = 0
    changed: int = 0
    moved: int = 0
    gone: int = 0
    failed: tuple[UUID, ...] = ()


@transaction.atomic
def refresh(
    *,
    client_ids: Collection[UUID],
    now: datetime,
    by: User | None = None,
    waiting: bool = True,
    only_stale: bool = False,
) -> Outcome:
    """Compute the deadlines of these people and write what has changed, in a constant number of queries.

    only_stale: leave out those whose stored deadlines are of now, whom a change of rules did not concern among them.

    The people are locked in the order of their ids, so that two refreshes of one person come one after the
    other and neither duplicates nor loses a row. Without `waiting`, people whom somebody else has locked are
    left out. Somebody whose facts cannot be computed keeps the rows as they are, with a warning.
    """
    if only_stale:
        client_ids = list(stale_clients(now).filter(pk__in=client_ids).values_list("pk", flat=True))
    people = _lock(client_ids, waiting=waiting)
    outcome = _compute(people, now)
    if outcome.created or outcome.changed:
        _record(people, outcome, by, now)
    return outcome


def apply_decisions(*, client_ids: Collection[UUID], now: datetime) -> None:
    """Bring the rows of these people up to what was just decided; the decision has its own audit event."""
    _compute(_lock(client_ids, waiting=True), now)


def stale_clients(now: datetime, *, version: int | None = None) -> QuerySet[Client]:
    """Return the people whose stored deadlines may be wrong. `version` is that of the rules, where it was asked already.

    1. Never computed, or
    2. computed from other facts, or
    3. from other rules, of which something that they rest on has changed, or
    4. the time has come when only its passing may change the answer.
    """
    return Client.objects.filter(
        Q(computed_position__isnull=True)
        | ~Q(computed_position__facts_version=F("facts_version"))
        | rests_on_other_rules(rules_version() if version is None else version)
        | Q(computed_position__recheck_at__lte=now)
    )


def ensure_fresh(
    clients: QuerySet[Any] | Collection[UUID], now: datetime, by: User | None = None, *, version: int | None = None
) -> int:
    """Compute those of `clients` that are stale, before anything of theirs is shown.

    `version`: that of the rules, where the page has asked for it already.

    Return how many were left: too many for one request are computed by the workers, and the page says so.
    """
    stale = list(stale_clients(now, version=version).filter(pk__in=clients).order_by("pk").values_list("pk", flat=True))
    if stale:
        refresh(client_ids=stale[:AT_ONCE], now=now, by=by)
    return len(stale[AT_ONCE:])


def _compute(people: list[Client], now: datetime) -> Outcome:
    """Compute people who are locked, and write what differs."""
    if not people:
        return Outcome()
    writes = Writes()
    version, book = rules_now()
    for person in load_people(people):
        compute(person, book, version, now, writes)
    _write(writes)
    if writes.positions:
        note_state(version, book)
    return Outcome(
        clients=len(people),
        created=len(writes.created),
        changed=len(writes.changed),
        moved=sum(move.what == Move.What.MOVED for move in writes.moves),
        gone=sum(move.what == Move.What.GONE for move in writes.moves),
        failed=tuple(writes.failed),
    )


def _lock(client_ids: Collection[UUID], *, waiting: bool) -> list[Client]:
    """Return the people, locked against a change of their facts, in the order of their ids. No more of them than is used."""
    rows = (
        Client.objects.filter(pk__in=client_ids)
        .select_related(None)
        .select_related("case__team")
        .only("facts_version", "case__team__time_zone")
        .order_by("pk")
    )
    return list(rows.select_for_update(of=("self",), no_key=True, skip_locked=not waiting))


def load_people(people: list[Client]) -> Iterator[Person]:
    """Yield everything stored about the people: facts, deadlines, decisions, positions. Four queries.

    All of them come after the lock, so they see what whoever held it before has written.
    """
    ids = [client.pk for client in people]
    facts = load_facts(ids)
    positions = ComputedPosition.objects.in_bulk(ids)
    deadlines: dict[UUID, dict[Identity, Deadline]] = defaultdict(dict)
    for row in Deadline.objects.filter(client__in=ids):
        deadlines[row.client_id][identity_of(row)] = row
    decisions: dict[UUID, list[Decision]] = defaultdict(list)
    for decision in Decision.objects.filter(deadline__client__in=ids).in_order():
        decisions[decision.deadline_id].append(decision)
    for client in people:
        yield Person(
            client=client,
            facts=facts[client.pk],
            deadlines=deadlines[client.pk],
            decisions=decisions,
            position=positions.get(client.pk),
        )


def _write(writes: Writes) -> None:
    """Write the rows in bulk. A row that was changed is known by its id; a second one of an identity is refused."""
    insert_rows(writes.created)
    update_rows(writes.changed, {*WRITTEN, "computed_at"})
    insert_rows(writes.moves)
    insert_rows(writes.derivations)
    insert_rows(writes.positions, replace=True)


def _record(people: list[Client], outcome: Outcome, by: User | None, now: datetime) -> None:
    """Say what changed: about one person as such, about many as counts. Each row's moves are kept with it."""
    counts = {
        "clients": outcome.clients,
        "created": outcome.created,
        "changed": outcome.changed,
        "moved": outcome.moved,
        "gone": outcome.gone,
    }
    one = people[0] if len(people) == 1 else None
    record(
        "residency.deadlines_refreshed",
        subject=one,
        case_id=one.case_id if one else None,
        by=by,
        now=now,
        **counts,
    )
