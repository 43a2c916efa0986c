"""Which open deadlines the planner has to look at: of most, nothing is to be said today, or all of it is said.

The database leaves out only what is surely settled, by the messages that there are; whatever is in doubt is looked at. Who is told is not
known to it: it is asked of `Audience` and `Ladder` once for every team and caseworker, not for every case.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from casework.accounts.models import Team
from casework.clients.audience import Audience
from casework.clients.models import Case
from casework.residency.models import Deadline

from .ladder import Ladder
from .policies import KindPolicy, Policies
from .schedule import LONGEST_LEAD

BEYOND = -1_000_000  # days before: further than any date is past

# A lead speaks from its day until the day before the next one's. `is_also`: told beside those who look after the case, of some duties.
# What was stopped is as good as not said, unless somebody did it by hand.
STATEMENT = """
WITH leads AS (SELECT * FROM unnest(%(duties)s::text[], %(leads)s::int[], %(nexts)s::int[]) AS _ (duty, lead, next)),
    days AS (SELECT * FROM unnest(%(countries)s::text[], %(their_days)s::date[]) AS _ (country, day)),
    offices AS (SELECT * FROM unnest(%(teams)s::uuid[], %(team_days)s::date[]) AS _ (team, day)),
    pairs AS (SELECT * FROM unnest(%(pair_ids)s::int[], %(pair_teams)s::uuid[], %(pair_workers)s::uuid[]) AS _ (id, team, worker)),
    told AS (SELECT * FROM unnest(%(told_pairs)s::int[], %(told)s::uuid[], %(told_also)s::bool[]) AS _ (pair, person, is_also)),
    asked AS (SELECT * FROM unnest(%(asked_pairs)s::int[], %(asked)s::uuid[], %(asked_leads)s::int[]) AS _ (pair, person, lead)),
    near AS (
        SELECT d.id, 'deadline:' || d.id AS subject, d.duty, d.drives_on, k.restricted, k.team_id, k.caseworker_id,
            d.drives_on - coalesce(days.day, offices.day) AS days_left
        FROM residency_deadline AS d
        JOIN clients_client AS c ON c.id = d.client_id
        JOIN clients_case AS k ON k.id = c.case_id AND k.status = 'open'
        JOIN offices ON offices.team = k.team_id
        LEFT JOIN days ON days.country = d.country
        WHERE d.state = 'open' AND d.gone_at IS NULL AND NOT d.optional AND d.drives_on <= %(until)s
    )
SELECT near.id
FROM near
LEFT JOIN leads ON leads.duty = near.duty AND near.days_left BETWEEN leads.next + 1 AND leads.lead
LEFT JOIN pairs ON pairs.team = near.team_id AND pairs.worker IS NOT DISTINCT FROM near.caseworker_id
WHERE EXISTS (SELECT FROM reminders_word AS w WHERE w.deadline_id = near.id AND w.ended_at IS NULL)
    OR (leads.lead IS NOT NULL OR near.days_left <= %(first_rung)s)
    AND (
        near.restricted
        OR pairs.id IS NULL
        OR leads.lead IS NOT NULL AND (
            NOT EXISTS (SELECT FROM told WHERE told.pair = pairs.id AND NOT told.is_also)
            OR EXISTS (
                SELECT FROM told
                WHERE told.pair = pairs.id AND (NOT told.is_also OR near.duty = ANY(%(also_duties)s)) AND NOT EXISTS (
                    SELECT FROM reminders_reminder AS r
                    WHERE r.subject = near.subject AND r.due_on = near.drives_on AND r.lead_days = leads.lead
                        AND r."to" = told.person AND r.channel = 'email'
                        AND NOT (r.state = 'stopped' AND r.why <> ALL(%(by_hand)s))
                )
            )
        )
        OR near.days_left <= %(first_rung)s AND EXISTS (
            SELECT FROM asked
            WHERE asked.pair = pairs.id AND asked.lead >= near.days_left AND NOT EXISTS (
                SELECT FROM reminders_reminder AS r
                WHERE r.subject = near.subject AND r.due_on = near.drives_on AND r.lead_days = asked.lead
                    AND r."to" = asked.person AND r.channel = 'email'
                    AND NOT (r.state = 'stopped' AND r.why <> ALL(%(by_hand)s))
            )
        )
    )
ORDER BY near.id
"""


def unsaid(decided: Policies, zones: Mapping[str, str], by_hand: Collection[str], now: datetime) -> list[UUID]:
    """Return the deadlines of which something may be left to say now, in a few queries.

    `by_hand`: why a message was stopped, where somebody did it.
    """
    until = now.date() + timedelta(days=max(LONGEST_LEAD, decided.longest_lead) + 1)
    asked = _of_duties(decided) | _of_days(zones, now) | _of_people(decided, now)
    also = [duty for duty in decided.kinds if KindPolicy.Also.COORDINATOR in decided.also(duty)]
    known: dict[str, Any] = {
        "until": until,
        "first_rung": max(decided.rungs.values()),
        "also_duties": also,
        "by_hand": [*by_hand],
    }
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, asked | known)
        return [pk for (pk,) in cursor.fetchall()]


def _of_duties(decided: Policies) -> dict[str, list[Any]]:
    """Return when which lead speaks, for every duty."""
    duties = [str(duty) for duty, _label in Deadline._meta.get_field("duty").choices or ()]
    rows = [
        (duty, lead, following)
        for duty in duties
        for lead, following in pairwise([*sorted(set(decided.leads_of(duty)), reverse=True), BEYOND])
    ]
    return _columns(rows, "duties", "leads", "nexts")


def _of_days(zones: Mapping[str, str], now: datetime) -> dict[str, list[Any]]:
    """Return which day it is in every country and at every team, by our tables of zones and not by those of the database."""

    def day(zone: str) -> date:
        return now.astimezone(ZoneInfo(zone)).date()

    countries = [(country, day(zone)) for country, zone in zones.items()]
    teams = [(team, day(zone)) for team, zone in Team.objects.values_list("pk", "time_zone")]
    return _columns(countries, "countries", "their_days") | _columns(teams, "teams", "team_days")


def _of_people(decided: Policies, now: datetime) -> dict[str, list[Any]]:
    """Return who is told and who is asked of cases that are not restricted, by team and caseworker."""
    rows = (
        Case.objects.filter(status=Case.Status.OPEN, restricted=False)
        .order_by()
        .values_list("team", "caseworker")
        .distinct()
    )
    cases = [Case(team_id=team, caseworker_id=worker) for team, worker in rows]
    audience = Audience(cases, now)
    ladder = Ladder(cases, audience, now)
    numbered = list(enumerate(cases))
    told = [(number, person, False) for number, case in numbered for person in audience.of(case)]
    also = [(number, person, True) for number, case in numbered for person in audience.coordinators_of(case)]
    asked = [
        (number, person, lead)
        for number, case in numbered
        for rung, lead in decided.rungs.items()
        for person in ladder.of(case, rung)
    ]
    pairs = [(number, case.team_id, case.caseworker_id) for number, case in numbered]
    return (
        _columns(pairs, "pair_ids", "pair_teams", "pair_workers")
        | _columns([*told, *also], "told_pairs", "told", "told_also")
        | _columns(asked, "asked_pairs", "asked", "asked_leads")
    )


def _columns(rows: Collection[tuple[Any, ...]], *names: str) -> dict[str, list[Any]]:
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}
