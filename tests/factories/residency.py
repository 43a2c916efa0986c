"""Stays, papers, rules and deadlines, for tests."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from casework.accounts.models import User
from casework.clients.models import Client
from casework.residency import actions
from casework.residency.models import (
    Application,
    Citation,
    ComputedPosition,
    Deadline,
    Jurisdiction,
    Permit,
    Registration,
    Rule,
    Stay,
)
from casework.residency.rulebook import rules_version

from .accounts import LONG_AGO, NOW, make_user

ZONES = {"KZ": "Asia/Almaty", "KG": "Asia/Bishkek", "RS": "Europe/Belgrade", "GE": "Asia/Tbilisi"}


def make_stay(
    client: Client,
    entered: date | None = date(2026, 11, 1),
    left: date | None = None,
    *,
    country: str = "KZ",
    by: User | None = None,
    now: datetime = NOW,
    **fields: Any,
) -> Stay:
    """A stay from a known day (None: not known) to a known day (None: still there)."""
    known: dict[str, Any] = {"country": country, "entered_earliest": entered, "entered_latest": entered}
    if left is not None:
        known |= {"has_left": True, "left_earliest": left, "left_latest": left}
    return actions.record_stay(client=client, by=by or _worker(client), now=now, **(known | fields))


def make_permit(client: Client, *, by: User | None = None, now: datetime = NOW, **fields: Any) -> Permit:
    known: dict[str, Any] = {
        "country": "KZ",
        "kind": Permit.Kind.TEMPORARY_RESIDENCE,
        "valid_from": date(2026, 2, 1),
        "printed_until": date(2027, 1, 31),
    }
    return actions.record_permit(client=client, by=by or _worker(client), now=now, **(known | fields))


def make_registration(client: Client, *, by: User | None = None, now: datetime = NOW, **fields: Any) -> Registration:
    known: dict[str, Any] = {"country": "KZ", "kind": Registration.Kind.STAY, "registered_on": date(2026, 11, 3)}
    return actions.record_registration(client=client, by=by or _worker(client), now=now, **(known | fields))


def make_application(client: Client, *, by: User | None = None, now: datetime = NOW, **fields: Any) -> Application:
    known: dict[str, Any] = {"country": "KZ", "kind": Application.Kind.RESIDENCE, "filed_on": date(2026, 11, 4)}
    return actions.record_application(client=client, by=by or _worker(client), now=now, **(known | fields))


def make_jurisdiction(code: str = "KZ") -> Jurisdiction:
    return Jurisdiction.objects.get_or_create(code=code, defaults={"time_zone": ZONES.get(code, "")})[0]


def make_rule(
    kind: str = "consecutive_days",
    parameters: dict[str, Any] | None = None,
    *,
    country: str = "KZ",
    duty: str = "leave",
    valid: tuple[date | None, date | None] = (None, None),
    known: tuple[datetime, datetime | None] = (LONG_AGO, None),
    citation: str = "An invented decree",
    more_citations: Sequence[dict[str, Any]] = (),
    **fields: Any,
) -> Rule:
    """A published rule. `valid`: first day, and the first day on which it is no longer law; `known` alike."""
    rule = Rule.objects.create(
        key=fields.pop("key", f"{country}-{duty}-{kind}".lower().replace("_", "-")),
        jurisdiction=make_jurisdiction(country),
        duty=duty,
        kind=kind,
        parameters=parameters if parameters is not None else {"days": 90},
        valid=DateRange(*valid),
        **{"nationality": "RU", "part": kind[:24]} | fields,
    )
    if citation:
        Citation.objects.create(
            rule=rule,
            title=citation,
            url="https://law.example/decree",
            quote="Not longer than the days named.",
            read_on=date(2026, 10, 1),
        )
    for other in more_citations:
        Citation.objects.create(rule=rule, **other)
    Rule.objects.filter(pk=rule.pk).update(published_at=known[0], known=DateTimeTZRange(*known))
    rule.refresh_from_db()
    return rule


def make_deadline(client: Client, due_on: date | None = date(2026, 12, 1), **fields: Any) -> Deadline:
    """A stored deadline of somebody who counts as computed just now, so that no page computes it away."""
    known: dict[str, Any] = {
        "duty": "register",
        "subject_kind": "client",
        "subject_id": client.pk,
        "occurrence": client.deadlines.count() + 1,
        "country": "KZ",
        "review": Rule.ReviewStatus.PROVISIONAL,
        "computed_at": NOW,
    }
    deadline = Deadline.objects.create(client=client, due_on=due_on, **(known | fields))
    count_as_computed(client)
    deadline.refresh_from_db()
    return deadline


def count_as_computed(client: Client, **fields: Any) -> ComputedPosition:
    """Have what is stored of `client` count as computed from the facts and rules of now."""
    client.refresh_from_db(fields=["facts_version"])
    known: dict[str, Any] = {
        "facts_version": client.facts_version,
        "rules_version": rules_version(),
        "computed_at": datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
    }
    return ComputedPosition.objects.update_or_create(client=client, defaults=known | fields)[0]


def _worker(client: Client) -> User:
    return make_user(team=client.case.team)
