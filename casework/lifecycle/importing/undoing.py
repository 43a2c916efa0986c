"""An import taken back: its cases are removed with everything in them, but for those on which somebody has worked since."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from casework.accounts.models import User
from casework.audit.models import Event
from casework.audit.record import record
from casework.clients.actions.facts import lock_in_order
from casework.clients.models import Case, Client, Import, ImportRow, SuspectedPair

from ..erasure.reach import reach_of
from ..erasure.removal import remove

CHUNK = 20
State = ImportRow.State
# What somebody looks at, and what is computed while they look, is no work on a case.
NO_WORK = r"(_seen|_listed|_refreshed|_scored|_searched)$"


class Undo:
    """The undoing of an import. What is removed and what is noted of it are committed together."""

    def __init__(self, of: Import, now: datetime) -> None:
        self.of = of

    def remaining(self) -> int:
        return self.of.rows.filter(state=State.IMPORTED).count()

    def step(self, by: Any, now: datetime, size: int = CHUNK) -> int:
        """Take back the next cases; return how many rows they were."""
        waiting: Any = self.of.rows.filter(state=State.IMPORTED).order_by("family", "number")
        families = list(dict.fromkeys(waiting.values_list("family", flat=True)[:size]))
        rows = list(waiting.filter(family__in=families).select_related("data_key"))
        since = {row.case_id: row.imported_at for row in rows if row.case_id and row.imported_at}
        kept = _remove(since, by, now)
        for state, is_kept in ((State.KEPT, True), (State.UNDONE, False)):
            ids = [row.pk for row in rows if (row.case_id in kept) == is_kept]
            ImportRow.objects.filter(pk__in=ids).update(state=state)
        return len(rows)


def was_worked_on(case: Case, since: datetime) -> bool:
    """Whether anybody has done something to a case, or to its people, after it was imported."""
    acts = Event.objects.filter(case_id=case.pk, actor_id__isnull=False).exclude(at=since).exclude(type__regex=NO_WORK)
    people = Client.objects.filter(case=case)
    pairs = SuspectedPair.objects.filter(Q(first__in=people) | Q(second__in=people))
    return acts.exists() or pairs.exclude(state=SuspectedPair.State.OPEN).exists() or case.joined_from.exists()


def _remove(since: Mapping[UUID, datetime], by: User, now: datetime) -> set[UUID]:
    """Remove cases and everything that hangs on them, as an erasure does; return those that are kept."""
    cases = list(Case.objects.filter(pk__in=since).select_for_update(of=("self",)).order_by("pk"))
    lock_in_order(Client.objects.filter(case__in=cases).only("pk"))
    kept = {case.pk for case in cases if was_worked_on(case, since[case.pk])}
    going = [case for case in cases if case.pk not in kept]
    if going:
        ids = {case.pk for case in going}
        remove(reach_of({Case: ids}), about=ids, by=by, now=now)
    for case in going:
        record("lifecycle.case_taken_back", subject=case, case_id=case.pk, by=by, now=now)
    return kept
