"""The deadlines of the weeks ahead as their reader narrows them, and what stands above the pictures of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from casework.accounts.access import people_with
from casework.accounts.models import SavedFilter, Team
from casework.accounts.roles import Permission
from casework.residency.models.deadline import DeadlineQuerySet
from casework.web.filters import chips, same_filters
from casework.web.lists.saved import saved_filters_of
from casework.web.request import UserRequest

from .day import whose_tabs
from .filters import DeadlineFilterForm
from .weeks import Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """`deadlines`: those that the filter lets through; `above`: what the template shows before them."""

    form: DeadlineFilterForm
    deadlines: DeadlineQuerySet
    above: dict[str, Any]


def narrowed(request: UserRequest, page: str, asked: Asked, rows: DeadlineQuerySet, now: datetime) -> Narrowed:
    """Return of `rows` what the address asks for. `page`: the name of the one that shows them; links to the other one keep the filter."""
    query, path, whose = request.GET, request.path, asked.whose
    form = DeadlineFilterForm(
        query,
        countries=list(rows.order_by().values_list("country", flat=True).distinct()),
        colleagues=people_with(Permission.CASE_CHANGE, Team.objects.filter(pk__in=asked.teams), now).order_by("pk")
        if whose == "team"
        else None,
    )
    above = {
        "tabs": whose_tabs(query, path, whose),
        "calendar_url": same_filters(query, reverse("deadline_calendar"), whose=whose),
        "timeline_url": same_filters(query, reverse("deadline_timeline"), whose=whose),
        "form": form,
        "chips": chips(form, query, path),
        "clear_url": f"{path}?whose={whose}",
        "saved": saved_filters_of(request.user, SavedFilter.Listing.CALENDAR, query, page),
        "whose": whose,
        "being_computed": asked.left,
    }
    return Narrowed(form=form, deadlines=form.narrow(rows), above=above)
