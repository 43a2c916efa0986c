"""Referrals of the reader's teams: the list, what is overdue first; and the figures."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import (
    Aggregate,
    Case,
    Count,
    DateField,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    IntegerField,
    OuterRef,
    Q,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Extract, Lower
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.accounts.access import teams_with
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import CaseProgramme, IncomingReferral, Partner, Programme, Referral
from casework.web.components import Tab
from casework.web.decorators import requires
from casework.web.filters import chips
from casework.web.paging import keyset_page
from casework.web.request import UserRequest

from ..forms import ReferralFilterForm
from ..rows import rows_of, with_all

FAR = date(9999, 12, 31)
SECONDS_A_DAY = 86_400


class Median(Aggregate):
    """The value in the middle."""

    template = "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What came of the referrals to one partner, or of all."""

    partner: str
    sent: int
    answered: int
    in_time: int
    accepted: int
    declined: int
    overdue: int
    median_days: float | None


@requires(Permission.CASE_VIEW)
@require_safe
def referrals(request: UserRequest) -> HttpResponse:
    now = timezone.now()
    visible: Any = Referral.objects.visible_to(request.user, now)
    form = _filters(request, visible, now)
    found = _narrowed(visible, form, now).annotate(
        due=Coalesce(F("answer_due_on"), Value(FAR), output_field=DateField()),
        rank=Case(When(state__in=Referral.WAITING, then=Value(0)), default=Value(1), output_field=IntegerField()),
    )
    page = keyset_page(with_all(found), ("rank", "due", "id"), request.GET, request.path)
    record("clients.referrals_listed", by=request.user, now=now, rows=len(page.rows))
    context = {
        "page": page,
        "rows": rows_of(page.rows, now),
        "form": form,
        "chips": chips(form, request.GET, request.path),
        "tabs": tabs("referrals", request.user, now),
        "counts": _counts(visible, now),
    }
    return render(request, "referrals/referrals.html", context)


@requires(Permission.CASE_VIEW)
@require_safe
def referral_figures(request: UserRequest) -> HttpResponse:
    """How many were answered, in time, and how fast: of the cases that the reader may see."""
    now = timezone.now()
    visible: Any = Referral.objects.visible_to(request.user, now)
    sent = visible.filter(sent_at__isnull=False).annotate(
        days=Extract(ExpressionWrapper(F("answered_at") - F("sent_at"), output_field=DurationField()), "epoch")
        / Value(float(SECONDS_A_DAY)),
        answered_day=_local_day("answered_at"),
    )
    by_partner = sent.order_by().values("partner__name", "partner").annotate(**_measures(now))
    rows = [
        _figures(each["partner__name"], each)
        for each in by_partner.order_by("-sent", Lower("partner__name"), "partner")
    ]
    total = _figures(_("All partners"), sent.order_by().aggregate(**_measures(now)))
    record("clients.referrals_listed", by=request.user, now=now, rows=len(rows))
    context = {"rows": rows, "total": total, "tabs": tabs("referral_figures", request.user, now)}
    return render(request, "referrals/referral_figures.html", context)


def tabs(here: str, user: User, now: datetime) -> list[Tab]:
    """Return the pages of referrals of a team, with what waits on that of those that came in."""
    waiting: Any = IncomingReferral.objects.visible_to(user, now)
    pages = [
        ("referrals", _("Sent"), None),
        ("referrals_in", _("Came in"), waiting.waiting().count()),
        ("referral_figures", _("Figures"), None),
    ]
    return [
        Tab(label=label, url=reverse(name), is_current=name == here, count=count or None)
        for name, label, count in pages
    ]


def _filters(request: UserRequest, visible: Any, now: datetime) -> ReferralFilterForm:
    used = Partner.objects.filter(pk__in=visible.order_by().values("partner"))
    teams = list(teams_with(request.user, Permission.CASE_VIEW, now).order_by("name", "pk"))
    partners = list(used.order_by(Lower("name"), "id").values_list("pk", "name"))
    programmes = list(Programme.objects.in_use().by_name().values_list("code", "name"))
    return ReferralFilterForm(request.GET, partners=partners, programmes=programmes, teams=teams)


def _narrowed(rows: Any, form: ReferralFilterForm, now: datetime) -> Any:
    """Return the referrals that the filters let through; what cannot be understood filters nothing."""
    form.full_clean()
    chosen = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
    state = chosen.get("state")
    if state is None:
        rows = rows.open()
    elif state == "overdue":
        rows = rows.overdue(now)
    elif state != "any":
        rows = rows.filter(state=state)
    for name, column in (("partner", "partner"), ("service", "service"), ("team", "case__team__code")):
        if name in chosen:
            rows = rows.filter(**{column: chosen[name]})
    if "programme" in chosen:
        tagged = CaseProgramme.objects.filter(case=OuterRef("case"), programme__code=chosen["programme"])
        rows = rows.filter(Exists(tagged))
    return rows


def _counts(visible: Any, now: datetime) -> dict[str, int]:
    overdue = visible.overdue(now).order_by().values("pk")
    counts: dict[str, int] = visible.order_by().aggregate(
        open=Count("pk", filter=Q(state__in=Referral.OPEN)),
        waiting=Count("pk", filter=Q(state__in=Referral.WAITING)),
        overdue=Count("pk", filter=Q(pk__in=overdue)),
    )
    return counts


def _measures(now: datetime) -> dict[str, Any]:
    is_answered = Q(answered_at__isnull=False)
    return {
        "sent": Count("pk"),
        "answered": Count("pk", filter=is_answered),
        "in_time": Count("pk", filter=is_answered & Q(answered_day__lte=F("answer_due_on"))),
        "accepted": Count("pk", filter=Q(state__in=[Referral.State.ACCEPTED, Referral.State.DONE])),
        "declined": Count("pk", filter=Q(state=Referral.State.DECLINED)),
        "overdue": Count("pk", filter=Q(state__in=Referral.WAITING, answer_due_on__lt=_day_of(Value(now)))),
        "median_days": Median("days", filter=is_answered),
    }


def _local_day(column: str) -> Cast:
    return _day_of(F(column))


def _day_of(instant: Any) -> Cast:
    local = Func(F("case__team__time_zone"), instant, function="timezone", output_field=DateTimeField())
    return Cast(local, DateField())


def _figures(name: str, found: dict[str, Any]) -> Figures:
    fields = ("sent", "answered", "in_time", "accepted", "declined", "overdue")
    median = found["median_days"]
    return Figures(
        partner=name,
        median_days=None if median is None else round(float(median), 1),
        **{field: found[field] for field in fields},
    )
