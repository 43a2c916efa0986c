"""From one person's position to the rows that differ: what is new, changed, moved, gone or back."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from casework.clients.models import Client
from casework.lib.dates import today_in

from .freshness import rests_on
from .models import ComputedPosition, Deadline, Decision, Derivation, Move
from .rules import position as engine
from .rules.evaluate import evaluate
from .rules.facts import Facts
from .rules.rulebook import RuleBook
from .standing import Computed, Decided, Standing, fingerprint, standing

logger = logging.getLogger(__name__)

Identity = tuple[str, str, str, int]

CANNOT_COMPUTE = "cannot_compute"

# What a refresh may write into a row that is there already.
WRITTEN = (
    "country",
    "due_on",
    "imposed_on",
    "set_by",
    "waiting_on",
    "waiting_by_id",
    "opens_on",
    "alternative_on",
    "optional",
    "only_if_here_after",
    "met_by_kind",
    "met_by_id",
    "met_on",
    "rule_id",
    "rule_ids",
    "review",
    "because",
    "gone_at",
    "was_due_on",
    "moved_at",
    "state",
    "contradicted",
)

# What a row says and why: what was there before is kept when one of these changes.
DATES = ("due_on", "opens_on", "alternative_on", "rule_ids")
SAID = (*DATES, "because")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person as stored: what is known, the deadlines and what was decided about them."""

    client: Client
    facts: Facts
    deadlines: Mapping[Identity, Deadline]
    decisions: Mapping[UUID, Sequence[Decision]]
    position: ComputedPosition | None


@dataclass(slots=True)
class Writes:
    """The rows that a refresh has to write."""

    created: list[Deadline] = field(default_factory=list)
    changed: list[Deadline] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    derivations: list[Derivation] = field(default_factory=list)
    positions: list[ComputedPosition] = field(default_factory=list)
    failed: list[UUID] = field(default_factory=list)


def identity_of(deadline: Deadline) -> Identity:
    return (deadline.duty, deadline.subject_kind, str(deadline.subject_id), deadline.occurrence)


def compute(person: Person, book: RuleBook, rules_version: int, now: datetime, writes: Writes) -> None:
    """Evaluate one person and add to `writes` what differs from the rows.

    Facts that cannot be computed leave the rows as they are: the odd facts of one person must not hide
    everybody else's dates. The position then says that it failed, and is tried again the next day.
    """
    try:
        position = position_of(person.facts, book, person.client.case.team.time_zone, now)
        by_identity(position)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
        # The id alone: what the error says may tell about the person.
        logger.error("deadlines of client %s cannot be computed: %s", person.client.pk, type(error).__name__)
        writes.failed.append(person.client.pk)
        _keep_position(person, _failed_position(person, rules_version, now), writes)
        return
    settle(person, position, book, _cause(person, rules_version), now, writes)
    _keep_position(person, _position_row(person, position, book, rules_version, now), writes)


def settle(
    person: Person, position: engine.Position, book: RuleBook, cause: Move.Cause, now: datetime, writes: Writes
) -> None:
    """Bring the deadlines of a person up to a position, and add to `writes` what differs."""
    computed = by_identity(position)
    zone = _zone_of(position, book, person)
    for identity, deadline in computed.items():
        row = person.deadlines.get(identity)
        if row is None:
            writes.created.append(_new_row(person, identity, deadline, now))
        else:
            _renew(row, deadline, person, zone, cause, now, writes)
    for identity, row in person.deadlines.items():
        if identity not in computed and row.gone_at is None:
            _renew(row, None, person, zone, cause, now, writes)


def position_of(facts: Facts, book: RuleBook, team_zone: str, now: datetime) -> engine.Position:
    """Evaluate for the day that it is where the person stays or, if that is nowhere on record, in their team."""
    position = evaluate(facts, book, now)
    if not position.country and position.on != today_in(team_zone, now):
        position = evaluate(facts, book, now, on=today_in(team_zone, now))
    return position


def steps_as_json(steps: Sequence[engine.Step]) -> list[dict[str, Any]]:
    """Return the reasons as they are stored: codes, numbers, ISO days and ids."""
    return [
        {
            "code": step.code,
            "values": dict(step.values),
            "rule": step.rule_id,
            "subject": [step.subject.kind.value, step.subject.id] if step.subject else None,
        }
        for step in steps
    ]


def _as_stored(said: list[Any], stored: Sequence[Any]) -> list[Any]:
    """Return what is said as the database gives it back, so that what has not changed is equal."""
    return said if said == stored else json.loads(json.dumps(said))


def by_identity(position: engine.Position) -> dict[Identity, engine.Deadline]:
    """Return what is computed by identity. Raises ValueError if one is computed twice."""
    computed: dict[Identity, engine.Deadline] = {}
    for it in position.deadlines:
        identity = (it.duty.value, it.subject.kind.value, str(UUID(it.subject.id)), it.occurrence)
        if identity in computed:
            raise ValueError(f"{it.duty} is computed twice for one {it.subject.kind}")
        computed[identity] = it
    return computed


def _columns(deadline: engine.Deadline, because: Sequence[Any]) -> dict[str, Any]:
    """Return what is written of a deadline. `because`: the reasons that are stored."""
    rule_ids = [int(rule_id) for rule_id in deadline.rule_ids]
    return {
        "country": deadline.country,
        "due_on": deadline.due_on,
        "opens_on": deadline.opens_on,
        "alternative_on": deadline.alternative_on,
        "optional": deadline.optional,
        "only_if_here_after": deadline.only_if_here_after,
        "met_by_kind": deadline.met_by.kind.value if deadline.met_by else "",
        "met_by_id": UUID(deadline.met_by.id) if deadline.met_by else None,
        "met_on": deadline.met_on,
        "rule_id": rule_ids[0] if rule_ids else None,
        "rule_ids": rule_ids,
        "review": deadline.review.value,
        "because": _as_stored(steps_as_json(deadline.because), because),
    }


def _new_row(person: Person, identity: Identity, deadline: engine.Deadline, now: datetime) -> Deadline:
    duty, subject_kind, subject_id, occurrence = identity
    return Deadline(
        state=Deadline.State.DONE if deadline.is_met else Deadline.State.OPEN,
        client=person.client,
        duty=duty,
        subject_kind=subject_kind,
        subject_id=UUID(subject_id),
        occurrence=occurrence,
        computed_at=now,
        **_columns(deadline, ()),
    )


def _renew(
    row: Deadline,
    deadline: engine.Deadline | None,
    person: Person,
    zone: str,
    cause: Move.Cause,
    now: datetime,
    writes: Writes,
) -> None:
    """Bring a row up to what is computed (None: nothing gives rise to it any more), and note how it moved."""
    before = {name: getattr(row, name) for name in WRITTEN}
    drove_on, was_imposed_on, was_gone = row.imposed_on or row.due_on, row.imposed_on, row.gone_at is not None
    for name, value in (_columns(deadline, row.because) if deadline else {}).items():
        setattr(row, name, value)
    decisions = person.decisions.get(row.pk, ())
    subject = fingerprint(person.facts, row.subject_kind, str(row.subject_id)) if decisions else ""
    stands = standing(_bare(decisions, zone), _computed(row, subject, gone=deadline is None))
    _set_standing(row, stands, decisions)
    is_kept = deadline is not None or (row.imposed_on is not None and row.state == Deadline.State.OPEN)
    if deadline is None and is_kept:
        # The order of an authority does not vanish because the rules know nothing of it any more.
        row.due_on = row.opens_on = row.alternative_on = row.only_if_here_after = row.rule_id = None
        row.rule_ids, row.because = [], []
    row.gone_at = None if is_kept else now
    drives_on = row.imposed_on or row.due_on
    if row.imposed_on != was_imposed_on:
        cause = Move.Cause.DECISION
    what = _what_happened(was_gone=was_gone, is_gone=not is_kept, has_moved=drives_on != drove_on)
    if what is not None:
        writes.moves.append(
            Move(deadline=row, at=now, what=what, cause=cause, from_on=drove_on, to_on=drives_on if is_kept else None)
        )
    if is_kept and drives_on != drove_on and cause != Move.Cause.DECISION:
        row.was_due_on, row.moved_at = drove_on, now
    # That a day more is used up, or counted since, is no other answer.
    watched = DATES if cause == Move.Cause.TIME else SAID
    if any(getattr(row, name) != before[name] for name in watched):
        writes.derivations.append(_as_it_was(row, before, cause, now))
    if any(getattr(row, name) != value for name, value in before.items()):
        row.computed_at = now
        writes.changed.append(row)


def _as_it_was(row: Deadline, before: Mapping[str, Any], cause: Move.Cause, now: datetime) -> Derivation:
    """Return what the row said, until now or until it was gone."""
    return Derivation(
        deadline=row,
        review=before["review"],
        computed_at=row.computed_at,
        replaced_at=max(before["gone_at"] or now, row.computed_at),
        cause=cause,
        **{name: before[name] for name in SAID},
    )


def _set_standing(row: Deadline, stands: Standing, decisions: Sequence[Decision]) -> None:
    row.state, row.contradicted = stands.state, stands.contradicted
    row.imposed_on, row.set_by = stands.imposed_on, set_by(stands.order.kind) if stands.order else ""
    recorded = {str(decision.pk): decision.decided_by_id for decision in decisions}
    row.waiting_on = stands.waiting_on
    row.waiting_by_id = recorded[stands.waiting.id] if stands.waiting else None


def set_by(kind: str) -> str:
    """Return who sets a date by an order of this kind."""
    return Deadline.SetBy.AUTHORITY if kind == Decision.Kind.IMPOSED else Deadline.SetBy.STAFF


def _what_happened(*, was_gone: bool, is_gone: bool, has_moved: bool) -> Move.What | None:
    if is_gone:
        return Move.What.GONE
    if was_gone:
        return Move.What.BACK
    return Move.What.MOVED if has_moved else None


def _computed(row: Deadline, subject: str, *, gone: bool) -> Computed:
    """Return what decisions are held against. `subject`: how the fact is known again; nobody asks where nothing was decided."""
    return Computed(
        due_on=None if gone else row.due_on,
        country=row.country,
        subject=subject,
        gone=gone,
        is_met=row.is_met and not gone,
        met_on=row.met_on,
    )


def _bare(decisions: Sequence[Decision], zone: str) -> list[Decided]:
    return [bare(decision, zone) for decision in decisions]


def bare(decision: Decision, zone: str) -> Decided:
    """Return what `standing` needs of a decision, its day in the zone of the person."""
    return Decided(
        kind=decision.kind,
        decided_on=today_in(zone, decision.decided_at),
        answered_on=decision.answered_on,
        country=decision.answered_country,
        subject=decision.answered_subject,
        imposed_on=decision.imposed_on,
        id=str(decision.pk),
        about=str(decision.about_id or ""),
    )


def _cause(person: Person, rules_version: int) -> Move.Cause:
    earlier = person.position
    if earlier is None or earlier.facts_version != person.client.facts_version:
        return Move.Cause.FACTS
    return Move.Cause.TIME if rests_on(earlier, rules_version) else Move.Cause.RULES


def _zone_of(position: engine.Position, book: RuleBook, person: Person) -> str:
    return book.time_zones.get(position.country) or person.client.case.team.time_zone


def _position_row(
    person: Person, position: engine.Position, book: RuleBook, rules_version: int, now: datetime
) -> ComputedPosition:
    zone = _zone_of(position, book, person)
    return ComputedPosition(
        client=person.client,
        facts_version=person.client.facts_version,
        rules_version=rules_version,
        # Besides what the position rests on, rows are made by the time zone of its country, which is one of these.
        looked_at=sorted(position.looked_at),
        country=position.country,
        time_zone=book.time_zones.get(position.country, ""),
        recheck_at=_start_of(position.recheck_on, zone) if position.recheck_on else None,
        computed_at=now,
        warnings=_as_stored(
            [_warning_as_json(warning) for warning in position.warnings],
            person.position.warnings if person.position else (),
        ),
    )


def _failed_position(person: Person, rules_version: int, now: datetime) -> ComputedPosition:
    earlier = person.position
    return ComputedPosition(
        client=person.client,
        facts_version=person.client.facts_version,
        rules_version=rules_version,
        country=earlier.country if earlier else "",
        time_zone=earlier.time_zone if earlier else "",
        recheck_at=now + timedelta(days=1),
        computed_at=now,
        failed=True,
        warnings=[{"code": CANNOT_COMPUTE, "values": {}, "country": "", "subject": None, "rules": []}],
    )


def _keep_position(person: Person, position: ComputedPosition, writes: Writes) -> None:
    """Have the position written, unless the one that is stored says the same."""
    names = [f.attname for f in ComputedPosition._meta.concrete_fields if f.name != "computed_at"]
    earlier = person.position
    if earlier is None or any(getattr(earlier, name) != getattr(position, name) for name in names):
        writes.positions.append(position)


def _warning_as_json(warning: engine.Warning) -> dict[str, Any]:
    return {
        "code": warning.code,
        "values": dict(warning.values),
        "country": warning.country,
        "subject": [warning.subject.kind.value, warning.subject.id] if warning.subject else None,
        "rules": list(warning.rule_ids),
    }


def _start_of(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(zone))
