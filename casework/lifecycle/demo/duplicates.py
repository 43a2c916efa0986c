"""People of the demo who may be on file twice: in two teams that do not learn of each other, and in one, found to be one person."""

from datetime import date, datetime

from casework.accounts.models import Team, User
from casework.clients import actions as clients
from casework.clients.models import Case, Client, SuspectedPair
from casework.lib.dates import Birth
from casework.lifecycle.duplicates import compare_people

ONCE = {"family_name": "Выдуманова", "given_name": "Повторина"}
AGAIN = {"family_name": "Vydumanova", "given_name": "Povtorina"}
# On file twice in one team. Somebody has decided that they are one person, and whoever looks after them may merge the two.
TWICE = (
    {"family_name": "Двойникова", "given_name": "Вымыслина"},
    {"family_name": "Dvoinikova", "given_name": "Vymyslina"},
)


def build_duplicates(*, team: Team, coordinator: User, now: datetime) -> None:
    """Add one person to the oldest file of a team, and to that of another in other letters; and one to two files of `team`."""
    cases = Case.objects.filter(restricted=False, status=Case.Status.OPEN, caseworker__isnull=False)
    of_teams: dict[object, Case] = {}
    for case in cases.select_related("team", "caseworker").order_by("opened_at", "pk"):
        of_teams.setdefault(case.team_id, case)
    added = [
        _add(case, case.caseworker, names, now)
        for case, names in zip(of_teams.values(), (ONCE, AGAIN), strict=False)
        if case.caseworker is not None
    ]
    mine = [case for case in cases.filter(team=team).order_by("opened_at", "pk")[1:3] if case.caseworker is not None]
    twice = [_add(case, coordinator, names, now) for case, names in zip(mine, TWICE, strict=False)]
    compare_people([client.pk for client in (*added, *twice)], now=now)
    for pair in SuspectedPair.objects.of(twice).filter(state=SuspectedPair.State.OPEN)[:1]:
        clients.decide_pair(
            pair=pair,
            state=SuspectedPair.State.SAME,
            reason="Invented: she showed one passport for both",
            version=pair.version,
            by=coordinator,
            now=now,
        )


def _add(case: Case, by: User, names: dict[str, str], now: datetime) -> Client:
    return clients.add_client(
        case=case,
        family_name=names["family_name"],
        given_name=names["given_name"],
        birth=Birth(date(1993, 2, 11)),
        sex=Client.Sex.FEMALE,
        nationalities=["RU"],
        relation=Client.Relation.OTHER_RELATIVE,
        by=by,
        now=now,
    )
