"""Needs, services, a programme and a scoring scheme of the demo, all of them invented, made through actions."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from casework.accounts.models import Team, User
from casework.clients.actions import needs, programmes, scores, services
from casework.clients.models import Case, Programme, SchemeVersion
from casework.lib.dates import today_in
from casework.lib.scoring_edits import with_criterion

from ..score_runs import carry_out

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
}
WORK: dict[str, Any] = {
    "code": "work",
    "kind": "choice",
    "label": {"en": "Who of them works?", "ru": "Кто из них работает?"},
    "options": [
        {"code": "nobody", "label": {"en": "nobody", "ru": "никто"}, "points": 10},
        {"code": "somebody", "label": {"en": "somebody", "ru": "кто-то один"}, "points": 4},
        {"code": "all", "label": {"en": "all adults", "ru": "все взрослые"}, "points": 0},
    ],
}
FIRST_VERSION = timedelta(days=20)


def build_needs(*, team: Team, keeper: User, worker: User, now: datetime) -> None:
    """Give the first open cases of a team needs, a service and a score; everybody else a score too."""
    today = today_in(team.time_zone, now)
    programme = programmes.create_programme(
        code="DEMO-WINTER",
        name="Demo Winter Help",
        donor="Demo Fund",
        currency="KZT",
        starts_on=today - timedelta(days=60),
        ends_on=today + timedelta(days=120),
        budget=Decimal(5000000),
        approval_above=Decimal(100000),
        by=keeper,
        now=now - timedelta(days=30),
    )
    lawyers = programmes.create_programme(
        code="DEMO-LAW",
        name="Demo Lawyers",
        donor="Demo Union",
        currency="EUR",
        by=keeper,
        now=now - timedelta(days=30),
    )
    cases: Any = Case.objects
    for case in cases.open().filter(team=team, restricted=False).order_by("opened_at", "pk")[:4]:
        _help(case, [programme, lawyers], worker, now)
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


def _help(case: Case, held: list[Programme], worker: User, now: datetime) -> None:
    programmes.set_programmes(case=case, programmes=held, by=worker, now=now)
    services.ask_for_service(case=case, kind="legal", people=[], programme=held[-1], by=worker, now=now)


def _score_everybody(programme: Programme, keeper: User, now: datetime) -> None:
    """Score by a first version, then by a second one, which is in force; a third is being drafted."""
    draft = scores.create_scheme(name="Demo: who first", by=keeper, now=now - FIRST_VERSION)
    limits: dict[str, Any] = {"cap": 100, "thresholds": {str(programme.pk): 25}}
    _publish(draft, {"criteria": DEFINITION["criteria"][:4], **limits}, keeper, now - FIRST_VERSION)
    _publish(_next(draft, keeper, now), {**DEFINITION, **limits}, keeper, now)
    draft = _next(draft, keeper, now)
    definition = with_criterion({**DEFINITION, **limits}, WORK)
    scores.change_draft_version(draft=draft, definition=definition, version=1, by=keeper, now=now)


def _next(version: SchemeVersion, keeper: User, now: datetime) -> SchemeVersion:
    return scores.draft_version(scheme=version.scheme, by=keeper, now=now)


def _publish(draft: SchemeVersion, definition: dict[str, Any], keeper: User, now: datetime) -> None:
    draft = scores.change_draft_version(draft=draft, definition=definition, version=1, by=keeper, now=now)
    published = scores.publish_version(
        draft=draft, version=draft.version, by=keeper, now=now, ask_a_worker=lambda _job: None
    )
    assert published.job_id is not None  # noqa: S101 - a published version has one
    carry_out(job_id=published.job_id, clock=lambda: now)
