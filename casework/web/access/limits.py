"""Holds back whoever opens many different cases within a day, before anything of one more is shown.

Only cases that the reader may see come here: a page that answers 404 tells nothing. What is counted is loaded with the case
in its own query (`clients.quotas`), so that it costs a page nothing more.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from casework.accounts.models import User
from casework.audit.record import latest, record
from casework.clients.models import Case
from casework.clients.quotas import CASES_A_DAY, MORE_AT_A_TIME, Sight, next_case_at, sights_of
from casework.lifecycle.many_cases import coordinators_of, tell_of_many_cases
from casework.web.cases.forms.intake import in_short
from casework.web.looking import Look, counted

from .forms import MoreCasesForm


class TooManyCases(Exception):
    """The reader has opened as many cases as a day allows, and this is another."""

    def __init__(self, case: Case, count: int) -> None:
        super().__init__(f"{count} cases within a day")
        self.case, self.count = case, count


def count_sight(row: Any, case: Case, user: User, now: datetime) -> None:
    """Look at what was loaded with the case as `sights`; tell those who watch, or raise TooManyCases."""
    counted()
    _judge(Sight.of(row.sights), case, user, now)


def hold_back(look: Look, user: Any) -> None:
    """Do the same for a page that loaded its row without the case, after it was made and before it leaves.

    The event of the page names the case. Raising takes that event back, and with it the look that it counted.
    """
    event = latest()
    if look.is_counted or event is None or event.case_id is None or not event.type.endswith("_seen"):
        return
    rows: Any = Case.objects.annotate(sights=sights_of(user, event.at, "clients_case.id"))
    case = rows.filter(pk=event.case_id).first()
    if case is not None:
        _judge(Sight.of(case.sights, already_counted=True), case, user, event.at)


def _judge(sight: Sight, case: Case, user: User, now: datetime) -> None:
    if sight.is_beyond:
        raise TooManyCases(case, sight.within_day - 1)
    if sight.is_to_be_told:
        tell_of_many_cases(user=user, count=sight.within_hour, now=now)


class CaseQuotaMiddleware:
    """Answers in place of a page that was held back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, TooManyCases):
            return None
        now, case = timezone.now(), exception.case
        user: Any = request.user
        record("clients.case_withheld", subject=case, case_id=case.pk, by=user, now=now, count=exception.count)
        context = {
            "form": MoreCasesForm(initial={"next": request.path}),
            "count": exception.count,
            "a_day": CASES_A_DAY,
            "more": MORE_AT_A_TIME,
            "again_at": next_case_at(user, now),
            "coordinators": [in_short(each) for each in coordinators_of(user, now)],
        }
        return render(request, "access/too_many.html", context, status=429)
