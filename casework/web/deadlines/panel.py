"""Deadlines, opportunities and warnings of everybody in a case, for the page of the case."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from casework.clients.models import Client
from casework.residency.because import lines, place_name
from casework.residency.computing import position_of, steps_as_json
from casework.residency.facts import load_facts
from casework.residency.models import ComputedPosition, Deadline
from casework.residency.rulebook import load_book
from casework.residency.rules import position as engine
from casework.residency.rules.glance import StayGlance, current_glances
from casework.residency.rules.kinds import DUTY_LABELS
from casework.web.onward.overdue import Leaving, pressing
from casework.web.onward.recorded import Recorded, recorded_where_they_are
from casework.web.position.pictures import LimitPicture, strips_of

from .rows import DeadlineRow, rows_of, with_people
from .warnings import sentences

# The panel shows the level itself, with what it rests on.
SHOWN_AS_RISK = frozenset({"return_risk", "return_risk_unknown"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityRow:
    what: str
    opens_on: dt.date
    review: str
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlinesOfClient:
    """What is due from one person: open ones by date, unknown dates first; then what is answered, met or has passed."""

    client: Client
    open: Sequence[DeadlineRow]
    settled: Sequence[DeadlineRow]
    limits: Sequence[LimitPicture]
    opportunities: Sequence[OpportunityRow]
    warnings: Sequence[str]
    recorded: Recorded | None

    @property
    def leaving(self) -> Sequence[Leaving]:
        """The deadlines to leave that press: overstaying is a way of being returned."""
        return pressing(self.open)

    @property
    def can_wait(self) -> bool:
        """Whether nothing presses, so that a phone may show it under its number: nothing overdue, due today or without a date."""
        return not self.leaving and all(row.tag.severity not in ("overdue", "today", "unknown") for row in self.open)

    @property
    def is_empty(self) -> bool:
        return not (self.open or self.settled or self.opportunities or self.warnings)


def deadlines_of_case(
    people: Sequence[Client], now: dt.datetime, version: int | None = None
) -> list[DeadlinesOfClient]:
    """Return what is due from each of these people of one case, in the order given, in three queries.

    `version` of the rules, if the caller has asked for it. Call `residency.actions.ensure_fresh` before. Of each person
    the computed position, the case and its team are loaded.
    """
    ids = [client.pk for client in people]
    facts, book = load_facts(ids), load_book(version=version)
    deadlines: Any = Deadline.objects
    rows: dict[Any, list[DeadlineRow]] = {client_id: [] for client_id in ids}
    for row in rows_of(with_people(deadlines.computed().filter(client__in=ids).soonest_first(), now)):
        rows[row.deadline.client_id].append(row)
    found = []
    for client in people:
        position, glances = None, []
        if not client.computed_position.failed:
            position = position_of(facts[client.pk], book, client.case.team.time_zone, now)
            glances = current_glances(facts[client.pk], book, now, on=position.on)
        recorded = recorded_where_they_are(facts[client.pk], book, now)
        found.append(_of_client(client, rows[client.pk], client.computed_position, recorded, position, glances))
    return found


def _of_client(
    client: Client,
    rows: Sequence[DeadlineRow],
    stored: ComputedPosition,
    recorded: Recorded | None,
    position: engine.Position | None,
    glances: Sequence[StayGlance],
) -> DeadlinesOfClient:
    return DeadlinesOfClient(
        client=client,
        open=[row for row in rows if row.deadline.is_open and not row.is_lapsed],
        settled=[row for row in rows if not row.deadline.is_open or row.is_lapsed],
        limits=strips_of(glances),
        opportunities=[_opportunity(it) for it in position.opportunities] if position else [],
        warnings=sentences([it for it in stored.warnings if it["code"] not in SHOWN_AS_RISK]),
        recorded=recorded,
    )


def _opportunity(found: engine.Opportunity) -> OpportunityRow:
    duty = gettext(DUTY_LABELS[found.duty])
    return OpportunityRow(
        what=f"{duty} · {place_name(found.country)}" if found.country else duty,
        opens_on=found.opens_on,
        review=found.review.value,
        reasons=[it.sentence for it in lines(steps_as_json(found.because))],
    )
