"""Seals events into the chain. Many may try; one at a time does it, so that the chain never forks."""

from typing import Any

from django.db import connection, transaction

from . import chain

LOCK = 0x6175_6469_745F_7365  # "audit_se": a number that every sealer agrees on
BATCH = 5000

# Two steps, so that nothing but two primary keys is read, whatever the database believes about the sizes of tables.
WAITING = "SELECT event_id FROM audit_unsealed WHERE event_id > %s ORDER BY event_id LIMIT %s"
# An event that was removed before it was sealed stays in the queue, where verifying finds it. One that somebody has queued
# a second time must not bring the sealer to a halt.
EVENTS = f"""
    SELECT {", ".join(chain.COLUMNS)} FROM audit_event
     WHERE id = ANY(%s) AND NOT EXISTS (SELECT FROM audit_seal WHERE event_id = audit_event.id) ORDER BY audit_event.id
"""  # noqa: S608 - names of columns
DONE = """
    DELETE FROM audit_unsealed
     WHERE event_id = ANY(%s) AND EXISTS (SELECT FROM audit_seal WHERE audit_seal.event_id = audit_unsealed.event_id)
"""


def seal_waiting() -> int:
    """Seal everything that waits, in batches each committed by itself; return how many events.

    0 where another process is at it: that one seals for both.
    """
    sealed, place = 0, -(2**63)
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            if cursor.fetchone() != (True,):
                return sealed
            cursor.execute(WAITING, [place, BATCH])
            ids = [row[0] for row in cursor.fetchall()]
            sealed += _seal(cursor, ids)
        if len(ids) < BATCH:
            return sealed
        place = ids[-1]


def _seal(cursor: Any, ids: list[int]) -> int:
    """Append these events to the chain and take them out of the queue; return how many there were."""
    cursor.execute(EVENTS, [ids])
    events = cursor.fetchall()
    if events:
        cursor.execute("SELECT pos, hash FROM audit_seal ORDER BY pos DESC LIMIT 1")
        last = cursor.fetchone()
        end, hashed = (last[0], bytes(last[1])) if last else (0, chain.BEGINNING)
        with cursor.copy("COPY audit_seal (pos, event_id, hash) FROM STDIN") as rows:
            for pos, event in enumerate(events, start=end + 1):
                hashed = chain.link(hashed, pos, event)
                rows.write_row((pos, int(event[0]), hashed))
    cursor.execute(DONE, [ids])
    return len(events)
