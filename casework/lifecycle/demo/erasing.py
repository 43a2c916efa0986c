"""What waits to be erased in the demo, and what may not be: somebody has asked, and another case is kept as evidence."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from casework.accounts.models import Team, User
from casework.clients.models import Case, Erasure

from ..erasure import acts


def build_erasing(*, team: Team, worker: User, coordinator: User, now: datetime) -> None:
    """Ask for a case of the team to be erased, which the coordinator may confirm, and order a legal hold on another one."""
    cases = _free(team, now)
    if (case := next(cases, None)) is not None:
        acts.ask_to_erase(case=case, reason=Erasure.Reason.WISH, by=worker, now=now - timedelta(hours=20))
    if (case := next(cases, None)) is not None:
        acts.order_hold(
            case=case,
            reason="Invented: the court asked on the phone that nothing be thrown away until the appeal is decided",
            look_again_on=(now + timedelta(days=90)).date(),
            by=coordinator,
            now=now - timedelta(days=3),
        )


def _free(team: Team, now: datetime) -> Iterator[Case]:
    """Yield cases of a team that nothing keeps: the closed ones first, then the newest."""
    cases = Case.objects.filter(team=team, restricted=False, joined_into__isnull=True, archived_at__isnull=True)
    for case in sorted(cases.order_by("-opened_at", "pk"), key=lambda it: it.status != Case.Status.CLOSED):
        if not acts.why_not(case, None, now):
            yield case
