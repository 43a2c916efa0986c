"""Calls to try a token with, as one types them in a terminal against this very address."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.scopes import GRANTS, Scope

ROOT = "/api/v1/"
UNKNOWN = "cw_…"  # stands where the token does, which is shown only once
AHEAD = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    label: str
    command: str


def examples(request: HttpRequest, scopes: Iterable[Scope], token: str = UNKNOWN) -> list[Example]:
    """Return what the token may do first, then one call for each scope that reads."""
    today, given = timezone.localdate(), set(scopes)
    asked = {scope: call for scope, call in _calls(today).items() if scope in given}
    return [
        Example(
            label=label, command=f'curl -H "Authorization: Bearer {token}" "{request.build_absolute_uri(ROOT + path)}"'
        )
        for label, path in [
            (_("what this token may do"), "me"),
            *((_(GRANTS[scope].label), path) for scope, path in asked.items()),
        ]
    ]


def _calls(today: date) -> dict[Scope, str]:
    """Return the path below the root for each scope that reads."""
    return {
        Scope.READ_CASES: "cases?status=open",
        Scope.READ_DEADLINES: f"deadlines?from={today}&to={today + AHEAD}",
        Scope.READ_PLACEMENTS: f"placements?on={today}",
        Scope.READ_REFERRALS: "referrals/in?state=waiting",
        Scope.READ_CAPACITY: f"capacity?on={today}&by=kind",
    }
