"""Whether one deadline is shown as computed from the facts and rules of now."""

from datetime import datetime

from casework.accounts.models import User
from casework.residency.actions import refresh
from casework.residency.freshness import rests_on
from casework.residency.models import Deadline


def refresh_if_stale(deadline: Deadline, rules_version: int, now: datetime, by: User) -> bool:
    """Compute the person anew if what is stored is of older facts or rules; return whether that was so.

    The deadline's client and position are loaded, so that a fresh one costs no query.
    """
    if _is_fresh(deadline, rules_version, now):
        return False
    refresh(client_ids=[deadline.client_id], now=now, by=by)
    return True


def _is_fresh(deadline: Deadline, rules_version: int, now: datetime) -> bool:
    position = getattr(deadline.client, "computed_position", None)
    return (
        position is not None
        and position.facts_version == deadline.client.facts_version
        and rests_on(position, rules_version)
        and not (position.recheck_at and position.recheck_at <= now)
    )
