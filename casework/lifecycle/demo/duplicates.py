"""People of the demo who may be on file twice, in two teams that do not learn of each other."""

from datetime import date, datetime

from casework.accounts.models import User
from casework.clients import actions as clients
from casework.clients.models import Case, Client
from casework.lib.dates import Birth
from casework.lifecycle.duplicates import compare_people

ONCE = {"family_name": "Выдуманова", "given_name": "Повторина"}
AGAIN = {"family_name": "Vydumanova", "given_name": "Povtorina"}


def build_duplicates(*, now: datetime) -> None:
    """Add one person to the oldest file of a team, and to that of another in other letters; compare both."""
    cases = Case.objects.filter(restricted=False, status=Case.Status.OPEN, caseworker__isnull=False)
    of_teams: dict[object, Case] = {}
    for case in cases.select_related("team", "caseworker").order_by("opened_at", "pk"):
        of_teams.setdefault(case.team_id, case)
    added = [
        _add(case, case.caseworker, names, now)
        for case, names in zip(of_teams.values(), (ONCE, AGAIN), strict=False)
        if case.caseworker is not None
    ]
    compare_people([client.pk for client in added], now=now)


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
