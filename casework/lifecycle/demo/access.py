"""A colleague of another team in one case for a time, and a restricted case opened in an emergency; all of it invented."""

from datetime import datetime, timedelta

from casework.accounts.models import Team, User
from casework.clients import actions
from casework.clients.models import Case

from ..absence import record_absence
from ..emergency import note_emergency, open_in_emergency


def build_access(*, teams: dict[str, Team], workers: dict[str, User], now: datetime) -> None:
    """Let Bishkek look at one case of Almaty for two weeks, whose caseworker goes away soon; Tbilisi opened the restricted one three days ago."""
    team, coordinator = teams["ALA"], workers["coordinator"]
    cases = Case.objects.filter(team=team, status=Case.Status.OPEN).order_by("opened_at", "pk")
    actions.give_access(
        case=cases.filter(restricted=False)[1],
        user=workers["bishkek"],
        starts_at=now,
        ends_at=now + timedelta(days=14),
        reason="Едут в Бишкек, там помогут с регистрацией. They are on their way to Bishkek.",
        by=coordinator,
        now=now,
    )
    record_absence(
        user=workers["caseworker"],
        deputy=coordinator,
        starts_at=now + timedelta(days=10),
        ends_at=now + timedelta(days=24),
        by=workers["caseworker"],
        now=now,
    )
    restricted = cases.filter(restricted=True).first()
    if restricted is None:
        return
    then = now - timedelta(days=3)
    opened = open_in_emergency(
        code=restricted.code,
        reason="Звонит ночью с границы, в Алматы никто не отвечает. Invented: a call from the border at night.",
        by=workers["tbilisi"],
        now=then,
    )
    if opened.access is not None:
        note_emergency(access=opened.access, by=coordinator, now=then + timedelta(hours=9))
