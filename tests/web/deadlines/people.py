"""People whose deadlines the tests look at."""

from datetime import date, timedelta

from casework.accounts.models import Team, User
from casework.clients.models import Client
from tests.factories.accounts import NOW, team_of
from tests.factories.clients import make_case, make_client
from tests.factories.residency import count_as_computed, make_deadline

TODAY = NOW.date()


def in_days(number: int) -> date:
    return TODAY + timedelta(days=number)


def client_of(worker: User, *, team: Team | None = None, looked_after: bool = True, **fields) -> Client:
    """A person whose case `worker` looks after, or that is only of their team."""
    team = team or team_of(worker)
    case = make_case(team=team, caseworker=worker if looked_after else None, by=worker)
    client = make_client(case=case, by=worker, **fields)
    count_as_computed(client)
    return client


def due_in(client: Client, *days: int, **fields) -> None:
    for number in days:
        make_deadline(client, in_days(number), **fields)
