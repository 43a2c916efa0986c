"""To-dos as lines of a list: what is to be done, and how much of it is left."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.accounts.models import User
from casework.clients.models import Client, SightNotice, ToDo, Transfer
from casework.residency import wording
from casework.residency.models import Impact, ImpactLine
from casework.web.deadline_tag import SOON_DAYS
from casework.web.transfers.rows import outcome_in_words

AT_MOST = 30
# Of what the software noticed and is not due yet, so many stand open in My day.
STANDING_OF_LATER = 2
# Those that a case has; others are between the software and one person.
KINDS_OF_CASE = (ToDo.Kind.FREE, ToDo.Kind.REFERRAL, ToDo.Kind.REFERRAL_IN, ToDo.Kind.STOPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDoRow:
    """`title` says what it is; `detail` what is left of it; `url` leads to its page, "" if it has none."""

    to_do: ToDo
    title: str
    detail: str
    url: str
    is_overdue: bool
    may_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDoGroup:
    key: str
    title: str
    rows: list[ToDoRow]

    @property
    def can_wait(self) -> bool:
        return self.key in ("soon", "later")

    @property
    def standing(self) -> list[ToDoRow]:
        """Those that My day shows at once of what can wait: the first of what the software noticed."""
        return [row for row in self.rows if row.to_do.kind != ToDo.Kind.FREE][:STANDING_OF_LATER]

    @property
    def folded(self) -> list[ToDoRow]:
        """Those of which My day shows the number alone: above all what people have set themselves for later."""
        return [row for row in self.rows if row not in self.standing]


def to_dos_of(user: User, now: datetime) -> list[ToDoRow]:
    """Return what the user has to do, the soonest first, in a constant number of queries.

    What colleagues have to do about cases that the user may see stands on those cases, and in nobody else's day.
    """
    to_dos: Any = ToDo.objects
    mine = to_dos.visible_to(user, now).for_user(user).open().select_related("case").soonest_first()
    return rows_of(list(mine[:AT_MOST]), user, now)


def to_dos_of_case(case: Any, user: User, now: datetime) -> list[ToDoRow]:
    """Return what is open on a case that the user may see, whoever has to do it, in one query."""
    to_dos: Any = ToDo.objects
    of_case = to_dos.filter(case=case, kind__in=KINDS_OF_CASE).open()
    changeable = to_dos.changeable_by(user, now).filter(pk=OuterRef("pk"))
    found = of_case.annotate(may_change=Exists(changeable)).select_related("owner__data_key").soonest_first()
    rows = list(found[:AT_MOST])
    for to_do in rows:
        to_do.case = case
    return rows_of(rows, user, now)


def grouped(rows: Sequence[ToDoRow], today: date) -> list[ToDoGroup]:
    """Return the rows by urgency, empty groups left out. What has no day stands at the end, with what is due later."""
    titles = {"overdue": _("Overdue"), "today": _("Today"), "soon": _("Next 7 days"), "later": _("Later")}
    groups = [
        ToDoGroup(key=key, title=title, rows=[row for row in rows if _key_of(row, today) == key])
        for key, title in titles.items()
    ]
    return [group for group in groups if group.rows]


def _key_of(row: ToDoRow, today: date) -> str:
    due_on = row.to_do.due_on
    if row.is_overdue:
        return "overdue"
    if due_on is None or due_on > today + timedelta(days=SOON_DAYS):
        return "later"
    return "today" if due_on <= today else "soon"


def rows_of(to_dos: Sequence[ToDo], user: User, now: datetime) -> list[ToDoRow]:
    offers, twice, sights = _offers(to_dos, user, now), _on_file_twice(to_dos, user, now), _sights(to_dos)
    about = [it.about for it in to_dos if it.kind == ToDo.Kind.RULE_CHANGE]
    if not about:
        return [_row(it, {}, Counter(), offers, twice, sights, now) for it in to_dos]
    impacts = Impact.objects.select_related("rule__jurisdiction").in_bulk(about)
    unseen = ImpactLine.objects.filter(impact__in=about).visible_to(user, now).told_to(user).unseen()
    left = Counter(dict(unseen.order_by().values_list("impact").annotate(people=Count("client", distinct=True))))
    return [_row(it, impacts, left, offers, twice, sights, now) for it in to_dos]


def _sights(to_dos: Sequence[ToDo]) -> dict[UUID, SightNotice]:
    """Return who opened many cases, for the coordinators who are told."""
    about = [it.about for it in to_dos if it.kind == ToDo.Kind.MANY_CASES]
    return SightNotice.objects.select_related("user__data_key").in_bulk(about) if about else {}


def _offers(to_dos: Sequence[ToDo], user: User, now: datetime) -> dict[UUID, Transfer]:
    """Return the offers of cases that were answered: one's own whatever has become of the case, of colleagues where one sees it."""
    about = [it.about for it in to_dos if it.kind == ToDo.Kind.TRANSFER]
    if not about:
        return {}
    transfers: Any = Transfer.objects
    rows = transfers.filter(pk__in=about).select_related("case", "answered_by__data_key")
    return {it.pk: it for it in rows.filter(offered_by=user) | rows.visible_to(user, now)}


def _on_file_twice(to_dos: Sequence[ToDo], user: User, now: datetime) -> dict[UUID, str]:
    """Return the names of the user's own clients of whom a reviewer found that they are on file twice."""
    about = [it.about for it in to_dos if it.kind == ToDo.Kind.DUPLICATE]
    if not about:
        return {}
    clients: Any = Client.objects
    return {it.pk: it.full_name for it in clients.visible_to(user, now).filter(pk__in=about).defer("search_form")}


def _row(
    to_do: ToDo,
    impacts: dict[UUID, Impact],
    left: Counter[UUID],
    offers: dict[UUID, Transfer],
    twice: dict[UUID, str],
    sights: dict[UUID, SightNotice],
    now: datetime,
) -> ToDoRow:
    impact = impacts.get(to_do.about) if to_do.about else None
    title, detail = str(to_do.text or to_do.get_kind_display()), ""
    if to_do.kind == ToDo.Kind.RULE_CHANGE:
        title = about_rule(impact) if impact else _("Country rules changed")
        people = left[to_do.about] if to_do.about else 0
        detail = ngettext("%(count)s of your people to look at", "%(count)s of your people to look at", people) % {
            "count": people
        }
    if to_do.kind == ToDo.Kind.TRANSFER and to_do.about in offers:
        title, detail = outcome_in_words(offers[to_do.about]), str(offers[to_do.about].reason)
    url = reverse("to_do", args=[to_do.pk])
    if to_do.kind == ToDo.Kind.REFERRAL:
        title, url = _("A partner has not answered a referral"), reverse("referral", args=[to_do.about])
    if to_do.kind == ToDo.Kind.STOPPED:
        title, url = _("A referral was stopped: tell the partner"), reverse("referral", args=[to_do.about])
    if to_do.kind == ToDo.Kind.REFERRAL_IN:
        title, url = _("Our answer to a referral is overdue"), reverse("incoming_referral", args=[to_do.about])
    if to_do.kind == ToDo.Kind.DUPLICATE:
        title = _("A reviewer found that %(name)s is on file twice. Ask the duplicate reviewer how to go on.") % {
            "name": twice.get(to_do.about, _("a client of yours")) if to_do.about else ""
        }
    if to_do.kind == ToDo.Kind.EMERGENCY and to_do.case is not None:
        url = f"{reverse('case', args=[to_do.case.code])}#emergencies"
    if to_do.kind == ToDo.Kind.NAMED_ALONE and to_do.case is not None:
        url = reverse("case_access", args=[to_do.case.code])
    if to_do.about in sights:
        notice = sights[to_do.about]
        title, detail = (
            _("%(name)s: %(what)s (%(count)s)")
            % {
                "name": str(notice.user.display_name or notice.user.email),
                "what": notice.get_kind_display(),
                "count": notice.count,
            },
            str(notice.reason),
        )
    is_overdue = to_do.due_on is not None and not to_do.is_done and to_do.due_on < timezone.localdate(now)
    may_change = getattr(to_do, "may_change", True)  # annotated where others than one's own are shown
    return ToDoRow(to_do=to_do, title=title, detail=detail, url=url, is_overdue=is_overdue, may_change=may_change)


def about_rule(impact: Impact) -> str:
    """Return e.g. "Kazakhstan · Leave the country by: a new rule was published"."""
    place, duty = wording.place_name(impact.rule.jurisdiction), _(impact.rule.get_duty_display())
    if impact.kind == Impact.Kind.WITHDRAWAL:
        return _("%(place)s · %(duty)s: a rule was withdrawn") % {"place": place, "duty": duty}
    return _("%(place)s · %(duty)s: a new rule was published") % {"place": place, "duty": duty}
