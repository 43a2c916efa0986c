"""Drafts of rules and worked examples that prove them."""

from datetime import date, datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.residency.actions.rules import CitationValues, draft_rule
from casework.residency.models import Rule

from .accounts import NOW, make_user
from .residency import make_jurisdiction

CITATION: CitationValues = {
    "title": "An invented decree",
    "url": "https://law.example/1",
    "quote": "Ninety days.",
    "read_on": date(2026, 10, 1),
}

# Ninety days in a row, entered on 1 January 2026: the last lawful day is 31 March.
EXAMPLE = {
    "id": "KZ-90",
    "rules": [{"kind": "consecutive_days", "days": 90}],
    "stays": [{"entry": "2026-01-01", "exit": None}],
    "on": "2026-01-01",
    "expect": {"last_lawful_day": "2026-03-31"},
}


def make_draft(
    *,
    by: User | None = None,
    now: datetime = NOW,
    country: str = "KZ",
    valid: tuple[date | None, date | None] = (date(2023, 1, 27), None),
    citations: tuple[CitationValues, ...] = (CITATION,),
    **values: Any,
) -> Rule:
    """A draft about ninety days in a row. `valid`: first day, and the first day on which it is no longer law."""
    known: dict[str, Any] = {
        "key": "kz-ru-new",
        "duty": "leave",
        "kind": "consecutive_days",
        "parameters": {"days": 90},
        "nationality": "RU",
        "part": "consecutive_days",
    }
    return draft_rule(
        by=by or make_user(Role.POLICY_EDITOR),
        now=now,
        citations=citations,
        jurisdiction=make_jurisdiction(country),
        valid=DateRange(*valid),
        **(known | values),
    )
