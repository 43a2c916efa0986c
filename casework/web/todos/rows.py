"""To-dos as lines of a list: what is to be done, and how much of it is left."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.accounts.models import User
from casework.clients.models import ToDo, Transfer
from casework.residency import wording
from casework.residency.models import Impact, ImpactLine
from casework.web.transfers.rows import outcome_in_words

AT_MOST = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDoRow:
    """`title` says what it is; `detail` what is left of it; `url` leads to its page, "" if it has none."""

    to_do: ToDo
    title: str
    detail: str
    url: str


def to_dos_of(user: User, now: datetime) -> list[ToDoRow]:
    """Return what the user has to do, the soonest first, in a constant number of queries."""
    to_dos: Any = ToDo.objects
    return rows_of(list(to_dos.visible_to(user, now).open().soonest_first()[:AT_MOST]), user, now)


def rows_of(to_dos: Sequence[ToDo], user: User, now: datetime) -> list[ToDoRow]:
    offers = _offers(to_dos)
    about = [it.about for it in to_dos if it.kind == ToDo.Kind.RULE_CHANGE]
    if not about:
        return [_row(it, {}, Counter(), offers) for it in to_dos]
    impacts = Impact.objects.select_related("rule__jurisdiction").in_bulk(about)
    unseen = ImpactLine.objects.filter(impact__in=about).visible_to(user, now).told_to(user).unseen()
    left = Counter(dict(unseen.order_by().values_list("impact").annotate(people=Count("client", distinct=True))))
    return [_row(it, impacts, left, offers) for it in to_dos]


def _offers(to_dos: Sequence[ToDo]) -> dict[UUID, Transfer]:
    """Return the offers of cases that were answered: of somebody's own, so no case needs to be seen for it."""
    about = [it.about for it in to_dos if it.kind == ToDo.Kind.TRANSFER]
    if not about:
        return {}
    return Transfer.objects.select_related("case", "answered_by__data_key").in_bulk(about)


def _row(to_do: ToDo, impacts: dict[UUID, Impact], left: Counter[UUID], offers: dict[UUID, Transfer]) -> ToDoRow:
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
    if to_do.kind == ToDo.Kind.REFERRAL_IN:
        title, url = _("Our answer to a referral is overdue"), reverse("incoming_referral", args=[to_do.about])
    return ToDoRow(to_do=to_do, title=title, detail=detail, url=url)


def about_rule(impact: Impact) -> str:
    """Return e.g. "Kazakhstan · Leave the country by: a new rule was published"."""
    place, duty = wording.place_name(impact.rule.jurisdiction), _(impact.rule.get_duty_display())
    if impact.kind == Impact.Kind.WITHDRAWAL:
        return _("%(place)s · %(duty)s: a rule was withdrawn") % {"place": place, "duty": duty}
    return _("%(place)s · %(duty)s: a new rule was published") % {"place": place, "duty": duty}
