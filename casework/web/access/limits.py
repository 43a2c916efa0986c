"""Holds back whoever opens many different cases within a day: after the page, before it leaves.

Only what the reader may see counts: a page that answers 404 tells nothing here either. Counting costs one query for the
pages of a case and of a person, and none for others.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import Case
from casework.clients.quotas import CASES_A_DAY, MORE_AT_A_TIME, Sight, next_case_at, open_case_once
from casework.lifecycle.many_cases import coordinators_of, tell_of_many_cases
from casework.web.cases.forms.intake import in_short
from casework.web.decorators import declared

from .forms import MoreCasesForm

NAMES: tuple[str, ...] = ("code", "reference")
OF_CASES = {Permission.CASE_VIEW, Permission.CASE_CHANGE, Permission.CASE_ASSIGN}


class CaseQuotaMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        asked = _asked(request)
        if asked is None or response.status_code != 200:
            return response
        now = timezone.now()
        user: Any = request.user
        sight = open_case_once(user, now, **asked)
        if sight is None:
            return response
        if sight.is_beyond:
            return _held_back(request, user, sight)
        if sight.is_to_be_told:
            tell_of_many_cases(user=user, count=sight.within_hour, now=now)
        return response


def _asked(request: HttpRequest) -> dict[str, str] | None:
    """Return by what a page names its case, None if it names none or shows nothing."""
    match = request.resolver_match
    if match is None or request.method not in ("GET", "HEAD"):
        return None
    policy = declared(match.func)
    if policy is None or policy.permission not in OF_CASES:
        return None
    named: dict[str, str] = {name: str(match.kwargs[name]) for name in NAMES if name in match.kwargs}
    return named or None


def _held_back(request: HttpRequest, user: Any, sight: Sight) -> HttpResponseBase:
    now = timezone.now()
    case = Case.objects.filter(pk=sight.case_id).first()
    record("clients.case_withheld", subject=case, case_id=sight.case_id, by=user, now=now, count=sight.within_day)
    context = {
        "form": MoreCasesForm(initial={"next": request.path}),
        "count": sight.within_day - 1,
        "a_day": CASES_A_DAY,
        "more": MORE_AT_A_TIME,
        "again_at": next_case_at(user, now),
        "coordinators": [in_short(each) for each in coordinators_of(user, now)],
    }
    return render(request, "access/too_many.html", context, status=429)
