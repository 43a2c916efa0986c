"""Comparing one person by two states of the rules, with the functions by which a refresh computes and nothing else.

Nothing is written: the rows are copies, brought up to a position as `computing.settle` would bring up the stored ones.
"""

import copy
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from .computing import Identity, Person, Writes, identity_of, position_of, settle
from .freshness import rests_on
from .impact_books import Books
from .models import Deadline, ImpactLine, Move
from .rules import position as engine
from .rules.kinds import Duty
from .rules.rulebook import RuleBook

logger = logging.getLogger(__name__)

Rows = Mapping[Identity, Deadline]
What = ImpactLine.What


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A deadline that is another one by the rules after than by those before; None where there is none."""

    what: What
    before: Deadline | None
    after: Deadline | None
    today: date

    @property
    def identity(self) -> Identity:
        row = self.after or self.before
        assert row is not None  # noqa: S101 - one of them is there, or there were no difference
        return identity_of(row)

    @property
    def days(self) -> int | None:
        """Days to stay that are gained, below zero if lost."""
        first, last = drives_on(self.before), drives_on(self.after)
        if self.identity[0] != Duty.LEAVE or first is None or last is None:
            return None
        return (last - first).days

    @property
    def becomes_overdue(self) -> bool:
        return is_overdue(self.after, self.today) and not is_overdue(self.before, self.today)

    @property
    def stops_overdue(self) -> bool:
        return is_overdue(self.before, self.today) and not is_overdue(self.after, self.today)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What differs for each person who is affected, and who cannot be computed."""

    differences: Mapping[UUID, Sequence[Difference]]
    failed: tuple[UUID, ...]


def compare(people: Sequence[Person], books: Books, now: datetime) -> Comparison:
    """Return what differs for these people as on `now`. No query."""
    found: dict[UUID, Sequence[Difference]] = {}
    failed = []
    for person in people:
        try:
            differences = differences_of(person, books, now)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            # The id alone: what the error says may tell about the person.
            logger.error("client %s cannot be compared: %s", person.client.pk, type(error).__name__)
            failed.append(person.client.pk)
            continue
        if differences:
            found[person.client.pk] = differences
    return Comparison(differences=found, failed=tuple(failed))


def differences_of(person: Person, books: Books, now: datetime) -> list[Difference]:
    """Return the deadlines that differ, in the order in which they are computed.

    Somebody whose stored rows are of the facts and rules of now is computed once: those rows are what the rules before
    give, and a refresh would leave them as they are.
    """
    zone = person.client.case.team.time_zone
    after = position_of(person.facts, books.after, zone, now)
    if _is_fresh(person, books.stored_version, now):
        stored = {identity: row for identity, row in person.deadlines.items() if row.gone_at is None}
        return _between(stored, _rows_by(person, after, books.after, now), today=after.on)
    before = position_of(person.facts, books.before, zone, now)
    if before.deadlines == after.deadlines:
        return []
    return _between(
        _rows_by(person, before, books.before, now), _rows_by(person, after, books.after, now), today=after.on
    )


def drives_on(row: Deadline | None) -> date | None:
    """Return the date that drives; the column in the database follows only when the row is written."""
    return None if row is None else row.imposed_on or row.due_on


def is_asked(row: Deadline | None) -> bool:
    return row is not None and row.is_open


def is_overdue(row: Deadline | None, today: date) -> bool:
    """Whether it should have been done by now; a choice that nobody made in time is not owed."""
    on = drives_on(row)
    return row is not None and row.is_open and not row.optional and on is not None and on < today


def _is_fresh(person: Person, version: int | None, now: datetime) -> bool:
    stored = person.position
    return (
        version is not None
        and stored is not None
        and not stored.failed
        and rests_on(stored, version)
        and stored.facts_version == person.client.facts_version
        and (stored.recheck_at is None or stored.recheck_at > now)
    )


def _rows_by(person: Person, position: engine.Position, book: RuleBook, now: datetime) -> Rows:
    """Return the rows as they would stand, without those that nothing gives rise to."""
    writes = Writes()
    rows = {identity: copy.copy(row) for identity, row in person.deadlines.items()}
    settle(replace(person, deadlines=rows), position, book, Move.Cause.RULES, now, writes)
    standing = {identity: row for identity, row in rows.items() if row.gone_at is None}
    return standing | {identity_of(row): row for row in writes.created}


def _between(before: Rows, after: Rows, *, today: date) -> list[Difference]:
    found = []
    for identity in dict.fromkeys((*before, *after)):
        first, last = before.get(identity), after.get(identity)
        what = _what(first, last)
        if what is not None:
            found.append(Difference(what=what, before=first, after=last, today=today))
    return found


def _what(before: Deadline | None, after: Deadline | None) -> What | None:
    """Return what happens to a deadline. What is answered or met before and after concerns nobody."""
    if not is_asked(before) and not is_asked(after):
        return None
    if before is None:
        return What.NEW
    if after is None:
        return What.GONE
    if drives_on(before) != drives_on(after):
        return What.MOVED
    if before.state != after.state or before.contradicted != after.contradicted:
        return What.ASKED if after.is_open else What.SETTLED
    return What.REVIEW if before.review != after.review else None


def line_values(difference: Difference, borrowed: Mapping[int, int]) -> dict[str, Any]:
    """Return the difference as the columns of a line."""
    duty, subject_kind, subject_id, occurrence = difference.identity
    before, after = difference.before, difference.after
    days = [on for on in (drives_on(before), drives_on(after)) if on is not None]
    row = after or before
    return {
        "duty": duty,
        "subject_kind": subject_kind,
        "subject_id": UUID(subject_id),
        "occurrence": occurrence,
        "country": row.country if row else "",
        "what": difference.what,
        "before_on": drives_on(before),
        "after_on": drives_on(after),
        "sort_on": min(days, default=date.max),
        "days": difference.days,
        "becomes_overdue": difference.becomes_overdue,
        "stops_overdue": difference.stops_overdue,
        "today": difference.today,
        **_side("before", before, {}),
        **_side("after", after, borrowed),
    }


def _side(name: str, row: Deadline | None, borrowed: Mapping[int, int]) -> dict[str, Any]:
    if row is None:
        return {}
    return {
        f"reminds_{name}": row.is_open and not row.optional and drives_on(row) is not None,
        f"{name}_review": row.review,
        f"{name}_state": row.state,
        f"{name}_rules": [borrowed.get(rule_id, rule_id) for rule_id in row.rule_ids],
        f"{name}_because": [_named(step, borrowed) for step in row.because],
    }


def _named(step: Mapping[str, Any], borrowed: Mapping[int, int]) -> dict[str, Any]:
    rule_id = int(step["rule"] or 0)
    return {**step, "rule": str(borrowed[rule_id])} if rule_id in borrowed else dict(step)
