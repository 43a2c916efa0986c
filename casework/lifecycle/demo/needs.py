"""Needs, services, a programme and a scoring scheme of the demo, all of them invented, made through actions."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from casework.accounts.models import Team, User
from casework.clients.actions import needs, programmes, scores, services
from casework.clients.models import Case, Programme
from casework.lib.dates import today_in

from ..scoring import carry_out

DEFINITION: dict[str, Any] = {
    "criteria": [
        {"code": "children", "kind": "fact", "fact": "children", "points": 8, "at_most": 24},
        {"code": "single_parent", "kind": "fact", "fact": "single_parent", "points": 15},
        {"code": "over_60", "kind": "fact", "fact": "over_60", "points": 10, "at_most": 20},
        {"code": "urgent_needs", "kind": "fact", "fact": "urgent_needs", "points": 10, "at_most": 30},
        {"code": "no_money_90", "kind": "fact", "fact": "no_money_90", "points": 5},
        {
            "code": "savings",
            "kind": "yes_no",
            "label": {"en": "Have they savings for a month?", "ru": "Есть ли у них сбережения на месяц?"},
            "points": -10,
        },
    ],
    "cap": 100,
    "thresholds": {},
}


def build_needs(*, team: Team, keeper: User, worker: User, now: datetime) -> None:
    """Give the first open cases of a team needs, a service and a score; everybody else a score too."""
    today = today_in(team.time_zone, now)
    programme = programmes.create_programme(
        code="DEMO-WINTER",
        name="Demo Winter Help",
        donor="Demo Fund",
        currency="KZT",
        approval_above=Decimal(100000),
        by=keeper,
        now=now - timedelta(days=30),
    )
    cases: Any = Case.objects
    for case in cases.open().filter(team=team, restricted=False).order_by("opened_at", "pk")[:4]:
        _help(case, programme, worker, now)
        client = case.clients.order_by("-is_principal", "pk").first()
        needs.record_assessment(
            client=client,
            assessed_on=today - timedelta(days=40),
            next_review_on=today - timedelta(days=1),
            by=worker,
            now=now,
        )
        needs.record_need(
            client=client, kind="general", code="shelter", level="urgent", since=today, by=worker, now=now
        )
    _score_everybody(programme, keeper, now)


def _help(case: Case, programme: Programme, worker: User, now: datetime) -> None:
    programmes.set_programmes(case=case, programmes=[programme], by=worker, now=now)
    services.ask_for_service(case=case, kind="legal", people=[], programme=programme, by=worker, now=now)


def _score_everybody(programme: Programme, keeper: User, now: datetime) -> None:
    draft = scores.create_scheme(name="Demo: who first", by=keeper, now=now)
    definition = DEFINITION | {"thresholds": {str(programme.pk): 25}}
    draft = scores.change_draft_version(draft=draft, definition=definition, version=1, by=keeper, now=now)
    published = scores.publish_version(
        draft=draft, version=draft.version, by=keeper, now=now, ask_a_worker=lambda _job: None
    )
    assert published.job_id is not None  # noqa: S101 - a published version has one
    carry_out(job_id=published.job_id, clock=lambda: now)
