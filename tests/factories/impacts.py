"""Changes of country rules and the people whom they concern, for tests."""

from datetime import date, datetime, timedelta
from uuid import UUID

from casework.accounts.models import Team, User
from casework.clients.models import Client
from casework.residency.actions import refresh
from casework.residency.actions.impacts import carry_out, start_impact
from casework.residency.actions.rules import supersede_rule
from casework.residency.models import Impact, Rule

from .accounts import NOW, make_user
from .clients import make_case, make_client
from .residency import make_rule, make_stay

LATER = NOW + timedelta(hours=1)


def make_person(
    entered: date = date(2026, 11, 1), *, team: Team | None = None, caseworker: User | None = None, country: str = "KZ"
) -> Client:
    """Somebody from Russia who came on that day, with what follows from it stored."""
    client = make_client(case=make_case(team=team, caseworker=caseworker))
    make_stay(client, entered, country=country)
    refresh(client_ids=[client.pk], now=NOW)
    return client


def make_shorter_draft(
    rule: Rule | None = None, *, by: User | None = None, days: int = 60, now: datetime = NOW
) -> Rule:
    """A draft that gives fewer days than the rule that it replaces, of ninety."""
    return supersede_rule(rule=rule or make_rule(), by=by or make_user(None), now=now, parameters={"days": days})


def compute(impact: Impact, *, now: datetime = NOW, size: int = 500) -> Impact:
    """Do what a worker does, up to the end."""

    def refreshed(chunk: list[UUID]) -> object:
        return refresh(client_ids=chunk, now=now)

    carry_out(job_id=UUID(str(impact.job_id)), clock=lambda: now, refresh=refreshed, size=size)
    impact.refresh_from_db()
    impact.job.refresh_from_db()
    return impact


def computed_impact(draft: Rule, *, by: User | None = None, now: datetime = NOW) -> Impact:
    return compute(start_impact(rule=draft, by=by or make_user(None), now=now), now=now)
