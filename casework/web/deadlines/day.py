"""What My day shows: what is due for whom, in groups by urgency, and what a person must look at."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, Value
from django.http import QueryDict
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.clients.models import Client
from casework.residency.models import ComputedPosition, Deadline
from casework.web.components import KeysetPage, Tab
from casework.web.deadline_tag import NEAR_DAYS, SOON_DAYS
from casework.web.filters import same_filters
from casework.web.paging import keyset_page

from .rows import DeadlineRow, rows_of, with_people
from .warnings import WarningRow, warning_rows

SIZE = 50
# Of what is due within a week so many stand open, the others folded under their number.
SHOWN_OF_SOON = 3
# Without a date they cannot be paged by one; nobody has so many, and the page says when it shows a part.
LOOK_AT_MOST = 50
WARNINGS_AT_MOST = 20
LOOKS_AT_MOST = 20
POSITIONS_AT_MOST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Deadlines of one urgency. `count` is of all pages, `rows` are those of this one."""

    key: str
    title: str
    count: int
    rows: Sequence[DeadlineRow]

    @property
    def is_urgent(self) -> bool:
        """Whether it stands before everything else and is never folded away."""
        return self.key in ("overdue", "today", "look")

    @property
    def first(self) -> Sequence[DeadlineRow]:
        return self.rows[:SHOWN_OF_SOON]

    @property
    def rest(self) -> Sequence[DeadlineRow]:
        return self.rows[SHOWN_OF_SOON:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """`groups` in the order of urgency, empty ones left out; `counts` has all of them."""

    counts: Sequence[tuple[str, str, int]]
    groups: Sequence[Group]
    page: KeysetPage
    warnings: Sequence[WarningRow]
    has_more_warnings: bool
    second_looks: Sequence[DeadlineRow]
    has_more_looks: bool

    @property
    def row_count(self) -> int:
        return sum(len(group.rows) for group in self.groups)

    @property
    def has_urgent(self) -> bool:
        """Whether something cannot wait, so that on a phone what can wait makes room for it."""
        return any(group.is_urgent for group in self.groups)

    @property
    def is_empty(self) -> bool:
        return not (self.groups or self.second_looks)


def whose_of(query: QueryDict, *, has_cases: bool) -> str:
    """Return "me" or "team": as the address says, else one's own cases, if there are any."""
    return asked_whose(query) or ("me" if has_cases else "team")


def asked_whose(query: QueryDict) -> str | None:
    """Return "me" or "team" if the address says so."""
    chosen = query.get("whose")
    return chosen if chosen in ("me", "team") else None


def whose_tabs(query: QueryDict, path: str, whose: str) -> list[Tab]:
    """Return the two views of a page, of one's own cases and of all of the team, with the filters that its address has."""
    labels = {"me": _("My cases"), "team": _("All cases of my team")}
    return [
        Tab(label=label, url=same_filters(query, path, whose=key), is_current=key == whose)
        for key, label in labels.items()
    ]


def people_of(user: User, whose: str, now: dt.datetime, teams: Sequence[UUID]) -> Any:
    """Return the people of open cases that are this user's own, or of all cases that the user may see.

    `teams`: `clients.access.team_ids_in_sight`, here and below.
    """
    clients: Any = Client.objects
    people = clients.visible_to(user, now).in_open_cases().filter(case__team__in=teams)
    return people.filter(case__caseworker=user) if whose == "me" else people


def day_of(user: User, whose: str, query: QueryDict, path: str, now: dt.datetime, *, teams: Sequence[UUID]) -> Day:
    """Return what is due, in four queries whatever the number of rows."""
    asked = _asked(user, whose, now, teams)
    counts = asked.aggregate(**{f"of_{key}": Count("pk", filter=condition) for key, condition in _conditions().items()})
    page = keyset_page(asked.filter(_dated()), ("drives_on", "id"), query, path, size=SIZE)
    is_first_page = not page.previous_url
    others, looks = _beside_the_pages(asked, user, now, teams) if is_first_page else ([], [])
    rows = [*rows_of(page.rows), *others]
    warnings = _warnings(user, whose, now, teams) if is_first_page else []
    titles = _titles()
    grouped = {key: [row for row in rows if _key_of(row) == key] for key in titles}
    return Day(
        counts=[(key, title, counts[f"of_{key}"]) for key, title in titles.items()],
        groups=[
            Group(key=key, title=title, count=counts[f"of_{key}"], rows=grouped[key])
            for key, title in titles.items()
            if grouped[key]
        ],
        page=page,
        warnings=warnings[:WARNINGS_AT_MOST],
        has_more_warnings=len(warnings) > WARNINGS_AT_MOST,
        second_looks=looks[:LOOKS_AT_MOST],
        has_more_looks=len(looks) > LOOKS_AT_MOST,
    )


def groups_of_day(user: User, whose: str, now: dt.datetime, teams: Sequence[UUID]) -> list[tuple[str, Any]]:
    """Return everything that is due, all pages of it: the title of each group and its deadlines, not yet in order."""
    asked, conditions = _asked(user, whose, now, teams), _conditions()
    return [(title, asked.filter(conditions[key])) for key, title in _titles().items()]


def _asked(user: User, whose: str, now: dt.datetime, teams: Sequence[UUID]) -> Any:
    """Return the deadlines that ask for something. One that is optional asks for nothing once it has passed."""
    deadlines: Any = Deadline.objects
    rows = deadlines.visible_to(user, now).open().filter(client__case__team__in=teams)
    if whose == "me":
        rows = rows.looked_after_by(user, now)
    return with_people(rows, now).exclude(optional=True, drives_on__lt=F("today"))


def _beside_the_pages(
    asked: Any, user: User, now: dt.datetime, teams: Sequence[UUID]
) -> tuple[list[DeadlineRow], list[DeadlineRow]]:
    """Return what must be looked at though no near date drives it, and the later dates that this user may confirm.

    The latter of whichever caseworker; each the soonest first. Both in one query.
    """
    deadlines: Any = Deadline.objects
    changeable = deadlines.changeable_by(user, now).filter(client__case__team__in=teams)
    waiting = with_people(changeable.waiting_for_another_than(user), now)
    others = asked.filter(_undated() | _far_off()).annotate(waits=Value(False)).soonest_first()[:LOOK_AT_MOST]
    looks = waiting.annotate(waits=Value(True)).soonest_first()[: LOOKS_AT_MOST + 1]
    found = sorted(others.union(looks, all=True), key=lambda it: (it.drives_on or dt.date.min, it.pk))
    return rows_of(it for it in found if not it.waits), rows_of(it for it in found if it.waits)


def _titles() -> dict[str, str]:
    return {
        "overdue": _("Overdue"),
        "today": _("Today"),
        "look": _("Changed since it was answered"),
        "soon": _("Next 7 days"),
        "near": _("Next 30 days"),
        "unknown": _("Date unknown: needs a person"),
    }


def _conditions() -> dict[str, Q]:
    """Return which deadlines are in which group, by the day that it is where the person stays."""
    today = F("today")
    return {
        "overdue": Q(drives_on__lt=today),
        "today": Q(drives_on=today),
        "look": _far_off(),
        "soon": Q(drives_on__gt=today, drives_on__lte=today + dt.timedelta(days=SOON_DAYS)),
        "near": Q(
            drives_on__gt=today + dt.timedelta(days=SOON_DAYS), drives_on__lte=today + dt.timedelta(days=NEAR_DAYS)
        ),
        "unknown": _undated(),
    }


def _dated() -> Q:
    return Q(drives_on__lte=F("today") + dt.timedelta(days=NEAR_DAYS))


def _far_off() -> Q:
    """What must be looked at though its date is far."""
    return Q(contradicted=True, drives_on__gt=F("today") + dt.timedelta(days=NEAR_DAYS))


def _undated() -> Q:
    return Q(drives_on__isnull=True)


def _key_of(row: DeadlineRow) -> str:
    return "look" if row.tag.severity == "later" else row.tag.severity


def _warnings(user: User, whose: str, now: dt.datetime, teams: Sequence[UUID]) -> list[WarningRow]:
    """Return what the engine asks a person to look at, the oldest cases first, and one more than are shown where there are more."""
    positions = (
        ComputedPosition.objects.filter(client__in=people_of(user, whose, now, teams).values("pk"))
        .exclude(warnings=[])
        .select_related("client__data_key", "client__case")
        .defer("client__search_form")
        .order_by("client__case__opened_at", "client_id")
    )
    found = positions[:POSITIONS_AT_MOST].iterator(chunk_size=WARNINGS_AT_MOST)
    return list(islice((row for position in found for row in warning_rows(position)), WARNINGS_AT_MOST + 1))
