"""Recomputes the chain from its beginning, and compares it with the events, the seals and the heads outside."""

import dataclasses
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from . import chain
from .heads import Head, HeadUnreadable, lines_of

BATCH = 20_000
NAMED_AT_MOST = 20

SEALED = f"""
    SELECT pos, hash, event_id, {", ".join(chain.COLUMNS)}
      FROM audit_seal LEFT JOIN audit_event ON id = event_id
     WHERE pos > %s ORDER BY pos LIMIT %s
"""  # noqa: S608 - names of columns
# Every event is queued in its own transaction: one that is neither queued nor sealed came in past the trigger.
PAST_THE_TRIGGER = """
    SELECT id FROM audit_event
     WHERE NOT EXISTS (SELECT FROM audit_seal WHERE event_id = id)
       AND NOT EXISTS (SELECT FROM audit_unsealed WHERE event_id = id)
     ORDER BY id LIMIT %s
"""
GONE_FROM_QUEUE = """
    SELECT event_id FROM audit_unsealed WHERE NOT EXISTS (SELECT FROM audit_event WHERE id = event_id)
     ORDER BY event_id LIMIT %s
"""


class What(StrEnum):
    ALTERED = "altered"
    MISSING = "missing"
    INSERTED = "inserted"
    GAP = "gap"
    HEAD = "head"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is not as it was written. `pos` is the place in the chain, `event_id` the row, as far as known."""

    what: What
    says: str
    pos: int | None = None
    event_id: int | None = None


@dataclasses.dataclass(slots=True, kw_only=True)
class Report:
    """What was found: the first finding is the earliest in the chain."""

    seals: int = 0
    heads: int = 0
    last_head: Head | None = None
    waiting: int = 0
    findings: list[Finding] = dataclasses.field(default_factory=list)


def verify(path: Path | None = None) -> Report:
    """Compare everything with everything. `path`: a file of heads, for example the copy that an auditor keeps."""
    report = Report()
    # Heads are read first: whatever they say, the chain must hold already.
    heads, findings = _heads_in(path or Path(settings.AUDIT_HEADS))
    report.heads, report.last_head = len(heads), heads[-1] if heads else None
    in_chain = list(_walk(report, {head.pos: head for head in heads}))
    report.findings = in_chain + list(_outside_of_chain()) + findings
    report.waiting = _asked_number("SELECT count(*) FROM audit_unsealed")
    return report


def _heads_in(path: Path) -> tuple[list[Head], list[Finding]]:
    heads, findings = [], []
    for number, line in enumerate(lines_of(path), start=1):
        try:
            head = Head.from_line(line)
        except HeadUnreadable:
            findings.append(Finding(what=What.HEAD, says=f"line {number} of {path} is not a head"))
            continue
        if not head.is_genuine():
            says = f"the head on line {number} of {path} is not signed by a key of the key file ({head.key})"
            findings.append(Finding(what=What.HEAD, says=says, pos=head.pos))
            continue
        heads.append(head)
    return heads, findings


def _walk(report: Report, heads: dict[int, Head]) -> Iterator[Finding]:
    """Follow the chain. After a break it goes on from the hash that is stored, so that each row is judged by itself."""
    expected_pos, before, confirmed = 1, chain.BEGINNING, 0
    for pos, stored, event_id, *columns in _rows():
        report.seals += 1
        if pos != expected_pos:
            gone = f"the seals of places {expected_pos} to {pos - 1} are gone"
            says = gone if pos > expected_pos else f"there is a seal of place {pos}, before the first"
            yield Finding(what=What.GAP, pos=expected_pos, says=says)
            expected_pos = pos
        elif columns[0] is None:
            yield Finding(what=What.MISSING, pos=pos, event_id=event_id, says=f"event {event_id} was removed")
        elif chain.link(before, pos, columns) != stored:
            yield Finding(
                what=What.ALTERED, pos=pos, event_id=event_id, says=f"event {event_id} or its seal was altered"
            )
        head = heads.get(pos)
        if head is not None and head.hash != stored.hex():
            yield Finding(what=What.HEAD, pos=confirmed + 1, says=_recomputed(head, confirmed, pos))
        elif head is not None:
            confirmed = pos
        before, expected_pos = stored, expected_pos + 1
    beyond = [pos for pos in sorted(heads) if pos >= expected_pos]
    if beyond:
        says = f"the chain ends at place {expected_pos - 1}; heads were signed up to place {beyond[-1]}: its end was cut off"
        yield Finding(what=What.GAP, pos=expected_pos, says=says)


def _recomputed(head: Head, confirmed: int, pos: int) -> str:
    return (
        f"the chain was computed anew: an event of places {confirmed + 1} to {pos} was altered, or one was put in or taken out "
        f"(head of {head.at.isoformat()})"
    )


def _rows() -> Iterator[tuple[Any, ...]]:
    place = -(2**63)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(SEALED, [place, BATCH])
            rows = cursor.fetchall()
        for row in rows:
            yield (row[0], bytes(row[1]), *row[2:])
        if len(rows) < BATCH:
            return
        place = rows[-1][0]


def _outside_of_chain() -> Iterator[Finding]:
    for event_id in _asked(PAST_THE_TRIGGER):
        says = f"event {event_id} was put in past the trigger, and has no seal"
        yield Finding(what=What.INSERTED, event_id=event_id, says=says)
    for event_id in _asked(GONE_FROM_QUEUE):
        says = f"event {event_id} was removed before it was sealed"
        yield Finding(what=What.MISSING, event_id=event_id, says=says)


def _asked(query: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, [NAMED_AT_MOST])
        return [row[0] for row in cursor.fetchall()]


def _asked_number(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])
