"""The lines of the pages of a hand-over."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.accounts.models import User
from casework.clients.models import Appointment, Case, Client, HandOver
from casework.lifecycle.leavers import WHOSE, Plan, Work
from casework.web.cases.forms.intake import in_short
from casework.web.cases.next_deadline import NextDeadline, next_deadlines

from .forms import TAKER, HandOverForm


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case in the plan: whom it is about, what presses, and who takes it."""

    case: Case
    principal: str
    people: int
    deadline: NextDeadline | None
    field: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedRow:
    code: str
    was: str
    is_now: str


def case_rows(work: Work, form: HandOverForm, now: datetime) -> list[CaseRow]:
    """Return the cases of a plan, in three queries however many they are. Call `residency.actions.ensure_fresh` before."""
    ids = [it.pk for it in work.cases]
    principals = Client.objects.filter(case__in=ids, is_principal=True).defer("search_form")
    names = {it.case_id: it.full_name for it in principals}
    counts = dict(Client.objects.filter(case__in=ids).order_by().values_list("case").annotate(many=Count("pk")))
    upcoming = next_deadlines(ids, now)
    return [
        CaseRow(
            case=case,
            principal=names.get(case.pk, ""),
            people=counts.get(case.pk, 0),
            deadline=upcoming.get(case.pk),
            field=form[f"{TAKER}{case.pk}"],
        )
        for case in work.cases
    ]


def what_is_there(work: Work) -> list[str]:
    """Return how much there is to hand over, in words. To-dos are counted and not shown: some are nobody else's business."""
    return [
        ngettext("%(count)s open case", "%(count)s open cases", len(work.cases)) % {"count": len(work.cases)},
        ngettext("%(count)s to-do", "%(count)s to-dos", len(work.to_dos)) % {"count": len(work.to_dos)},
        ngettext("%(count)s appointment to come", "%(count)s appointments to come", len(work.appointments))
        % {"count": len(work.appointments)},
        ngettext("%(count)s reminder that waits", "%(count)s reminders that wait", len(work.reminders))
        % {"count": len(work.reminders)},
    ]


def what_happens(work: Work, plan: Plan) -> list[str]:
    """Return what the act will do: who gets how many cases, what clashes, and what ends."""
    given: Counter[UUID] = Counter()
    people: dict[UUID, User] = {it.pk: it for it in work.everybody()}
    for case in work.cases:
        taker = plan.takers.get(case.pk, plan.rest)
        if taker is not None:
            given[taker.pk] += 1
    lines = [
        ngettext("%(who)s takes %(count)s case", "%(who)s takes %(count)s cases", count)
        % {"who": in_short(people[pk]), "count": count}
        for pk, count in sorted(given.items(), key=lambda it: (-it[1], it[0]))
    ]
    lines += [
        _("%(code)s: %(who)s has another appointment at that time") % {"code": code, "who": in_short(people[pk])}
        for code, pk in _clashes(work, plan)
    ]
    ends = _("%(who)s is signed out and sees none of it any more, at once.") % {"who": in_short(work.user)}
    lines.append(ends)
    if not work.keeps_roles:
        lines.append(_("No role is left: the account is shut."))
    return lines


def moved_rows(hand_over: HandOver, cases: Mapping[UUID, Case], names: Mapping[str, str]) -> list[MovedRow]:
    """Return the cases that changed hands, of those that the reader may see."""
    rows = []
    for label, pk, was, became in hand_over.changes:
        case = cases.get(UUID(pk)) if label == "clients.Case" else None
        if case is not None:
            rows.append(MovedRow(code=case.code, was=names.get(was, ""), is_now=names.get(became, "")))
    return sorted(rows, key=lambda it: it.code)


def moved_counts(hand_over: HandOver) -> list[tuple[str, int]]:
    return [
        (str(WHOSE[label][0]._meta.verbose_name_plural), count) for label, count in hand_over.counts.items() if count
    ]


def _clashes(work: Work, plan: Plan) -> Sequence[tuple[str, UUID]]:
    """Return which appointments somebody would take who has another one then."""
    wanted: list[tuple[Appointment, UUID]] = []
    for each in work.appointments:
        taker = plan.takers.get(each.case_id, plan.rest)
        if taker is not None:
            wanted.append((each, taker.pk))
    if not wanted:
        return []
    takers = {pk for _each, pk in wanted}
    first, last = min(it.starts_at for it, _pk in wanted), max(it.ends_at for it, _pk in wanted)
    theirs: Any = Appointment.objects.planned().overlapping(first, last).filter(Q(staff__in=takers))
    held: list[tuple[UUID, datetime, datetime]] = list(theirs.values_list("staff", "starts_at", "ends_at"))
    return [
        (each.case.code, pk)
        for each, pk in wanted
        if any(who == pk and begins < each.ends_at and ends > each.starts_at for who, begins, ends in held)
    ]
