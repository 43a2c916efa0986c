"""What the pages about one position share: the person, the day that it is for them, the facts and the rules."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from casework.accounts.models import User
from casework.lib.dates import today_in
from casework.residency.actions import ensure_fresh
from casework.residency.facts import load_facts
from casework.residency.rulebook import load_book
from casework.residency.rules.facts import Facts
from casework.residency.rules.glance import StayGlance, glances
from casework.residency.rules.rulebook import RuleBook
from casework.web.cases.header import case_header
from casework.web.cases.loading import visible_client

from .drawing import STATES
from .pictures import StayPicture, pictures_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A person whom the reader may see, and what their position is computed from."""

    client: Any
    facts: Facts
    book: RuleBook
    today: dt.date
    is_failed: bool

    def glances(self, now: dt.datetime, on: dt.date) -> list[StayGlance]:
        return [] if self.is_failed else glances(self.facts, self.book, now, on=on)


def asked_of(user: User, reference: str, now: dt.datetime) -> Asked:
    """Return the person with facts and rules, computed anew before if they were stale; or answer 404."""
    client = visible_client(user, reference, now)
    if ensure_fresh([client.pk], now, user) or not hasattr(client, "computed_position"):
        client = visible_client(user, reference, now)
    client.computed_position.refresh_from_db()
    zone = client.computed_position.time_zone or client.case.team.time_zone
    return Asked(
        client=client,
        facts=load_facts([client.pk])[client.pk],
        book=load_book(),
        today=today_in(zone, now),
        is_failed=client.computed_position.failed,
    )


def context_of(asked: Asked, stays: list[StayPicture], now: dt.datetime) -> dict[str, Any]:
    """Return what every page about a position shows."""
    drawn = {state for stay in stays for limit in stay.limits for state in limit.states}
    return {
        "client": asked.client,
        "header": case_header(asked.client.case, now),
        "stays": stays,
        "legend": [state for state in STATES if state in drawn],
        "has_calendar": any(limit.calendar for stay in stays for limit in stay.limits),
        "is_failed": asked.is_failed,
        "may_change": asked.client.may_change,
        "today": asked.today,
        "now": now,
    }


def pictures_on(asked: Asked, now: dt.datetime, on: dt.date) -> list[StayPicture]:
    return pictures_of(asked.glances(now, on))
