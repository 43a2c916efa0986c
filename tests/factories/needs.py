"""Needs, services, programmes and scores, for tests."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.clients.actions import needs, programmes, scores, services
from casework.clients.models import Case, Client, Need, Programme, SchemeVersion, Service

from .accounts import NOW, make_user

DEFINITION: dict[str, Any] = {
    "criteria": [
        {"code": "people", "kind": "fact", "fact": "people", "points": 2, "at_most": 10},
        {"code": "urgent", "kind": "fact", "fact": "urgent_needs", "points": 10, "at_most": 30},
        {"code": "savings", "kind": "yes_no", "label": {"en": "Have they savings?", "ru": ""}, "points": -5},
        {
            "code": "work",
            "kind": "choice",
            "label": {"en": "Who works?", "ru": "Кто работает?"},
            "options": [
                {"code": "nobody", "label": {"en": "Nobody", "ru": "Никто"}, "points": 15},
                {"code": "somebody", "label": {"en": "Somebody", "ru": "Кто-то"}, "points": 0},
            ],
        },
    ],
    "cap": 50,
    "thresholds": {},
}


def make_programme(*, by: User | None = None, now: datetime = NOW, **fields: Any) -> Programme:
    known: dict[str, Any] = {
        "code": f"P{Programme.objects.count() + 1}",
        "name": "Invented Winter Help",
        "donor": "Invented Fund",
        "currency": "KGS",
        "approval_above": Decimal(5000),
    }
    return programmes.create_programme(by=by or make_user(Role.ADMINISTRATOR), now=now, **(known | fields))


def make_need(client: Client, code: str = "LP-ND", *, by: User | None = None, now: datetime = NOW, **f: Any) -> Need:
    known: dict[str, Any] = {"kind": "specific", "since": date(2026, 11, 1)}
    return needs.record_need(
        client=client, code=code, by=by or make_user(team=client.case.team), now=now, **(known | f)
    )


def make_service(case: Case, *, by: User | None = None, now: datetime = NOW, **fields: Any) -> Service:
    known: dict[str, Any] = {"kind": "legal", "people": []}
    return services.ask_for_service(case=case, by=by or make_user(team=case.team), now=now, **(known | fields))


def make_cash(case: Case, *, amount: int = 4000, **fields: Any) -> Service:
    return make_service(case, kind="cash", amount=Decimal(amount), currency="KGS", **fields)


def make_draft_version(definition: dict[str, Any] | None = None, *, by: User | None = None) -> SchemeVersion:
    by = by or make_user(Role.ADMINISTRATOR)
    draft = scores.create_scheme(name="Invented points", by=by, now=NOW)
    return scores.change_draft_version(draft=draft, definition=definition or DEFINITION, version=1, by=by, now=NOW)


def publish(draft: SchemeVersion, *, now: datetime = NOW) -> SchemeVersion:
    by = draft.created_by
    return scores.publish_version(draft=draft, version=draft.version, by=by, now=now, ask_a_worker=lambda job: None)
