"""The capacity report over three years, as its page asks for it, against the same aggregate in hand-written SQL."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection

from casework.accounts.models import Team
from casework.housing.occupancy import State
from casework.reports.capacity import Beds, By, beds
from casework.reports.readers import Reader
from casework.web.reports.capacity import CapacityForm, answer

from ..frame import Figure, Settings, measure
from ..timing import compare
from .beds import BEDS, NOW, TODAY, YEARS, fill, many_beds, people_in

WEEKS = 156
Counts = dict[tuple[str, date, str], int]


@measure("capacity_report", on_database=True)
def capacity_report(settings: Settings) -> Iterator[Figure]:
    """Every state of every bed on every day, by site, kind, team and town with totals, as tables and a picture."""
    count = 200 if settings.quick else BEDS
    people, by = people_in(count)
    since = TODAY - timedelta(days=365 * YEARS)
    until = since + timedelta(weeks=WEEKS)
    fill(many_beds(count, by), people, by, since)
    teams = {team.pk: team.name for team in Team.objects.filter(memberships__user=by)}
    reader = Reader(by, NOW, teams, reads_others=False)
    asked = {"day_day": f"{since.day}", "day_month": f"{since.month}", "day_year": f"{since.year}", "weeks": f"{WEEKS}"}

    def ours() -> Any:
        return answer(reader, CapacityForm(asked, reader=reader))

    assert [section.totals for section in ours().sections] == [1, 1, 1, 1, 0]
    assert _counted(beds(reader, since, until)) == _by_sql(since, until)
    taken = compare(ours, lambda: _by_sql(since, until), quick=settings.quick)
    yield Figure(f"capacity_report.{count}", taken.ratio, "x the same in SQL", at_most=2)
    yield Figure(f"capacity_report.{count}.seconds", taken.ours, "s")


def _counted(found: Beds) -> Counts:
    """Return how many beds were what, as the SQL below names it; what is nobody is left out."""
    ways = {by.value: found.by(by) for by in By} | {"all": {("",): found.total}}
    return {
        (f"{way}:{'/'.join(key)}", day, state.value): number
        for way, groups in ways.items()
        for key, counts in groups.items()
        for state in State
        for day, number in zip(counts.days, counts.by_state[state], strict=True)
        if number
    }


def _by_sql(since: date, until: date) -> Counts:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH place AS (
                SELECT s.id, s.code, s.kind, s.country || '/' || s.city AS town,
                    string_agg(DISTINCT t.name, '/' ORDER BY t.name) AS teams
                FROM housing_site AS s
                JOIN housing_siteteam AS st ON st.site_id = s.id
                JOIN accounts_team AS t ON t.id = st.team_id
                GROUP BY s.id
            ), taken AS (
                SELECT u.site_id, d::date AS day,
                    CASE p.state WHEN 'booked' THEN 'booked' WHEN 'held' THEN 'held' WHEN 'no_show' THEN 'held'
                        ELSE 'occupied' END AS state,
                    count(*) AS beds
                FROM housing_placement AS p
                JOIN housing_bed AS b ON b.id = p.bed_id
                JOIN housing_unit AS u ON u.id = b.unit_id
                CROSS JOIN LATERAL generate_series(
                    greatest(p.since, %(since)s), least(coalesce(p.until, %(until)s), %(until)s) - 1, interval '1 day'
                ) AS d
                WHERE p.state IN ('held', 'booked', 'checked_in', 'checked_out', 'no_show') AND p.since < %(until)s
                    AND (p.until IS NULL OR p.until > %(since)s)
                GROUP BY 1, 2, 3
            ), blocked AS (
                SELECT u.site_id, d::date AS day, 'blocked' AS state, count(*) AS beds
                FROM housing_bedblock AS k
                JOIN housing_bed AS b ON b.id = k.bed_id
                JOIN housing_unit AS u ON u.id = b.unit_id
                CROSS JOIN LATERAL generate_series(
                    greatest(k.since, %(since)s), least(coalesce(k.until, %(until)s), %(until)s) - 1, interval '1 day'
                ) AS d
                WHERE k.since < %(until)s AND (k.until IS NULL OR k.until > %(since)s)
                GROUP BY 1, 2
            ), standing AS (
                SELECT u.site_id, b.opened_on, b.closed_on, count(*) AS beds
                FROM housing_bed AS b JOIN housing_unit AS u ON u.id = b.unit_id
                GROUP BY 1, 2, 3
            ), there AS (
                SELECT site_id, d::date AS day, 'free' AS state, sum(beds) AS beds
                FROM standing
                CROSS JOIN LATERAL generate_series(
                    greatest(opened_on, %(since)s), least(coalesce(closed_on, %(until)s), %(until)s) - 1,
                    interval '1 day'
                ) AS d
                GROUP BY 1, 2
            ), known AS (
                SELECT * FROM taken UNION ALL SELECT * FROM blocked
                UNION ALL SELECT * FROM there
                UNION ALL SELECT site_id, day, 'free', -beds FROM taken
                UNION ALL SELECT site_id, day, 'free', -beds FROM blocked
            )
            SELECT CASE
                    WHEN grouping(place.code) = 0 THEN 'site:' || place.code
                    WHEN grouping(place.kind) = 0 THEN 'kind:' || place.kind
                    WHEN grouping(place.teams) = 0 THEN 'team:' || place.teams
                    WHEN grouping(place.town) = 0 THEN 'town:' || place.town
                    ELSE 'all:' END,
                day, state, sum(beds)::int
            FROM known JOIN place ON place.id = known.site_id
            GROUP BY GROUPING SETS (
                (place.code, day, state), (place.kind, day, state), (place.teams, day, state), (place.town, day, state),
                (day, state)
            )
            HAVING sum(beds) <> 0
            """,
            {"since": since, "until": until},
        )
        return {(key, day, state): number for key, day, state, number in cursor.fetchall()}
