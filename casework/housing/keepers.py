"""Who keeps a place: whom to ask about it."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import F

from casework.accounts.models import Membership
from casework.accounts.roles import Permission

# Whoever needs to know asks one of them; a longer list helps nobody.
NAMED = 3


def keepers_of(sites: Collection[UUID], now: datetime) -> dict[UUID, list[str]]:
    """Return the names of those who keep each site, by its id; one query, none without sites."""
    if not sites:
        return {}
    held = Membership.objects.active(now).carrying(Permission.HOUSING_MANAGE)
    rows = held.filter(team__sites__in=sites).annotate(of_site=F("team__sites")).filter(of_site__in=sites)
    found: defaultdict[UUID, set[str]] = defaultdict(set)
    for row in rows.select_related("user__data_key"):
        found[row.of_site].add(str(row.user.display_name or row.user.email))  # type: ignore[attr-defined]  # annotated above
    return {site: sorted(names)[:NAMED] for site, names in found.items()}
