"""Rows -> RuleBook: the published rules as the engine takes them, kept in memory until they change."""

from collections import OrderedDict, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from .models import CalendarDay, Citation, Jurisdiction, NationalityGroup, Rule
from .rules import rulebook
from .rules.kinds import AppliesTo, Duty, Kind, LegalStatus, ReviewStatus
from .software import COMPUTED_WITH

# One statement that reads every published rule, country, group and exceptional day, and answers with a number.
# Rules are only ever added and closed; the others are few, so that a digest of them costs little.
VERSION = """
    SELECT ('x' || substr(md5(concat_ws('|',
        %s,
        (SELECT concat_ws(',', count(*), max(id), max(published_at), count(*) FILTER (WHERE NOT upper_inf(known)),
                          max(upper(known)))
           FROM residency_rule WHERE published_at IS NOT NULL),
        (SELECT string_agg(concat_ws(',', code, kind, time_zone), ';' ORDER BY code) FROM residency_jurisdiction),
        (SELECT string_agg(concat_ws(',', code, nationalities), ';' ORDER BY code) FROM residency_nationalitygroup),
        (SELECT string_agg(concat_ws(',', jurisdiction_id, day, is_working_day), ';' ORDER BY jurisdiction_id, day)
           FROM residency_calendarday)
    )), 1, 16))::bit(64)::bigint
"""

KEPT = 8  # books in memory: the present one, and some "as known on" that people look at

_books: OrderedDict[tuple[int, datetime | None], rulebook.RuleBook] = OrderedDict()


def rules_version() -> int:
    """Return a number that is another one whenever a rule or what it is computed with is another one."""
    with connection.cursor() as cursor:
        cursor.execute(VERSION, [COMPUTED_WITH])
        (version,) = cursor.fetchone()
    return int(version)


def load_book(known_at: datetime | None = None, *, version: int | None = None) -> rulebook.RuleBook:
    """Return the rules held now, or held to be so at `known_at`, with calendars, groups and zones.

    One query if nothing has changed since this process last asked (none if the caller knows the version), seven if
    something has. A book is kept under a version only if that was the version before and after it was read.
    """
    key = (rules_version() if version is None else version, known_at)
    book = _books.pop(key, None)
    if book is None:
        book = _read_book(known_at)
        if rules_version() != key[0]:
            return book
    _books[key] = book
    while len(_books) > KEPT:
        _books.popitem(last=False)
    return book


def rules_of(rows: QuerySet[Rule]) -> tuple[rulebook.Rule, ...]:
    """Return the rows with their citations as plain rules, in the order of their ids. Two queries."""
    citations: dict[int, list[rulebook.Citation]] = defaultdict(list)
    for citation in Citation.objects.filter(rule__in=rows.values("pk")).order_by("pk"):
        citations[citation.rule_id].append(_citation_of(citation))
    return tuple(rule_of(row, tuple(citations[row.pk])) for row in rows.order_by("pk"))


def rule_of(row: Rule, citations: tuple[rulebook.Citation, ...]) -> rulebook.Rule:
    return rulebook.Rule(
        id=str(row.pk),
        key=row.key,
        jurisdiction=row.jurisdiction_id,
        duty=Duty(row.duty),
        kind=Kind(row.kind),
        parameters=row.parameters,
        audience=rulebook.Audience(
            nationality=row.nationality,
            age_from=row.age_from,
            age_below=row.age_below,
            document_kind=row.document_kind,
            purpose=row.purpose,
            legal_basis=row.legal_basis,
        ),
        part=row.part,
        is_exception=row.is_exception,
        valid_from=row.valid.lower,
        valid_until=_last_day(row.valid.upper),
        known_from=_utc(row.known.lower) if row.known else None,
        known_until=_utc(row.known.upper) if row.known else None,
        applies_to=AppliesTo(row.applies_to),
        days_before_commencement_count=row.days_before_commencement_count,
        legal_status=LegalStatus(row.legal_status),
        review_status=ReviewStatus(row.review_status),
        published_on=row.published_on,
        last_verified_on=row.last_verified_on,
        citations=citations,
        note=row.note,
    )


def _read_book(known_at: datetime | None) -> rulebook.RuleBook:
    rows = Rule.objects.held_now() if known_at is None else Rule.objects.held_at(known_at)
    overrides: dict[str, dict[date, bool]] = defaultdict(dict)
    for special in CalendarDay.objects.all():
        overrides[special.jurisdiction_id][special.day] = special.is_working_day
    zones = Jurisdiction.objects.exclude(time_zone="").values_list("code", "time_zone")
    return rulebook.RuleBook(
        rules=rules_of(rows),
        groups={group.code: frozenset(group.nationalities) for group in NationalityGroup.objects.all()},
        time_zones=dict(zones),
        day_overrides=dict(overrides),
    )


def _citation_of(row: Citation) -> rulebook.Citation:
    return rulebook.Citation(title=row.title, url=row.url, quote=row.quote, read_on=row.read_on, supports=row.supports)


def _last_day(upper: date | None) -> date | None:
    """Return the last day of a range whose upper bound is not in it, as PostgreSQL writes ranges of days."""
    return None if upper is None else upper - timedelta(days=1)


def _utc(instant: Any) -> datetime | None:
    return None if instant is None else instant.astimezone(UTC)
