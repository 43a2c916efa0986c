"""Who has a bed somewhere, line by line: by reference to whoever may see them, and of others only that there is somebody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.housing.models import Placement
from casework.housing.without_lease import WithoutLease, known_to
from casework.housing.wording import day, span


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`url` leads to where the people of the case sleep, and from there they are moved."""

    bed: str
    who: str
    text: str
    url: str
    site_url: str


def people_there(user: User, now: datetime, placements: Sequence[Placement]) -> list[Line]:
    """Say of each placement which bed it is, whose, and on which days."""
    known = known_to(user, now, [row.client_id for row in placements])
    return [_line(row, known, span(row.since, row.until)) for row in placements]


def people_without_lease(user: User, now: datetime, left: Sequence[WithoutLease]) -> list[Line]:
    """Say the same of those who are left without a lease, and from when on."""
    known = known_to(user, now, [each.placement.client_id for each in left])
    said = _("%(days)s; no lease from %(day)s")
    return [
        _line(
            each.placement,
            known,
            said % {"days": span(each.placement.since, each.placement.until), "day": day(each.since)},
        )
        for each in left
    ]


def _line(row: Placement, known: Mapping[UUID, tuple[str, str]], days: str) -> Line:
    reference, code = known.get(row.client_id, ("", ""))
    return Line(
        bed=row.bed.place,
        who=reference or _("somebody whose case you do not see"),
        text=f"{row.get_state_display()}, {days}",
        url=reverse("case_housing", args=[code]) if code else "",
        site_url=reverse("site", args=[row.bed.unit.site_id]),
    )
