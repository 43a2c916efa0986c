"""Referrals as lines of a list, of a case or of a team."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min, OuterRef, Prefetch, Subquery
from django.utils.translation import gettext as _

from casework.clients.models import Client, Referral
from casework.lib.dates import today_in
from casework.web.templatetags.days import day


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralRow:
    """`people` are those who are in its case still; `said` is what came of it, or by when the answer is due."""

    referral: Referral
    people: str
    is_overdue: bool
    said: str


def with_all(referrals: Any) -> Any:
    """Load what a row shows: partner, case and people, in one query more."""
    people: Any = Client.objects.select_related("data_key").defer("search_form")
    return referrals.select_related("data_key", "partner", "case__team", "case__data_key").prefetch_related(
        Prefetch("people", people.principal_first())
    )


def rows_of(referrals: Sequence[Referral], now: datetime) -> list[ReferralRow]:
    return [
        ReferralRow(
            referral=each,
            people=", ".join(person.full_name for person in each.people.all() if person.case_id == each.case_id),
            is_overdue=each.is_overdue(today_in(each.case.team.time_zone, now)),
            said=said_of(each, today_in(each.case.team.time_zone, now)),
        )
        for each in referrals
    ]


def said_of(referral: Referral, today: date) -> str:
    """Return in words what stands out about a referral now."""
    if referral.is_waiting:
        return _("answer due on %(day)s") % {"day": day(referral.answer_due_on)}
    if referral.state == Referral.State.DECLINED:
        return str(referral.get_decline_reason_display())
    if referral.state == Referral.State.DONE:
        return str(referral.get_outcome_display())
    if referral.state == Referral.State.WITHDRAWN:
        return str(referral.get_withdrawn_why_display())
    if referral.state == Referral.State.DRAFT and not referral.consent_how:
        return _("the client has not agreed yet")
    return ""


def open_of_case() -> dict[str, Any]:
    """Return what a query of cases says of each one's referrals: how many are open, and when the first answer is due."""
    of_case: Any = Referral.objects.filter(case=OuterRef("pk")).order_by()
    counted = of_case.open().values("case").annotate(number=Count("pk")).values("number")
    awaited = of_case.waiting().values("case").annotate(first=Min("answer_due_on")).values("first")
    return {"open_referrals": Subquery(counted), "answer_due_on": Subquery(awaited)}
