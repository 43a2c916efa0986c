"""Who is to be asked again what they need: in My day, and in a line on the overview of a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from casework.accounts.absences import oneself_and_those_one_stands_in_for
from casework.accounts.models import User
from casework.clients.looked_after import looks_after_some
from casework.clients.models import Assessment
from casework.residency.models.position import today_of

AT_MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Somebody to be asked again, with what is not sealed of them."""

    code: str
    reference: str
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviews:
    """Whom to ask again, those first who have waited longest."""

    rows: list[Review]
    has_more: bool


def reviews_of_user(user: User, whose: str | None, now: datetime) -> ArraySubquery:
    """Return a column: who is to be asked again by now, of the user's own open cases ("me") or of all that they may see.

    `whose` None: of their own, if they look after any. That somebody was asked, and when again, is for whoever sees the
    case; what they need is not told here. It costs no query.
    """
    assessments: Any = Assessment.objects
    due = assessments.visible_to(user, now).counting().in_open_cases()
    own: Any = Q(client__case__caseworker__in=oneself_and_those_one_stands_in_for(user, now))
    if whose is None:
        own |= ~looks_after_some(user, now)
    if whose != "team":
        due = due.filter(own)
    rows = due.annotate(today=today_of("client__", now)).filter(next_review_on__lte=F("today"))
    told = JSONObject(code="client__case__code", reference="client__reference", due_on="next_review_on")
    return ArraySubquery(rows.order_by("next_review_on", "pk").values(told=told)[: AT_MOST + 1])


def reviews_in(found: Sequence[dict[str, str]]) -> Reviews:
    """Return what that column says."""
    rows = [Review(code=it["code"], reference=it["reference"], due_on=date.fromisoformat(it["due_on"])) for it in found]
    return Reviews(rows=rows[:AT_MOST], has_more=len(rows) > AT_MOST)


def review_of_case() -> dict[str, Any]:
    """Return what the overview tells of a case: `review_on`, when somebody of it is to be asked again, and `asked_on`."""
    assessments: Any = Assessment.objects
    rows = assessments.filter(client__case=OuterRef("pk"))
    planned = rows.counting().filter(next_review_on__isnull=False).order_by("next_review_on")
    return {
        "review_on": Subquery(planned.values("next_review_on")[:1]),
        "asked_on": Subquery(rows.order_by("-assessed_on").values("assessed_on")[:1]),
    }
