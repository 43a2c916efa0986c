"""The stays of a period: who left in it, and who is there now."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from casework.housing.models import Placement

from .capacity import Place
from .lengths import Stay, joined
from .readers import Whose


def stays(known: Mapping[UUID, Place], whose: Whose, today: date) -> list[Stay]:
    """Return all stays that were and are at these places until today, moves between beds joined; by one statement.

    Who left on the day on which they came has spent no night. Of others, people of restricted cases are left out.
    """
    state = Placement.State
    rows = Placement.objects.filter(
        state__in=(state.CHECKED_IN, state.CHECKED_OUT), bed__unit__site__in=list(known), since__lte=today
    )
    if whose is Whose.OTHERS:
        rows = rows.filter(client__case__restricted=False)
    values = rows.values_list("client_id", "bed__unit__site_id", "since", "until", "state")
    return joined(
        Stay(person=client, kind=known[site].kind, since=since, until=until, is_over=it == state.CHECKED_OUT)
        for client, site, since, until, it in values
        if until is None or until > since
    )


def ended_between(found: list[Stay], since: date, until: date) -> list[Stay]:
    """Return the stays of those who left on one of the days of `[since, until)`."""
    return [stay for stay in found if stay.is_over and stay.until is not None and since <= stay.until < until]
